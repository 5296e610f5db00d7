// From rows to samples, a function for each family of metrics. Meanings: the header.
#include "tools/run/metrics.hpp"

#include <pullsim/statistics.hpp>

#include "sim/check.hpp"
#include "tools/run/step_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace pullsim {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kPercent = 100.0;

bool wanted(const Where& where, const char* key, const std::string& value) {
  const auto found = where.find(key);
  return found == where.end() || found->second == value;
}

bool node_matches(const Where& where, const Scenario& scenario, const RunResult& result,
                  std::optional<std::size_t> node) {
  if (!node) return where.count("pool") == 0 && where.count("node") == 0;
  const NodeRow& row = result.nodes.at(*node);
  return wanted(where, "pool", scenario.node_pools.at(row.pool).name) &&
         wanted(where, "node", row.name);
}

bool pod_matches(const Where& where, const Scenario& scenario, const RunResult& result,
                 const PodRow& pod) {
  return wanted(where, "workload", scenario.workloads.at(pod.workload).name) &&
         wanted(where, "image", scenario.images.at(pod.image).name) &&
         node_matches(where, scenario, result, pod.node);
}

std::optional<double> price_of_nodes(const Scenario& scenario, const RunResult& result,
                                     const Where& where) {
  constexpr double kSecondsPerHour = 3600;
  double cost = 0;
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    const NodeRow& node = result.nodes[i];
    if (!node_matches(where, scenario, result, i)) continue;
    const auto& price = scenario.node_pools.at(node.pool).price;
    if (!price) return std::nullopt;
    const SimTime end = node.removed.value_or(SimTime{scenario.duration});
    if (end > node.requested) cost += *price * to_seconds(end - node.requested) / kSecondsPerHour;
  }
  return cost;
}

double elapsed(SimTime from, const MaybeTime& to) { return to ? to_seconds(*to - from) : kNever; }

/// An eviction or failure makes up for no readiness before it: contract section 4, "Never ready".
/// Preemption is an eviction by the scheduler.
bool lost(Outcome outcome) { return outcome == Outcome::evicted || outcome == Outcome::failed; }

std::vector<double> pod_samples(Metric metric, const Scenario& scenario, const RunResult& result,
                                const Where& where) {
  std::vector<double> values;
  for (const PodRow& pod : result.pods) {
    if (!pod_matches(where, scenario, result, pod)) continue;
    const WorkloadKind kind = scenario.workloads.at(pod.workload).kind;
    const bool job = kind == WorkloadKind::job || kind == WorkloadKind::cron_job;
    if (job && metric == Metric::pod_served) continue;  // nobody sends it traffic
    MaybeTime moment = metric == Metric::pod_started  ? pod.started
                       : metric == Metric::pod_served ? pod.served
                                                      : pod.ready;
    if (metric != Metric::pod_started && lost(pod.outcome)) moment.reset();
    const bool given_up = !pod.wanted && !lost(pod.outcome) && !moment;
    if (!given_up) values.push_back(elapsed(pod.created, moment));
  }
  return values;
}

/// Pulls have no workload of their own: a pull is of a workload if one of its pods made it.
std::vector<std::size_t> matching_pulls(const Scenario& scenario, const RunResult& result,
                                        const Where& where) {
  const auto workload = where.find("workload");
  std::vector<char> of_workload(result.pulls.size(), workload == where.end() ? 1 : 0);
  if (workload != where.end()) {
    for (const PodRow& pod : result.pods) {
      if (pod.pull && scenario.workloads.at(pod.workload).name == workload->second) {
        of_workload.at(*pod.pull) = 1;
      }
    }
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < result.pulls.size(); ++i) {
    const PullRow& pull = result.pulls[i];
    if (of_workload[i] != 0 && wanted(where, "image", scenario.images.at(pull.image).name) &&
        node_matches(where, scenario, result, pull.node)) {
      found.push_back(i);
    }
  }
  return found;
}

double pull_sample(Metric metric, const PullRow& pull) {
  switch (metric) {
    case Metric::pull_wait:
      return elapsed(pull.requested, pull.started);
    case Metric::unpack_time:
      return pull.finished ? to_seconds(pull.work->unpack) : kNever;
    case Metric::cache_hits: {
      const auto needed = pull.work->layers_reused + pull.work->layers_fetched;
      return needed > 0
                 ? static_cast<double>(pull.work->layers_reused) / static_cast<double>(needed)
                 : 1.0;
    }
    default:
      return pull.started ? elapsed(*pull.started, pull.finished) : kNever;
  }
}

std::vector<double> pull_samples(Metric metric, const Scenario& scenario, const RunResult& result,
                                 const Where& where) {
  std::vector<double> values;
  for (const std::size_t i : matching_pulls(scenario, result, where)) {
    const PullRow& pull = result.pulls[i];
    if (pull.outcome == Outcome::deleted && !pull.finished) continue;
    values.push_back(pull_sample(metric, pull));
  }
  return values;
}

/// One node's use of a capacity as shares, with the window in which the node was ready.
struct Use {
  StepSeries rate;
  double capacity = 0;
  SimTime from{};
  SimTime to{};
};

std::vector<Use> uses(Metric metric, const Scenario& scenario, const RunResult& result,
                      const Where& where) {
  const bool disk = metric == Metric::disk_use;
  auto series = all_entities(result, disk ? "disk_write_rate" : "network_rate");
  std::map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < series.size(); ++i) by_name[series[i].first] = i;
  std::vector<Use> found;
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    const NodeRow& node = result.nodes[i];
    const NodePoolSpec& pool = scenario.node_pools.at(node.pool);
    const auto limit = disk ? pool.disk_write : pool.network;
    if (!limit || !node.ready || !node_matches(where, scenario, result, i)) continue;
    Use use;
    use.capacity = disk ? limit->bytes_per_second : payload_of(*limit).bytes_per_second;
    use.from = *node.ready;
    use.to = std::min(node.removed.value_or(SimTime::max()), kSimStart + scenario.duration);
    if (use.from >= use.to) continue;
    const auto named = by_name.find(node.name);
    if (named != by_name.end()) use.rate = std::move(series[named->second].second);
    found.push_back(std::move(use));
  }
  return found;
}

/// Integral of what `series` is above `other`, from the start.
double excess(const StepSeries& series, const StepSeries& other, SimTime end) {
  std::set<SimTime> times{kSimStart, end};
  for (const StepSeries* each : {&series, &other}) {
    for (const auto& [time, value] : each->steps()) times.insert(std::min(time, end));
  }
  double sum = 0;
  for (auto time = times.begin(); std::next(time) != times.end(); ++time) {
    const double above = series.at(*time) - other.at(*time);
    sum += std::max(0.0, above) * to_seconds(*std::next(time) - *time);
  }
  return sum;
}

double unserved_until(const Scenario& scenario, const RunResult& result, const Where& where,
                      SimTime end) {
  double sum = 0;
  for (const WorkloadSpec& workload : scenario.workloads) {
    if (!wanted(where, "workload", workload.name)) continue;
    if (workload.kind == WorkloadKind::daemon_set) continue;  // nobody waits for these
    const StepSeries served = step_series(result, "replicas_served", workload.name);
    const StepSeries needed = step_series(result, "replicas_needed", workload.name);
    if (needed.empty()) {
      sum += step_series(result, "replicas_wanted", workload.name).integral(kSimStart, end) -
             served.integral(kSimStart, end);
    } else {
      sum += excess(needed, served, end);
    }
  }
  return sum;
}

double egress(const Scenario& scenario, const RunResult& result, const Where& where) {
  double sum = 0;
  if (where.empty()) {
    for (const double bytes : result.registry_bytes) sum += bytes;
  } else {
    for (const std::size_t i : matching_pulls(scenario, result, where)) {
      sum += static_cast<double>(result.pulls[i].work->bytes_fetched.count);
    }
  }
  return sum;
}

double throttled(const Scenario& scenario, const RunResult& result, const Where& where) {
  std::int64_t sum = 0;
  if (where.empty()) {
    for (const std::int64_t requests : result.registry_throttled) sum += requests;
  } else {
    for (const std::size_t i : matching_pulls(scenario, result, where)) {
      sum += result.pulls[i].retries->throttled;
    }
  }
  return static_cast<double>(sum);
}

bool holds(const std::string& op, double value, double limit) {
  if (op == "<") return value < limit;
  if (op == "<=") return value <= limit;
  if (op == ">") return value > limit;
  if (op == ">=") return value >= limit;
  return value == limit;
}

std::vector<double> use_samples(Metric metric, const Scenario& scenario, const RunResult& result,
                                const Where& where) {
  std::vector<double> values;
  for (const Use& use : uses(metric, scenario, result, where)) {
    values.push_back(use.rate.integral(use.from, use.to) / to_seconds(use.to - use.from) /
                     use.capacity);
  }
  return values;
}

std::vector<double> unsorted(Metric metric, const Scenario& scenario, const RunResult& result,
                             const Where& where) {
  std::vector<double> values;
  switch (metric) {
    case Metric::pod_ready:
    case Metric::pod_started:
    case Metric::pod_served:
      return pod_samples(metric, scenario, result, where);
    case Metric::pull_time:
    case Metric::pull_wait:
    case Metric::unpack_time:
    case Metric::cache_hits:
      return pull_samples(metric, scenario, result, where);
    case Metric::nic_use:
    case Metric::disk_use:
      return use_samples(metric, scenario, result, where);
    case Metric::node_ready:
      for (std::size_t i = 0; i < result.nodes.size(); ++i) {
        const NodeRow& node = result.nodes[i];
        if (node.initial || !node_matches(where, scenario, result, i)) continue;
        if (node.removed && !node.ready) continue;
        values.push_back(elapsed(node.requested, node.ready));
      }
      return values;
    case Metric::scaleout_done:
      for (const ScaleOut& change : result.scale_outs) {
        if (wanted(where, "workload", scenario.workloads.at(change.workload).name)) {
          values.push_back(elapsed(change.started, change.done));
        }
      }
      return values;
    case Metric::registry_egress:
      return {egress(scenario, result, where)};
    case Metric::unserved:
      if (where.empty()) return {result.unserved_pod_seconds};
      return {unserved_until(scenario, result, where, kSimStart + scenario.duration)};
    case Metric::registry_throttled:
      return {throttled(scenario, result, where)};
    case Metric::cost:
      if (const auto price = price_of_nodes(scenario, result, where)) values.push_back(*price);
      return values;
    default:  // builds and release trains have measures of their own
      break;
  }
  return values;
}

std::optional<double> use_over_time(Metric metric, const Aggregate& how, const Scenario& scenario,
                                    const RunResult& result, const Where& where) {
  const auto found = uses(metric, scenario, result, where);
  if (found.empty()) return std::nullopt;
  double peak = 0;
  double sum = 0;
  for (const Use& use : found) {
    peak = std::max(peak, use.rate.peak(use.from, use.to) / use.capacity);
    sum += use.rate.at(time_up(how.parameter)) / use.capacity;
  }
  return how.kind == Aggregate::Kind::peak ? peak : sum / static_cast<double>(found.size());
}

std::optional<double> reused_share(const Scenario& scenario, const RunResult& result,
                                   const Where& where) {
  std::int64_t reused = 0;
  std::int64_t needed = 0;
  for (const std::size_t i : matching_pulls(scenario, result, where)) {
    reused += result.pulls[i].work->layers_reused;
    needed += result.pulls[i].work->layers_reused + result.pulls[i].work->layers_fetched;
  }
  if (needed == 0) return std::nullopt;
  return static_cast<double>(reused) / static_cast<double>(needed);
}

}  // namespace

std::vector<double> samples(Metric metric, const Scenario& scenario, const RunResult& result,
                            const Where& where) {
  auto values = unsorted(metric, scenario, result, where);
  std::sort(values.begin(), values.end());
  return values;
}

std::optional<double> aggregate(const Aggregate& how, std::span<const double> sorted) {
  using Kind = Aggregate::Kind;
  const auto size = static_cast<double>(sorted.size());
  const auto finite = [](double value) { return std::isfinite(value); };
  if (how.kind == Kind::count) {
    return static_cast<double>(std::count_if(sorted.begin(), sorted.end(), finite));
  }
  if (sorted.empty() || how.kind == Kind::at) return std::nullopt;
  double sum = 0;
  for (const double value : sorted) sum += value;
  switch (how.kind) {
    case Kind::mean:
      return sum / size;
    case Kind::min:
      return sorted.front();
    case Kind::percentile:
      return quantile_sorted(sorted, how.parameter / kPercent);
    case Kind::total:
      return sum;
    case Kind::fraction: {
      const auto hits = std::count_if(sorted.begin(), sorted.end(), [&](double value) {
        return holds(how.fraction_operator, value, how.parameter);
      });
      return static_cast<double>(hits) / size;
    }
    default:
      return sorted.back();
  }
}

std::optional<double> measure(Metric metric, const Aggregate& how, const Scenario& scenario,
                              const RunResult& result, const Where& where) {
  using Kind = Aggregate::Kind;
  const bool over_time = how.kind == Kind::peak || how.kind == Kind::at;
  if (over_time && (metric == Metric::nic_use || metric == Metric::disk_use)) {
    return use_over_time(metric, how, scenario, result, where);
  }
  if (over_time && metric == Metric::registry_egress) {
    if (!where.empty()) return std::nullopt;
    const auto rate = sum_of(all_entities(result, "egress_rate"));
    if (rate.empty()) return std::nullopt;
    return how.kind == Kind::peak ? rate.peak(kSimStart, kSimStart + scenario.duration)
                                  : rate.integral(kSimStart, time_up(how.parameter));
  }
  if (metric == Metric::unserved && how.kind == Kind::at) {
    return unserved_until(scenario, result, where, time_up(how.parameter));
  }
  if (metric == Metric::cache_hits && how.kind == Kind::mean) {
    return reused_share(scenario, result, where);
  }
  return aggregate(how, samples(metric, scenario, result, where));
}

}  // namespace pullsim
