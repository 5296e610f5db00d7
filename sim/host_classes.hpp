// States of hosts made into small numbers. Two hosts with the same zone, kind, phases of levels,
// flows from each source and works of each kind see the same rates: they form a class. A class
// never changes and is never forgotten, and remembers which class one flow or work more or less
// leads to, so that a simulation in its stride looks nothing up. Knows no time and no rates.
#pragma once

#include <pullsim/flow_network.hpp>

#include "sim/host_share.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace pullsim {

/// What an activity is, apart from its size: a source of flows or a kind of work. Flows come first.
using LaneKey = std::uint32_t;
inline constexpr LaneKey kWorkBit = 0x80000000u;
constexpr bool is_work(LaneKey key) { return (key & kWorkBit) != 0; }

/// A kind in certain phases of its levels.
using HostStateId = std::uint32_t;

struct LaneCount {
  LaneKey key = 0;
  std::uint32_t count = 0;
  friend auto operator<=>(const LaneCount&, const LaneCount&) = default;
};

struct HostClass {
  ZoneId zone = 0;
  HostStateId state = 0;
  std::vector<LaneCount> counts;  // sorted by key, no zeros
  std::uint32_t flow_lanes = 0;   // the first so many of `counts`
  std::uint32_t first_lane = 0;   // the lanes of a class have consecutive numbers
  HostFlowLimit flow_limit;
  std::vector<WorkGroup> works;  // of the work lanes, in their order

  std::uint32_t population = 0;
  std::uint32_t settled_population = 0;  // when rates were last shared out
  bool touched = false;
  bool queued = false;  // to be evaluated
  bool placed = false;  // `cell` and `alone` are known
  bool alone = false;   // its rates follow from more than one level and are found one by one
  std::uint32_t cell = 0xFFFFFFFFu;    // of its flows, if not alone
  std::uint32_t member = 0;            // its place in the list of its cell, or of those alone
  std::uint32_t levels = 0xFFFFFFFFu;  // where its levels are kept, if it has any
  std::vector<std::pair<std::uint64_t, std::uint32_t>> steps;  // (key, more or less) -> class
};

class HostClasses {
 public:
  /// Kind of a work as a lane key. Equal ratios give equal keys; kFlush is a ratio too.
  LaneKey work_key(double write_per_cpu_second);
  double write_per_cpu_second(LaneKey key) const { return work_ratios_[key & ~kWorkBit]; }

  /// The class with these counts (sorted, no zeros).
  std::uint32_t find(ZoneId zone, HostStateId state, const HostKind& rates,
                     std::span<const LaneCount> counts);
  /// The class of a host of class `from` with one flow or work more, or less.
  std::uint32_t step(std::uint32_t from, LaneKey key, bool more, const HostKind& rates);

  HostClass& operator[](std::uint32_t id) { return classes_[id]; }
  const HostClass& operator[](std::uint32_t id) const { return classes_[id]; }
  std::size_t size() const { return classes_.size(); }
  std::uint32_t lane_count() const { return lane_count_; }

 private:
  std::vector<HostClass> classes_;
  std::uint32_t lane_count_ = 0;
  std::map<std::vector<std::uint32_t>, std::uint32_t> by_state_;
  std::vector<double> work_ratios_;
  std::map<double, LaneKey> work_keys_;
};

}  // namespace pullsim
