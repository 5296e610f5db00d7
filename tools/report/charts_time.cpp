// When pods are ready, what their time goes to, and how the replicas catch up.
#include "tools/output/number_text.hpp"
#include "tools/report/chart.hpp"
#include "tools/report/escape.hpp"
#include "tools/run/pod_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTall = 300;
constexpr int kRowHeight = 26;
constexpr double kBeyondAxis = 1.4;  // limits farther than this times the data are told, not drawn
constexpr double kSecondsInMinute = 60;

std::string seconds(double value) { return quantity_text(value, "s"); }

struct Limit {
  double value;
  std::string label;
};

/// Plain limits of pod_ready that the axis can show; the others are named in `note`.
std::vector<Limit> ready_limits(const ReportView& view, double greatest, std::string* note) {
  std::vector<Limit> limits;
  std::set<double> seen;
  for (const Judged& judged : view.input.result.thresholds) {
    const Threshold& threshold = *judged.threshold;
    const bool plain = threshold.metric == Metric::pod_ready && threshold.limit.variant.empty() &&
                       threshold.aggregate.kind == Aggregate::Kind::percentile;
    if (!plain || !seen.insert(threshold.limit.value).second) continue;
    const std::string label = fmt::format("limit {:g} s", threshold.limit.value);
    if (threshold.limit.value <= greatest * kBeyondAxis) {
      limits.push_back({threshold.limit.value, label});
    } else {
      *note += fmt::format("{}{} is beyond the axis", note->empty() ? "The " : "; the ", label);
    }
  }
  return limits;
}

/// Where half of the pods and 95 % of them are, of a curve in the evidence.
double at_share(const Json& curve, double share) {
  for (const Json& point : curve) {
    if (point.at("share").get<double>() >= share - 1e-9) return point.at("seconds");
  }
  return curve.empty() ? 0 : curve.back().at("seconds").get<double>();
}

/// A phase as something that takes time.
std::string phase_noun(const std::string& phase) {
  static const std::map<std::string, std::string> nouns = {
      {"node starts", "the start of the node"},
      {"waits to pull", "waiting to pull"},
      {"asks registry", "asking the registry"},
      {"downloads", "downloading"},
      {"unpacks", "unpacking"},
      {"starts", "starting containers"},
      {"app, probes", "application and probes"}};
  const auto found = nouns.find(phase);
  return found == nouns.end() ? phase : found->second;
}

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

}  // namespace

MaybeChart ready_chart(const ReportView& view) {
  Chart chart;
  chart.id = "time-to-ready";
  chart.table.head = {"share of the pods"};
  constexpr std::array<double, 7> kShares = {0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1};
  for (const double share : kShares) {
    chart.table.rows.push_back({fmt::format("{:g} % are ready after", share * 100)});
  }
  Json data = Json::array();
  double greatest = 0;
  for (const std::size_t v : view.shown) {
    if (!view.evidence[v].contains("ready_curve") || view.evidence[v]["ready_curve"].empty()) {
      continue;
    }
    const Json& curve = view.evidence[v]["ready_curve"];
    chart.table.head.push_back(view.name(v));
    for (std::size_t i = 0; i < kShares.size(); ++i) {
      const bool reached = curve.back().at("share").get<double>() >= kShares[i] - 1e-9;
      chart.table.rows[i].push_back(reached ? seconds(at_share(curve, kShares[i])) : "never");
    }
    data.push_back({{"variant", view.name(v)},
                    {"share", 0},
                    {"seconds", curve[0]["seconds"]},
                    {"low", curve[0]["low"]},
                    {"high", curve[0]["high"]}});
    for (const Json& point : curve) {
      greatest = std::max(greatest, point.at("high").get<double>());
      Json row = {{"variant", view.name(v)}};
      row.update(point);
      data.push_back(std::move(row));
    }
  }
  if (data.empty()) return std::nullopt;
  if (view.closely.size() == 2 && view.evidence[view.closely[0]].contains("ready_curve") &&
      view.evidence[view.closely[1]].contains("ready_curve")) {
    const auto half = [&](std::size_t which) {
      return at_share(view.evidence[view.closely[which]]["ready_curve"], 0.5);
    };
    chart.title =
        fmt::format("Half of the pods are ready after {} ({}) against {} ({})", seconds(half(1)),
                    view.name(view.closely[1]), seconds(half(0)), view.name(view.closely[0]));
  } else {
    const std::size_t v = view.closely.front();
    const Json& curve = view.evidence[v]["ready_curve"];
    chart.title = fmt::format("Half of the pods are ready after {}, 95 % after {}",
                              seconds(at_share(curve, 0.5)), seconds(at_share(curve, 0.95)));
  }
  chart.text =
      "Share of the pods that are ready by time since each was created, by variant; the "
      "band is from the quickest to the slowest run.";
  chart.legend = view.variant_legend(true);
  chart.spec = chart_spec(kTall, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  Json layers = Json::parse(R"json([
    {
      "mark": {
        "type": "area",
        "orient": "horizontal",
        "opacity": 0.18,
        "interpolate": "step-before"
      },
      "encoding": {
        "y": {"field": "share", "type": "quantitative"},
        "x": {"field": "low", "type": "quantitative"},
        "x2": {"field": "high"}
      }
    },
    {
      "mark": {"type": "line", "strokeWidth": 2.5, "interpolate": "step-before"},
      "encoding": {
        "y": {
          "field": "share",
          "type": "quantitative",
          "title": "share of the pods",
          "axis": {
            "format": "%",
            "grid": true,
            "values": [0, 0.25, 0.5, 0.75, 1]
          }
        },
        "x": {
          "field": "seconds",
          "type": "quantitative",
          "title": "seconds from created to ready"
        },
        "order": {"field": "share"}
      }
    }
  ])json");
  const Json colour = {{"field", "variant"}, {"type", "nominal"}, {"scale", view.variant_scale()}};
  for (Json& layer : layers) layer["encoding"]["color"] = colour;
  layers[1]["encoding"]["strokeDash"] = {
      {"field", "variant"}, {"type", "nominal"}, {"scale", view.dash_scale()}};
  const auto limits = ready_limits(view, greatest, &chart.note);
  if (!limits.empty()) {
    Json marks = Json::parse(R"json([
    {
      "mark": {
        "type": "rule",
        "strokeDash": [4, 4],
        "color": "var(--fail)",
        "strokeWidth": 1.5
      },
      "encoding": {"x": {"field": "limit", "type": "quantitative"}}
    },
    {
      "mark": {
        "type": "text",
        "align": "left",
        "dx": 5,
        "baseline": "bottom",
        "color": "var(--fail)"
      },
      "encoding": {
        "x": {"field": "limit", "type": "quantitative"},
        "y": {"datum": 0.02},
        "text": {"field": "label"}
      }
    }
  ])json");
    for (Json& mark : marks) {
      for (const Limit& limit : limits) {
        mark["data"]["values"].push_back({{"limit", limit.value}, {"label", limit.label}});
      }
      layers.push_back(mark);
    }
  }
  chart.spec["layer"] = std::move(layers);
  return chart;
}

MaybeChart phases_chart(const ReportView& view) {
  Chart chart;
  chart.id = "where-the-time-goes";
  Json data = Json::array();
  std::vector<std::string> order;
  std::set<std::string> seen;
  chart.table.head = {"phase"};
  std::vector<std::pair<std::string, const Json*>> bars;
  std::vector<std::pair<std::string, double>> longest;  // of the p95 pods looked at closely
  for (const char* place : {"p50", "p95", "max"}) {
    for (const std::size_t v : view.shown) {
      if (!view.evidence[v].contains("pods")) continue;
      for (const Json& pod : view.evidence[v]["pods"]) {
        if (pod.at("at") != place) continue;
        const std::string row = fmt::format("{} {}", place, view.name(v));
        order.push_back(row);
        bars.emplace_back(row, &pod);
      }
    }
  }
  if (bars.empty()) return std::nullopt;
  for (const auto& [row, pod] : bars) {
    std::size_t number = 0;
    for (const Json& phase : pod->at("phases")) {
      const double time = phase.at("seconds");
      const std::string name = phase.at("phase");
      if (time > 0) {
        seen.insert(name);
        data.push_back({{"pod", row},
                        {"phase", name},
                        {"number", number},
                        {"seconds", time},
                        {"label", seconds(time)},
                        {"cause", phase.value("held_up_by", "")}});
      }
      ++number;
    }
  }
  for (std::size_t i = 0; i < kPodPhases; ++i) {
    const std::string name(phase_name(static_cast<PodStage>(i)));
    if (seen.contains(name)) {
      chart.legend.push_back({name, fmt::format("var(--p{})", i), ""});
    }
  }
  // The table has the pods at p95, which the sentences are about.
  std::vector<const Json*> columns;
  for (const auto& [row, pod] : bars) {
    if (pod->at("at") != "p95") continue;
    chart.table.head.push_back(row);
    columns.push_back(pod);
  }
  for (std::size_t i = 0; i < kPodPhases; ++i) {
    std::vector<std::string> cells = {std::string(phase_name(static_cast<PodStage>(i)))};
    bool any = false;
    for (const Json* pod : columns) {
      const Json& phase = pod->at("phases").at(i);
      const double time = phase.at("seconds");
      any = any || time > 0;
      std::string cell = seconds(time);
      if (phase.contains("held_up_by")) {
        cell += fmt::format(" ({})", phase["held_up_by"].get<std::string>());
      }
      cells.push_back(cell);
    }
    if (any) chart.table.rows.push_back(std::move(cells));
  }
  std::vector<std::string> total = {"created to ready"};
  for (const Json* pod : columns) total.push_back(seconds(pod->at("ready_after_seconds")));
  chart.table.rows.push_back(std::move(total));

  const auto worst_of = [&](std::size_t v) {
    const Json* worst = nullptr;
    for (const Json& pod : view.evidence[v].value("pods", Json::array())) {
      if (pod.at("at") != "p95") continue;
      for (const Json& phase : pod.at("phases")) {
        if (worst == nullptr || phase.at("seconds") > worst->at("seconds")) worst = &phase;
      }
      if (worst != nullptr) {
        const double share = worst->at("seconds").get<double>() /
                             std::max(pod.at("ready_after_seconds").get<double>(), 1e-9);
        return fmt::format("{:.0f} % of the wait of {} is {}", share * 100, view.name(v),
                           phase_noun(worst->at("phase").get<std::string>()));
      }
    }
    return std::string();
  };
  std::string title;
  for (const std::size_t v : view.closely) {
    const std::string part = worst_of(v);
    if (!part.empty()) title += (title.empty() ? "" : ", ") + part;
  }
  chart.title = title;
  chart.text =
      "Time of single pods from created to ready, cut into phases that add up: the pods at "
      "the median, at p95 and the last one of each variant's middle run.";
  chart.note =
      "Pods of the middle run of each variant; phases of one pod add up, percentiles of "
      "phases do not.";
  chart.spec = chart_spec(static_cast<int>(order.size()) * kRowHeight, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  chart.spec["mark"] = {{"type", "bar"}, {"height", 16}};
  Json scale = {{"domain", Json::array()}, {"range", Json::array()}};
  for (const LegendEntry& entry : chart.legend) {
    scale["domain"].push_back(entry.label);
    scale["range"].push_back(entry.colour);
  }
  Json encoding = Json::parse(R"json({
    "y": {
      "field": "pod",
      "type": "nominal",
      "title": null,
      "axis": {"labelColor": "var(--ink)"}
    },
    "x": {
      "field": "seconds",
      "type": "quantitative",
      "stack": "zero",
      "title": "seconds from created to ready"
    },
    "color": {"field": "phase", "type": "nominal"},
    "order": {"field": "number"},
    "tooltip": [
      {"field": "pod"},
      {"field": "phase"},
      {"field": "label", "title": "time"},
      {"field": "cause", "title": "held up by"}
    ]
  })json");
  encoding["y"]["sort"] = order;
  encoding["color"]["scale"] = std::move(scale);
  chart.spec["encoding"] = std::move(encoding);
  return chart;
}

MaybeChart replicas_chart(const ReportView& view) {
  Chart chart;
  chart.id = "catching-up";
  Json lines = Json::array();
  Json gaps = Json::array();
  Json wanted_rows = Json::array();
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
    std::set<double> times{from, to};
    for (const Json* steps : {&ready->at("steps"), &target->at("steps")}) {
      for (const Json& step : *steps) times.insert(step[0].get<double>());
    }
    const bool close = std::find(view.closely.begin(), view.closely.end(), v) != view.closely.end();
    for (const double time : times) {
      if (time < from || time > to) continue;
      const double now = value_at(ready->at("steps"), time);
      const double goal = value_at(target->at("steps"), time);
      lines.push_back({{"variant", view.name(v)}, {"time", time - from}, {"pods", now}});
      if (close) {
        gaps.push_back({{"variant", view.name(v)},
                        {"time", time - from},
                        {"pods", now},
                        {"goal", std::max(now, goal)}});
      }
      if (v == view.closely.front()) {
        wanted_rows.push_back({{"time", time - from}, {"pods", goal}});
      }
    }
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
  if (lines.empty()) return std::nullopt;
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
  Json layers = Json::parse(R"json([
    {
      "mark": {"type": "area", "opacity": 0.13, "interpolate": "step-after"},
      "encoding": {
        "x": {"field": "time", "type": "quantitative"},
        "y": {"field": "pods", "type": "quantitative", "stack": null},
        "y2": {"field": "goal"}
      }
    },
    {
      "mark": {
        "type": "line",
        "interpolate": "step-after",
        "strokeDash": [2, 3],
        "strokeWidth": 1.5,
        "color": "var(--ink)"
      },
      "encoding": {
        "x": {"field": "time", "type": "quantitative"},
        "y": {"field": "pods", "type": "quantitative"}
      }
    },
    {
      "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5},
      "encoding": {
        "x": {
          "field": "time",
          "type": "quantitative",
          "title": "seconds since it began"
        },
        "y": {
          "field": "pods",
          "type": "quantitative",
          "title": "pods",
          "axis": {"grid": true}
        }
      }
    }
  ])json");
  const Json colour = {{"field", "variant"}, {"type", "nominal"}, {"scale", view.variant_scale()}};
  layers[0]["encoding"]["color"] = colour;
  layers[2]["encoding"]["color"] = colour;
  layers[2]["encoding"]["strokeDash"] = {
      {"field", "variant"}, {"type", "nominal"}, {"scale", view.dash_scale()}};
  layers[0]["data"]["values"] = std::move(gaps);
  layers[1]["data"]["values"] = std::move(wanted_rows);
  layers[2]["data"]["values"] = std::move(lines);
  chart.spec["layer"] = std::move(layers);
  return chart;
}

}  // namespace pullsim
