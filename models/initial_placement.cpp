// Placement at t = 0; see the header.
#include "models/initial_placement.hpp"

#include "models/decisions/scheduling_objects.hpp"
#include "models/node.hpp"
#include "models/scheduler_cache.hpp"

#include <algorithm>
#include <numeric>

namespace pullsim {

namespace {

/// One on each initial node that takes them, up to one without room.
std::vector<std::size_t> place_daemons(const Scenario& scenario, std::size_t workload,
                                       SchedulerCache::Class of, SchedulerCache& cache) {
  std::vector<std::size_t> places;
  std::uint32_t node = 0;
  for (std::size_t p = 0; p < scenario.node_pools.size(); ++p) {
    const bool admitted = admitted_by_pool(scenario, workload, p);
    for (std::int64_t i = 0; i < scenario.node_pools[p].nodes_initial; ++i, ++node) {
      if (!admitted) continue;
      if (!cache.fits(of, node)) return places;
      cache.add_pod(node, of);
      places.push_back(node);
    }
  }
  return places;
}

}  // namespace

std::int64_t initial_replicas(const Scenario& scenario, std::size_t workload) {
  const WorkloadSpec& spec = scenario.workloads[workload];
  if (spec.kind != WorkloadKind::daemon_set) return spec.replicas;
  std::int64_t nodes = 0;
  for (std::size_t p = 0; p < scenario.node_pools.size(); ++p) {
    if (admitted_by_pool(scenario, workload, p)) nodes += scenario.node_pools[p].nodes_initial;
  }
  return nodes;
}

std::vector<std::vector<std::size_t>> place_initial_replicas(const Scenario& scenario) {
  std::vector<std::vector<std::size_t>> places(scenario.workloads.size());
  const bool any = std::any_of(
      scenario.workloads.begin(), scenario.workloads.end(), [](const WorkloadSpec& workload) {
        return workload.replicas > 0 || workload.kind == WorkloadKind::daemon_set;
      });
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
  for (const std::size_t w : order) {
    if (scenario.workloads[w].kind != WorkloadKind::daemon_set) continue;
    places[w] = place_daemons(scenario, w, classes[w], cache);
  }
  for (bool moved = true; moved;) {  // a pod may have to wait for those it wants to be beside
    moved = false;
    for (const std::size_t w : order) {
      if (scenario.workloads[w].kind == WorkloadKind::daemon_set) continue;
      while (static_cast<std::int64_t>(places[w].size()) < scenario.workloads[w].replicas) {
        const auto& best = cache.best_nodes(classes[w]);
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
