// Max-min fair rates by progressive filling, for flows in groups of equals. Pure: capacities and
// groups in, rates out. Knows nothing of hosts, time or bytes.
//
// All rates grow together from 0 (the level). A group stops when the level reaches its own limit,
// or when a link on its path is full: link l with capacity C, frozen use F and W flows still
// growing is full at level (C - F) / W. That level never falls while others stop at lower ones, so
// links sit in a heap under levels that may be out of date but are never too high, and are looked
// at again when they come to the top. The result is the one allocation in which no flow could get
// more without taking from one that has no more (Bertsekas & Gallager, Data Networks,
// section 6.5.2).
//
// Cost: O(groups + (links + stops) log links), given groups sorted by their own limits.
#pragma once

#include "sim/indexed_heap.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace pullsim {

/// `weight` equal flows over the same links.
struct FlowGroup {
  static constexpr std::uint32_t kNoLink = 0xFFFFFFFFu;
  double own_limit = 0;  ///< rate of one flow at which it grows no more, whatever the links have
  double weight = 0;     ///< number of flows, or the sum of their weights
  std::array<std::uint32_t, 4> links{kNoLink, kNoLink, kNoLink, kNoLink};
};

struct GroupRate {
  /// Stopped by its own limit, not by a link.
  static constexpr std::uint32_t kOwn = 0xFFFFFFFFu;
  double rate = 0;                  ///< of a flow of weight 1; infinite if nothing limits it
  std::uint32_t stopped_by = kOwn;  ///< a link, or kOwn
};

/// Keeps its working memory between calls; results depend on the arguments alone.
class MaxMinSolver {
 public:
  /// `groups` sorted by own_limit (checked). Of several links that are full at one level the one
  /// with the least number counts as the reason, and a link counts before an own limit.
  std::span<const GroupRate> solve(std::span<const double> capacities,
                                   std::span<const FlowGroup> groups);
  /// Element moves in the heap of links so far.
  std::uint64_t heap_moves() const { return index_.moves; }

 private:
  struct Link {
    double left = 0;    // capacity minus frozen use
    double weight = 0;  // flows that still grow
    std::uint32_t first = FlowGroup::kNoLink;
  };

  void prepare(std::span<const double> capacities, std::span<const FlowGroup> groups);
  /// The next link to fill up, its level brought up to date; false if none is left.
  bool next_link(double level);
  void stop(std::uint32_t group, double rate, std::uint32_t by, std::span<const FlowGroup> groups);

  std::vector<Link> links_;
  std::vector<std::array<std::uint32_t, 4>> next_;  // lists of the groups of a link
  std::vector<GroupRate> rates_;
  std::vector<char> stopped_;
  IndexedHeap heap_;
  HeapIndex index_;
};

}  // namespace pullsim
