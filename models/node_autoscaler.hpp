// What every node autoscaler has in common: what it sees of the cluster, and what it may ask for.
// One file for each kind (cluster_autoscaler.hpp, karpenter.hpp). Leaves out how a node boots and
// how it is drained, which are the cluster's.
#pragma once

#include "models/context.hpp"
#include "models/decisions/node_scale.hpp"
#include "models/node.hpp"
#include "models/pod.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace pullsim {

struct NodeAutoscalerHooks {
  /// Pods that were tried and fit nowhere, and that another node could take, oldest first.
  std::function<const std::vector<PodId>&()> unschedulable;
  /// Nodes of a pool that were asked for or are there, and were not removed.
  std::function<std::int64_t(std::size_t pool)> nodes_of;
  /// Asks the cloud for nodes; gives their names.
  std::function<std::vector<NodeId>(std::size_t pool, std::int64_t count)> request_nodes;
  /// Takes a request back that took too long; the node never comes.
  std::function<void(NodeId)> give_up;
  /// Empties the node and removes it; node_removed() or drain_failed() say how it ended.
  std::function<void(NodeId)> drain;
  /// Keeps new pods off the node, or lets them come again.
  std::function<void(NodeId, bool closed)> cordon;
  std::function<bool(const Pod&)> may_be_evicted;  ///< no disruption budget forbids it now
};

class NodeAutoscaler {
 public:
  NodeAutoscaler(Context& context, const std::vector<std::unique_ptr<Node>>& nodes,
                 const std::deque<Pod>& pods, NodeAutoscalerHooks hooks);
  virtual ~NodeAutoscaler() = default;
  NodeAutoscaler(const NodeAutoscaler&) = delete;
  NodeAutoscaler& operator=(const NodeAutoscaler&) = delete;

  /// A pod fits nowhere.
  virtual void found_unschedulable() = 0;
  /// The node object is there; it may still wait for its network and its startup taints.
  virtual void node_registered(NodeId node) = 0;
  virtual void node_ready(NodeId node) = 0;
  /// Its taints changed.
  virtual void node_changed(NodeId node) = 0;
  /// A pod was bound to the node, is being deleted there, or is gone.
  virtual void pods_changed(NodeId node) = 0;
  virtual void node_removed(NodeId node) = 0;
  virtual void drain_failed(NodeId node) = 0;
  /// The cloud did not give a node that was asked for.
  virtual void request_failed(NodeId node) = 0;

 protected:
  const Scenario& scenario() const { return context_.scenario; }
  SimTime now() const { return context_.engine.now(); }
  const NodeAutoscalerSpec& spec() const { return context_.scenario.node_autoscaler; }

  /// Pods of a node, if it were to go.
  struct NodePods {
    std::vector<PodId> moving;
    NodeRoom staying{MilliCpu{0}, Bytes{0}, 0};  ///< of DaemonSets, and of what ends already
    bool movable = true;
  };

  /// Asked for or there, and not removed.
  bool is_present(NodeId node) const;
  std::int64_t nodes_of(std::size_t pool) const { return hooks_.nodes_of(pool); }
  std::int64_t nodes_of_all_pools() const;
  std::vector<std::int64_t> nodes_above_minimum() const;  ///< by pool
  std::vector<NodePods> pods_by_node() const;
  /// Takes pods now or when it is Ready.
  bool takes_pods(NodeId node) const;

  NodeRoom request_of(const Pod& pod) const;
  /// Requests of the pods that fit nowhere, in their order.
  std::vector<NodeRoom> unschedulable_requests() const;
  NodeRoom capacity_of(std::size_t pool) const;
  NodeRoom allocatable_of(std::size_t pool) const;
  /// Beside the pods of DaemonSets.
  NodeRoom free_on_new(std::size_t pool) const;
  NodeRoom free_on(NodeId node) const;
  bool is_daemon(const Pod& pod) const;

  Context& context_;
  const std::vector<std::unique_ptr<Node>>& nodes_;
  const std::deque<Pod>& pods_;
  NodeAutoscalerHooks hooks_;
  KindTable kinds_;  ///< workloads and pools

 private:
  std::vector<NodeRoom> requests_;  // by workload: of one pod
  std::vector<NodeRoom> daemons_;   // by pool: requests of the DaemonSet pods of a node
  // By workload: more than packing sees decides where its pods may go, so their nodes stay; and the
  // slots of a node that a pod counts as, so that no more of them fit than may.
  std::vector<bool> particular_;
  std::vector<std::int64_t> slots_;
};

}  // namespace pullsim
