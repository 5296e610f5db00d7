// See the header. total counts what the sets should have, so pods still being created count, and
// pods still terminating do not.
#include "models/decisions/rolling_update.hpp"

#include <algorithm>

namespace pullsim {
namespace {

std::int64_t total_spec(const RolloutState& state) {
  std::int64_t total = state.new_set.spec;
  for (const ReplicaSetSize& set : state.old_sets) total += set.spec;
  return total;
}

std::int64_t total_available(const RolloutState& state) {
  std::int64_t total = state.new_set.available;
  for (const ReplicaSetSize& set : state.old_sets) total += set.available;
  return total;
}

/// Up to the replicas wanted, as far as surge leaves room; straight down if it has too many.
std::int64_t wanted_new_size(const RolloutState& state) {
  const std::int64_t missing = state.replicas - state.new_set.spec;
  if (missing <= 0) return state.replicas;
  const std::int64_t room = state.replicas + state.fenceposts.surge - total_spec(state);
  return state.new_set.spec + std::clamp<std::int64_t>(room, 0, missing);
}

/// Old pods that are not available go first, because nobody misses them; then available ones down
/// to the least number that must stay available. New pods that are not yet available hold their
/// predecessors back.
std::vector<std::int64_t> wanted_old_sizes(const RolloutState& state) {
  std::vector<std::int64_t> sizes;
  for (const ReplicaSetSize& set : state.old_sets) sizes.push_back(set.spec);

  const std::int64_t available_min = state.replicas - state.fenceposts.unavailable;
  const std::int64_t new_unavailable = state.new_set.spec - state.new_set.available;
  std::int64_t unhealthy_max = total_spec(state) - available_min - new_unavailable;
  if (unhealthy_max <= 0) return sizes;

  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int64_t unhealthy = sizes[i] - state.old_sets[i].available;
    const std::int64_t removed = std::clamp<std::int64_t>(unhealthy, 0, unhealthy_max);
    sizes[i] -= removed;
    unhealthy_max -= removed;
  }
  std::int64_t spare = std::max<std::int64_t>(total_available(state) - available_min, 0);
  for (std::int64_t& size : sizes) {
    const std::int64_t removed = std::min(size, spare);
    size -= removed;
    spare -= removed;
  }
  return sizes;
}

/// ceil(percent * replicas / 100) or its floor; a count as it is.
std::int64_t resolve(IntOrPercent value, std::int64_t replicas, bool round_up) {
  if (!value.percent) return value.value;
  return (value.value * replicas + (round_up ? 99 : 0)) / 100;
}

}  // namespace

Fenceposts resolve_fenceposts(IntOrPercent max_surge, IntOrPercent max_unavailable,
                              std::int64_t replicas) {
  Fenceposts result{resolve(max_surge, replicas, true), resolve(max_unavailable, replicas, false)};
  if (result.surge == 0 && result.unavailable == 0) result.unavailable = 1;
  result.unavailable = std::min(result.unavailable, replicas);
  return result;
}

RolloutStep next_rollout_step(const RolloutState& state) {
  using Kind = RolloutStep::Kind;
  RolloutStep step{Kind::none, state.new_set.spec, {}};
  for (const ReplicaSetSize& set : state.old_sets) step.old_sets.push_back(set.spec);

  const std::int64_t new_size = wanted_new_size(state);
  if (new_size != state.new_set.spec) {
    step.kind = Kind::scale_new;
    step.new_set = new_size;
    return step;
  }
  std::vector<std::int64_t> old_sizes = wanted_old_sizes(state);
  if (old_sizes != step.old_sets) {
    step.kind = Kind::scale_down_old;
    step.old_sets = std::move(old_sizes);
  }
  return step;
}

}  // namespace pullsim
