// Draws every chart of the page. Legends, titles and tables are in the page already; colours are its
// own variables, so that light, dark and print need nothing drawn anew.
(() => {
  const narrow = 560;
  const labelShare = 0.36;
  const limitLabels = (node, most) => {
    if (node === null || typeof node !== "object") return;
    if (node.axis && typeof node.axis === "object" && node.field) {
      node.axis.labelLimit = Math.min(node.axis.labelLimit || 220, most);
    }
    Object.values(node).forEach((part) => limitLabels(part, most));
  };
  const draw = (data) => {
    const plot = document.getElementById(data.dataset.plot);
    const spec = JSON.parse(data.textContent);
    delete spec.title;
    const width = plot.clientWidth;
    if (width < narrow) limitLabels(spec.encoding, Math.round(width * labelShare));
    spec.config.legend = {disable: true};
    return vegaEmbed(plot, spec, {
      actions: false, ast: true, renderer: "svg", tooltip: {theme: "custom"},
    }).then(() => {
      // The plot is one picture with a text of its own; its parts are not to be read out.
      plot.querySelector("svg").setAttribute("aria-hidden", "true");
    });
  };
  const root = document.documentElement;
  const charts = [...document.querySelectorAll("script[data-plot]")];
  Promise.all(charts.map(draw)).then(
    () => { root.dataset.charts = "drawn"; },
    (error) => { root.dataset.charts = "failed"; console.error(error); });
})();
