// Reads the evidence, gives each variant its look, and the specifications theirs.
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/colours.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShades = 3;  // of one family of hues
constexpr std::array<const char*, 4> kDashes = {"1,0", "6,3", "2,3", "8,3,2,3"};

/// Images by content: variants that run the same ones look alike.
std::string images_of(const Json& evidence) {
  std::string key;
  if (!evidence.contains("images")) return key;
  for (const Json& image : evidence.at("images")) {
    for (const Json& layer : image.at("layers")) key += layer.at("digest").get<std::string>() + " ";
  }
  return key;
}

/// Two images: a family of hues each. Otherwise every variant has a hue of its own.
std::vector<VariantStyle> styles_of(const std::vector<Json>& evidence) {
  std::vector<std::string> images;
  std::map<std::string, std::size_t> seen;
  for (const Json& each : evidence) {
    const std::string key = images_of(each);
    if (seen[key]++ == 0) images.push_back(key);
  }
  std::map<std::string, std::size_t> used;
  std::vector<VariantStyle> styles;
  constexpr std::array<int, 6> kHues = {0, 3, 6, 7, 8, 5};
  for (std::size_t v = 0; v < evidence.size(); ++v) {
    const std::string key = images_of(evidence[v]);
    const std::size_t nth = used[key]++;
    VariantStyle style;
    if (images.size() == 2) {
      const std::size_t family = key == images[0] ? 0 : kShades;
      style.colour = fmt::format("var(--v{})", family + nth % kShades);
      style.dash = kDashes[nth % kDashes.size()];
    } else {
      style.colour = fmt::format("var(--v{})", kHues[v % kHues.size()]);
      style.dash = kDashes[v % kDashes.size()];
    }
    styles.push_back(style);
  }
  return styles;
}

std::vector<int> dash_numbers(const std::string& dash) {
  std::vector<int> numbers;
  for (const char c : dash) {
    if (c != ',') numbers.push_back(c - '0');
  }
  return numbers;
}

}  // namespace

ReportView::ReportView(const ReportInput& given) : input(given) {
  for (const VariantResult& variant : input.result.variants) {
    evidence.push_back(variant.evidence.empty() ? Json::object() : Json::parse(variant.evidence));
  }
  if (!input.result.alternatives.empty()) alternatives = Json::parse(input.result.alternatives);
  pair = attribution(input.result);
  if (pair) {
    closely = {pair->base, pair->other};
  } else if (!evidence.empty()) {
    closely = {0};
  }
  shown = closely;
  for (std::size_t v = 0; v < evidence.size() && shown.size() < kVariantsInCharts; ++v) {
    if (std::find(shown.begin(), shown.end(), v) == shown.end()) shown.push_back(v);
  }
  std::sort(shown.begin(), shown.end());
  styles = styles_of(evidence);
}

Estimate ReportView::of(std::size_t variant, Metric metric, SummaryAggregate which) const {
  return estimate(per_run(input.result.variants[variant], metric, which), input.result.interval_of);
}

std::string ReportView::figure(const Estimate& estimate, std::string_view unit) const {
  if (!estimate.value) return "-";
  std::string text = quantity_text(*estimate.value, unit);
  if (estimate.interval && estimate.interval->low < estimate.interval->high) {
    text += " " + interval_text(*estimate.interval, *estimate.value, unit);
  }
  return text;
}

nlohmann::ordered_json ReportView::variant_scale() const {
  Json scale = {{"domain", Json::array()}, {"range", Json::array()}};
  for (const std::size_t v : shown) {
    scale["domain"].push_back(name(v));
    scale["range"].push_back(styles[v].colour);
  }
  return scale;
}

nlohmann::ordered_json ReportView::dash_scale() const {
  Json scale = {{"domain", Json::array()}, {"range", Json::array()}};
  for (const std::size_t v : shown) {
    scale["domain"].push_back(name(v));
    scale["range"].push_back(dash_numbers(styles[v].dash));
  }
  return scale;
}

std::vector<LegendEntry> ReportView::variant_legend(bool lines) const {
  std::vector<LegendEntry> legend;
  for (const std::size_t v : shown) {
    legend.push_back({name(v), styles[v].colour, lines ? styles[v].dash : ""});
  }
  return legend;
}

nlohmann::ordered_json chart_spec(int height, const std::string& text) {
  Json spec = Json::parse(R"json({
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "width": "container",
    "autosize": {"type": "fit-x", "contains": "padding"},
    "config": {
      "background": null,
      "font": [
        "s",
        "y",
        "s",
        "t",
        "e",
        "m",
        "-",
        "u",
        "i",
        ",",
        " ",
        "-",
        "a",
        "p",
        "p",
        "l",
        "e",
        "-",
        "s",
        "y",
        "s",
        "t",
        "e",
        "m",
        ",",
        " ",
        "'",
        "S",
        "e",
        "g",
        "o",
        "e",
        " ",
        "U",
        "I",
        "'",
        ",",
        " ",
        "R",
        "o",
        "b",
        "o",
        "t",
        "o",
        ",",
        " ",
        "'",
        "H",
        "e",
        "l",
        "v",
        "e",
        "t",
        "i",
        "c",
        "a",
        " ",
        "N",
        "e",
        "u",
        "e",
        "'",
        ",",
        " ",
        "A",
        "r",
        "i",
        "a",
        "l",
        ",",
        " ",
        "s",
        "a",
        "n",
        "s",
        "-",
        "s",
        "e",
        "r",
        "i",
        "f"
      ],
      "aria": false,
      "view": {"stroke": null},
      "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "gridColor": "var(--grid)",
        "domainColor": "var(--rule)",
        "tickColor": "var(--rule)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 400,
        "titlePadding": 8,
        "labelLimit": 150,
        "labelOverlap": true
      },
      "axisX": {"grid": true, "domain": false, "ticks": false, "tickCount": 6},
      "axisY": {"grid": false, "domain": false, "ticks": false},
      "legend": {
        "orient": "top",
        "title": null,
        "labelColor": "var(--ink)",
        "labelFontSize": 12,
        "labelLimit": 220,
        "columns": 4,
        "symbolStrokeWidth": 3
      },
      "text": {"fontSize": 12, "color": "var(--ink)"},
      "title": {
        "anchor": "start",
        "color": "var(--ink)",
        "fontSize": 15,
        "fontWeight": 600,
        "offset": 12
      }
    }
  })json");
  spec["height"] = height;
  spec["description"] = clean_text(text);
  return spec;
}

std::string with_light_colours(std::string text) {
  for (const Colour& colour : kColours) {
    const std::string from = fmt::format("var(--{})", colour.name);
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
      text.replace(at, from.size(), colour.light);
    }
  }
  return text;
}

std::string colour_rules() {
  std::string light;
  std::string dark;
  for (const Colour& colour : kColours) {
    light += fmt::format("--{}:{};", colour.name, colour.light);
    dark += fmt::format("--{}:{};", colour.name, colour.dark);
  }
  return fmt::format(
      ":root{{color-scheme:light dark;{}}}\n"
      "@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n",
      light, dark);
}

}  // namespace pullsim
