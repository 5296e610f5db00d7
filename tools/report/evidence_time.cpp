// What changes over time: replicas in steps, use of resources and causes of waiting by bin.
#include "tools/output/csv_files.hpp"
#include "tools/report/evidence.hpp"
#include "tools/report/evidence_parts.hpp"
#include "tools/run/pod_phases.hpp"
#include "tools/run/step_series.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kStepsMost = 1200;  // more are read off at the bins
constexpr double kShareDigits = 1e4;

double seconds_of(SimTime time) { return to_seconds(time.time_since_epoch()); }
SimTime time_at(double seconds) {
  return SimTime{Duration{static_cast<std::int64_t>(std::llround(seconds * 1e9))}};
}
double rounded(double value) { return std::round(value * kShareDigits) / kShareDigits; }

Json steps_json(const StepSeries& series, const EvidenceWindow& window) {
  Json steps = Json::array();
  const auto from = time_at(window.from);
  steps.push_back({window.from, series.at(from)});
  const bool binned = series.steps().size() > kStepsMost;
  if (binned) {
    for (std::size_t bin = 1; bin <= kEvidenceBins; ++bin) {
      const double time = window.from + window.width() * static_cast<double>(bin);
      steps.push_back({time, series.at(time_at(time))});
    }
    return steps;
  }
  for (const auto& [time, value] : series.steps()) {
    if (time <= from || seconds_of(time) > window.to) continue;
    if (steps.back()[0] == seconds_of(time)) {
      steps.back()[1] = value;
    } else {
      steps.push_back({seconds_of(time), value});
    }
  }
  return steps;
}

/// Mean of each bin over a capacity, and of several series the greatest in each bin.
class FullestOf {
 public:
  explicit FullestOf(const EvidenceWindow& window) : window_(window), bins_(kEvidenceBins, 0.0) {}

  void add(const StepSeries& series, double capacity) {
    if (capacity <= 0) return;
    for (std::size_t bin = 0; bin < kEvidenceBins; ++bin) {
      const auto from = time_at(window_.from + window_.width() * static_cast<double>(bin));
      const auto to = time_at(window_.from + window_.width() * static_cast<double>(bin + 1));
      if (to <= from) continue;
      const double share = series.integral(from, to) / to_seconds(to - from) / capacity;
      bins_[bin] = std::max(bins_[bin], share);
    }
    any_ = true;
  }
  bool any() const { return any_; }
  Json json(const char* resource, const std::string& entity) const {
    Json shares = Json::array();
    for (const double share : bins_) shares.push_back(rounded(share));
    return {{"resource", resource}, {"entity", entity}, {"share", std::move(shares)}};
  }

 private:
  EvidenceWindow window_;
  std::vector<double> bins_;
  bool any_ = false;
};

using CapacityOf = std::optional<double> (*)(const NodePoolSpec&);

void add_fullest_node(const Scenario& scenario, const RunResult& run, const EvidenceWindow& window,
                      const char* series, const char* resource, CapacityOf capacity, Json* list) {
  std::map<std::string, std::size_t> pool_of;
  for (const NodeRow& node : run.nodes) pool_of[node.name] = node.pool;
  FullestOf fullest(window);
  for (const auto& [node, steps] : all_entities(run, series)) {
    const auto pool = pool_of.find(node);
    if (pool == pool_of.end()) continue;
    const auto most = capacity(scenario.node_pools.at(pool->second));
    if (most) fullest.add(steps, *most);
  }
  if (fullest.any()) list->push_back(fullest.json(resource, "fullest node"));
}

std::optional<double> payload(const std::optional<Bandwidth>& line) {
  if (!line) return std::nullopt;
  return payload_of(*line).bytes_per_second;
}

}  // namespace

double EvidenceWindow::width() const { return (to - from) / static_cast<double>(kEvidenceBins); }

std::size_t EvidenceWindow::bin_of(double time) const {
  const double bin = std::floor((time - from) / width());
  return static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(kEvidenceBins - 1)));
}

EvidenceWindow evidence_window(const RunResult& run) {
  EvidenceWindow window;
  bool begun = false;
  const auto begin = [&](SimTime time) {
    window.from = begun ? std::min(window.from, seconds_of(time)) : seconds_of(time);
    begun = true;
  };
  for (const ScaleOut& scale_out : run.scale_outs) begin(scale_out.started);
  for (const PodRow& pod : run.pods) begin(pod.created);
  const auto last = [&](const MaybeTime& time) {
    if (time) window.to = std::max(window.to, seconds_of(*time));
  };
  for (const PodRow& pod : run.pods) {
    last(pod.ready);
    last(pod.served);
  }
  for (const PullRow& pull : run.pulls) last(pull.finished);
  for (const ServiceGap& gap : run.gaps) last(gap.restored);
  const bool unfinished = std::any_of(run.pods.begin(), run.pods.end(),
                                      [](const PodRow& pod) { return pod.wanted && !pod.ready; });
  if (unfinished || window.to <= window.from) {
    window.to = std::max(seconds_of(run.ended), window.from + 1);
  }
  return window;
}

nlohmann::ordered_json evidence_replicas(const RunResult& run, const EvidenceWindow& window) {
  Json list = Json::array();
  for (const char* series :
       {"replicas_wanted", "replicas_needed", "replicas_ready", "replicas_served"}) {
    for (const auto& [workload, steps] : all_entities(run, series)) {
      list.push_back(
          {{"workload", workload}, {"series", series}, {"steps", steps_json(steps, window)}});
    }
  }
  return list;
}

nlohmann::ordered_json evidence_resources(const Scenario& scenario, const RunResult& run,
                                          const EvidenceWindow& window) {
  Json list = Json::array();
  for (const auto& [name, steps] : all_entities(run, "egress_rate")) {
    const auto found =
        std::find_if(scenario.registries.begin(), scenario.registries.end(),
                     [&, wanted = name](const RegistrySpec& r) { return r.name == wanted; });
    const auto most = found == scenario.registries.end() ? std::nullopt : payload(found->egress);
    FullestOf egress(window);
    if (most) egress.add(steps, *most);
    if (egress.any()) list.push_back(egress.json("registry egress", name));
  }
  add_fullest_node(
      scenario, run, window, "network_rate", "node network",
      [](const NodePoolSpec& pool) { return payload(pool.network); }, &list);
  add_fullest_node(
      scenario, run, window, "disk_write_rate", "disk writes",
      [](const NodePoolSpec& pool) -> std::optional<double> {
        if (!pool.disk_write) return std::nullopt;
        return pool.disk_write->bytes_per_second;
      },
      &list);
  add_fullest_node(
      scenario, run, window, "cpu_busy", "node CPU",
      [](const NodePoolSpec& pool) {
        return std::optional<double>(static_cast<double>(pool.cpu.count) / 1000);
      },
      &list);
  return list;
}

nlohmann::ordered_json evidence_held_up(const RunResult& run, const EvidenceWindow& window) {
  std::map<Bottleneck, std::vector<double>> by_cause;
  const auto add = [&](Bottleneck cause, double from, double to, double weight) {
    auto& bins = by_cause.try_emplace(cause, kEvidenceBins, 0.0).first->second;
    for (std::size_t bin = window.bin_of(from); bin < kEvidenceBins; ++bin) {
      const double begin = window.from + window.width() * static_cast<double>(bin);
      const double overlap = std::min(to, begin + window.width()) - std::max(from, begin);
      if (overlap <= 0) break;
      bins[bin] += weight * overlap / window.width();
    }
  };
  for (const PullRow& pull : run.pulls) {
    for (const PullStep& step : *pull.work->path) {
      const double length = to_seconds(step.end - step.begin);
      if (length <= 0) continue;
      for (const auto& [cause, time] : step.held_up_by) {
        add(cause, seconds_of(step.begin), seconds_of(step.end), to_seconds(time) / length);
      }
    }
  }
  Json list = Json::array();
  for (const auto& [cause, bins] : by_cause) {
    if (cause == Bottleneck::none) continue;
    Json pulls = Json::array();
    for (const double value : bins) pulls.push_back(rounded(value));
    list.push_back({{"cause", bottleneck_text(cause)}, {"pulls", std::move(pulls)}});
  }
  return list;
}

}  // namespace pullsim
