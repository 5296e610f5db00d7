// The node autoscaler of a cluster and what it may do. The rest of the wiring is in cluster.cpp.
#include "models/cluster.hpp"

#include "models/cluster_autoscaler.hpp"
#include "models/karpenter.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

void Cluster::build_node_autoscaler() {
  NodeAutoscalerHooks hooks;
  hooks.unschedulable = [this]() -> const std::vector<PodId>& { return pods_for_new_nodes(); };
  hooks.request_nodes = [this](std::size_t pool, std::int64_t count) {
    return request_nodes(pool, count);
  };
  hooks.give_up = [this](NodeId node) { machine_gone(node); };
  const bool karpenter = scenario_.node_autoscaler.kind == NodeAutoscalerKind::karpenter;
  hooks.drain = [this, karpenter](NodeId node) {
    drain_node(node, karpenter ? DrainReason::consolidation : DrainReason::scale_down);
  };
  hooks.cordon = [this](NodeId node, bool closed) { cordon(node, closed); };
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

// A pod that belongs on one node is helped by no other.
const std::vector<PodId>& Cluster::pods_for_new_nodes() {
  const std::vector<PodId>& waiting = scheduler_->unschedulable();
  const auto bound_to_node = [this](PodId id) { return pods_[id].only_node.has_value(); };
  if (std::none_of(waiting.begin(), waiting.end(), bound_to_node)) return waiting;
  homeless_ = waiting;
  std::erase_if(homeless_, bound_to_node);
  return homeless_;
}

void Cluster::tell_pods_changed(NodeId node) {
  if (autoscaler_) autoscaler_->pods_changed(node);
}

}  // namespace pullsim
