// Sharing out after changes at one instant: hosts go to the classes of their new states, rates are
// computed anew if any class has gained or lost hosts, clocks whose rate changed are set going
// again.
#include "sim/flow_network_state.hpp"

#include "sim/host_share.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

void FlowNetwork::State::settle() {
  // A level that leaves its rest takes hosts to other classes, which may let others go: each round
  // settles those of the one before.
  constexpr int kRoundsMax = 10'000;
  for (int round = 0;; ++round) {
    PULLSIM_CHECK(round < kRoundsMax, "levels of hosts come to agree with the rates");
    // dirty stays in order of the changes, which depends on nothing but the caller.
    for (const HostId id : dirty) settle_host(id);
    dirty.clear();
    if (settle_classes() || capacities_changed) share_out();
    capacities_changed = false;
    for (const std::uint32_t id : speed_classes) set_work_speeds(id);
    speed_classes.clear();
    if (level_queue.empty() || !settle_levels()) break;
  }
  refresh_levels();
  for (const std::uint32_t lane : stale) refresh_lane(lane);
  stale.clear();
  needs_settle = false;
}

void FlowNetwork::State::settle_host(HostId id) {
  hosts[id].dirty = false;
  const std::uint32_t target = target_class(hosts[id]);
  if (target != hosts[id].host_class) {
    leave_class(id);
    join_class(id, target);
  } else if (states[hosts[id].state].has_levels && level_places[id].member == kNoIndex) {
    join_levels(id);  // it changed its kind and back
  }
  start_pending(hosts[id]);
  for (const std::uint32_t place : hosts[id].lanes) {
    refresh_key(place);
    mark_stale(host_lanes[place].lane);
  }
}

std::uint32_t FlowNetwork::State::target_class(const Host& host) {
  std::uint32_t target = host.host_class;
  const HostKind& kind = states[host.state].rates.kind;
  if (classes[target].state != host.state) {
    const std::vector<LaneCount> counts = classes[target].counts;
    target = classes.find(host.zone, host.state, kind, counts);
  }
  const auto starting = [&](LaneKey key) {
    return std::count_if(host.pending.begin(), host.pending.end(),
                         [&](ActivityId a) { return activities[a].key == key; });
  };
  for (std::size_t i = 0; i < host.lanes.size(); ++i) {
    const HostLane& place = host_lanes[host.lanes[i]];
    const auto has = static_cast<std::ptrdiff_t>(place.items.size()) + starting(place.key);
    std::ptrdiff_t had = classes[host.host_class].counts[i].count;
    for (; had > has; --had) target = classes.step(target, place.key, false, kind);
    for (; had < has; ++had) target = classes.step(target, place.key, true, kind);
  }
  for (const ActivityId a : host.pending) {
    const LaneKey key = activities[a].key;
    const bool known = std::any_of(host.lanes.begin(), host.lanes.end(), [&](std::uint32_t place) {
      return host_lanes[place].key == key;
    });
    if (!known) target = classes.step(target, key, true, kind);
  }
  return target;
}

void FlowNetwork::State::leave_class(HostId id) {
  for (const std::uint32_t place_id : hosts[id].lanes) {
    HostLane& place = host_lanes[place_id];
    Lane& lane = lanes[place.lane];
    if (host_lane_index.contains(place_id)) lane.heap.remove(place_id, host_lane_index);
    mark_stale(place.lane);
    place.offset += clock_now(lane);  // the host's own clock, until it joins the next lane
    if (options.track_limits) {
      const LimitSeconds total = lane_limits(place.lane, now);
      for (std::size_t i = 0; i < kLimitCount; ++i) limits.offsets[place_id][i] += total[i];
    }
  }
  if (classes[hosts[id].host_class].levels != kNoIndex) leave_levels(id);
  touch(hosts[id].host_class);
  --classes[hosts[id].host_class].population;
}

void FlowNetwork::State::join_class(HostId id, std::uint32_t target) {
  Host& host = hosts[id];
  HostClass& joined = classes[target];
  if (joined.population == 0) make_lanes(target);

  std::vector<std::uint32_t>& old = old_places;
  old.clear();
  old.swap(host.lanes);
  for (std::uint32_t i = 0; i < joined.counts.size(); ++i) {
    const LaneKey key = joined.counts[i].key;
    const auto kept = std::find_if(old.begin(), old.end(),
                                   [&](std::uint32_t p) { return host_lanes[p].key == key; });
    const std::uint32_t place_id = kept != old.end() ? *kept : take_host_lane(id, key);
    if (kept != old.end()) old.erase(kept);
    HostLane& place = host_lanes[place_id];
    place.lane = joined.first_lane + i;
    // A clock that nobody reads may start again, which keeps its numbers small.
    const double own = place.items.empty() ? 0 : place.offset;
    place.offset = own - clock_now(lanes[place.lane]);
    if (options.track_limits) {
      const LimitSeconds total = lane_limits(place.lane, now);
      for (std::size_t l = 0; l < kLimitCount; ++l) limits.offsets[place_id][l] -= total[l];
    }
    host.lanes.push_back(place_id);
  }
  for (const std::uint32_t place : old) {
    PULLSIM_CHECK(host_lanes[place].items.empty(),
                  "no activity is lost on the way between classes");
    free_host_lanes.push_back(place);
  }
  host.host_class = target;
  touch(target);
  ++joined.population;
  if (states[joined.state].has_levels) join_levels(id);
}

std::uint32_t FlowNetwork::State::take_host_lane(HostId host, LaneKey key) {
  if (free_host_lanes.empty()) {
    free_host_lanes.push_back(static_cast<std::uint32_t>(host_lanes.size()));
    host_lanes.emplace_back();
    host_lane_index.where.push_back(HeapIndex::kAbsent);
    if (options.track_limits) limits.offsets.emplace_back();
  }
  const std::uint32_t place = free_host_lanes.back();
  free_host_lanes.pop_back();
  host_lanes[place].host = host;
  host_lanes[place].key = key;
  host_lanes[place].offset = 0;
  if (options.track_limits) limits.offsets[place] = LimitSeconds{};
  return place;
}

void FlowNetwork::State::start_pending(Host& host) {
  for (const ActivityId id : host.pending) {
    Activity& activity = activities[id];
    const auto found = std::find_if(host.lanes.begin(), host.lanes.end(), [&](std::uint32_t p) {
      return host_lanes[p].key == activity.key;
    });
    activity.place = *found;
    HostLane& place = host_lanes[activity.place];
    activity.start = clock_now(lanes[place.lane]) + place.offset;
    activity.mark = activity.start + activity.size;
    activity.phase = Activity::Phase::running;
    if (options.track_limits) {
      limits.starts[id] = lane_limits(place.lane, now);
      for (std::size_t i = 0; i < kLimitCount; ++i) {
        limits.starts[id][i] += limits.offsets[activity.place][i];
      }
    }
    add_item(place, id);
  }
  host.pending.clear();
}

void FlowNetwork::State::touch(std::uint32_t class_id) {
  if (classes[class_id].touched) return;
  classes[class_id].touched = true;
  touched.push_back(class_id);
}

void FlowNetwork::State::make_lanes(std::uint32_t class_id) {
  const HostClass& host_class = classes[class_id];
  if (lanes.size() < classes.lane_count()) {
    lanes.resize(classes.lane_count());
    lane_index.where.resize(classes.lane_count(), HeapIndex::kAbsent);
    if (options.track_limits) limits.lanes.resize(classes.lane_count());
  }
  for (std::uint32_t i = 0; i < host_class.counts.size(); ++i) {
    Lane& lane = lanes[host_class.first_lane + i];
    lane.clock = 0;
    lane.since = now;
    lane.host_class = class_id;
    lane.key = host_class.counts[i].key;
    lane.count = host_class.counts[i].count;
    if (options.track_limits) limits.lanes[host_class.first_lane + i].since = now;
  }
}

bool FlowNetwork::State::settle_classes() {
  bool changed = false;
  for (const std::uint32_t id : touched) {
    HostClass& host_class = classes[id];
    host_class.touched = false;
    if (host_class.population == host_class.settled_population) continue;
    const bool shares_cores = rates_of(host_class).kind.core_group > 0;
    changed = changed || host_class.flow_lanes > 0 || shares_cores;
    if (host_class.settled_population == 0) activate(id);
    if (host_class.population == 0) deactivate(id);
    host_class.settled_population = host_class.population;
  }
  touched.clear();
  counters.classes_peak = std::max(counters.classes_peak, classes_active);
  return changed;
}

}  // namespace pullsim
