// Consolidation: polls, validation, and the nodes that go or are replaced. See karpenter.hpp.
#include "models/decisions/readiness.hpp"
#include "models/karpenter.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

// A poll that cannot find anything new is not made: something has to have changed, or a node has to
// have been quiet for long enough.
void Karpenter::poll_at(SimTime time) {
  if (validating_) return;
  const SimTime tick = next_tick(time, poll_phase_, kDisruptionPoll);
  if (context_.engine.pending(next_poll_)) {
    if (next_poll_time_ <= tick) return;
    context_.engine.cancel(next_poll_);
  }
  next_poll_time_ = tick;
  next_poll_ = context_.engine.at(tick, "karpenter poll", [this] { poll(); });
}

void Karpenter::poll_soon() { poll_at(now() + Duration{1}); }

void Karpenter::pods_changed(NodeId node) {
  last_pod_event_[node] = now();
  poll_soon();
}

bool Karpenter::is_quiet(NodeId node, std::size_t pool) const {
  std::optional<SimTime> last;
  const auto event = last_pod_event_.find(node);
  if (event != last_pod_event_.end()) last = event->second;
  return is_consolidatable(pools_[pool].disruption, initialized_at(node), last, now());
}

std::optional<SimTime> Karpenter::initialized_at(NodeId node) const {
  const auto found = initialized_.find(node);
  if (found == initialized_.end()) return std::nullopt;
  return found->second;
}

/// The nodes of a pool as the decision sees them; `ids` are their names in its order.
DisruptionInput Karpenter::disruption_input(std::size_t pool, std::vector<NodeId>* ids) const {
  DisruptionInput input;
  input.types = instance_types();
  input.pool = claim_pool(pool);
  input.settings = pools_[pool].disruption;
  input.kinds = kinds_;
  const std::vector<NodePods> pods = pods_by_node();
  std::vector<std::int64_t> spare = spare_nodes();
  for (const auto& node : nodes_) {
    const NodeId id = node->id();
    if (!is_present(id) || !initialized_at(id)) continue;
    if (pool_of(id) != pool) {
      if (takes_pods(id)) input.elsewhere.push_back(free_on(id));
      continue;
    }
    DisruptionNode seen;
    seen.allocatable = allocatable_of(node->pool()) - pods[id].staying;
    for (const PodId pod : pods[id].moving) seen.pods.push_back(request_of(pods_[pod]));
    seen.price = scenario().node_pools[node->pool()].price.value_or(1);
    seen.leaving = disrupting_.contains(id) || !takes_pods(id);
    seen.consolidatable = is_quiet(id, pool);
    seen.movable = pods[id].movable && spare[node->pool()] > 0;
    if (disrupting_.contains(id)) ++input.disrupting;
    if (seen.consolidatable && seen.movable && !seen.leaving) --spare[node->pool()];
    ids->push_back(id);
    input.nodes.push_back(std::move(seen));
  }
  return input;
}

/// By pool of the scenario: nodes above its minimum that do not leave already.
std::vector<std::int64_t> Karpenter::spare_nodes() const {
  std::vector<std::int64_t> spare = nodes_above_minimum();
  for (const NodeId node : disrupting_) --spare[nodes_[node]->pool()];
  return spare;
}

// Assumed: nothing is taken away while pods wait for nodes.
void Karpenter::poll() {
  if (validating_) return;
  if (!hooks_.unschedulable().empty()) {
    poll_soon();
    return;
  }
  for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
    std::vector<NodeId> ids;
    const DisruptionInput input = disruption_input(pool, &ids);
    const Disruption found = next_disruption(input);
    if (found.kind == Disruption::Kind::none) {
      poll_when_quiet(pool, ids);
      continue;
    }
    Command command{pool, found.kind, {}, false};
    command.empty = std::all_of(found.nodes.begin(), found.nodes.end(),
                                [&](std::size_t node) { return input.nodes[node].pods.empty(); });
    for (const std::size_t node : found.nodes) command.nodes.push_back(ids[node]);
    validating_ = std::move(command);
    context_.engine.cancel(next_poll_);
    context_.engine.in(kConsolidationValidation, "karpenter validates", [this] { validate(); });
    return;
  }
}

void Karpenter::poll_when_quiet(std::size_t pool, const std::vector<NodeId>& ids) {
  const std::optional<Duration>& after = pools_[pool].disruption.consolidate_after;
  if (!after) return;
  for (const NodeId id : ids) {
    SimTime quiet_since = initialized_at(id).value_or(kSimStart);
    const auto event = last_pod_event_.find(id);
    if (event != last_pod_event_.end()) quiet_since = std::max(quiet_since, event->second);
    if (quiet_since + *after > now()) poll_at(quiet_since + *after);
  }
}

// What was decided must still hold: the nodes are still candidates, empty ones still empty, the
// others can still do without as many nodes, within the budgets.
void Karpenter::validate() {
  const Command command = std::move(*validating_);
  validating_.reset();
  poll_soon();
  if (!hooks_.unschedulable().empty()) return;
  std::vector<NodeId> ids;
  const DisruptionInput input = disruption_input(command.pool, &ids);
  std::vector<std::size_t> leaving;
  for (const NodeId id : command.nodes) {
    const auto index =
        static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin());
    const bool candidate = index < ids.size() && is_candidate(input.nodes[index]) &&
                           (!command.empty || input.nodes[index].pods.empty());
    if (candidate) {
      leaving.push_back(index);
    } else if (!command.empty) {
      return;
    }
  }
  const auto nodes = static_cast<std::int64_t>(input.nodes.size());
  const auto allowed = static_cast<std::size_t>(
      allowed_disruptions(input.settings.budgets, nodes, input.disrupting));
  if (leaving.empty() || leaving.size() > allowed) return;
  const Disruption again = disruption_without(input, leaving);
  if (again.kind != command.kind) return;
  std::vector<NodeId> going;
  going.reserve(leaving.size());
  for (const std::size_t index : leaving) going.push_back(ids[index]);
  if (again.kind == Disruption::Kind::remove) {
    drain(going);
  } else {
    replace(command.pool, going, again.replacements);
  }
}

void Karpenter::drain(const std::vector<NodeId>& nodes) {
  disrupting_.insert(nodes.begin(), nodes.end());
  for (const NodeId node : nodes) hooks_.drain(node);
}

// The old nodes take no more pods from now on, and go when the new one is initialized.
void Karpenter::replace(std::size_t pool, const std::vector<NodeId>& nodes,
                        const std::vector<std::size_t>& types) {
  const std::optional<NodeId> node = launch({pool, {}, types});
  if (!node) return;
  disrupting_.insert(nodes.begin(), nodes.end());
  for (const NodeId old : nodes) hooks_.cordon(old, true);
  replacements_[*node] = nodes;
}

void Karpenter::replacement_initialized(NodeId node) {
  const auto found = replacements_.find(node);
  if (found == replacements_.end()) return;
  const std::vector<NodeId> old = std::move(found->second);
  replacements_.erase(found);
  for (const NodeId id : old) {
    if (is_present(id)) hooks_.drain(id);
  }
}

// The new node does not come: the old ones stay.
void Karpenter::replacement_failed(NodeId node) {
  const auto found = replacements_.find(node);
  if (found == replacements_.end()) return;
  for (const NodeId id : found->second) {
    disrupting_.erase(id);
    if (is_present(id)) hooks_.cordon(id, false);
  }
  replacements_.erase(found);
  poll_soon();
}

}  // namespace pullsim
