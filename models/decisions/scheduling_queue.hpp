// The scheduler around its plugins: how many nodes are looked at before the search stops, which pod
// comes first, and how long a pod that fitted nowhere waits for its next attempt. Leaves out the
// early pop from back-off of v1.33 and queueing hints, which say whether an event concerns a pod.
//
// Facts: Kubernetes pkg/scheduler/schedule_one.go and
// pkg/scheduler/internal/queue/scheduling_queue.go, v1.28.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>

namespace pullsim {

inline constexpr Duration kPodInitialBackoff = std::chrono::seconds(1);  ///< scheduler's default
inline constexpr Duration kPodMaxBackoff = std::chrono::seconds(10);     ///< scheduler's default
inline constexpr Duration kBackoffFlushPeriod = std::chrono::seconds(1);
inline constexpr Duration kUnschedulableFlushPeriod = std::chrono::seconds(30);
inline constexpr Duration kUnschedulableMax = std::chrono::minutes(5);

/// Nodes that must be found feasible before the search stops. `percentage` 0: adaptive, 50 % less
/// one for each 125 nodes, at least 5 %; never fewer than 100 nodes.
std::int32_t feasible_nodes_to_find(std::int32_t percentage, std::int32_t nodes);

/// From the latest attempt until the next: `initial` doubled with each attempt after the first.
Duration queue_backoff(std::int64_t attempts, Duration initial = kPodInitialBackoff,
                       Duration max = kPodMaxBackoff);

struct QueuedPod {
  std::int32_t priority = 0;
  SimTime queued{};
};

/// Whether `a` is taken before `b`: by priority, then by the time of entering the queue.
bool is_before(const QueuedPod& a, const QueuedPod& b);

}  // namespace pullsim
