// The inside of FlowNetwork: lanes with clocks, hosts, activities. Explained in docs/models, page
// "Flow network"; the contract is pullsim/flow_network.hpp.
//
// Three clocks in play:
//   * the network's: seconds, `now`;
//   * a lane's: service that each activity of the lane gets, V(t) = clock + rate (t - since);
//   * a host's in a lane: S(t) = V(t) + offset, which goes on unbroken when the host changes class.
// An activity ends when its host's clock reaches its mark, that is when V reaches mark - offset.
#pragma once

#include <pullsim/flow_network.hpp>

#include "sim/check.hpp"
#include "sim/host_classes.hpp"
#include "sim/host_levels.hpp"
#include "sim/indexed_heap.hpp"
#include "sim/max_min.hpp"

#include <cstdint>
#include <vector>

namespace pullsim {

inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFFu;
/// Unlike every rate: a lane that has just come to life.
inline constexpr double kNoRate = -1;

struct Activity {
  enum class Phase : std::uint8_t { free, pending, instant, running };
  double size = 0;   // bytes of a flow, CPU seconds of a work, bytes of a work that only writes
  double mark = 0;   // host clock at its end
  double start = 0;  // host clock at its start
  std::uint64_t tag = 0;
  std::uint64_t sequence = 0;
  HostId host = 0;
  LaneKey key = 0;
  std::uint32_t place = kNoIndex;  // its host lane, while running
  Phase phase = Phase::free;
};

/// One host in one lane of its class. Slots are used again; their lists keep their memory.
struct HostLane {
  struct Item {
    double mark = 0;
    ActivityId activity = 0;
  };
  double offset = 0;
  LaneKey key = 0;
  std::uint32_t lane = 0;
  HostId host = 0;
  std::vector<Item> items;  // latest mark first, so that the next to end is at the back
};

struct Lane {
  double clock = 0;
  double rate = 0;
  double since = 0;
  double own_limit = kUnlimited;  // of a flow lane: level at which its own host or cap stops it
  double weight = 1;              // of a flow lane: rate over level
  std::uint32_t host_class = 0;
  std::uint32_t count = 0;  // activities of one host
  LaneKey key = 0;
  Limit limit = Limit::egress;
  Limit own_limit_name = Limit::connection;
  bool stale = false;  // next_end is out of date
  IndexedHeap heap;    // hosts by the clock at which their next activity ends
};

struct Host {
  ZoneId zone = 0;
  HostStateId state = 0;  // wanted; that of its class until it is settled
  std::uint32_t host_class = 0;
  bool dirty = false;
  std::vector<std::uint32_t> lanes;  // host lanes, in the order of the lanes of the class
  std::vector<ActivityId> pending;   // started since the last settle()
  double finished_bytes = 0;
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

/// A kind in certain phases: what it can do, and what its class needs to know.
struct HostState {
  HostKindId kind = 0;
  Phases phases{};
  HostRates rates;
  bool has_levels = false;
};

/// A level of the hosts of one class: all move at one slope. X(t) = value + slope (t - since), and
/// a host's own level is X plus its offset, so that nobody is touched when the slope changes.
struct LevelClock {
  double value = 0;
  double slope = 0;
  double since = 0;
  bool stale = false;
  IndexedHeap lowest;   // hosts by their offset: the first to reach the pin below
  IndexedHeap highest;  // by minus their offset: the first to reach the pin above
};

struct ClassLevels {
  std::uint32_t host_class = 0;
  bool queued = false;
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
  void advance(double seconds);
  void finish_top(Lane& lane);
  void finish(ActivityId id, double at_seconds);
  void release(ActivityId id);
  void add_item(HostLane& place, ActivityId id);
  void refresh_key(std::uint32_t place);
  void refresh_lane(std::uint32_t lane);
  void rebase(Lane& lane);

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

  // flow_network_levels.cpp
  HostStateId state_of(HostKindId kind, const Phases& phases);
  void give_levels(HostId id, HostKindId kind);
  void change_levels(HostId id, HostKindId kind);
  void leave_levels(HostId id);
  void join_levels(HostId id);
  bool settle_levels();
  void queue_levels(std::uint32_t class_id);
  void mark_level_stale(std::uint32_t group, std::size_t level);
  void refresh_levels();
  void reach_level_end(std::uint32_t clock);
  double next_level_end(std::uint32_t clock) const;
  double level_now(HostId id, Level level) const;
  HostUse use_of(const HostClass& host_class) const;
  LevelClock& level_clock(std::uint32_t number) {
    return class_levels[number / kLevelCount].clocks[number % kLevelCount];
  }

  // flow_network_rates.cpp
  void activate(std::uint32_t class_id);
  void deactivate(std::uint32_t class_id);
  void share_out();
  void set_rate(std::uint32_t lane, double rate, Limit limit);
  void queue_speeds(std::uint32_t class_id);
  void set_work_speeds(std::uint32_t class_id);
  double class_flow_rate(const HostClass& host_class) const;
  void count_core_groups();
  void share_core_groups();
  void mark_stale(std::uint32_t lane);

  // flow_network_queries.cpp
  const Lane& lane_of(ActivityId id) const;
  double works_write_rate(const HostClass& host_class) const;
  double bytes_under_way(const HostLane& place) const;

  double clock_now(const Lane& lane) const {
    // Nothing moves within an instant, not even at an infinite rate.
    return lane.since == now ? lane.clock : lane.clock + lane.rate * (now - lane.since);
  }
  void mark_dirty(HostId id) {
    if (hosts[id].dirty) return;
    hosts[id].dirty = true;
    dirty.push_back(id);
  }
  double clock_now(const LevelClock& clock) const {
    return clock.since == now ? clock.value : clock.value + clock.slope * (now - clock.since);
  }
  const HostRates& rates_of(const HostClass& host_class) const {
    return states[host_class.state].rates;
  }
  LimitSeconds lane_limits(std::uint32_t lane, double at_seconds) const;

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
  std::vector<Lane> lanes;
  std::vector<HostLane> host_lanes;
  std::vector<std::uint32_t> free_host_lanes;
  HeapIndex host_lane_index;
  std::vector<Activity> activities;
  std::vector<ActivityId> free_activities;

  IndexedHeap next_ends;  // lanes by the time at which their next activity ends
  HeapIndex lane_index;

  // Empty where no kind has levels.
  bool levels_used = false;
  std::vector<LevelPlace> level_places;  // by host
  std::vector<ClassLevels> class_levels;
  std::array<HeapIndex, kLevelCount> lowest_index;
  std::array<HeapIndex, kLevelCount> highest_index;
  IndexedHeap level_ends;  // clocks by the time at which their next host reaches a pin
  HeapIndex level_end_index;
  std::vector<std::uint32_t> level_queue;   // of class_levels: rates or population changed
  std::vector<std::uint32_t> stale_levels;  // clocks

  std::vector<HostId> dirty;
  std::vector<ActivityId> instant;        // nothing to do: they end at once
  std::vector<std::uint32_t> touched;     // classes whose population changed
  std::vector<std::uint32_t> stale;       // lanes
  std::vector<std::uint32_t> flow_order;  // active flow lanes by own limit
  std::vector<std::uint32_t> speed_classes;
  std::vector<std::uint32_t> old_places;  // working memory of join_class

  MaxMinSolver solver;
  std::vector<double> capacities;
  std::vector<FlowGroup> groups;
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
