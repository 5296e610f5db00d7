// Reads the evidence, gives each variant its look, and the specifications theirs.
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/colours.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/page_assets.hpp"

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
  if (!input.result.outlook.empty()) outlook = Json::parse(input.result.outlook);
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

nlohmann::ordered_json legend_scale(const std::vector<LegendEntry>& legend) {
  Json scale = {{"domain", Json::array()}, {"range", Json::array()}};
  for (const LegendEntry& entry : legend) {
    scale["domain"].push_back(entry.label);
    scale["range"].push_back(entry.colour);
  }
  return scale;
}

std::vector<Chart> all_charts(const ReportView& view) {
  std::vector<Chart> charts;
  const auto add = [&charts](MaybeChart chart) {
    if (chart) charts.push_back(std::move(*chart));
  };
  for (const auto make : {answer_chart, attribution_chart, alternatives_chart, ready_chart,
                          phases_chart, replicas_chart, error_budget_chart}) {
    add(make(view));
  }
  for (const auto make : {resources_chart, held_up_chart, pull_chart}) {
    for (const std::size_t v : view.closely) add(make(view, v));
  }
  for (const auto make : {images_chart, what_if_chart, tornado_chart, cost_chart, spread_chart}) {
    add(make(view));
  }
  const std::size_t profiles = std::min(view.input.study.profiles.size(), kProfilesInCharts);
  for (std::size_t i = 0; i < profiles; ++i) add(measured_chart(view, i));
  return charts;
}

nlohmann::ordered_json chart_template(const char* name) {
  static const Json templates = Json::parse(chart_templates());
  return templates.at(name);
}

nlohmann::ordered_json chart_spec(int height, const std::string& text) {
  Json spec = chart_template("base");
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
