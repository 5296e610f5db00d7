// Draws specifications as SVG in Node. Stands behind the libraries, which were loaded as in a page,
// and in front of the specifications. Without a canvas widths of text are estimated: the same on
// every machine.
async function draw(specs) {
  const pictures = {};
  for (const [name, spec] of Object.entries(specs)) {
    const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), {renderer: "none"});
    pictures[name] = await view.toSVG();
    view.finalize();
  }
  process.stdout.write(JSON.stringify(pictures));
}
