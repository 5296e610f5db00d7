// See the header.
#include "models/decisions/node_filters.hpp"

#include "models/decisions/pod_affinity.hpp"
#include "models/decisions/topology_spread.hpp"

#include <algorithm>

namespace pullsim {
namespace {

constexpr const char* kUnschedulableTaint = "node.kubernetes.io/unschedulable";

bool cordon_is_tolerated(const SchedulingPod& pod) {
  const Taint cordon{kUnschedulableTaint, "", TaintEffect::no_schedule};
  return std::any_of(pod.tolerations.begin(), pod.tolerations.end(),
                     [&](const Toleration& toleration) { return tolerates(toleration, cordon); });
}

bool ports_are_free(const SchedulingPod& pod, const SchedulingNode& node) {
  for (const SchedulingPod* other : node.pods) {
    for (const ContainerView& theirs : other->containers) {
      for (const ContainerView& ours : pod.containers) {
        for (const HostPort& port : ours.ports) {
          const bool taken =
              std::any_of(theirs.ports.begin(), theirs.ports.end(),
                          [&](const HostPort& used) { return conflicts(port, used); });
          if (taken) return false;
        }
      }
    }
  }
  return true;
}

/// A resource that the pod does not request is not looked at, even on an overcommitted node.
bool resources_fit(const SchedulingPod& pod, const SchedulingNode& node) {
  const NodeResources wanted = requests_of(pod);
  const NodeResources used = requests_on(node);
  if (wanted.cpu > 0 && wanted.cpu > node.allocatable.cpu - used.cpu) return false;
  if (wanted.memory > 0 && wanted.memory > node.allocatable.memory - used.memory) return false;
  const auto count_of = [](const NodeResources& resources, const std::string& name) {
    const auto entry = resources.extended.find(name);
    return entry == resources.extended.end() ? std::int64_t{0} : entry->second;
  };
  return std::all_of(wanted.extended.begin(), wanted.extended.end(), [&](const auto& resource) {
    const auto& [name, count] = resource;
    return count == 0 || count <= count_of(node.allocatable, name) - count_of(used, name);
  });
}

}  // namespace

std::optional<FilterFault> node_fault(const SchedulingPod& pod, const SchedulingNode& node) {
  if (node.unschedulable && !cordon_is_tolerated(pod)) return FilterFault::unschedulable;
  if (!tolerates_node(pod, node)) return FilterFault::taints;
  if (!matches_node_affinity(pod, node)) return FilterFault::node_affinity;
  if (!ports_are_free(pod, node)) return FilterFault::host_ports;
  if (static_cast<std::int64_t>(node.pods.size()) + 1 > node.pods_max) {
    return FilterFault::too_many_pods;
  }
  if (!resources_fit(pod, node)) return FilterFault::resources;
  return std::nullopt;
}

std::vector<std::optional<FilterFault>> filter_faults(const SchedulingPod& pod,
                                                      std::span<const SchedulingNode> nodes) {
  const std::vector<bool> spread = spread_allows(pod, nodes);
  const std::vector<bool> affinity = affinity_allows(pod, nodes);
  std::vector<std::optional<FilterFault>> faults;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    std::optional<FilterFault> fault = node_fault(pod, nodes[i]);
    if (!fault && !spread[i]) fault = FilterFault::topology_spread;
    if (!fault && !affinity[i]) fault = FilterFault::pod_affinity;
    faults.push_back(fault);
  }
  return faults;
}

NodeSearch find_feasible(std::span<const std::optional<FilterFault>> faults, std::size_t start,
                         std::int64_t wanted) {
  NodeSearch search;
  search.next_start = start;
  if (faults.empty()) return search;
  const auto found = [&] { return static_cast<std::int64_t>(search.feasible.size()); };
  for (std::size_t i = 0; i < faults.size() && found() < wanted; ++i) {
    const std::size_t node = (start + i) % faults.size();
    ++search.examined;
    if (!faults[node]) search.feasible.push_back(node);
  }
  search.next_start = (start + static_cast<std::size_t>(search.examined)) % faults.size();
  return search;
}

}  // namespace pullsim
