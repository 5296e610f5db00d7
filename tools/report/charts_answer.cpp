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

/// From the pod at p95 of one variant to that of the other, a row for each phase that moves.
struct Steps {
  Json data = Json::array();
  std::vector<std::string> order;
  std::string parts;  ///< "unpacks -13.4 s, downloads -10.1 s"
  double base = 0;    ///< sums of all phases, in seconds
  double other = 0;
  double stay = 0;  ///< of the other's, what is in both
};

Steps steps_of(const ReportView& view) {
  const Attribution& pair = *view.pair;
  std::vector<const PhasePair*> moved;
  Steps steps;
  for (const PhasePair& phase : pair.phases) {
    steps.base += phase.base;
    steps.other += phase.other;
    if (stays(pair, phase)) {
      steps.stay += phase.other;
    } else {
      moved.push_back(&phase);
    }
  }
  std::stable_sort(moved.begin(), moved.end(), [](const PhasePair* a, const PhasePair* b) {
    return std::abs(a->other - a->base) > std::abs(b->other - b->base);
  });
  const auto add = [&](const std::string& row, double from, double to, const char* kind,
                       const std::string& label) {
    steps.order.push_back(row);
    steps.data.push_back({{"row", row},
                          {"from", std::min(from, to)},
                          {"to", std::max(from, to)},
                          {"kind", kind},
                          {"label", label}});
  };
  add(view.name(pair.base), 0, steps.base, "base", seconds(steps.base));
  double at = steps.base;
  for (const PhasePair* phase : moved) {
    const double change = phase->other - phase->base;
    add(phase->name, at, at + change, change < 0 ? "less" : "more",
        signed_quantity_text(change, "s"));
    at += change;
    steps.parts += fmt::format("{}{} {}", steps.parts.empty() ? "" : ", ", phase->name,
                               signed_quantity_text(change, "s"));
  }
  if (seconds(std::abs(steps.other - at)) != seconds(0)) {
    add("all other", at, steps.other, steps.other < at ? "less" : "more",
        signed_quantity_text(steps.other - at, "s"));
  }
  add(view.name(pair.other), 0, steps.other, "other", seconds(steps.other));
  return steps;
}

Table phase_table(const ReportView& view, const Steps& steps) {
  const Attribution& pair = *view.pair;
  Table table;
  table.head = {"phase of the pod at p95", view.name(pair.base), view.name(pair.other),
                "difference"};
  for (const PhasePair& phase : pair.phases) {
    if (seconds(phase.base) == seconds(0) && seconds(phase.other) == seconds(0)) continue;
    table.rows.push_back({phase.name, seconds(phase.base), seconds(phase.other),
                          signed_quantity_text(phase.other - phase.base, "s")});
  }
  table.rows.push_back({"created to ready", seconds(steps.base), seconds(steps.other),
                        signed_quantity_text(steps.other - steps.base, "s")});
  if (pair.to_traffic) {
    table.rows.push_back(
        {"then, to traffic", seconds(pair.to_traffic->base), seconds(pair.to_traffic->other),
         signed_quantity_text(pair.to_traffic->other - pair.to_traffic->base, "s")});
  }
  return table;
}

struct AlternativeRow {
  std::string name;
  double saved = 0;  ///< seconds
  std::string kind;
  std::string figure;
};

/// Changes that make a difference, and the best of those that are settings alone.
std::vector<AlternativeRow> alternative_rows(const ReportView& view, const Json** best_setting) {
  std::vector<AlternativeRow> rows;
  for (const Json& change : view.alternatives.at("changes")) {
    const double difference = change.at("p95_difference_seconds");
    if (seconds(std::abs(difference)) == seconds(0)) continue;
    Estimate estimate{difference, std::nullopt};
    if (change.contains("interval95")) {
      estimate.interval = Interval{change["interval95"][0], change["interval95"][1]};
    }
    const bool setting = change.at("kind") == "setting";
    if (setting && difference < 0 && *best_setting == nullptr) {
      *best_setting = &change;
    };
    rows.push_back({clean_text(change.at("change").get<std::string>(), 80), -difference,
                    setting ? "a setting" : "capacity", signed_figure(view, estimate)});
  }
  return rows;
}

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
  chart.spec["layer"] = chart_template("answer");
  return chart;
}

MaybeChart attribution_chart(const ReportView& view) {
  if (!view.pair || view.pair->phases.empty()) return std::nullopt;
  const Attribution& pair = *view.pair;
  Chart chart;
  chart.id = "what-slimming-buys";
  const Steps steps = steps_of(view);
  const std::string& parts = steps.parts;
  const double change = steps.other - steps.base;
  chart.title = parts.empty()
                    ? fmt::format("{} and {} take the same time in every phase",
                                  view.name(pair.base), view.name(pair.other))
                    : fmt::format("{} {} {}: {}", view.name(pair.other),
                                  change < 0 ? "saves" : "costs", seconds(std::abs(change)), parts);
  chart.text = fmt::format(
      "Steps from the pod at p95 of {} to that of {}, phase by phase, means "
      "over runs. {} stay whatever the image.",
      view.name(pair.base), view.name(pair.other), seconds(steps.stay));
  chart.note = fmt::format("{} of the {} that a pod of {} takes stay whatever the image.",
                           seconds(steps.stay), seconds(steps.other), view.name(pair.other));
  chart.table = phase_table(view, steps);
  chart.spec = chart_spec(height_of(steps.order.size()), chart.text);
  chart.spec["data"]["values"] = steps.data;
  Json y = {
      {"field", "row"}, {"type", "nominal"}, {"sort", ordered(steps.order)}, {"title", nullptr}};
  y["axis"] = {{"labelColor", "var(--ink)"}, {"labelFontSize", 13}};
  chart.spec["encoding"]["y"] = std::move(y);
  Json layers = chart_template("attribution");
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
  const std::string base = view.alternatives.at("variant");
  const Json* cheapest = nullptr;
  std::vector<AlternativeRow> rows = alternative_rows(view, &cheapest);
  if (rows.empty()) return std::nullopt;
  std::string slimming;
  if (view.pair && view.name(view.pair->base) == base) {
    const double saved = -view.pair->difference.value.value_or(0);
    slimming = fmt::format(", {} {}", view.name(view.pair->other), seconds(std::abs(saved)));
    rows.push_back({fmt::format("{} instead of {}", view.name(view.pair->other), base), saved,
                    "the other variant", signed_figure(view, view.pair->difference)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const AlternativeRow& a, const AlternativeRow& b) {
    return a.saved > b.saved;
  });
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
  for (const AlternativeRow& row : rows) {
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
  Json layers = chart_template("alternatives");
  layers[0]["encoding"]["color"] = {
      {"field", "kind"}, {"type", "nominal"}, {"scale", legend_scale(chart.legend)}};
  chart.spec["layer"] = std::move(layers);
  return chart;
}

}  // namespace pullsim
