// The node autoscaler of a cluster and what it may do. The rest of the wiring is in cluster.cpp.
#include "models/cluster.hpp"

#include "models/cluster_autoscaler.hpp"
#include "models/karpenter.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

void Cluster::build_node_autoscaler() {
  NodeAutoscalerHooks hooks;
  hooks.unschedulable = [this]() -> const std::vector<PodId>& {
    return scheduler_->unschedulable();
  };
  hooks.nodes_of = [this](std::size_t pool) { return pool_nodes_[pool]; };
  hooks.request_nodes = [this](std::size_t pool, std::int64_t count) {
    return request_nodes(pool, count);
  };
  hooks.give_up = [this](NodeId node) { machine_gone(node); };
  const bool karpenter = scenario_.node_autoscaler.kind == NodeAutoscalerKind::karpenter;
  hooks.drain = [this, karpenter](NodeId node) {
    drain_node(node, karpenter ? DrainReason::consolidation : DrainReason::scale_down);
  };
  hooks.cordon = [this](NodeId node, bool closed) {
    if (closed || !drains_->draining(node)) cordon(node, closed);  // others may hold it closed
  };
  hooks.may_be_evicted = [this](const Pod& pod) { return may_be_evicted(pod); };
  switch (scenario_.node_autoscaler.kind) {
    case NodeAutoscalerKind::none:
      break;
    case NodeAutoscalerKind::cluster_autoscaler:
      autoscaler_ = std::make_unique<ClusterAutoscaler>(context_, nodes_, pods_, std::move(hooks));
      break;
    case NodeAutoscalerKind::karpenter:
      autoscaler_ = std::make_unique<Karpenter>(context_, nodes_, pods_, std::move(hooks));
      break;
  }
}

void Cluster::tell_pods_changed(NodeId node) {
  if (autoscaler_) autoscaler_->pods_changed(node);
}

}  // namespace pullsim
