// See the header.
#include "models/decisions/node_group_balance.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr double kMemoryTolerance = 0.015;
constexpr double kAllocatableTolerance = 0.05;

bool within(std::int64_t a, std::int64_t b, double tolerance) {
  const auto larger = static_cast<double>(std::max(a, b));
  return std::abs(static_cast<double>(a - b)) <= larger * tolerance;
}

}  // namespace

bool are_similar(const GroupTemplate& a, const GroupTemplate& b) {
  return a.capacity.cpu == b.capacity.cpu && a.capacity.pods == b.capacity.pods &&
         within(a.capacity.memory.count, b.capacity.memory.count, kMemoryTolerance) &&
         within(a.allocatable.cpu.count, b.allocatable.cpu.count, kAllocatableTolerance) &&
         within(a.allocatable.memory.count, b.allocatable.memory.count, kAllocatableTolerance);
}

std::vector<std::int64_t> balance_scale_up(const std::vector<GroupSize>& groups,
                                           std::int64_t count) {
  std::vector<std::int64_t> added(groups.size(), 0);
  for (; count > 0; --count) {
    std::size_t smallest = groups.size();
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::int64_t size = groups[i].nodes + added[i];
      if (size >= groups[i].max) continue;
      if (smallest == groups.size() || size < groups[smallest].nodes + added[smallest]) {
        smallest = i;
      }
    }
    if (smallest == groups.size()) break;
    ++added[smallest];
  }
  return added;
}

}  // namespace pullsim
