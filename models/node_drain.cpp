// Rounds of evictions; see the header.
#include "models/node_drain.hpp"

#include <algorithm>

namespace pullsim {

NodeDrain::Drain* NodeDrain::find(NodeId node) {
  const auto found = std::find_if(drains_.begin(), drains_.end(),
                                  [node](const Drain& drain) { return drain.node == node; });
  return found == drains_.end() ? nullptr : &*found;
}

bool NodeDrain::draining(NodeId node) const {
  return std::any_of(drains_.begin(), drains_.end(),
                     [node](const Drain& drain) { return drain.node == node; });
}

void NodeDrain::start(NodeId node, DrainReason reason) {
  if (Drain* drain = find(node)) {
    // A machine that goes is not given up, whoever began to empty it.
    if (reason == DrainReason::spot_interruption) drain->reason = reason;
    return;
  }
  hooks_.cordon(node, true);
  drains_.push_back({node, reason, context_.engine.now(), false, {}});
  evict(drains_.back());
  pod_left(node);
}

// Evictions take effect at once, so that each is judged by what the ones before it left.
void NodeDrain::evict(Drain& drain) {
  bool refused = false;
  const NodeId node = drain.node;
  for (const PodId pod : hooks_.pods(node)) refused = !hooks_.try_evict(pod) || refused;
  if (!refused || context_.engine.pending(drain.next)) return;
  drain.next =
      context_.engine.in(kEvictionRetry, "eviction again", [this, node] { try_again(node); });
}

void NodeDrain::try_again(NodeId node) {
  Drain* drain = find(node);
  if (drain == nullptr) return;
  const bool late = context_.engine.now() - drain->began >= kPodEvictionMax;
  if (drain->reason == DrainReason::scale_down && late && !hooks_.pods(node).empty()) {
    end(node, false);
    return;
  }
  evict(*drain);
}

void NodeDrain::pod_arrived(NodeId node) {
  Drain* drain = find(node);
  if (drain == nullptr) return;
  evict(*drain);
  pod_left(node);  // a DaemonSet's that came last: nobody else leaves after it
}

void NodeDrain::pod_left(NodeId node) {
  Drain* drain = find(node);
  if (drain == nullptr || drain->ending || !hooks_.empty(node)) return;
  if (drain->reason == DrainReason::spot_interruption) return;
  drain->ending = true;
  context_.engine.cancel(drain->next);
  drain->next = context_.engine.in(Duration{0}, "node drained", [this, node] { end(node, true); });
}

void NodeDrain::end(NodeId node, bool drained) {
  Drain* drain = find(node);
  if (drain == nullptr) return;
  const DrainReason reason = drain->reason;
  drains_.erase(drains_.begin() + (drain - drains_.data()));
  if (!drained) hooks_.cordon(node, false);
  hooks_.ended(node, reason, drained);
}

void NodeDrain::node_gone(NodeId node) {
  Drain* drain = find(node);
  if (drain == nullptr) return;
  context_.engine.cancel(drain->next);
  drains_.erase(drains_.begin() + (drain - drains_.data()));
}

}  // namespace pullsim
