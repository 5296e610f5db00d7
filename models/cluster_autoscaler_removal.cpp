// Scaling down: which nodes nobody needs, for how long already, and when they go. See
// cluster_autoscaler.hpp.
#include "models/cluster_autoscaler.hpp"
#include "models/decisions/node_scale_down.hpp"
#include "models/decisions/readiness.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

// Scans are made for pods that fit nowhere and for nodes that may go; where no pool has more nodes
// than its minimum there is nothing to see.
void ClusterAutoscaler::scan_if_nodes_may_go() {
  const bool due =
      context_.engine.pending(next_scan_) && next_scan_time_ <= now() + spec().scan_interval;
  if (!due && may_scale_down()) scan_at_next_tick();
}

void ClusterAutoscaler::node_changed(NodeId) { scan_if_nodes_may_go(); }

void ClusterAutoscaler::pods_changed(NodeId) { scan_if_nodes_may_go(); }

void ClusterAutoscaler::node_removed(NodeId node) {
  draining_.erase(node);
  unneeded_since_.erase(node);
  node_registered(node);  // whether it was asked for or there, it is late no more
  scan_if_nodes_may_go();
}

void ClusterAutoscaler::drain_failed(NodeId node) {
  draining_.erase(node);
  removals_.failed = now();
  scan_if_nodes_may_go();
}

bool ClusterAutoscaler::may_scale_down() const {
  if (!spec().scale_down_enabled) return false;
  const std::vector<std::int64_t> spare = spare_nodes();
  return std::any_of(spare.begin(), spare.end(), [](std::int64_t count) { return count > 0; });
}

/// By pool: nodes above its minimum that do not leave already.
std::vector<std::int64_t> ClusterAutoscaler::spare_nodes() const {
  std::vector<std::int64_t> spare = nodes_above_minimum();
  for (const auto& [node, has_pods] : draining_) --spare[nodes_[node]->pool()];
  return spare;
}

ScaleDownSettings ClusterAutoscaler::settings_now() const {
  ScaleDownSettings settings = spec().scale_down;
  if (settings.delay_after_delete == Duration{0})
    settings.delay_after_delete = spec().scan_interval;
  settings.parallelism_max -= static_cast<std::int64_t>(draining_.size());
  settings.drains_max -= std::count_if(draining_.begin(), draining_.end(),
                                       [](const auto& drain) { return drain.second; });
  return settings;
}

// Of a node that is used too much to go, only how much it is used counts: its pods stay.
NodeToKeep ClusterAutoscaler::node_to_keep(NodeId id, const NodePods& there) const {
  NodeToKeep node;
  node.allocatable = allocatable_of(nodes_[id]->pool());
  node.group = nodes_[id]->pool();
  node.ready = nodes_[id]->ready();
  node.movable = there.movable;
  const auto expected = expected_pods_.find(id);
  NodeRoom requested = there.staying;
  for (const PodId pod : there.moving) requested = requested + request_of(pods_[pod]);
  if (expected != expected_pods_.end()) {
    for (const NodeRoom& pod : expected->second) requested = requested + pod;
  }
  if (node_utilization(requested, node.allocatable) >= spec().scale_down.utilization_threshold) {
    node.staying = requested;
    return node;
  }
  node.staying = there.staying;
  for (const PodId pod : there.moving) node.pods.push_back(request_of(pods_[pod]));
  if (expected != expected_pods_.end()) {
    node.pods.insert(node.pods.end(), expected->second.begin(), expected->second.end());
  }
  const auto since = unneeded_since_.find(id);
  if (since != unneeded_since_.end()) node.unneeded_since = since->second;
  return node;
}

// Nodes that are there and do not leave already, all of them places for the pods of others.
void ClusterAutoscaler::scale_down() {
  if (!may_scale_down()) {
    unneeded_since_.clear();
    return;
  }
  const std::vector<NodePods> pods = pods_by_node();
  std::vector<NodeId> ids;
  std::vector<NodeToKeep> nodes;
  for (const auto& node : nodes_) {
    if (!node->ready() || !takes_pods(node->id()) || draining_.contains(node->id())) continue;
    ids.push_back(node->id());
    nodes.push_back(node_to_keep(node->id(), pods[node->id()]));
  }
  const std::vector<std::int64_t> spare = spare_nodes();
  const ScaleDownSettings settings = settings_now();
  const bool cooldown = in_cooldown(removals_, settings, now());
  const ScaleDownPlan plan = plan_scale_down(nodes, spare, cooldown, settings, now(), kinds_);

  std::map<NodeId, SimTime> since;
  for (const std::size_t index : plan.unneeded) {
    since[ids[index]] = nodes[index].unneeded_since.value_or(now());
    nodes[index].unneeded_since = since[ids[index]];
  }
  unneeded_since_ = std::move(since);
  for (const std::size_t index : plan.removed) {
    unneeded_since_.erase(ids[index]);
    draining_[ids[index]] = !nodes[index].pods.empty();
    removals_.deleted = now();
  }
  // After all of them are marked: a drain may end at once.
  for (const std::size_t index : plan.removed) hooks_.drain(ids[index]);
  look_for_removals(plan, nodes);
}

// Until then nothing changes of itself: the next scan that may decide is the one at which an
// unneeded node has been so for long enough and no delay forbids it.
void ClusterAutoscaler::look_for_removals(const ScaleDownPlan& plan,
                                          const std::vector<NodeToKeep>& nodes) {
  const std::vector<std::int64_t> spare = spare_nodes();
  const ScaleDownSettings settings = settings_now();
  const SimTime allowed = cooldown_ends(removals_, settings);
  std::optional<SimTime> next;
  for (const std::size_t index : plan.unneeded) {
    if (spare[nodes[index].group] <= 0) continue;
    SimTime at = std::max(removable_from(nodes[index], settings), allowed);
    // What this scan saw for the first time goes by the next one at the earliest.
    if (nodes[index].unneeded_since == now()) at = std::max(at, now() + Duration{1});
    if (at > now() && (!next || at < *next)) next = at;
  }
  if (next) scan_at(next_tick(*next, tick_phase(), spec().scan_interval));
}

}  // namespace pullsim
