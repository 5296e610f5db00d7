// DaemonSets of a cluster, and what nodes wait for until these run there: their network, and
// whoever takes a startup taint away. The rest of the wiring is in cluster.cpp.
#include "models/cluster.hpp"

#include "models/daemon_set.hpp"
#include "models/decisions/daemon_set_update.hpp"
#include "models/decisions/scheduling_objects.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

std::unique_ptr<WorkloadController> Cluster::make_daemon_set(std::size_t workload,
                                                             ControllerHooks hooks) {
  DaemonSetHooks nodes;
  nodes.create = [this, workload](std::size_t image, NodeId node) {
    return create_pod(workload, image, 0, node);
  };
  nodes.runs_on = [this, workload](NodeId node) { return runs_on(workload, node); };
  return std::make_unique<DaemonSet>(context_, workload, controller_client_, std::move(hooks),
                                     std::move(nodes));
}

bool Cluster::runs_on(std::size_t workload, NodeId node) const {
  return result_.nodes[node].registered && !deleted_nodes_.contains(node) &&
         daemon_runs_on(scenario_.workloads[workload], nodes_[node]->taints()) &&
         admitted_by_pool(scenario_, workload, nodes_[node]->pool());
}

bool Cluster::needs_network_plugin() const {
  const auto& workloads = scenario_.workloads;
  return std::any_of(workloads.begin(), workloads.end(),
                     [](const WorkloadSpec& workload) { return workload.network_plugin; });
}

// A pod of a DaemonSet is ready on its node.
void Cluster::daemon_ready(const Pod& pod) {
  const NodeId id = *pod.node;
  Node& node = *nodes_[id];
  const WorkloadSpec& workload = scenario_.workloads[pod.workload];
  bool changed = false;
  for (const StartupTaint& startup : node.pool_spec().startup_taints) {
    const auto& keys = workload.removes_startup_taints;
    const bool removes = startup.removed_by
                             ? *startup.removed_by == pod.workload
                             : std::find(keys.begin(), keys.end(), startup.taint.key) != keys.end();
    if (!removes || !node.has_taint(startup.taint.key)) continue;
    node.remove_taint(startup.taint.key);
    changed = true;
  }
  if (workload.network_plugin && !node.ready()) {
    node_ready(id);
  } else if (changed) {
    node_changed(id);
  }
}

}  // namespace pullsim
