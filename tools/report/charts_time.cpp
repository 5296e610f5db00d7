// When pods are ready, and what their time goes to.
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

/// What the points of the curves say of the pods in the middle.
std::string ready_title(const ReportView& view, const Json& data) {
  if (view.closely.size() == 2 && view.evidence[view.closely[0]].contains("ready_curve") &&
      view.evidence[view.closely[1]].contains("ready_curve")) {
    const auto half = [&](std::size_t which) {
      return at_share(view.evidence[view.closely[which]]["ready_curve"], 0.5);
    };
    return fmt::format("Half of the pods are ready after {} ({}) against {} ({})", seconds(half(1)),
                       view.name(view.closely[1]), seconds(half(0)), view.name(view.closely[0]));
  }
  const std::string first = data.front()["variant"];
  Json curve = Json::array();
  for (const Json& point : data) {
    if (point.at("variant") == first && point.at("share") > 0) curve.push_back(point);
  }
  return fmt::format("Half of the pods are ready after {}, 95 % after {}",
                     seconds(at_share(curve, 0.5)), seconds(at_share(curve, 0.95)));
}

using PodBars = std::vector<std::pair<std::string, const Json*>>;

/// The pods at p95 phase by phase, which the sentences are about.
Table p95_table(const PodBars& bars) {
  Table table;
  table.head = {"phase"};
  std::vector<const Json*> columns;
  for (const auto& [row, pod] : bars) {
    if (pod->at("at") != "p95") continue;
    table.head.push_back(row);
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
    if (any) table.rows.push_back(std::move(cells));
  }
  std::vector<std::string> total = {"created to ready"};
  for (const Json* pod : columns) total.push_back(seconds(pod->at("ready_after_seconds")));
  table.rows.push_back(std::move(total));

  return table;
}

/// "44 % of the wait of large is unpacking"; empty without a pod at p95.
std::string longest_phase(const ReportView& view, std::size_t v) {
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
  chart.title = ready_title(view, data);
  chart.text =
      "Share of the pods that are ready by time since each was created, by variant; the "
      "band is from the quickest to the slowest run.";
  chart.legend = view.variant_legend(true);
  chart.spec = chart_spec(kTall, chart.text);
  chart.spec["data"]["values"] = std::move(data);
  Json layers = chart_template("ready");
  const Json colour = {{"field", "variant"}, {"type", "nominal"}, {"scale", view.variant_scale()}};
  for (Json& layer : layers) layer["encoding"]["color"] = colour;
  layers[1]["encoding"]["strokeDash"] = {
      {"field", "variant"}, {"type", "nominal"}, {"scale", view.dash_scale()}};
  const auto limits = ready_limits(view, greatest, &chart.note);
  if (!limits.empty()) {
    Json marks = chart_template("limits");
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
  PodBars bars;
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
  chart.table = p95_table(bars);
  std::string title;
  for (const std::size_t v : view.closely) {
    const std::string part = longest_phase(view, v);
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
  Json encoding = chart_template("phases");
  encoding["y"]["sort"] = order;
  encoding["color"]["scale"] = legend_scale(chart.legend);
  chart.spec["encoding"] = std::move(encoding);
  return chart;
}

}  // namespace pullsim
