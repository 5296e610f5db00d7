// The inside of FlowNetwork: cells, lanes with clocks, hosts, activities. Explained in docs/models,
// page "Flow network"; the contract is pullsim/flow_network.hpp.
//
// Clocks in play:
//   * the network's: seconds, `now`;
//   * a cell's (an egress and a zone): the integral of its level over time, L(t);
//   * a lane's: service that each activity of the lane gets. Its rate is constant + factor * level,
//     so V(t) = V(t0) + constant (t - t0) + factor (L(t) - L(t0)), and a new level touches no lane;
//   * a host's in a lane: S(t) = V(t) + offset, which goes on unbroken when the host changes class.
// An activity ends when its host's clock reaches its mark, that is when V reaches mark - offset.
//
// Who ends next: a lane whose rate moves with the level is listed under a time before which it
// cannot end while the level stays within a band; the few at the top are then looked at exactly.
#pragma once

#include <pullsim/flow_network.hpp>

#include "sim/affine.hpp"
#include "sim/append.hpp"
#include "sim/check.hpp"
#include "sim/demand_curve.hpp"
#include "sim/host_classes.hpp"
#include "sim/host_levels.hpp"
#include "sim/indexed_heap.hpp"
#include "sim/max_min.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace pullsim {

inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFFu;

struct Activity {
  // In `place`, of those that do not run:
  static constexpr std::uint32_t kFree = kNoIndex;
  static constexpr std::uint32_t kPending = kNoIndex - 1;  // until the next settle()
  static constexpr std::uint32_t kInstant = kNoIndex - 2;  // nothing to do: it ends at once
  bool running() const { return place < kInstant; }

  double size = 0;  // bytes of a flow, CPU seconds of a work, bytes of a work that only writes
  double mark = 0;  // host clock at its end
  std::uint64_t tag = 0;
  std::uint64_t sequence = 0;
  HostId host = 0;
  LaneKey key = 0;
  std::uint32_t place = kFree;  // its host lane, while running
  ActivityId next = kNoIndex;  // in the list of its host lane, of what its host will start, or free
};

/// One host in one lane of its class. Slots are used again.
struct HostLane {
  double offset = 0;
  LaneKey key = 0;
  std::uint32_t lane = 0;
  HostId host = 0;
  ActivityId first = kNoIndex;    // the next to end; then by mark
  std::uint32_t count = 0;        // activities
  std::uint32_t next = kNoIndex;  // of the host's, in the order of the lanes of the class
};

/// V(t) of whoever shares a rate that may move with the level of a cell.
struct ServiceClock {
  double value = 0;     // at `since`
  double since = 0;     // seconds
  double integral = 0;  // of the cell's level, then
  Affine rate;          // per second
};

struct Lane {
  ServiceClock clock;
  double own_limit = kUnlimited;  // of a flow lane: level at which its own host or cap stops it
  double weight = 1;              // of a flow lane: rate over level
  std::uint32_t host_class = 0;
  std::uint32_t count = 0;  // activities of one host
  LaneKey key = 0;
  std::uint32_t cell = kNoIndex;    // whose level its rate may move with
  std::uint32_t demand = kNoIndex;  // of a flow lane: its entry in the curve of its cell
  Limit limit = Limit::egress;      // of one whose rate moves with the level: the cell knows
  Limit own_limit_name = Limit::connection;
  bool free = false;   // a flow lane whose rate moves with the level
  bool stale = false;  // its place among next_ends is out of date
  IndexedHeap heap;    // hosts by the clock at which their next activity ends
};

struct Host {
  double finished_bytes = 0;
  ZoneId zone = 0;
  HostStateId state = 0;  // wanted; that of its class until it is settled
  std::uint32_t host_class = 0;
  std::uint32_t first_lane = kNoIndex;  // its host lanes
  ActivityId first_pending = kNoIndex;  // started since the last settle()
  ActivityId last_pending = kNoIndex;
  bool dirty = false;
};

struct Egress {
  double capacity = 0;
  double finished_bytes = 0;
};

struct Source {
  EgressId egress = 0;
  double cap = kUnlimited;
  double weight = 1;
};

/// Flows from one egress into one zone: all that are stopped by neither cap nor host run at one
/// level, the least of the two links'.
struct Cell {
  EgressId egress = 0;
  ZoneId zone = 0;
  double level = kUnlimited;
  Limit limit = Limit::egress;  // the link that sets the level
  double integral = 0;          // of the level, at `since`
  double since = 0;
  // Times in next_ends hold while the level is within the band.
  double band_low = kUnlimited;
  double band_high = 0;
  DemandCurve demand;
  std::vector<std::uint32_t> classes;  // with hosts
  // Classes by the ends of the range of levels for which their rates are the same expressions.
  IndexedHeap by_high;
  IndexedHeap by_low;      // by minus the low end
  LimitSeconds limited{};  // how long each link has set the level
  double limit_since = 0;
};

/// A kind in certain phases: what it can do, and what its class needs to know.
struct HostState {
  HostKindId kind = 0;
  Phases phases{};
  HostRates rates;
  bool has_levels = false;
};

/// A level of the hosts of one class: all move at one slope. X(t) is its clock, and a host's own
/// level is X plus its offset, so that nobody is touched when the slope changes.
struct LevelClock {
  ServiceClock clock;
  bool stale = false;
  IndexedHeap lowest;   // hosts by their offset: the first to reach the pin below
  IndexedHeap highest;  // by minus their offset: the first to reach the pin above
};

struct ClassLevels {
  std::uint32_t host_class = 0;
  std::vector<HostId> members;
  std::array<LevelClock, kLevelCount> clocks;
};

/// Of one host: its levels, or their offsets while they move with the clocks of its class.
struct LevelPlace {
  std::array<double, kLevelCount> at{};
  std::uint32_t member = kNoIndex;  // its place among the members of its class
};

/// Cores that the hosts of a group share; see HostKind::core_group.
struct CoreGroup {
  double cores = kUnlimited;
  double receive_cpu_seconds_per_byte = 0;
  bool known = false;
  // Found when rates are shared out:
  double works = 0;  // jobs on cores
  double flows = 0;
  std::uint32_t link = kNoIndex;
  double work_speed = 1;
};

/// How long each limit has held, per lane, host lane and activity. Kept only on request.
struct LimitClocks {
  struct LaneTotal {
    LimitSeconds seconds{};
    double since = 0;
  };
  std::vector<LaneTotal> lanes;
  std::vector<LimitSeconds> offsets;  // per host lane
  std::vector<LimitSeconds> starts;   // per activity
};

struct FlowNetwork::State {
  explicit State(FlowNetworkOptions given) : options(given) {}

  // flow_network_activities.cpp
  ActivityId start(HostId host, LaneKey key, double size, std::uint64_t tag);
  double cancel(ActivityId id);
  void finish_top(Lane& lane);
  void finish(ActivityId id, double at_seconds);
  void release(ActivityId id);
  void add_item(HostLane& place, ActivityId id);
  void remove_item(HostLane& place, ActivityId id);
  void refresh_key(std::uint32_t place);

  // flow_network_ends.cpp
  void advance(double seconds);
  void finish_due(std::uint32_t lane, double seconds);
  double next_end();
  double exact_end(const Lane& lane) const;
  double earliest_end(const Lane& lane) const;
  void refresh_lane(std::uint32_t lane);
  void rebase(Lane& lane);
  void mark_stale(std::uint32_t lane);

  // flow_network_settle.cpp
  void settle();
  void settle_host(HostId id);
  std::uint32_t target_class(const Host& host);
  void leave_class(HostId id);
  void join_class(HostId id, std::uint32_t target);
  std::uint32_t take_host_lane(HostId host, LaneKey key);
  void start_pending(Host& host);
  void touch(std::uint32_t class_id);
  void make_lanes(std::uint32_t class_id);
  bool settle_classes();
  void activate(std::uint32_t class_id);
  void deactivate(std::uint32_t class_id);

  // flow_network_levels.cpp
  HostStateId state_of(HostKindId kind, const Phases& phases);
  void give_levels(HostId id, HostKindId kind);
  void change_levels(HostId id, HostKindId kind);
  void leave_levels(HostId id);
  void join_levels(HostId id);
  void set_level_slopes(HostClass& host_class, const HostUse& use, LevelRange& range);
  void mark_level_stale(std::uint32_t group, std::size_t level);
  void refresh_levels();
  void reach_level_end(std::uint32_t clock, double at_seconds);
  double level_end(std::uint32_t clock, double from, double rise, double fall) const;
  double exact_level_end(std::uint32_t clock) const;
  double earliest_level_end(std::uint32_t clock) const;
  double level_now(HostId id, Level level) const;
  LevelClock& level_clock(std::uint32_t number) {
    return class_levels[number / kLevelCount].clocks[number % kLevelCount];
  }

  // flow_network_cells.cpp
  void place_class(HostClass& host_class);
  void set_own_limits(const HostClass& host_class);
  void join_cell(std::uint32_t class_id);
  void leave_cell(std::uint32_t class_id);
  void set_demand(const HostClass& host_class);
  void set_cell_level(std::uint32_t cell, double level, Limit limit);
  void new_band(Cell& cell);
  void rebase(Cell& cell);

  // flow_network_rates.cpp
  void share_out();
  void add_alone_groups();
  void take_alone_rates(std::span<const GroupRate> rates);
  void count_core_groups();
  void share_core_groups();
  void queue_evaluation(std::uint32_t class_id);
  void evaluate(std::uint32_t class_id);
  HostUse evaluate_lanes(const HostClass& host_class, LevelRange& range);
  void evaluate_works(const HostClass& host_class, HostUse& use, LevelRange& range);
  void set_rate(std::uint32_t lane, const Affine& rate, Limit limit, bool free);

  // flow_network_queries.cpp
  const Lane& lane_of(ActivityId id) const;
  double class_flow_rate(const HostClass& host_class) const;
  double works_write_rate(const HostClass& host_class) const;
  HostUse use_of(const HostClass& host_class) const;
  template <class Chosen>
  double link_rate(Chosen&& chosen) const;
  double bytes_under_way(const HostLane& place) const;
  std::uint64_t bytes() const;
  LimitSeconds lane_limits(std::uint32_t lane, double at_seconds) const;
  static LimitSeconds cell_limits(const Cell& cell, double at_seconds);
  void turn_limit(std::uint32_t lane, bool free);

  // Clocks. Nothing moves within an instant, not even at an infinite rate.
  double integral_at(const Cell& cell, double at) const {
    return at == cell.since || cell.level == kUnlimited
               ? cell.integral
               : cell.integral + cell.level * (at - cell.since);
  }
  double integral_at(std::uint32_t cell, double at) const {
    return cell == kNoIndex ? 0 : integral_at(cells[cell], at);
  }
  double value_at(const ServiceClock& clock, std::uint32_t cell, double at) const {
    if (clock.since == at) return clock.value;
    double value = clock.value;
    if (clock.rate.constant != 0) value += clock.rate.constant * (at - clock.since);
    if (clock.rate.factor != 0) {
      value += clock.rate.factor * (integral_at(cells[cell], at) - clock.integral);
    }
    return value;
  }
  double rate_of(const ServiceClock& clock, std::uint32_t cell) const {
    return clock.rate.factor == 0 ? clock.rate.constant : clock.rate.at(cells[cell].level);
  }
  /// From when on the rate has been what it is.
  double steady_since(const ServiceClock& clock, std::uint32_t cell) const {
    return clock.rate.factor == 0 ? clock.since : std::max(clock.since, cells[cell].since);
  }
  void move_clock(ServiceClock& clock, std::uint32_t cell, double value, double at) const {
    clock.value = value;
    clock.since = at;
    clock.integral = integral_at(cell, at);
  }
  double clock_now(const Lane& lane) const { return value_at(lane.clock, lane.cell, now); }
  double rate_now(const Lane& lane) const { return rate_of(lane.clock, lane.cell); }
  Limit limit_now(const Lane& lane) const {
    return lane.free ? cells[lane.cell].limit : lane.limit;
  }
  void mark_dirty(HostId id) {
    if (hosts[id].dirty) return;
    hosts[id].dirty = true;
    dirty.push_back(id);
  }
  const HostRates& rates_of(const HostClass& host_class) const {
    return states[host_class.state].rates;
  }

  FlowNetworkOptions options;
  double now = 0;
  bool needs_settle = false;
  bool capacities_changed = false;
  std::uint64_t next_sequence = 0;
  std::uint64_t active = 0;
  std::uint64_t classes_active = 0;

  std::vector<Egress> egresses;
  std::vector<Source> sources;
  std::vector<double> zones;
  std::vector<HostKind> kinds;
  std::vector<HostState> states;
  std::vector<HostStateId> state_ids;  // by kind and phases
  std::vector<Host> hosts;
  std::vector<CoreGroup> core_groups;  // by HostKind::core_group; the first stands for none
  HostClasses classes;
  std::vector<Cell> cells;
  std::map<std::pair<EgressId, ZoneId>, std::uint32_t> cell_ids;
  HeapIndex by_high_index;  // of classes in their cells
  HeapIndex by_low_index;
  std::vector<Lane> lanes;
  std::vector<HostLane> host_lanes;
  std::uint32_t free_host_lane = kNoIndex;  // the first of a list
  HeapIndex host_lane_index;
  std::vector<Activity> activities;
  ActivityId free_activity = kNoIndex;  // the first of a list

  IndexedHeap next_ends;  // lanes by a time before which their next activity does not end
  HeapIndex lane_index;
  double next_end_known = -1;  // next_end(), or below now

  // Empty where no kind has levels.
  bool levels_used = false;
  std::vector<LevelPlace> level_places;  // by host
  std::vector<ClassLevels> class_levels;
  std::array<HeapIndex, kLevelCount> lowest_index;
  std::array<HeapIndex, kLevelCount> highest_index;
  IndexedHeap level_ends;  // clocks by a time before which no host reaches a pin
  HeapIndex level_end_index;
  std::vector<std::uint32_t> stale_levels;  // clocks

  std::vector<HostId> dirty;
  std::vector<ActivityId> instant;     // nothing to do: they end at once
  std::vector<std::uint32_t> touched;  // classes whose population changed
  std::vector<std::uint32_t> stale;    // lanes
  std::vector<std::uint32_t> alone;    // classes with hosts whose rates are found one by one
  std::vector<std::uint32_t> queue;    // classes to evaluate
  std::vector<std::uint32_t> due;      // working memory of advance
  std::vector<std::uint32_t> not_due;

  MaxMinSolver solver;
  std::vector<double> capacities;
  std::vector<FlowGroup> groups;
  std::vector<std::uint32_t> group_owners;  // the cell, then the lane of each group
  std::vector<WorkSpeed> speeds;
  LimitClocks limits;

  struct Ended {
    Completion completion;
    std::uint64_t sequence = 0;
  };
  std::vector<Ended> ended;
  std::vector<Completion> completions;
  FlowNetworkCounters counters;
};

}  // namespace pullsim
