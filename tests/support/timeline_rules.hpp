// What must hold for the series of every run, and for what is worked out from them: each row a
// change, nothing above its capacity, replicas that follow from one another, roll-outs within surge
// and availability, the integrals and the ends of scale-outs computed a second time.
#pragma once

#include "models/decisions/rolling_update.hpp"
#include "tests/support/run_rules.hpp"

#include <cmath>

namespace pullsim::test {

class Timeline {
 public:
  Timeline(const Scenario& scenario, const RunResult& result)
      : scenario_(scenario), result_(result), rows_(result.series.size()) {
    for (const TimelineRow& row : result.timeline) rows_[row.series].push_back(row);
  }

  std::string broken() {
    each_row_changes();
    for (std::size_t w = 0; w < scenario_.workloads.size(); ++w) replicas(w);
    capacities();
    unserved();
    scale_outs();
    double node_seconds = 0;
    for (const NodeRow& node : result_.nodes) {
      node_seconds += to_seconds(end_of(scenario_) - node.requested);
    }
    rules_.hold(std::abs(node_seconds - result_.node_seconds) <= 1e-6, "node time adds up");
    return rules_.broken();
  }

 private:
  void each_row_changes() {
    SimTime last = kSimStart;
    for (const TimelineRow& row : result_.timeline) {
      rules_.hold(row.time >= last && row.time <= end_of(scenario_), "rows come by time");
      rules_.hold(row.value >= 0, "no value is negative");
      last = row.time;
    }
    for (const auto& rows : rows_) {
      for (std::size_t i = 1; i < rows.size(); ++i) {
        rules_.hold(rows[i].time > rows[i - 1].time, "one row for a series and instant");
        rules_.hold(rows[i].value != rows[i - 1].value, "each row is a change");
      }
    }
  }

  std::size_t series(const std::string& name, const std::string& entity) const {
    std::size_t i = 0;
    while (result_.series[i].series != name || result_.series[i].entity != entity) ++i;
    return i;
  }

  double value(std::size_t series, SimTime time) const {
    double value = 0;
    for (const TimelineRow& row : rows_[series]) {
      if (row.time <= time) value = row.value;
    }
    return value;
  }

  bool has(std::size_t workload, ScenarioEvent::Kind kind) const {
    return std::any_of(scenario_.events.begin(), scenario_.events.end(),
                       [&](const ScenarioEvent& event) {
                         return event.workload == workload && event.kind == kind;
                       });
  }

  void replicas(std::size_t w) {
    const WorkloadSpec& workload = scenario_.workloads[w];
    const std::size_t wanted = series("replicas_wanted", workload.name);
    const std::size_t created = series("replicas_created", workload.name);
    const std::size_t ready = series("replicas_ready", workload.name);
    const std::size_t served = series("replicas_served", workload.name);
    for (const TimelineRow& row : result_.timeline) {
      if (row.series < wanted || row.series > served) continue;
      const double up = value(ready, row.time);
      rules_.hold(up <= value(created, row.time) && value(served, row.time) <= up,
                  "served are ready, ready are created");
      if (has(w, ScenarioEvent::Kind::scale)) continue;
      const Fenceposts posts =
          rollout_fenceposts(DeploymentStrategy::rolling_update, workload.max_surge,
                             workload.max_unavailable, workload.replicas);
      const auto count = static_cast<double>(workload.replicas);
      rules_.hold(value(wanted, row.time) == count, "only a scale event changes what is wanted");
      rules_.hold(value(created, row.time) <= count + static_cast<double>(posts.surge),
                  "a roll-out makes no more pods than surge allows");
      rules_.hold(up >= count - static_cast<double>(posts.unavailable),
                  "a roll-out leaves enough pods ready");
    }
  }

  void capacities() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      double most = kMost;
      for (const RegistrySpec& registry : scenario_.registries) {
        if (result_.series[i].series == "egress_rate" && result_.series[i].entity == registry.name)
          most = registry.egress ? payload_of(*registry.egress).bytes_per_second : kMost;
      }
      for (const ZoneSpec& zone : scenario_.zones) {
        if (result_.series[i].series == "uplink_rate" && result_.series[i].entity == zone.name)
          most = zone.uplink ? payload_of(*zone.uplink).bytes_per_second : kMost;
      }
      for (const NodeRow& node : result_.nodes) {
        if (result_.series[i].entity != node.name) continue;
        const NodePoolSpec& pool = scenario_.node_pools[node.pool];
        const std::string& name = result_.series[i].series;
        if (name == "network_rate" && pool.network)
          most = payload_of(*pool.network).bytes_per_second;
        if (name == "disk_write_rate" && pool.disk_write) most = pool.disk_write->bytes_per_second;
        if (name == "cpu_busy") most = static_cast<double>(pool.cpu.count) / 1000;
      }
      for (const TimelineRow& row : rows_[i]) {
        rules_.hold(row.value <= most * (1 + 1e-9), "nothing runs above its capacity");
      }
    }
  }

  // The integral of wanted minus served, from the rows.
  void unserved() {
    double sum = 0;
    for (const WorkloadSpec& workload : scenario_.workloads) {
      std::set<SimTime> times{kSimStart, end_of(scenario_)};
      const bool loaded =
          std::any_of(result_.series.begin(), result_.series.end(), [&](const SeriesInfo& info) {
            return info.series == "replicas_needed" && info.entity == workload.name;
          });
      const std::size_t wanted =
          series(loaded ? "replicas_needed" : "replicas_wanted", workload.name);
      const std::size_t served = series("replicas_served", workload.name);
      for (const TimelineRow& row : rows_[wanted]) times.insert(row.time);
      for (const TimelineRow& row : rows_[served]) times.insert(row.time);
      for (auto time = times.begin(); std::next(time) != times.end(); ++time) {
        const double missing = std::max(0.0, value(wanted, *time) - value(served, *time));
        sum += missing * to_seconds(*std::next(time) - *time);
      }
    }
    rules_.hold(std::abs(sum - result_.unserved_pod_seconds) <= 1e-6 * std::max(1.0, sum),
                "unserved time is the integral of its series");
  }

  // Pods ready by the end of a scale-out; initial replicas of a workload that never shrank count.
  void scale_outs() {
    for (const ScaleOut& change : result_.scale_outs) {
      rules_.hold(!change.done || *change.done >= change.started,
                  "a scale-out ends after it began");
      if (has(change.workload, ScenarioEvent::Kind::set_image)) continue;
      const WorkloadSpec& workload = scenario_.workloads[change.workload];
      std::int64_t ready = workload.replicas;
      bool shrank = false;
      for (const PodRow& pod : result_.pods) {
        if (pod.workload != change.workload) continue;
        shrank = shrank || !pod.wanted;
        ready += pod.ready && *pod.ready <= change.done.value_or(end_of(scenario_)) ? 1 : 0;
      }
      rules_.hold(!change.done || ready >= change.pods_wanted,
                  "a scale-out is done when its pods are ready");
      const auto events = std::count_if(
          scenario_.events.begin(), scenario_.events.end(),
          [&](const ScenarioEvent& event) { return event.workload == change.workload; });
      if (events > 1 || shrank) continue;
      rules_.hold(change.done.has_value() == (ready >= change.pods_wanted),
                  "a scale-out with all pods ready is done");
    }
  }

  static constexpr double kMost = 1e300;
  const Scenario& scenario_;
  const RunResult& result_;
  Rules rules_;
  std::vector<std::vector<TimelineRow>> rows_;
};

inline std::string broken_timeline_rules(const Scenario& scenario, const RunResult& result) {
  return Timeline(scenario, result).broken();
}

}  // namespace pullsim::test
