// How the replicas catch up with what is wanted of them.
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTall = 300;
constexpr double kSecondsInMinute = 60;

std::string seconds(double value) { return quantity_text(value, "s"); }

/// The workload whose wanted replicas change most.
std::string busiest_workload(const Json& replicas) {
  std::string best;
  double most = -1;
  for (const Json& series : replicas) {
    if (series.at("series") != "replicas_wanted" && series.at("series") != "replicas_needed") {
      continue;
    }
    double low = 0;
    double high = 0;
    bool first = true;
    for (const Json& step : series.at("steps")) {
      const double value = step[1];
      low = first ? value : std::min(low, value);
      high = first ? value : std::max(high, value);
      first = false;
    }
    if (high - low > most) {
      most = high - low;
      best = series.at("workload");
    }
  }
  return best;
}

const Json* series_of(const Json& replicas, const std::string& workload, const char* name) {
  for (const Json& series : replicas) {
    if (series.at("workload") == workload && series.at("series") == name) return &series;
  }
  return nullptr;
}

double value_at(const Json& steps, double time) {
  double value = 0;
  for (const Json& step : steps) {
    if (step[0].get<double>() > time) break;
    value = step[1];
  }
  return value;
}

/// First moment from which the ready replicas are at what is wanted until the end of the window.
std::optional<double> caught_up(const Json& ready, const Json& wanted, double from, double to) {
  std::set<double> times{from};
  for (const Json* steps : {&ready, &wanted}) {
    for (const Json& step : *steps) times.insert(step[0].get<double>());
  }
  std::optional<double> since;
  for (const double time : times) {
    if (time < from || time > to) continue;
    const bool enough = value_at(ready, time) >= value_at(wanted, time);
    if (!enough) since.reset();
    if (enough && !since) since = time;
  }
  return since;
}

/// The steps of all variants as rows of a chart: pods there are, gaps to the goal, the goal itself.
struct ReplicaRows {
  Json lines = Json::array();
  Json gaps = Json::array();
  Json wanted = Json::array();

  void add(const ReportView& view, std::size_t v, const Json& ready, const Json& target) {
    const double from = view.evidence[v]["window"]["from_seconds"];
    const double to = view.evidence[v]["window"]["to_seconds"];
    std::set<double> times{from, to};
    for (const Json* steps : {&ready.at("steps"), &target.at("steps")}) {
      for (const Json& step : *steps) times.insert(step[0].get<double>());
    }
    const bool close = std::find(view.closely.begin(), view.closely.end(), v) != view.closely.end();
    for (const double time : times) {
      if (time < from || time > to) continue;
      const double now = value_at(ready.at("steps"), time);
      const double goal = value_at(target.at("steps"), time);
      lines.push_back({{"variant", view.name(v)}, {"time", time - from}, {"pods", now}});
      if (close) {
        gaps.push_back({{"variant", view.name(v)},
                        {"time", time - from},
                        {"pods", now},
                        {"goal", std::max(now, goal)}});
      }
      if (v == view.closely.front()) {
        wanted.push_back({{"time", time - from}, {"pods", goal}});
      }
    }
  }
};

}  // namespace

MaybeChart replicas_chart(const ReportView& view) {
  Chart chart;
  chart.id = "catching-up";
  ReplicaRows rows;
  std::string workload;
  std::string target_name;
  std::string title;
  bool served = true;
  for (const std::size_t v : view.shown) {
    if (!view.evidence[v].contains("replicas")) continue;
    if (workload.empty()) workload = busiest_workload(view.evidence[v]["replicas"]);
    served = served && series_of(view.evidence[v]["replicas"], workload, "replicas_served");
  }
  const char* have = served ? "replicas_served" : "replicas_ready";
  const char* have_word = served ? "served" : "ready";
  chart.table.head = {"variant", fmt::format("all {} after", have_word), "pods at the end",
                      "not served"};
  for (const std::size_t v : view.shown) {
    const Json& evidence = view.evidence[v];
    if (!evidence.contains("replicas")) continue;
    const Json* ready = series_of(evidence["replicas"], workload, have);
    const Json* target = series_of(evidence["replicas"], workload, "replicas_needed");
    target_name = target == nullptr ? "wanted" : "needed by demand";
    if (target == nullptr) target = series_of(evidence["replicas"], workload, "replicas_wanted");
    if (ready == nullptr || target == nullptr) continue;
    const double from = evidence["window"]["from_seconds"];
    const double to = evidence["window"]["to_seconds"];
    rows.add(view, v, *ready, *target);
    const bool close = std::find(view.closely.begin(), view.closely.end(), v) != view.closely.end();
    const auto done = caught_up(ready->at("steps"), target->at("steps"), from, to);
    const Estimate unserved = view.of(v, Metric::unserved, SummaryAggregate::mean);
    chart.table.rows.push_back(
        {view.name(v), done ? seconds(*done - from) : "not by the end",
         fmt::format("{:g}", value_at(ready->at("steps"), to)),
         unserved.value ? fmt::format("{:.1f} pod-minutes", *unserved.value / kSecondsInMinute)
                        : "-"});
    if (close) {
      title += fmt::format("{}{} {}", title.empty() ? "" : ", ", view.name(v),
                           done ? "after " + seconds(*done - from) : "not by the end");
    }
  }
  if (rows.lines.empty()) return std::nullopt;
  chart.title = fmt::format("All pods of {} {}: {}", clean_text(workload, 60),
                            served ? "take traffic" : "are ready", title);
  chart.text = fmt::format(
      "Replicas of {} that are {} over time as steps, by variant, under the "
      "number {}; the gap between the two is shaded.",
      workload, have_word, target_name);
  chart.note =
      "The middle run of each variant. Not served: pods missing, summed over time, mean of "
      "all runs.";
  chart.legend = view.variant_legend(true);
  chart.legend.push_back({"pods " + target_name, "var(--ink)", "2,3"});
  chart.spec = chart_spec(kTall, chart.text);
  Json layers = chart_template("replicas");
  const Json colour = {{"field", "variant"}, {"type", "nominal"}, {"scale", view.variant_scale()}};
  layers[0]["encoding"]["color"] = colour;
  layers[2]["encoding"]["color"] = colour;
  layers[2]["encoding"]["strokeDash"] = {
      {"field", "variant"}, {"type", "nominal"}, {"scale", view.dash_scale()}};
  layers[0]["data"]["values"] = std::move(rows.gaps);
  layers[1]["data"]["values"] = std::move(rows.wanted);
  layers[2]["data"]["values"] = std::move(rows.lines);
  chart.spec["layer"] = std::move(layers);
  return chart;
}

}  // namespace pullsim
