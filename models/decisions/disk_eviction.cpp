// See the header.
#include "models/decisions/disk_eviction.hpp"

#include <algorithm>
#include <numeric>

namespace pullsim {

Bytes threshold_bytes(const EvictionThreshold& threshold, Bytes capacity) {
  if (threshold.percent <= 0) return threshold.size;
  const auto share = static_cast<float>(threshold.percent) / 100.0F;
  return Bytes{
      static_cast<std::int64_t>(static_cast<double>(capacity.count) * static_cast<double>(share))};
}

bool disk_threshold_met(const DiskPolicySpec& policy, Bytes capacity, Bytes available) {
  const auto met = [&](const std::optional<EvictionThreshold>& threshold) {
    return threshold && threshold_bytes(*threshold, capacity) > available;
  };
  return met(policy.imagefs_available) || met(policy.nodefs_available);
}

bool under_disk_pressure(std::optional<SimTime> last_met, Duration transition, SimTime now) {
  return last_met && (now == *last_met || now - *last_met < transition);
}

std::vector<std::size_t> disk_eviction_order(std::span<const PodDiskUse> pods) {
  std::vector<std::size_t> order(pods.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto exceeds = [&](std::size_t i) { return pods[i].use > pods[i].request; };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (exceeds(a) != exceeds(b)) return exceeds(a);
    return pods[a].use - pods[a].request > pods[b].use - pods[b].request;
  });
  return order;
}

}  // namespace pullsim
