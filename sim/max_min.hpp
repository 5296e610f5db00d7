// Max-min fair rates by progressive filling, for flows in groups. Pure: capacities and groups in,
// rates out. Knows nothing of hosts, time or bytes.
//
// All rates grow together from 0 (the level). A flow stops at its own limit, or when a link on its
// path is full. Link l with capacity C, frozen use F and a demand f(level) of those that still grow
// is full at the level with F + f(level) = C. That level never falls while others stop at lower
// ones, so links sit in a heap under levels that may be out of date but are never too high, and are
// looked at again when they come to the top. The result is the one allocation in which no flow
// could get more without taking from one that has no more (Bertsekas & Gallager, Data Networks,
// section 6.5.2).
//
// f is concave and made of straight pieces. Newton's steps on it come from the left, except perhaps
// for the first, and each lands on a further piece: a few steps, the fewer the nearer the start,
// which is the link's level of the last time.
//
// A group with a curve stands for any number of flows over the same links, each with a limit of its
// own, and costs no more than one flow: O(log n) a look.
#pragma once

#include "sim/demand_curve.hpp"
#include "sim/indexed_heap.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace pullsim {

/// `weight` equal flows over the same links, or those of a curve.
struct FlowGroup {
  static constexpr std::uint32_t kNoLink = 0xFFFFFFFFu;
  double own_limit = 0;  ///< rate of one flow at which it grows no more, whatever the links have
  double weight = 0;     ///< number of flows, or the sum of their weights
  std::array<std::uint32_t, 4> links{kNoLink, kNoLink, kNoLink, kNoLink};
  const DemandCurve* curve = nullptr;  ///< in place of limit and weight
};

struct GroupRate {
  /// Stopped by its own limit, not by a link.
  static constexpr std::uint32_t kOwn = 0xFFFFFFFFu;
  /// Of a flow of weight 1. With a curve the level at which those not stopped by their limits stop.
  /// Infinite if nothing limits it.
  double rate = 0;
  std::uint32_t stopped_by = kOwn;  ///< a link, or kOwn (with a curve: no link)
};

/// Keeps its working memory between calls; results depend on the arguments alone.
class MaxMinSolver {
 public:
  /// Of several links that are full at one level the one with the least number counts as the
  /// reason, and a link counts before an own limit.
  std::span<const GroupRate> solve(std::span<const double> capacities,
                                   std::span<const FlowGroup> groups);
  /// Element moves in the heap of links so far.
  std::uint64_t heap_moves() const { return index_.moves; }

 private:
  struct Link {
    double left = 0;    // capacity minus frozen use
    bool dirty = true;  // the level in the heap is out of date
    std::uint32_t first = FlowGroup::kNoLink;
  };

  void prepare(std::span<const double> capacities, std::span<const FlowGroup> groups);
  DemandCurve::Use use_at(const Link& link, double level, std::span<const FlowGroup> groups) const;
  double full_at(std::uint32_t link, std::span<const FlowGroup> groups) const;
  /// The next link to fill up, its level brought up to date; false if none does.
  bool next_link(std::span<const FlowGroup> groups);
  void freeze(std::uint32_t group, double level, std::uint32_t by,
              std::span<const FlowGroup> groups);

  std::vector<Link> links_;
  std::vector<double> starts_;                      // levels of the last time
  std::vector<std::array<std::uint32_t, 4>> next_;  // lists of the groups of a link
  std::vector<GroupRate> rates_;
  std::vector<char> frozen_;
  IndexedHeap heap_;
  HeapIndex index_;
};

}  // namespace pullsim
