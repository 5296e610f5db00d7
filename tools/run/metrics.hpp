// What is measured: from one run's rows to the samples of each metric, and from samples to the one
// number of an aggregate. The meaning of every metric is written here and in docs/statistics.md.
// Joining runs and judging limits is verdict.hpp's.
//
// An infinite sample stands for "did not happen by the end". An aggregate is absent when there is
// nothing to measure; it may be infinite.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include "tools/input/study.hpp"

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

/// Filters of a threshold: workload, image, pool, node; all must match.
using Where = std::map<std::string, std::string>;

std::string_view metric_name(Metric metric);
/// Unit of the metric's samples: "s", "bytes", "share", "count" or "currency".
std::string_view metric_unit(Metric metric);
/// Unit of one aggregate of it: `fraction` is a share, `count` a count, the peak of
/// registry_egress a rate ("bytes/s"), all else the metric's own.
std::string_view aggregate_unit(Metric metric, const Aggregate& aggregate);
/// "p(95)", "mean", "fraction(< 60)": as in a threshold, values in base units.
std::string aggregate_text(const Aggregate& aggregate);

/// Metrics that the models of this version can fill, in the order of result files.
inline constexpr std::array<Metric, 15> kMeasuredMetrics = {
    Metric::pod_ready,       Metric::pod_started,        Metric::pod_served, Metric::pull_time,
    Metric::pull_wait,       Metric::unpack_time,        Metric::node_ready, Metric::scaleout_done,
    Metric::registry_egress, Metric::registry_throttled, Metric::nic_use,    Metric::disk_use,
    Metric::cache_hits,      Metric::unserved,           Metric::cost};

/// Samples of one run, sorted.
///  pod_ready, pod_started, pod_served: moment minus creation, of pods created after t = 0; a pod
///    that is wanted and never got there is infinite, one that a scale-down or roll-out deleted
///    before is left out.
///  pull_time: finished - started; pull_wait: started - requested; unpack_time: unpacking that no
///    download hides. A pull that never got there is infinite.
///  node_ready: ready - requested of nodes that were added.
///  scaleout_done: from the event to the last wanted pod ready.
///  registry_egress: bytes that left the registries (one sample); with a filter, bytes that the
///    matching pulls fetched.
///  registry_throttled: requests that registries answered 429 (one sample); with a filter, those of
///    the matching pulls.
///  nic_use, disk_use: for each node that was ready, the time-mean share of capacity from ready to
///    removal or the scenario's end; nodes without a limit have no sample.
///  cache_hits: for each pull, layers found on the node over layers of the image.
///  unserved: wanted minus served replicas over time, in pod-seconds (one sample).
///  cost: price of the matching nodes from request to removal or the scenario's end (one sample);
///    none unless the pool of each has a price.
std::vector<double> samples(Metric metric, const Scenario& scenario, const RunResult& result,
                            const Where& where = {});

/// The aggregate of sorted samples. `count` counts samples that happened; `fraction` is over all;
/// `peak` is the greatest. `at` is not defined on samples and absent.
std::optional<double> aggregate(const Aggregate& aggregate, std::span<const double> sorted);

/// The aggregate of a metric in one run. Beyond aggregate(samples()):
///  cache_hits mean: layers reused over layers needed of all matching pulls together;
///  nic_use, disk_use peak: highest share of any node at any time; at(t): mean over nodes then;
///  registry_egress peak: highest rate of all registries together; at(t): bytes that left until t;
///  unserved at(t): pod-seconds until t.
std::optional<double> measure(Metric metric, const Aggregate& how, const Scenario& scenario,
                              const RunResult& result, const Where& where = {});

}  // namespace pullsim
