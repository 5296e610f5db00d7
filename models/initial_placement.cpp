// Placement at t = 0; see the header.
#include "models/initial_placement.hpp"

#include "models/decisions/scheduling_objects.hpp"
#include "models/node.hpp"
#include "models/scheduler_cache.hpp"

#include <algorithm>
#include <numeric>

namespace pullsim {

namespace {

std::vector<SchedulingNode> initial_nodes(const Scenario& scenario) {
  std::vector<SchedulingNode> nodes;
  for (std::size_t p = 0; p < scenario.node_pools.size(); ++p) {
    const NodePoolSpec& pool = scenario.node_pools[p];
    for (std::int64_t i = 0; i < pool.nodes_initial; ++i) {
      const std::size_t zone = pool.zones[static_cast<std::size_t>(i) % pool.zones.size()];
      nodes.push_back(scheduling_node(scenario, p, zone, node_name(pool, i)));
    }
  }
  return nodes;
}

bool is_daemon_set(const WorkloadSpec& workload) {
  return workload.kind == WorkloadKind::daemon_set;
}

/// The initial nodes on which a DaemonSet is to run.
std::vector<std::size_t> nodes_of_daemon_set(const Scenario& scenario, std::size_t workload,
                                             const std::vector<SchedulingNode>& nodes) {
  const SchedulingPod pod =
      scheduling_pod(scenario, workload, scenario.workloads[workload].image, 0);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (tolerates_node(pod, nodes[i]) && matches_node_affinity(pod, nodes[i])) found.push_back(i);
  }
  return found;
}

}  // namespace

std::int64_t initial_replicas(const Scenario& scenario, std::size_t workload) {
  const WorkloadSpec& spec = scenario.workloads[workload];
  if (!is_daemon_set(spec)) return spec.replicas;
  return static_cast<std::int64_t>(
      nodes_of_daemon_set(scenario, workload, initial_nodes(scenario)).size());
}

std::vector<std::vector<std::size_t>> place_initial_replicas(const Scenario& scenario) {
  std::vector<std::vector<std::size_t>> places(scenario.workloads.size());
  const bool any = std::any_of(scenario.workloads.begin(), scenario.workloads.end(),
                               [](const WorkloadSpec& workload) {
                                 return is_daemon_set(workload) || workload.replicas > 0;
                               });
  if (!any) return places;
  SchedulerCache cache;
  const std::vector<SchedulingNode> nodes = initial_nodes(scenario);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    cache.add_node(static_cast<SchedulerCache::Node>(i), nodes[i]);
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
  const auto place = [&](std::size_t w, std::size_t node) {
    cache.add_pod(static_cast<SchedulerCache::Node>(node), classes[w]);
    places[w].push_back(node);
  };
  for (const std::size_t w : order) {
    if (!is_daemon_set(scenario.workloads[w])) continue;
    for (const std::size_t node : nodes_of_daemon_set(scenario, w, nodes)) {
      if (!cache.fits(classes[w], static_cast<SchedulerCache::Node>(node))) break;
      place(w, node);
    }
  }
  for (bool moved = true; moved;) {  // a pod may have to wait for those it wants to be beside
    moved = false;
    for (const std::size_t w : order) {
      if (is_daemon_set(scenario.workloads[w])) continue;
      while (static_cast<std::int64_t>(places[w].size()) < scenario.workloads[w].replicas) {
        const auto best = cache.best_of(classes[w], cache.find_feasible(classes[w]));
        if (best.empty()) break;
        place(w, best.front());
        moved = true;
      }
    }
  }
  return places;
}

}  // namespace pullsim
