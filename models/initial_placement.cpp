// Placement at t = 0; see the header.
#include "models/initial_placement.hpp"

#include "models/decisions/pod_placement.hpp"
#include "models/node.hpp"

namespace pullsim {

std::int64_t initial_replicas(const Scenario& scenario, std::size_t workload) {
  const WorkloadSpec& spec = scenario.workloads[workload];
  if (spec.kind != WorkloadKind::daemon_set) return spec.replicas;
  std::int64_t nodes = 0;
  for (const NodePoolSpec& pool : scenario.node_pools) nodes += pool.nodes_initial;
  return nodes;
}

std::vector<std::vector<std::size_t>> place_initial_replicas(const Scenario& scenario) {
  std::vector<const NodePoolSpec*> pools;
  std::vector<NodeUse> uses;
  std::vector<NodeView> views;
  for (const NodePoolSpec& pool : scenario.node_pools) {
    for (std::int64_t i = 0; i < pool.nodes_initial; ++i) {
      pools.push_back(&pool);
      uses.emplace_back();
      views.push_back(view_of(pool, uses.back()));
    }
  }
  std::vector<std::vector<std::size_t>> places(scenario.workloads.size());
  for (std::size_t w = 0; w < scenario.workloads.size(); ++w) {
    const WorkloadSpec& workload = scenario.workloads[w];
    if (workload.kind != WorkloadKind::daemon_set) continue;
    const PodToPlace pod{requests_of(workload), Bytes{}};
    for (std::size_t node = 0; node < views.size(); ++node) {
      if (!fits(pod, views[node])) return places;
      uses[node].take(pod.request);
      views[node] = view_of(*pools[node], uses[node]);
      places[w].push_back(node);
    }
  }
  for (std::size_t w = 0; w < scenario.workloads.size(); ++w) {
    const WorkloadSpec& workload = scenario.workloads[w];
    if (workload.kind == WorkloadKind::daemon_set) continue;
    const PodToPlace pod{requests_of(workload), Bytes{}};
    for (std::int64_t i = 0; i < workload.replicas; ++i) {
      const std::vector<std::size_t> best = best_nodes(pod, views);
      if (best.empty()) return places;
      const std::size_t node = best.front();
      uses[node].take(pod.request);
      views[node] = view_of(*pools[node], uses[node]);
      places[w].push_back(node);
    }
  }
  return places;
}

}  // namespace pullsim
