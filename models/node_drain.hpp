// Emptying a node: cordon, evictions through the Eviction API, which respects disruption budgets,
// and the end once nothing is left but DaemonSet pods. Who asks for it - an autoscaler, or a
// handler of spot interruptions - differs in how long it tries and what comes after. Leaves out the
// API's time and rate, evictions of DaemonSet pods, and pods that forbid their eviction.
#pragma once

#include "models/context.hpp"
#include "models/pod.hpp"

#include <functional>
#include <vector>

namespace pullsim {

enum class DrainReason : std::uint8_t {
  scale_down,        ///< Cluster Autoscaler: gives up after a while, else the node is removed
  consolidation,     ///< Karpenter: as long as it takes, then the node is removed
  spot_interruption  ///< until the machine goes; the node stays until then
};

/// After a refusal. Cluster Autoscaler's EvictionRetryTime; assumed for the others.
inline constexpr Duration kEvictionRetry = std::chrono::seconds(10);
/// Cluster Autoscaler's MaxPodEvictionTime.
inline constexpr Duration kPodEvictionMax = std::chrono::minutes(2);

struct NodeDrainHooks {
  /// Pods that are to go and have not been told to: bound to the node, of no DaemonSet.
  std::function<std::vector<PodId>(NodeId)> pods;
  std::function<bool(PodId)> try_evict;  ///< false: a budget forbids it now
  std::function<bool(NodeId)> empty;     ///< nothing is left but DaemonSet pods
  std::function<void(NodeId, bool)> cordon;
  /// Every pod is gone, or `drained` is false: it was given up, and the node is open again.
  std::function<void(NodeId, DrainReason, bool drained)> ended;
};

class NodeDrain {
 public:
  NodeDrain(Context& context, NodeDrainHooks hooks) : context_(context), hooks_(std::move(hooks)) {}

  /// Nothing if the node is being drained already.
  void start(NodeId node, DrainReason reason);
  bool draining(NodeId node) const;
  /// A pod came that was on its way to the node before it was cordoned.
  void pod_arrived(NodeId node);
  /// The containers of a pod of the node are gone, or it never came.
  void pod_left(NodeId node);
  /// The machine is gone: there is nothing to drain.
  void node_gone(NodeId node);

 private:
  struct Drain {
    NodeId node = 0;
    DrainReason reason = DrainReason::scale_down;
    SimTime began{};
    bool ending = false;
    EventHandle next;  // try of what was refused, or the end
  };
  Drain* find(NodeId node);
  void evict(Drain& drain);
  void try_again(NodeId node);
  void end(NodeId node, bool drained);

  Context& context_;
  NodeDrainHooks hooks_;
  std::vector<Drain> drains_;  // few at a time
};

}  // namespace pullsim
