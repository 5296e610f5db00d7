// Which nodes can take a pod: the scheduler's default filters in their order, and the search that
// stops when enough nodes are found. Leaves out volumes and extenders. Preemption is another step.
//
// Facts: Kubernetes pkg/scheduler/framework/plugins (nodeunschedulable, tainttoleration,
// nodeaffinity, nodeports, noderesources/fit, podtopologyspread, interpodaffinity) and
// pkg/scheduler/schedule_one.go, v1.28.
#pragma once

#include "models/decisions/scheduling_view.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

enum class FilterFault : std::uint8_t {
  unschedulable,
  taints,
  node_affinity,
  host_ports,
  too_many_pods,
  resources,
  topology_spread,
  pod_affinity
};

/// The first filter of those that look at the node alone which refuses it; none: all let it pass.
std::optional<FilterFault> node_fault(const SchedulingPod& pod, const SchedulingNode& node);

/// For each node the first filter that refuses it; none: the node is feasible.
std::vector<std::optional<FilterFault>> filter_faults(const SchedulingPod& pod,
                                                      std::span<const SchedulingNode> nodes);

struct NodeSearch {
  std::vector<std::size_t> feasible;  ///< in the order of the search
  std::int64_t examined = 0;
  std::size_t next_start = 0;  ///< where the search for the next pod begins
};

/// Looks at the nodes from `start` on, around the end, until `wanted` feasible ones are found.
NodeSearch find_feasible(std::span<const std::optional<FilterFault>> faults, std::size_t start,
                         std::int64_t wanted);

}  // namespace pullsim
