// See the header.
#include "models/decisions/preemption.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace pullsim {
namespace {

bool more_important(const PreemptionPod& a, const PreemptionPod& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  return a.started < b.started;
}

/// Whether each pod, in this order, would be one disruption too many for one of its budgets.
std::vector<bool> violating(std::span<const PreemptionPod> pods,
                            const std::vector<std::size_t>& order,
                            std::vector<std::int64_t> allowed) {
  std::vector<bool> result(pods.size(), false);
  for (const std::size_t index : order) {
    for (const std::size_t budget : pods[index].budgets) {
      if (--allowed[budget] < 0) result[index] = true;
    }
  }
  return result;
}

/// Priorities are shifted to be positive, so that more victims never weigh less.
std::int64_t weight_of(std::int32_t priority) {
  return std::int64_t{priority} + std::numeric_limits<std::int32_t>::max() + 1;
}

auto rank(const PreemptionCandidate& candidate) {
  const std::int32_t highest = candidate.victims.front().priority;
  std::int64_t sum = 0;
  SimTime earliest = SimTime::max();
  for (const PreemptionPod& victim : candidate.victims) {
    sum += weight_of(victim.priority);
    if (victim.priority == highest) earliest = std::min(earliest, victim.started);
  }
  return std::tuple(candidate.violations, highest, sum, candidate.victims.size(),
                    -earliest.time_since_epoch());
}

}  // namespace

std::optional<PreemptionVictims> select_victims(
    std::span<const PreemptionPod> pods, std::vector<std::int64_t> allowed,
    const std::function<bool(const std::vector<bool>& kept)>& fits) {
  std::vector<bool> kept(pods.size(), false);
  if (pods.empty() || !fits(kept)) return std::nullopt;
  std::vector<std::size_t> order(pods.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return more_important(pods[a], pods[b]); });
  const std::vector<bool> protect = violating(pods, order, std::move(allowed));
  PreemptionVictims victims;
  for (const bool protected_ones : {true, false}) {
    for (const std::size_t index : order) {
      if (protect[index] != protected_ones) continue;
      kept[index] = true;
      if (fits(kept)) continue;
      kept[index] = false;
      if (protected_ones) ++victims.violations;
    }
  }
  for (const std::size_t index : order) {
    if (!kept[index]) victims.pods.push_back(index);
  }
  return victims;
}

std::size_t choose_preemption(std::span<const PreemptionCandidate> candidates) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].victims.empty()) return i;  // room has appeared meanwhile
    if (i > 0 && rank(candidates[i]) < rank(candidates[best])) best = i;
  }
  return best;
}

std::int64_t preemption_candidates_to_find(std::int64_t nodes) {
  constexpr std::int64_t kPercent = 10;
  constexpr std::int64_t kLeast = 100;
  return std::min(nodes, std::max(nodes * kPercent / 100, kLeast));
}

}  // namespace pullsim
