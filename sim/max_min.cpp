// Progressive filling; the derivation is in the header.
#include "sim/max_min.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace pullsim {

namespace {
constexpr std::uint32_t kNone = FlowGroup::kNoLink;
constexpr std::uint32_t kLinks = std::tuple_size_v<decltype(FlowGroup::links)>;
}  // namespace

void MaxMinSolver::prepare(std::span<const double> capacities, std::span<const FlowGroup> groups) {
  links_.assign(capacities.size(), Link{});
  for (std::size_t l = 0; l < capacities.size(); ++l) links_[l].left = capacities[l];
  next_.resize(groups.size());
  rates_.assign(groups.size(), GroupRate{});
  stopped_.assign(groups.size(), 0);
  // Backwards, so that the lists run forwards and sums have one order.
  for (std::size_t g = groups.size(); g-- > 0;) {
    PULLSIM_CHECK(g == 0 || groups[g - 1].own_limit <= groups[g].own_limit,
                  "flow groups are sorted by their own limits");
    for (std::size_t i = 0; i < groups[g].links.size(); ++i) {
      const std::uint32_t l = groups[g].links[i];
      if (l == kNone || std::isinf(capacities[l])) continue;
      links_[l].weight += groups[g].weight;
      next_[g][i] = links_[l].first;
      links_[l].first = static_cast<std::uint32_t>(g * groups[g].links.size() + i);
    }
  }
  index_.where.assign(capacities.size(), HeapIndex::kAbsent);
  heap_.clear();
  for (std::uint32_t l = 0; l < links_.size(); ++l) {
    if (links_[l].weight > 0) heap_.insert({links_[l].left / links_[l].weight, l, l}, index_);
  }
}

bool MaxMinSolver::next_link(double level) {
  while (!heap_.empty()) {
    const IndexedHeap::Entry top = heap_.top();
    const Link& link = links_[top.slot];
    if (link.weight <= 0) {
      heap_.remove(top.slot, index_);
      continue;
    }
    const double full_at = std::max(level, link.left / link.weight);
    if (full_at <= top.key) return true;
    heap_.update(top.slot, full_at, index_);
  }
  return false;
}

void MaxMinSolver::stop(std::uint32_t group, double rate, std::uint32_t by,
                        std::span<const FlowGroup> groups) {
  stopped_[group] = 1;
  rates_[group] = {rate, by};
  for (const std::uint32_t l : groups[group].links) {
    if (l == kNone || std::isinf(links_[l].left)) continue;
    links_[l].left = std::max(0.0, links_[l].left - groups[group].weight * rate);
    links_[l].weight -= groups[group].weight;
  }
}

std::span<const GroupRate> MaxMinSolver::solve(std::span<const double> capacities,
                                               std::span<const FlowGroup> groups) {
  prepare(capacities, groups);
  double level = 0;
  std::size_t next_own = 0;
  for (;;) {
    while (next_own < groups.size() && stopped_[next_own] != 0) ++next_own;
    if (next_own == groups.size()) return rates_;
    const double own = groups[next_own].own_limit;
    if (!next_link(level) || own < heap_.top().key) {
      level = std::max(level, own);
      stop(static_cast<std::uint32_t>(next_own), own, GroupRate::kOwn, groups);
      continue;
    }
    const std::uint32_t full = heap_.top().slot;
    level = heap_.top().key;
    heap_.remove(full, index_);
    for (std::uint32_t at = links_[full].first; at != kNone; at = next_[at / kLinks][at % kLinks]) {
      if (stopped_[at / kLinks] == 0) stop(at / kLinks, level, full, groups);
    }
  }
}

}  // namespace pullsim
