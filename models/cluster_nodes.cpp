// Nodes of a cluster from request to Ready, and their taints. The rest of the wiring is in
// cluster.cpp.
#include "models/cluster.hpp"

#include <utility>

namespace pullsim {

void Cluster::connect_kubelets() {
  kubelet_hooks_.pod = [this](PodId id) -> Pod& { return pods_[id]; };
  kubelet_hooks_.containers = [this](PodId id) -> const std::vector<PodContainer>& {
    return containers(id);
  };
  kubelet_hooks_.ready = [this](PodId id) { pod_ready(id); };
  kubelet_hooks_.readiness_gate = [this](PodId id) { return gate(id); };
  kubelet_hooks_.finished = [this](PodId id) { pod_finished(id); };
  kubelet_hooks_.evicted = [this](PodId id, Duration gone) { pod_evicted(id, gone); };
  kubelet_hooks_.pressure_changed = [this](NodeId id) { pressure_changed(id); };
}

Node& Cluster::add_node(std::size_t pool, bool initial) {
  const NodePoolSpec& spec = scenario_.node_pools[pool];
  NodeIdentity identity;
  identity.id = static_cast<NodeId>(nodes_.size());
  identity.pool = pool;
  identity.ordinal = pool_ordinals_[pool]++;
  ++pool_nodes_[pool];
  const std::size_t zone =
      spec.zones[static_cast<std::size_t>(identity.ordinal) % spec.zones.size()];

  nodes_.push_back(std::make_unique<Node>(context_, identity, images_, registries_, zones_[zone],
                                          host_kinds_, kubelet_hooks_));
  Node& node = *nodes_.back();
  for (const std::size_t image : spec.cached) node.layers().add_whole_image(images_, image);

  NodeRow row;
  row.name = node.name();
  row.pool = pool;
  row.zone = zone;
  row.initial = initial;
  row.requested = engine_.now();
  result_.nodes.push_back(row);
  node.on_image_report(
      [this, id = identity.id](SimTime when) { scheduler_->images_change(id, when); });
  if (check_nodes_) {
    recorder_.watch_host(node.host(), host_kind(spec, node.pool()), node.name(),
                         context_.watch_nodes);
  }
  return node;
}

std::vector<NodeId> Cluster::request_nodes(std::size_t pool, std::int64_t count) {
  std::vector<NodeId> requested;
  for (std::int64_t i = 0; i < count; ++i) {
    const Node& node = add_node(pool, false);
    provisioning_->request(node.id(), pool, node.name());
    requested.push_back(node.id());
  }
  return requested;
}

// Whoever asked for it may ask again.
void Cluster::request_failed(NodeId id, ProvisioningFailure) {
  if (!nodes_[id]->exists()) return;  // given up before the answer came
  machine_gone(id);
  if (autoscaler_) autoscaler_->request_failed(id);
}

// A node without its network plug-in is not Ready; what else it waits for are its startup taints.
void Cluster::node_registered(NodeId id) {
  Node& node = *nodes_[id];
  if (!node.exists()) return;  // given up before it came
  NodeRow& row = result_.nodes[id];
  row.registered = engine_.now();
  node.set_registered(!row.initial);
  if (autoscaler_) autoscaler_->node_registered(id);
  const bool waits = !row.initial && needs_network_plugin();
  if (!row.initial) {
    for (const StartupTaint& startup : node.pool_spec().startup_taints) {
      node.add_taint(startup.taint);
    }
  }
  if (waits) {
    node.add_taint({kNotReadyTaint, "", TaintEffect::no_schedule});
    node.kubelet().network_missing();
  } else {
    make_ready(id);
  }
  scheduler_->node_added(id);
  for (const Workload& workload : workloads_) workload.controller->node_changed(id);
}

void Cluster::node_ready(NodeId id) {
  if (!nodes_[id]->exists()) return;
  make_ready(id);
  node_changed(id);
}

void Cluster::make_ready(NodeId id) {
  Node& node = *nodes_[id];
  result_.nodes[id].ready = engine_.now();
  node.remove_taint(kNotReadyTaint);
  node.set_ready();
  node.kubelet().network_came();
  const std::size_t pool = node.pool();
  recorder_.record(pool_series_[pool], engine_.now(), static_cast<double>(++pool_ready_[pool]));
  if (autoscaler_) autoscaler_->node_ready(id);
}

// The condition is in the node's next status; the taint follows at once.
void Cluster::pressure_changed(NodeId id) {
  const SimTime when = nodes_[id]->status().next_report(engine_.now());
  engine_.at(when, "node status", [this, id] {
    Node& node = *nodes_[id];
    const bool pressure = node.kubelet().disk_pressure();
    if (!node.exists() || pressure == node.has_taint(kDiskPressureTaint)) return;
    if (pressure) {
      node.add_taint({kDiskPressureTaint, "", TaintEffect::no_schedule});
    } else {
      node.remove_taint(kDiskPressureTaint);
    }
    node_changed(id);
  });
}

}  // namespace pullsim
