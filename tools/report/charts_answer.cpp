// The answer, what it is made of, and what else would help.
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRowHeight = 30;
constexpr int kAxisHeight = 40;

int height_of(std::size_t rows) { return static_cast<int>(rows) * kRowHeight; }

std::string seconds(double value) { return quantity_text(value, "s"); }

std::string signed_figure(const ReportView& view, const Estimate& estimate) {
  return (estimate.value.value_or(0) > 0 ? "+" : "") + view.figure(estimate, "s");
}

/// Names in the order of a list, for a discrete axis.
Json ordered(const std::vector<std::string>& names) { return Json(names); }

}  // namespace

MaybeChart answer_chart(const ReportView& view) {
  Chart chart;
  chart.id = "answer";
  Json data = Json::array();
  std::vector<std::string> names;
  chart.table.head = {"variant", "p50", "p95", "last pod"};
  for (const std::size_t v : view.shown) {
    const Estimate p50 = view.of(v, Metric::pod_ready, SummaryAggregate::p50);
    const Estimate p95 = view.of(v, Metric::pod_ready, SummaryAggregate::p95);
    const Estimate last = view.of(v, Metric::pod_ready, SummaryAggregate::max);
    chart.table.rows.push_back(
        {view.name(v), view.figure(p50, "s"), view.figure(p95, "s"), view.figure(last, "s")});
    if (!p50.value || !p95.value || !last.value) continue;
    names.push_back(view.name(v));
    Json row = {{"variant", view.name(v)},
                {"p50", *p50.value},
                {"p95", *p95.value},
                {"max", *last.value},
                {"label", seconds(*p95.value)}};
    row["low"] = p95.interval ? p95.interval->low : *p95.value;
    row["high"] = p95.interval ? p95.interval->high : *p95.value;
    data.push_back(std::move(row));
  }
  if (names.empty()) return std::nullopt;
  chart.title = view.pair ? difference_sentence(view.input.result, *view.pair)
                          : fmt::format("{} of the pods of {} are ready after {} or less", "95 %",
                                        names.front(), data[0]["label"].get<std::string>());
  chart.text =
      "Time from a pod's creation until it is ready: from the median to the last pod as a "
      "bar, p95 as a mark with its 95 % interval, by variant.";
  chart.spec = chart_spec(height_of(names.size()), chart.text);
  chart.spec["data"]["values"] = std::move(data);
  Json y = {
      {"field", "variant"}, {"type", "nominal"}, {"sort", ordered(names)}, {"title", nullptr}};
  y["axis"] = {{"labelColor", "var(--ink)"}, {"labelFontSize", 13}};
  const Json colour = {{"field", "variant"},
                       {"type", "nominal"},
                       {"scale", view.variant_scale()},
                       {"legend", nullptr}};
  chart.spec["encoding"] = {{"y", y}, {"color", colour}};
  chart.spec["layer"] = Json::parse(R"json([
    {
      "mark": {"type": "bar", "height": 10, "opacity": 0.35, "cornerRadius": 2},
      "encoding": {
        "x": {
          "field": "p50",
          "type": "quantitative",
          "scale": {"zero": true},
          "title": "seconds from created to ready"
        },
        "x2": {"field": "max"}
      }
    },
    {
      "mark": {"type": "rule", "strokeWidth": 3},
      "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}
    },
    {
      "mark": {"type": "point", "filled": true, "size": 110, "opacity": 1},
      "encoding": {
        "x": {"field": "p95", "type": "quantitative"},
        "tooltip": [{"field": "variant"}, {"field": "label", "title": "p95"}]
      }
    },
    {
      "mark": {"type": "text", "align": "left", "dx": 12, "fontWeight": 600},
      "encoding": {
        "x": {"field": "max", "type": "quantitative"},
        "text": {"field": "label"},
        "color": {"value": "var(--ink)"}
      }
    }
  ])json");
  return chart;
}

MaybeChart attribution_chart(const ReportView& view) {
  if (!view.pair || view.pair->phases.empty()) return std::nullopt;
  const Attribution& pair = *view.pair;
  Chart chart;
  chart.id = "what-slimming-buys";
  std::vector<const PhasePair*> moved;
  double stay = 0;
  double base_sum = 0;
  double other_sum = 0;
  for (const PhasePair& phase : pair.phases) {
    base_sum += phase.base;
    other_sum += phase.other;
    if (stays(pair, phase)) {
      stay += phase.other;
    } else {
      moved.push_back(&phase);
    }
  }
  std::stable_sort(moved.begin(), moved.end(), [](const PhasePair* a, const PhasePair* b) {
    return std::abs(a->other - a->base) > std::abs(b->other - b->base);
  });
  Json data = Json::array();
  std::vector<std::string> order;
  const auto add = [&](const std::string& row, double from, double to, const char* kind,
                       const std::string& label) {
    order.push_back(row);
    data.push_back({{"row", row},
                    {"from", std::min(from, to)},
                    {"to", std::max(from, to)},
                    {"kind", kind},
                    {"label", label}});
  };
  add(view.name(pair.base), 0, base_sum, "base", seconds(base_sum));
  double at = base_sum;
  std::string parts;
  for (const PhasePair* phase : moved) {
    const double change = phase->other - phase->base;
    add(phase->name, at, at + change, change < 0 ? "less" : "more",
        signed_quantity_text(change, "s"));
    at += change;
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", phase->name,
                         signed_quantity_text(change, "s"));
  }
  if (seconds(std::abs(other_sum - at)) != seconds(0)) {
    add("all other", at, other_sum, other_sum < at ? "less" : "more",
        signed_quantity_text(other_sum - at, "s"));
  }
  add(view.name(pair.other), 0, other_sum, "other", seconds(other_sum));
  const double change = other_sum - base_sum;
  chart.title = parts.empty()
                    ? fmt::format("{} and {} take the same time in every phase",
                                  view.name(pair.base), view.name(pair.other))
                    : fmt::format("{} {} {}: {}", view.name(pair.other),
                                  change < 0 ? "saves" : "costs", seconds(std::abs(change)), parts);
  chart.text = fmt::format(
      "Steps from the pod at p95 of {} to that of {}, phase by phase, means "
      "over runs. {} stay whatever the image.",
      view.name(pair.base), view.name(pair.other), seconds(stay));
  chart.note = fmt::format("{} of the {} that a pod of {} takes stay whatever the image.",
                           seconds(stay), seconds(other_sum), view.name(pair.other));
  chart.table.head = {"phase of the pod at p95", view.name(pair.base), view.name(pair.other),
                      "difference"};
  for (const PhasePair& phase : pair.phases) {
    if (seconds(phase.base) == seconds(0) && seconds(phase.other) == seconds(0)) continue;
    chart.table.rows.push_back({phase.name, seconds(phase.base), seconds(phase.other),
                                signed_quantity_text(phase.other - phase.base, "s")});
  }
  chart.table.rows.push_back({"created to ready", seconds(base_sum), seconds(other_sum),
                              signed_quantity_text(change, "s")});
  if (pair.to_traffic) {
    chart.table.rows.push_back(
        {"then, to traffic", seconds(pair.to_traffic->base), seconds(pair.to_traffic->other),
         signed_quantity_text(pair.to_traffic->other - pair.to_traffic->base, "s")});
  }
  chart.spec = chart_spec(height_of(order.size()), chart.text);
  chart.spec["data"]["values"] = std::move(data);
  Json y = {{"field", "row"}, {"type", "nominal"}, {"sort", ordered(order)}, {"title", nullptr}};
  y["axis"] = {{"labelColor", "var(--ink)"}, {"labelFontSize", 13}};
  chart.spec["encoding"]["y"] = std::move(y);
  Json layers = Json::parse(R"json([
    {
      "mark": {"type": "bar", "height": 18, "cornerRadius": 2},
      "encoding": {
        "x": {
          "field": "from",
          "type": "quantitative",
          "title": "seconds from created to ready"
        },
        "x2": {"field": "to"},
        "tooltip": [
          {"field": "row", "title": "step"},
          {"field": "label", "title": "time"}
        ]
      }
    },
    {
      "mark": {"type": "text", "align": "left", "dx": 6, "fontWeight": 600},
      "encoding": {"x": {"field": "to", "type": "quantitative"}, "text": {"field": "label"}}
    }
  ])json");
  layers[0]["encoding"]["color"] = {
      {"field", "kind"},
      {"type", "nominal"},
      {"legend", nullptr},
      {"scale",
       {{"domain", {"base", "other", "less", "more"}},
        {"range",
         {view.styles[pair.base].colour, view.styles[pair.other].colour, "var(--save)",
          "var(--cost)"}}}}};
  chart.spec["layer"] = std::move(layers);
  return chart;
}

MaybeChart alternatives_chart(const ReportView& view) {
  if (view.alternatives.is_null() || view.alternatives.at("changes").empty()) return std::nullopt;
  Chart chart;
  chart.id = "alternatives";
  struct Row {
    std::string name;
    double saved;
    std::string kind;
    std::string figure;
  };
  std::vector<Row> rows;
  const std::string base = view.alternatives.at("variant");
  const Json* cheapest = nullptr;
  for (const Json& change : view.alternatives.at("changes")) {
    const double difference = change.at("p95_difference_seconds");
    if (seconds(std::abs(difference)) == seconds(0)) continue;
    Estimate estimate{difference, std::nullopt};
    if (change.contains("interval95")) {
      estimate.interval = Interval{change["interval95"][0], change["interval95"][1]};
    }
    const bool setting = change.at("kind") == "setting";
    if (setting && difference < 0 && cheapest == nullptr) cheapest = &change;
    rows.push_back({clean_text(change.at("change").get<std::string>(), 80), -difference,
                    setting ? "a setting" : "capacity", signed_figure(view, estimate)});
  }
  if (rows.empty()) return std::nullopt;
  std::string slimming;
  if (view.pair && view.name(view.pair->base) == base) {
    const double saved = -view.pair->difference.value.value_or(0);
    slimming = fmt::format(", {} {}", view.name(view.pair->other), seconds(std::abs(saved)));
    rows.push_back({fmt::format("{} instead of {}", view.name(view.pair->other), base), saved,
                    "the other variant", signed_figure(view, view.pair->difference)});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.saved > b.saved; });
  if (cheapest != nullptr) {
    const double saved = -cheapest->at("p95_difference_seconds").get<double>();
    chart.title = fmt::format("The best setting alone saves {} ({}){}", seconds(saved),
                              clean_text(cheapest->at("change").get<std::string>(), 80), slimming);
  } else {
    chart.title = fmt::format("No setting alone makes {} quicker{}", base, slimming);
  }
  chart.text = fmt::format(
      "Seconds that pods of {} are ready sooner at p95 after one change at a "
      "time, each simulated.",
      base);
  chart.note = fmt::format(
      "Each change alone, simulated on {} of {} against the same chance; changes that make no "
      "difference are left out. A setting costs nothing but the change; capacity is paid for.",
      view.alternatives.at("runs") == 1
          ? "1 run"
          : fmt::format("{} runs", view.alternatives.at("runs").get<std::int64_t>()),
      base);
  chart.legend = {
      {"a setting", "var(--accent)", ""},
      {"capacity", "var(--p1)", ""},
      {"the other variant", view.pair ? view.styles[view.pair->other].colour : "var(--save)", ""}};
  chart.table.head = {"change", "kind", "p95"};
  Json data = Json::array();
  std::vector<std::string> order;
  for (const Row& row : rows) {
    chart.table.rows.push_back({row.name, row.kind, row.figure});
    order.push_back(row.name);
    data.push_back({{"change", row.name},
                    {"saved", row.saved},
                    {"kind", row.kind},
                    {"end", std::max(row.saved, 0.0)},
                    {"label", signed_quantity_text(-row.saved, "s")}});
  }
  chart.spec = chart_spec(height_of(order.size()), chart.text);
  chart.spec["data"]["values"] = std::move(data);
  Json y = {{"field", "change"}, {"type", "nominal"}, {"sort", ordered(order)}, {"title", nullptr}};
  y["axis"] = {{"labelColor", "var(--ink)"}, {"labelLimit", 330}};
  chart.spec["encoding"]["y"] = std::move(y);
  Json layers = Json::parse(R"json([
    {
      "mark": {"type": "bar", "height": 14, "cornerRadius": 2},
      "encoding": {
        "x": {
          "field": "saved",
          "type": "quantitative",
          "title": "seconds sooner at p95"
        },
        "tooltip": [{"field": "change"}, {"field": "label", "title": "p95"}]
      }
    },
    {
      "mark": {"type": "text", "align": "left", "dx": 6},
      "encoding": {
        "x": {"field": "end", "type": "quantitative"},
        "text": {"field": "label"}
      }
    }
  ])json");
  layers[0]["encoding"]["color"] = {
      {"field", "kind"},
      {"type", "nominal"},
      {"scale",
       {{"domain", {"a setting", "capacity", "the other variant"}},
        {"range", {chart.legend[0].colour, chart.legend[1].colour, chart.legend[2].colour}}}}};
  chart.spec["layer"] = std::move(layers);
  return chart;
}

}  // namespace pullsim
