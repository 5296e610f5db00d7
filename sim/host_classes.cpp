// Interning of host states; see the header.
#include "sim/host_classes.hpp"

#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

LaneKey HostClasses::work_key(double write_per_cpu_second) {
  const auto next = static_cast<LaneKey>(work_ratios_.size()) | kWorkBit;
  const auto [found, fresh] = work_keys_.emplace(write_per_cpu_second, next);
  if (fresh) work_ratios_.push_back(write_per_cpu_second);
  return found->second;
}

std::uint32_t HostClasses::find(ZoneId zone, HostStateId state, const HostKind& rates,
                                std::span<const LaneCount> counts) {
  std::vector<std::uint32_t> key{zone, state};
  for (const LaneCount& lane : counts) key.insert(key.end(), {lane.key, lane.count});
  const auto id = static_cast<std::uint32_t>(classes_.size());
  const auto [found, fresh] = by_state_.emplace(std::move(key), id);
  if (!fresh) return found->second;

  HostClass& made = classes_.emplace_back();
  made.zone = zone;
  made.state = state;
  made.counts.assign(counts.begin(), counts.end());
  made.first_lane = lane_count_;
  lane_count_ += static_cast<std::uint32_t>(counts.size());
  std::uint32_t flows = 0;
  for (const LaneCount& lane : counts) {
    if (is_work(lane.key)) {
      made.works.push_back({write_per_cpu_second(lane.key), lane.count});
    } else {
      ++made.flow_lanes;
      flows += lane.count;
    }
  }
  made.flow_limit = host_flow_limit(rates, flows, made.works);
  return id;
}

std::uint32_t HostClasses::step(std::uint32_t from, LaneKey key, bool more, const HostKind& rates) {
  const std::uint64_t code = std::uint64_t{key} * 2 + (more ? 1 : 0);
  auto& steps = classes_[from].steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].first != code) continue;
    const std::uint32_t to = steps[i].second;
    if (i > 0) std::swap(steps[i], steps[i - 1]);  // frequent steps wander to the front
    return to;
  }
  std::vector<LaneCount> counts = classes_[from].counts;
  const auto at = std::lower_bound(counts.begin(), counts.end(), LaneCount{key, 0});
  const bool there = at != counts.end() && at->key == key;
  if (more) {
    there ? static_cast<void>(++at->count) : static_cast<void>(counts.insert(at, {key, 1}));
  } else {
    PULLSIM_CHECK(there, "a host loses only what it has");
    if (--at->count == 0) counts.erase(at);
  }
  const std::uint32_t to = find(classes_[from].zone, classes_[from].state, rates, counts);
  classes_[from].steps.emplace_back(code, to);
  return to;
}

}  // namespace pullsim
