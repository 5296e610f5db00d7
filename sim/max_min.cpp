// Progressive filling; the derivation is in the header.
#include "sim/max_min.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace pullsim {

namespace {

constexpr std::uint32_t kNone = FlowGroup::kNoLink;
constexpr std::uint32_t kLinks = std::tuple_size_v<decltype(FlowGroup::links)>;
constexpr double kNever = std::numeric_limits<double>::infinity();

DemandCurve::Use use_of(const FlowGroup& group, double level) {
  if (group.curve != nullptr) return group.curve->at(level);
  if (group.own_limit < level) return {group.weight * group.own_limit, 0};
  return {0, group.weight};
}

}  // namespace

void MaxMinSolver::prepare(std::span<const double> capacities, std::span<const FlowGroup> groups) {
  links_.assign(capacities.size(), Link{});
  starts_.resize(capacities.size(), 0);
  for (std::size_t l = 0; l < capacities.size(); ++l) links_[l].left = capacities[l];
  next_.resize(groups.size());
  rates_.assign(groups.size(), GroupRate{kNever, GroupRate::kOwn});
  frozen_.assign(groups.size(), 0);
  // Backwards, so that the lists run forwards and sums have one order.
  for (std::size_t g = groups.size(); g-- > 0;) {
    for (std::size_t i = 0; i < kLinks; ++i) {
      const std::uint32_t l = groups[g].links[i];
      if (l == kNone || std::isinf(capacities[l])) continue;
      next_[g][i] = links_[l].first;
      links_[l].first = static_cast<std::uint32_t>(g * kLinks + i);
    }
  }
  index_.where.assign(capacities.size(), HeapIndex::kAbsent);
  heap_.clear();
  for (std::uint32_t l = 0; l < links_.size(); ++l) {
    if (links_[l].first != kNone) heap_.insert({0, l, l}, index_);
  }
}

DemandCurve::Use MaxMinSolver::use_at(const Link& link, double level,
                                      std::span<const FlowGroup> groups) const {
  DemandCurve::Use use;
  for (std::uint32_t at = link.first; at != kNone; at = next_[at / kLinks][at % kLinks]) {
    if (frozen_[at / kLinks] != 0) continue;
    const DemandCurve::Use more = use_of(groups[at / kLinks], level);
    use.bound += more.bound;
    use.free += more.free;
  }
  return use;
}

double MaxMinSolver::full_at(std::uint32_t l, std::span<const FlowGroup> groups) const {
  const Link& link = links_[l];
  double level = starts_[l];
  DemandCurve::Use use = use_at(link, level, groups);
  for (bool from_left = level == 0;; from_left = true) {
    if (use.free <= 0) {
      if (use.bound < link.left || level == 0) return kNever;
      level = 0;
      use = use_at(link, level, groups);
      continue;
    }
    const double next = std::max(0.0, (link.left - use.bound) / use.free);
    if (next == level || (from_left && next < level)) return level;
    const DemandCurve::Use there = use_at(link, next, groups);
    if (there == use) return next;  // on the same piece the step has arrived
    level = next;
    use = there;
  }
}

bool MaxMinSolver::next_link(std::span<const FlowGroup> groups) {
  while (!heap_.empty()) {
    const std::uint32_t l = heap_.top().slot;
    Link& link = links_[l];
    if (!link.dirty) return heap_.top().key != kNever;
    link.dirty = false;
    heap_.update(l, std::max(heap_.top().key, full_at(l, groups)), index_);
  }
  return false;
}

void MaxMinSolver::freeze(std::uint32_t group, double level, std::uint32_t by,
                          std::span<const FlowGroup> groups) {
  frozen_[group] = 1;
  rates_[group] = {level, by};
  const DemandCurve::Use use = use_of(groups[group], level);
  const double taken = use.bound + (use.free > 0 ? use.free * level : 0);
  for (const std::uint32_t l : groups[group].links) {
    if (l == kNone || l == by || std::isinf(links_[l].left)) continue;
    links_[l].left = std::max(0.0, links_[l].left - taken);
    links_[l].dirty = true;
  }
}

std::span<const GroupRate> MaxMinSolver::solve(std::span<const double> capacities,
                                               std::span<const FlowGroup> groups) {
  prepare(capacities, groups);
  while (next_link(groups)) {
    const std::uint32_t full = heap_.top().slot;
    const double level = heap_.top().key;
    starts_[full] = level;
    heap_.remove(full, index_);
    for (std::uint32_t at = links_[full].first; at != kNone; at = next_[at / kLinks][at % kLinks]) {
      if (frozen_[at / kLinks] == 0) freeze(at / kLinks, level, full, groups);
    }
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].curve != nullptr || groups[g].own_limit >= rates_[g].rate) continue;
    rates_[g] = {groups[g].own_limit, GroupRate::kOwn};
  }
  return rates_;
}

}  // namespace pullsim
