// Nodes of a cluster from request to Ready, and their taints. The rest of the wiring is in
// cluster.cpp.
#include "models/cluster.hpp"

#include <utility>

namespace pullsim {

Node& Cluster::add_node(std::size_t pool, bool initial) {
  const NodePoolSpec& spec = scenario_.node_pools[pool];
  NodeIdentity identity;
  identity.id = static_cast<NodeId>(nodes_.size());
  identity.pool = pool;
  identity.ordinal = pool_nodes_[pool]++;
  const std::size_t zone =
      spec.zones[static_cast<std::size_t>(identity.ordinal) % spec.zones.size()];

  KubeletHooks hooks;
  hooks.pod = [this](PodId id) -> Pod& { return pods_[id]; };
  hooks.ready = [this](PodId id) { pod_ready(id); };
  hooks.evicted = [this](PodId id, Duration gone) { pod_evicted(id, gone); };
  hooks.pressure_changed = [this, id = identity.id] { pressure_changed(id); };
  nodes_.push_back(std::make_unique<Node>(context_, identity, images_, registries_, zones_[zone],
                                          host_kinds_, std::move(hooks)));
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

void Cluster::request_nodes(std::size_t pool, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const Node& node = add_node(pool, false);
    const NodeId id = node.id();
    const Duration time = draw(scenario_.node_pools[pool].provisioning,
                               context_.stream(node.name(), "provisioning").at(0));
    engine_.in(time, "node registered", [this, id] { node_ready(id); });
  }
}

void Cluster::node_ready(NodeId id) {
  Node& node = *nodes_[id];
  NodeRow& row = result_.nodes[id];
  row.registered = engine_.now();
  row.ready = engine_.now();
  node.set_ready(!row.initial);
  const std::size_t pool = node.pool();
  recorder_.record(pool_series_[pool], engine_.now(), static_cast<double>(++pool_ready_[pool]));
  scheduler_->node_ready(id);
}

// The condition is in the node's next status; the taint follows at once.
void Cluster::pressure_changed(NodeId id) {
  const SimTime when = nodes_[id]->status().next_report(engine_.now());
  engine_.at(when, "node status", [this, id] {
    Node& node = *nodes_[id];
    const bool tainted = node.kubelet().disk_pressure();
    if (tainted == !node.schedulable()) return;
    node.set_tainted(tainted);
    scheduler_->room_appeared(id);
  });
}

}  // namespace pullsim
