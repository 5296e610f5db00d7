// See the header.
#include "models/decisions/scheduling_queue.hpp"

#include "models/decisions/go_arithmetic.hpp"

#include <algorithm>

namespace pullsim {

std::int32_t feasible_nodes_to_find(std::int32_t percentage, std::int32_t nodes) {
  constexpr std::int32_t kNodesMin = 100;
  constexpr std::int32_t kPercentageMin = 5;
  if (nodes < kNodesMin) return nodes;
  if (percentage == 0) percentage = std::max(kPercentageMin, 50 - nodes / 125);
  return std::max(go_int32(std::int64_t{nodes} * percentage) / 100, kNodesMin);
}

Duration queue_backoff(std::int64_t attempts, Duration initial, Duration max) {
  Duration delay = initial;
  for (std::int64_t i = 1; i < attempts; ++i) {
    if (delay > max - delay) return max;  // doubling would pass the maximum, or overflow
    if (delay <= Duration{0}) break;
    delay += delay;
  }
  return delay;
}

bool is_before(const QueuedPod& a, const QueuedPod& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  return a.queued < b.queued;
}

}  // namespace pullsim
