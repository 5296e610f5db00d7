// Placement at t = 0; see the header.
#include "models/initial_placement.hpp"

#include "models/decisions/scheduling_objects.hpp"
#include "models/node.hpp"
#include "models/scheduler_cache.hpp"

#include <algorithm>
#include <numeric>

namespace pullsim {

std::vector<std::vector<std::size_t>> place_initial_replicas(const Scenario& scenario) {
  std::vector<std::vector<std::size_t>> places(scenario.workloads.size());
  const bool any = std::any_of(scenario.workloads.begin(), scenario.workloads.end(),
                               [](const WorkloadSpec& workload) { return workload.replicas > 0; });
  if (!any) return places;
  SchedulerCache cache;
  std::uint32_t nodes = 0;
  for (std::size_t p = 0; p < scenario.node_pools.size(); ++p) {
    const NodePoolSpec& pool = scenario.node_pools[p];
    for (std::int64_t i = 0; i < pool.nodes_initial; ++i) {
      const std::size_t zone = pool.zones[static_cast<std::size_t>(i) % pool.zones.size()];
      cache.add_node(nodes++, scheduling_node(scenario, p, zone, node_name(pool, i)));
    }
  }
  std::vector<std::size_t> order(scenario.workloads.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scenario.workloads[a].scheduling.priority > scenario.workloads[b].scheduling.priority;
  });
  std::vector<SchedulerCache::Class> classes(scenario.workloads.size());
  for (const std::size_t w : order) {
    classes[w] = cache.add_class(scheduling_pod(scenario, w, scenario.workloads[w].image, 0));
  }
  for (bool moved = true; moved;) {  // a pod may have to wait for those it wants to be beside
    moved = false;
    for (const std::size_t w : order) {
      while (static_cast<std::int64_t>(places[w].size()) < scenario.workloads[w].replicas) {
        const auto best = cache.best_of(classes[w], cache.find_feasible(classes[w]));
        if (best.empty()) break;
        cache.add_pod(best.front(), classes[w]);
        places[w].push_back(best.front());
        moved = true;
      }
    }
  }
  return places;
}

}  // namespace pullsim
