// See the header. total counts what the sets should have, so pods still being created count, and
// pods still terminating do not.
#include "models/decisions/rolling_update.hpp"

#include "models/decisions/go_arithmetic.hpp"

#include <algorithm>
#include <cmath>

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

std::vector<std::int64_t> specs_of(const std::vector<ReplicaSetSize>& sets) {
  std::vector<std::int64_t> sizes;
  sizes.reserve(sets.size());
  for (const ReplicaSetSize& set : sets) sizes.push_back(set.spec);
  return sizes;
}

/// A count as it is, or a share of the replicas.
std::int64_t resolve(IntOrPercent value, std::int64_t replicas, bool round_up) {
  if (!value.percent) return go_int32(value.value);
  const double share = static_cast<double>(value.value) * static_cast<double>(replicas) / 100.0;
  return go_int32(go_int64(round_up ? std::ceil(share) : std::floor(share)));
}

}  // namespace

Fenceposts resolve_fenceposts(IntOrPercent max_surge, IntOrPercent max_unavailable,
                              std::int64_t replicas) {
  Fenceposts result{resolve(max_surge, replicas, true), resolve(max_unavailable, replicas, false)};
  if (result.surge == 0 && result.unavailable == 0) result.unavailable = 1;
  return result;
}

Fenceposts rollout_fenceposts(DeploymentStrategy strategy, IntOrPercent max_surge,
                              IntOrPercent max_unavailable, std::int64_t replicas) {
  if (strategy == DeploymentStrategy::recreate) return {};
  Fenceposts result = resolve_fenceposts(max_surge, max_unavailable, replicas);
  result.unavailable = replicas == 0 ? 0 : std::min(result.unavailable, replicas);
  return result;
}

std::int64_t size_for_new_set(DeploymentStrategy strategy, std::int64_t replicas,
                              std::int64_t surge, std::int64_t new_set, std::int64_t total) {
  if (strategy == DeploymentStrategy::recreate) return replicas;
  if (total >= replicas + surge) return new_set;
  return new_set + std::min(replicas + surge - total, replicas - new_set);
}

std::int64_t reconciled_new_set(const RolloutState& state) {
  if (state.new_set.spec >= state.replicas) return state.replicas;
  return size_for_new_set(DeploymentStrategy::rolling_update, state.replicas,
                          state.fenceposts.surge, state.new_set.spec, total_spec(state));
}

std::optional<std::vector<std::int64_t>> sizes_without_unhealthy(
    const std::vector<ReplicaSetSize>& old_sets, std::int64_t most) {
  std::vector<std::int64_t> sizes = specs_of(old_sets);
  for (std::size_t i = 0; i < sizes.size() && most > 0; ++i) {
    if (sizes[i] == 0) continue;
    const std::int64_t unhealthy = sizes[i] - old_sets[i].available;
    if (unhealthy < 0) return std::nullopt;
    const std::int64_t removed = std::min(unhealthy, most);
    sizes[i] -= removed;
    most -= removed;
  }
  return sizes;
}

std::vector<std::int64_t> sizes_scaled_down(std::vector<std::int64_t> sizes, std::int64_t available,
                                            std::int64_t available_min) {
  std::int64_t spare = std::max<std::int64_t>(available - available_min, 0);
  for (std::int64_t& size : sizes) {
    const std::int64_t removed = std::min(size, spare);
    size -= removed;
    spare -= removed;
  }
  return sizes;
}

std::vector<std::int64_t> reconciled_old_sets(const RolloutState& state) {
  const std::int64_t available_min = state.replicas - state.fenceposts.unavailable;
  const std::int64_t new_unavailable = state.new_set.spec - state.new_set.available;
  const std::int64_t most = total_spec(state) - available_min - new_unavailable;
  std::vector<std::int64_t> sizes = specs_of(state.old_sets);
  if (most <= 0) return sizes;
  const auto healthy = sizes_without_unhealthy(state.old_sets, most);
  if (!healthy) return sizes;
  return sizes_scaled_down(*healthy, total_available(state), available_min);
}

RolloutStep next_rollout_step(const RolloutState& state) {
  using Kind = RolloutStep::Kind;
  RolloutStep step{Kind::none, state.new_set.spec, specs_of(state.old_sets)};
  const std::int64_t new_size = reconciled_new_set(state);
  if (new_size != state.new_set.spec) {
    step.kind = Kind::scale_new;
    step.new_set = new_size;
    return step;
  }
  std::vector<std::int64_t> old_sizes = reconciled_old_sets(state);
  if (old_sizes != step.old_sets) {
    step.kind = Kind::scale_down_old;
    step.old_sets = std::move(old_sizes);
  }
  return step;
}

}  // namespace pullsim
