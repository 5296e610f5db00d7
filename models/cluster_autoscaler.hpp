// The Cluster Autoscaler: every scan interval it takes the pods that fit nowhere, leaves out those
// that fit existing or upcoming nodes, estimates by packing how many nodes of each group the rest
// needs, and lets the expander choose the one group that grows. Groups that fail are left alone for
// a while. Nodes that nobody has needed for long enough are drained and removed (control-plane
// facts 4). A scan takes no time and is made only when there may be something to decide. Leaves out
// affinity and spread between pods.
#pragma once

#include "models/decisions/expander.hpp"
#include "models/decisions/node_group_backoff.hpp"
#include "models/decisions/node_scale_down.hpp"
#include "models/node_autoscaler.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace pullsim {

class ClusterAutoscaler final : public NodeAutoscaler {
 public:
  ClusterAutoscaler(Context& context, const std::vector<std::unique_ptr<Node>>& nodes,
                    const std::deque<Pod>& pods, NodeAutoscalerHooks hooks);

  void found_unschedulable() override;
  void node_registered(NodeId node) override;
  void node_ready(NodeId node) override;
  void node_changed(NodeId node) override;
  void pods_changed(NodeId node) override;
  void node_removed(NodeId node) override;
  void drain_failed(NodeId node) override;
  void request_failed(NodeId node) override;

 private:
  /// What one group would do for the pods.
  struct Estimate {
    std::size_t pool = 0;
    ExpansionOption option;
  };

  Duration tick_phase() const;
  void scan_at(SimTime time);
  void scan_at_next_tick();
  void scan();
  void give_up_late_nodes();
  std::vector<NodeRoom> pods_to_help();
  bool scale_up();
  std::vector<std::size_t> groups_like(std::size_t pool) const;
  bool may_grow(std::size_t pool) const;
  std::int64_t growth_left(std::size_t pool) const;
  std::optional<Estimate> estimate(std::size_t pool, const std::vector<NodeRoom>& pods) const;
  std::optional<std::int64_t> priority_of(std::size_t pool) const;
  void grow(std::size_t pool, std::int64_t count);
  void failed(std::size_t pool);

  // cluster_autoscaler_removal.cpp
  void scan_if_nodes_may_go();
  bool may_scale_down() const;
  std::vector<std::int64_t> spare_nodes() const;
  ScaleDownSettings settings_now() const;
  NodeToKeep node_to_keep(NodeId node, const NodePods& there) const;
  void scale_down();
  void look_for_removals(const ScaleDownPlan& plan, const std::vector<NodeToKeep>& nodes);

  Duration phase_;
  EventHandle next_scan_;
  SimTime next_scan_time_{};
  std::optional<SimTime> last_scan_;
  std::uint64_t choices_ = 0;
  std::vector<std::optional<GroupBackoff>> backoff_;  // by pool
  std::map<NodeId, EventHandle> deadlines_;           // of nodes that were asked for
  /// Pods that wait and have a place, by the last scan.
  std::map<NodeId, std::vector<NodeRoom>> expected_pods_;
  std::map<NodeId, SimTime> unneeded_since_;
  std::map<NodeId, bool> draining_;  // whether it had pods
  ScaleDownHistory removals_;
};

}  // namespace pullsim
