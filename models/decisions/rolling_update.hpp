// What a Deployment does in one sync of a roll-out: how many pods to start and to stop within
// maxSurge and maxUnavailable. It leaves out pauses, progress (deployment_progress.hpp) and what
// happens when replicas change half-way (proportional_scale.hpp).
//
// Facts: Kubernetes pkg/controller/deployment, rolling.go and util/deployment_util.go,
// v1.15..v1.28. Shares of the replicas are float64 there and here.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace pullsim {

/// maxSurge and maxUnavailable as counts of pods.
struct Fenceposts {
  std::int64_t surge = 0;
  std::int64_t unavailable = 0;
  friend bool operator==(const Fenceposts&, const Fenceposts&) = default;
};

/// Percentages of surge round up, of unavailable down. Both 0 would never move: then one pod may be
/// unavailable.
Fenceposts resolve_fenceposts(IntOrPercent max_surge, IntOrPercent max_unavailable,
                              std::int64_t replicas);

enum class DeploymentStrategy : std::uint8_t { rolling_update, recreate };

/// The fenceposts as the controller uses them: no more pods are unavailable than there are to be,
/// and Recreate has no fenceposts at all.
Fenceposts rollout_fenceposts(DeploymentStrategy strategy, IntOrPercent max_surge,
                              IntOrPercent max_unavailable, std::int64_t replicas);

/// One replica set: the pods it should have, and those that are available now. Pods that are
/// terminating count in neither.
struct ReplicaSetSize {
  std::int64_t spec = 0;
  std::int64_t available = 0;
};

struct RolloutState {
  std::int64_t replicas = 0;
  Fenceposts fenceposts;
  ReplicaSetSize new_set;
  std::vector<ReplicaSetSize> old_sets;  ///< oldest first
};

/// Size of the new set when `total` is what all sets together should have: up to the replicas, as
/// far as surge leaves room. Recreate goes there at once.
std::int64_t size_for_new_set(DeploymentStrategy strategy, std::int64_t replicas,
                              std::int64_t surge, std::int64_t new_set, std::int64_t total);

/// The same for a set in a roll-out, with the way straight down for a set that has too many.
std::int64_t reconciled_new_set(const RolloutState& state);

/// Sizes of the old sets after up to `most` pods that are not available are taken off, oldest set
/// first. Empty where a set counts more available pods than it should have: its status is behind,
/// and the controller waits for it.
std::optional<std::vector<std::int64_t>> sizes_without_unhealthy(
    const std::vector<ReplicaSetSize>& old_sets, std::int64_t most);

/// Sizes of the old sets after as many pods as `available` exceeds what must stay available are
/// taken off, oldest set first. `sizes` are those before.
std::vector<std::int64_t> sizes_scaled_down(std::vector<std::int64_t> sizes, std::int64_t available,
                                            std::int64_t available_min);

/// Both in the controller's order: old pods that are not available go first, because nobody misses
/// them; new pods that are not yet available hold their predecessors back.
std::vector<std::int64_t> reconciled_old_sets(const RolloutState& state);

/// The sizes after the sync; those that do not change are as they were.
struct RolloutStep {
  enum class Kind : std::uint8_t { none, scale_new, scale_down_old };
  Kind kind = Kind::none;
  std::int64_t new_set = 0;
  std::vector<std::int64_t> old_sets;  ///< in the order given
  friend bool operator==(const RolloutStep&, const RolloutStep&) = default;
};

/// One sync scales the new set or the old ones, never both, and the new one first.
RolloutStep next_rollout_step(const RolloutState& state);

}  // namespace pullsim
