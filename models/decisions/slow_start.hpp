// How a ReplicaSet, DaemonSet or Job creates pods: in batches of 1, 2, 4, ... calls, each batch at
// once, and no further batch after one in which a call failed, so that a quota or a broken template
// is not hit a thousand times. It leaves out the time that calls take and the next sync.
//
// Facts: Kubernetes pkg/controller/replicaset/replica_set.go (slowStartBatch, BurstReplicas 500)
// and pkg/controller/controller_utils.go (SlowStartInitialBatchSize 1), v1.28.
#pragma once

#include <cstdint>
#include <vector>

namespace pullsim {

inline constexpr std::int64_t kSlowStartFirstBatch = 1;
inline constexpr std::int64_t kBurstReplicas = 500;  ///< creations or deletions in one sync at most

/// Sizes of the batches while all calls succeed.
std::vector<std::int64_t> slow_start_batches(std::int64_t count,
                                             std::int64_t first = kSlowStartFirstBatch);

struct SlowStart {
  std::int64_t successes = 0;
  std::int64_t calls = 0;
  bool failed = false;
  friend bool operator==(const SlowStart&, const SlowStart&) = default;
};

/// What comes of `count` calls of which those after the first `succeeding` fail.
SlowStart slow_start(std::int64_t count, std::int64_t first, std::int64_t succeeding);

}  // namespace pullsim
