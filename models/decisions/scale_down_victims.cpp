// See the header. Each pod gets a key that rises from the first victim to the last.
#include "models/decisions/scale_down_victims.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace pullsim {
namespace {

/// floor(log2) of an age in nanoseconds, -1 for none.
std::int64_t age_class(SimTime since, SimTime now) {
  const std::int64_t age = (now - since).count();
  if (age <= 0) return -1;
  return static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(age))) - 1;
}

auto victim_key(const VictimView& pod, SimTime now) {
  const std::int64_t ready_class = pod.ready ? age_class(pod.ready_since, now) : 0;
  const std::int64_t restarts = pod.ready ? 0 : pod.restarts;
  const std::int64_t created_class = pod.ready ? 0 : age_class(pod.created, now);
  return std::make_tuple(pod.assigned, pod.phase, pod.ready, pod.deletion_cost,
                         -pod.siblings_on_node, ready_class, -restarts, created_class, pod.uid);
}

}  // namespace

std::vector<std::size_t> scale_down_order(std::span<const VictimView> pods, SimTime now,
                                          std::size_t count) {
  using Key = decltype(victim_key(pods.front(), now));
  std::vector<std::pair<Key, std::size_t>> keyed;
  keyed.reserve(pods.size());
  for (std::size_t i = 0; i < pods.size(); ++i) keyed.emplace_back(victim_key(pods[i], now), i);
  const auto end = keyed.begin() + static_cast<std::ptrdiff_t>(std::min(count, keyed.size()));
  std::partial_sort(keyed.begin(), end, keyed.end());
  keyed.erase(end, keyed.end());

  std::vector<std::size_t> order;
  order.reserve(keyed.size());
  for (const auto& [key, index] : keyed) order.push_back(index);
  return order;
}

}  // namespace pullsim
