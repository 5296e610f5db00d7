// Sharing out after changes at one instant: hosts go to the classes of their new states, rates are
// computed anew if any class has gained or lost hosts, clocks whose rate changed are set going
// again.
#include "sim/flow_network_state.hpp"

#include <algorithm>

namespace pullsim {

void FlowNetwork::State::settle() {
  // A level that leaves its rest takes hosts to other classes, which may let others go: each round
  // settles those of the one before.
  constexpr int kRoundsMax = 10'000;
  for (int round = 0; round == 0 || !dirty.empty(); ++round) {
    PULLSIM_CHECK(round < kRoundsMax, "levels of hosts come to agree with the rates");
    // dirty stays in order of the changes, which depends on nothing but the caller.
    for (const HostId id : dirty) settle_host(id);
    dirty.clear();
    if (settle_classes() || capacities_changed) share_out();
    capacities_changed = false;
    for (const std::uint32_t id : queue) evaluate(id);
    queue.clear();
  }
  refresh_levels();
  for (const std::uint32_t lane : stale) refresh_lane(lane);
  stale.clear();
  next_end_known = -1;
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
  for (std::uint32_t p = hosts[id].first_lane; p != kNoIndex; p = host_lanes[p].next) {
    refresh_key(p);
    mark_stale(host_lanes[p].lane);
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
    std::ptrdiff_t count = 0;
    for (ActivityId a = host.first_pending; a != kNoIndex; a = activities[a].next) {
      if (activities[a].key == key) ++count;
    }
    return count;
  };
  std::size_t i = 0;
  for (std::uint32_t p = host.first_lane; p != kNoIndex; p = host_lanes[p].next, ++i) {
    const LaneKey key = host_lanes[p].key;
    const auto has = static_cast<std::ptrdiff_t>(host_lanes[p].count) + starting(key);
    std::ptrdiff_t had = classes[host.host_class].counts[i].count;
    for (; had > has; --had) target = classes.step(target, key, false, kind);
    for (; had < has; ++had) target = classes.step(target, key, true, kind);
  }
  for (ActivityId a = host.first_pending; a != kNoIndex; a = activities[a].next) {
    const LaneKey key = activities[a].key;
    std::uint32_t known = host.first_lane;
    while (known != kNoIndex && host_lanes[known].key != key) known = host_lanes[known].next;
    if (known == kNoIndex) target = classes.step(target, key, true, kind);
  }
  return target;
}

void FlowNetwork::State::leave_class(HostId id) {
  std::uint32_t place_id = hosts[id].first_lane;
  for (; place_id != kNoIndex; place_id = host_lanes[place_id].next) {
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

  std::uint32_t old = host.first_lane;  // those not found in the new class yet
  std::uint32_t last = kNoIndex;
  const auto next_of = [&](std::uint32_t p) -> std::uint32_t& {
    return p == kNoIndex ? host.first_lane : host_lanes[p].next;
  };
  for (std::uint32_t i = 0; i < joined.counts.size(); ++i) {
    const LaneKey key = joined.counts[i].key;
    std::uint32_t* link = &old;
    while (*link != kNoIndex && host_lanes[*link].key != key) link = &host_lanes[*link].next;
    std::uint32_t place_id = *link;
    if (place_id != kNoIndex) {
      *link = host_lanes[place_id].next;
    } else {
      place_id = take_host_lane(id, key);
    }
    HostLane& place = host_lanes[place_id];
    place.lane = joined.first_lane + i;
    // A clock that nobody reads may start again, which keeps its numbers small.
    const double own = place.first == kNoIndex ? 0 : place.offset;
    place.offset = own - clock_now(lanes[place.lane]);
    if (options.track_limits) {
      const LimitSeconds total = lane_limits(place.lane, now);
      for (std::size_t l = 0; l < kLimitCount; ++l) limits.offsets[place_id][l] -= total[l];
    }
    next_of(last) = place_id;
    last = place_id;
  }
  next_of(last) = kNoIndex;
  while (old != kNoIndex) {
    const std::uint32_t freed = old;
    PULLSIM_CHECK(host_lanes[freed].first == kNoIndex,
                  "no activity is lost on the way between classes");
    old = host_lanes[freed].next;
    host_lanes[freed].next = free_host_lane;
    free_host_lane = freed;
  }
  host.host_class = target;
  touch(target);
  ++joined.population;
  if (states[joined.state].has_levels) join_levels(id);
}

std::uint32_t FlowNetwork::State::take_host_lane(HostId host, LaneKey key) {
  if (free_host_lane == kNoIndex) {
    free_host_lane = static_cast<std::uint32_t>(host_lanes.size());
    append(host_lanes);
    append(host_lane_index.where);
    host_lane_index.where.back() = HeapIndex::kAbsent;
    if (options.track_limits) append(limits.offsets);
  }
  const std::uint32_t place = free_host_lane;
  free_host_lane = host_lanes[place].next;
  host_lanes[place] = {.key = key, .host = host};
  if (options.track_limits) limits.offsets[place] = LimitSeconds{};
  return place;
}

void FlowNetwork::State::start_pending(Host& host) {
  ActivityId next = kNoIndex;
  for (ActivityId id = host.first_pending; id != kNoIndex; id = next) {
    Activity& activity = activities[id];
    next = activity.next;
    activity.place = host.first_lane;
    while (host_lanes[activity.place].key != activity.key) {
      activity.place = host_lanes[activity.place].next;
    }
    HostLane& place = host_lanes[activity.place];
    activity.mark = clock_now(lanes[place.lane]) + place.offset + activity.size;
    if (options.track_limits) {
      limits.starts[id] = lane_limits(place.lane, now);
      for (std::size_t i = 0; i < kLimitCount; ++i) {
        limits.starts[id][i] += limits.offsets[activity.place][i];
      }
    }
    add_item(place, id);
  }
  host.first_pending = host.last_pending = kNoIndex;
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
    move_clock(lane.clock, lane.cell, 0, now);
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
    if (host_class.cell != kNoIndex) set_demand(host_class);
    if (host_class.population == 0) deactivate(id);
    host_class.settled_population = host_class.population;
  }
  touched.clear();
  counters.classes_peak = std::max(counters.classes_peak, classes_active);
  return changed;
}

void FlowNetwork::State::activate(std::uint32_t class_id) {
  HostClass& host_class = classes[class_id];
  ++classes_active;
  if (!host_class.placed) place_class(host_class);
  if (host_class.alone) {
    host_class.member = static_cast<std::uint32_t>(alone.size());
    alone.push_back(class_id);
  } else if (host_class.cell != kNoIndex) {
    join_cell(class_id);
  }
  queue_evaluation(class_id);
}

void FlowNetwork::State::deactivate(std::uint32_t class_id) {
  HostClass& host_class = classes[class_id];
  --classes_active;
  if (host_class.alone) {
    const std::uint32_t last = alone.back();
    alone[host_class.member] = last;
    classes[last].member = host_class.member;
    alone.pop_back();
  } else if (host_class.cell != kNoIndex) {
    leave_cell(class_id);
  }
  for (std::uint32_t i = 0; i < host_class.counts.size(); ++i) {
    set_rate(host_class.first_lane + i, 0, lanes[host_class.first_lane + i].limit, false);
    mark_stale(host_class.first_lane + i);
  }
}

}  // namespace pullsim
