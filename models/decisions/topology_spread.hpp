// The scheduler's spreading of pods over nodes, zones and other domains (PodTopologySpread): which
// nodes a hard constraint allows, and how the soft ones score. Pods without constraints that belong
// to a Service or a controller get two soft ones: hostname with skew 3 and zone with skew 5.
// matchLabelKeys are part of the selector by then (scheduling_objects.hpp).
//
// Facts: Kubernetes pkg/scheduler/framework/plugins/podtopologyspread, filtering.go, scoring.go and
// plugin.go, v1.28..v1.33. Logarithms and sums are float64 in the original order.
#pragma once

#include "models/decisions/scheduling_view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace pullsim {

/// The pod's own constraints of one sort; of the soft ones the defaults where it has none at all.
std::vector<SpreadConstraint> spread_constraints(const SchedulingPod& pod, bool hard);

/// Whether the constraint counts pods of that node for the pod, by its two policies.
bool spread_includes(const SpreadConstraint& constraint, const SchedulingPod& pod,
                     const SchedulingNode& node);

/// For each node whether the hard constraints allow the pod there. Domains are counted over all
/// nodes that have every key and that the constraint's policies include.
std::vector<bool> spread_allows(const SchedulingPod& pod, std::span<const SchedulingNode> nodes);

/// 0..100 for each of the feasible nodes; empty where the pod has no soft constraint, and then the
/// plugin adds nothing.
std::vector<std::int64_t> spread_scores(const SchedulingPod& pod,
                                        std::span<const SchedulingNode> nodes,
                                        std::span<const std::size_t> feasible);

}  // namespace pullsim
