// What a Deployment does in one sync of a roll-out: how many pods to start and to stop within
// maxSurge and maxUnavailable. It leaves out the Recreate strategy, pauses, progress deadlines and
// the proportional scaling of several sets when replicas change half-way.
//
// Facts: Kubernetes pkg/controller/deployment, rolling.go and util/deployment_util.go,
// v1.15..v1.28.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>
#include <vector>

namespace pullsim {

/// maxSurge and maxUnavailable as counts of pods.
struct Fenceposts {
  std::int64_t surge = 0;
  std::int64_t unavailable = 0;
  friend bool operator==(const Fenceposts&, const Fenceposts&) = default;
};

/// Percentages of surge round up, of unavailable down. Both 0 would never move: then one pod may be
/// unavailable. No more than all replicas can be.
Fenceposts resolve_fenceposts(IntOrPercent max_surge, IntOrPercent max_unavailable,
                              std::int64_t replicas);

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
