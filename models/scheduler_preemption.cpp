// Preemption; see the header. The deletions of victims are writes of the scheduler's client, as
// binds are.
#include "models/recorder.hpp"
#include "models/scheduler.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

/// A pod whose victims are still ending waits for them.
bool Scheduler::may_preempt(PodId pod, Class of) const {
  const SchedulingPod& view = cache_.pod_of(of);
  if (!view.preempts || priorities_.empty()) return false;
  if (priorities_.begin()->first >= view.priority) return false;
  const std::optional<NodeId> nominated = cache_.nomination_of(pod);
  if (!nominated) return true;
  const std::vector<PodId>& there = on_node_[*nominated];
  return std::none_of(there.begin(), there.end(), [&](PodId other) {
    const Placed& placed = placed_[other];
    const bool going = placed.terminating || doomed_.contains(other);
    return going && cache_.pod_of(placed.of).priority < view.priority;
  });
}

PreemptionPod Scheduler::preemption_view(PodId id) const {
  const Pod& pod = hooks_.pod(id);
  PreemptionPod view;
  view.priority = priority_of(id);
  if (pod.row != Pod::kNoRow) {
    view.started =
        context_.recorder.result().pods[pod.row].scheduled.value_or(context_.engine.now());
  }
  if (hooks_.budgets_of) view.budgets = hooks_.budgets_of(id);
  return view;
}

std::optional<PreemptionVictims> Scheduler::victims_on(NodeId node, PodId pod, Class of,
                                                       const std::vector<std::int64_t>& allowed,
                                                       std::vector<PodId>* lower) {
  const std::int32_t priority = cache_.pod_of(of).priority;
  std::vector<PreemptionPod> views;
  for (const PodId other : on_node_[node]) {
    if (priority_of(other) >= priority) continue;
    lower->push_back(other);
    views.push_back(preemption_view(other));
  }
  if (lower->empty() || cache_.is_hopeless(of, node)) return std::nullopt;
  std::vector<bool> there(lower->size(), true);
  const auto keep = [&](const std::vector<bool>& kept) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i] == there[i]) continue;
      const Placed& placed = placed_[(*lower)[i]];
      if (kept[i]) {
        cache_.put_back(node, placed.of, placed.terminating);
      } else {
        cache_.lift(node, placed.of, placed.terminating);
      }
      there[i] = kept[i];
    }
  };
  auto victims = select_victims(views, allowed, [&](const std::vector<bool>& kept) {
    keep(kept);
    return cache_.fits(of, node, pod);
  });
  keep(std::vector<bool>(lower->size(), true));
  return victims;
}

bool Scheduler::preempt(PodId pod, const Entry& entry) {
  const bool waits_for_victims = cache_.nomination_of(pod) && !may_preempt(pod, entry.of);
  if (waits_for_victims) return true;
  cache_.withdraw(pod);
  if (!may_preempt(pod, entry.of)) return false;
  const bool anywhere = !hooks_.pod(pod).only_node;
  if (anywhere && unhelped_[entry.of] == cache_.changes()) return false;
  std::vector<NodeId> order = cache_.node_order();
  if (const std::optional<NodeId> only = hooks_.pod(pod).only_node) {
    order.clear();
    if (cache_.has_node(*only)) order.push_back(*only);
  }
  std::vector<std::int64_t> allowed;
  if (hooks_.disruptions_allowed) allowed = hooks_.disruptions_allowed();
  const auto wanted = static_cast<std::size_t>(
      preemption_candidates_to_find(static_cast<std::int64_t>(order.size())));
  const double u = context_.stream(name_of(context_.scenario, hooks_.pod(pod)), "preemption")
                       .at(static_cast<std::uint64_t>(entry.attempts));
  const auto offset = static_cast<std::size_t>(u * static_cast<double>(order.size()));

  std::vector<PreemptionCandidate> candidates;
  std::vector<NodeId> nodes;
  std::vector<std::vector<PodId>> victims;
  bool any_clean = false;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (any_clean && candidates.size() >= wanted) break;
    const NodeId node = order[(offset + i) % order.size()];
    std::vector<PodId> lower;
    const auto found = victims_on(node, pod, entry.of, allowed, &lower);
    if (!found) continue;
    PreemptionCandidate candidate;
    candidate.violations = found->violations;
    victims.emplace_back();
    for (const std::size_t index : found->pods) {
      candidate.victims.push_back(preemption_view(lower[index]));
      victims.back().push_back(lower[index]);
    }
    any_clean = any_clean || candidate.violations == 0;
    candidates.push_back(std::move(candidate));
    nodes.push_back(node);
  }
  if (candidates.empty()) {
    if (anywhere) unhelped_[entry.of] = cache_.changes();
    return false;
  }
  const std::size_t best = choose_preemption(candidates);
  make_way(pod, entry.of, nodes[best], victims[best]);
  return true;
}

/// Its victims make room for somebody else: it looks for another node.
void Scheduler::lose_nomination(PodId pod) {
  cache_.withdraw(pod);
  Entry& entry = entries_.at(pod);
  const bool wants_node = !hooks_.pod(pod).only_node;
  list(pod, entry, wants_node);
  if (!entry.parked) return;
  std::erase(parked_, pod);
  release(pod);
}

void Scheduler::make_way(PodId pod, Class of, NodeId node, const std::vector<PodId>& victims) {
  const std::int32_t priority = cache_.pod_of(of).priority;
  for (const auto& [other, its_class] : cache_.nominated_to(node)) {
    if (cache_.pod_of(its_class).priority < priority) lose_nomination(other);
  }
  cache_.nominate(node, of, pod);
  for (const PodId victim : victims) {
    if (placed_[victim].terminating || !doomed_.insert(victim).second) continue;
    const SimTime when = binds_.reserve(context_.engine.now());
    context_.engine.at(when, "victim deleted", [this, victim] {
      doomed_.erase(victim);
      if (!is_placed(victim) || placed_[victim].terminating) return;
      hooks_.preempt(victim);
    });
  }
}

}  // namespace pullsim
