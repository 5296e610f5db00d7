// Levels of hosts (credits, unwritten data) on clocks of their classes. Rules and slopes are in
// host_levels; here is who moves with which clock, who reaches a pin next, and who leaves one.
//
// Within a class a level has one slope, dX/dt, whatever changes the rates. A host keeps its offset
// to X, so its own level is known at any moment and the next to reach a pin is the one with the
// least or the greatest offset. Reaching a pin or leaving it is a change of phase, and so of class.
#include "sim/flow_network_state.hpp"

#include <algorithm>

namespace pullsim {

namespace {

std::uint32_t code_of(const Phases& phases) {
  std::uint32_t code = 0;
  for (std::size_t l = 0; l < kLevelCount; ++l) code = code * kPhaseCounts[l] + phases[l];
  return code;
}

constexpr std::uint32_t kCodes = kPhaseCounts[0] * kPhaseCounts[1] * kPhaseCounts[2];

}  // namespace

HostStateId FlowNetwork::State::state_of(HostKindId kind, const Phases& phases) {
  if (state_ids.size() < kinds.size() * kCodes) state_ids.resize(kinds.size() * kCodes, kNoIndex);
  HostStateId& id = state_ids[kind * kCodes + code_of(phases)];
  if (id == kNoIndex) {
    id = static_cast<HostStateId>(states.size());
    states.push_back({kind, phases, rates_in(kinds[kind], phases), has_levels(kinds[kind])});
  }
  return id;
}

void FlowNetwork::State::give_levels(HostId id, HostKindId kind_id) {
  const HostKind& kind = kinds[kind_id];
  Phases phases{};
  if (has_levels(kind)) {
    if (level_places.size() <= id) level_places.resize(id + 1);
    level_places[id].at = {kind.network_credit.initial, kind.disk_credit.initial, 0};
    for (std::size_t l = 0; l < kLevelCount; ++l) {
      phases[l] = phase_at(pins_of(kind, kLevels[l]), level_places[id].at[l]);
    }
    // Credit that is not full comes from the first moment on.
    LevelRange idle(kUnlimited);
    const bool comes =
        after_rest(kind, phases, {}, idle) != phases ||
        !std::all_of(phases.begin(), phases.end(), [](Phase phase) { return rests(phase); });
    if (comes) {
      mark_dirty(id);
      needs_settle = true;
    }
  }
  hosts[id].state = state_of(kind_id, phases);
}

void FlowNetwork::State::change_levels(HostId id, HostKindId kind_id) {
  const HostKind& before = kinds[states[hosts[id].state].kind];
  const HostKind& after = kinds[kind_id];
  if (!has_levels(before)) {
    give_levels(id, kind_id);
    return;
  }
  Phases phases{};
  std::array<double, kLevelCount> values{};
  for (std::size_t l = 0; l < kLevelCount; ++l) {
    const Pins had = pins_of(before, kLevels[l]);
    const Pins has = pins_of(after, kLevels[l]);
    if (has.count == 0) continue;
    const BurstCredit& credit =
        kLevels[l] == Level::disk_credit ? after.disk_credit : after.network_credit;
    const double fresh = kLevels[l] == Level::unwritten ? 0 : credit.initial;
    values[l] = had.count > 0 ? level_now(id, kLevels[l]) : fresh;
    values[l] = std::min(values[l], has.at[has.count - 1]);
    const bool same = had.count == has.count && had.at == has.at;
    phases[l] = same ? states[hosts[id].state].phases[l] : phase_at(has, values[l]);
  }
  // Out of the clocks of its present class at once, since their pins may not be its own any more.
  if (classes[hosts[id].host_class].levels != kNoIndex) leave_levels(id);
  level_places[id].at = values;
  hosts[id].state = state_of(kind_id, phases);
}

double FlowNetwork::State::level_now(HostId id, Level level) const {
  const auto l = static_cast<std::size_t>(level);
  if (level_places.size() <= id || !states[hosts[id].state].has_levels) return 0;
  const double at = level_places[id].at[l];
  if (lowest_index[l].where.size() <= id || !lowest_index[l].contains(id)) return at;
  const HostClass& host_class = classes[hosts[id].host_class];
  const HostState& state = states[host_class.state];
  const Pins pins = pins_of(kinds[state.kind], level);
  const ServiceClock& clock = class_levels[host_class.levels].clocks[l].clock;
  const double value = value_at(clock, host_class.cell, now) + at;
  return std::clamp(value, pins.low(state.phases[l]), pins.high(state.phases[l]));
}

void FlowNetwork::State::leave_levels(HostId id) {
  ClassLevels& group = class_levels[classes[hosts[id].host_class].levels];
  LevelPlace& place = level_places[id];
  if (place.member == kNoIndex) return;  // it has left already
  for (std::size_t l = 0; l < kLevelCount; ++l) {
    if (!lowest_index[l].contains(id)) continue;  // it rests, or has just reached a pin
    place.at[l] = level_now(id, kLevels[l]);
    group.clocks[l].lowest.remove(id, lowest_index[l]);
    group.clocks[l].highest.remove(id, highest_index[l]);
    mark_level_stale(classes[hosts[id].host_class].levels, l);
  }
  const HostId last = group.members.back();
  group.members[place.member] = last;
  level_places[last].member = place.member;
  group.members.pop_back();
  place.member = kNoIndex;
}

void FlowNetwork::State::join_levels(HostId id) {
  HostClass& host_class = classes[hosts[id].host_class];
  if (host_class.levels == kNoIndex) {
    host_class.levels = static_cast<std::uint32_t>(class_levels.size());
    class_levels.emplace_back().host_class = hosts[id].host_class;
    level_end_index.where.resize(class_levels.size() * kLevelCount, HeapIndex::kAbsent);
  }
  for (std::size_t l = 0; l < kLevelCount; ++l) {
    if (lowest_index[l].where.size() > id) continue;
    lowest_index[l].where.resize(hosts.size(), HeapIndex::kAbsent);
    highest_index[l].where.resize(hosts.size(), HeapIndex::kAbsent);
  }
  ClassLevels& group = class_levels[host_class.levels];
  if (group.members.empty()) {
    for (LevelClock& level : group.clocks) {
      level.clock.rate = 0;
      move_clock(level.clock, host_class.cell, 0, now);
    }
    queue_evaluation(hosts[id].host_class);
  }
  LevelPlace& place = level_places[id];
  place.member = static_cast<std::uint32_t>(group.members.size());
  group.members.push_back(id);
  const HostState& state = states[host_class.state];
  for (std::size_t l = 0; l < kLevelCount; ++l) {
    const Pins pins = pins_of(kinds[state.kind], kLevels[l]);
    if (pins.count == 0) continue;
    if (rests(state.phases[l])) {
      place.at[l] = pins.low(state.phases[l]);
      continue;
    }
    LevelClock& clock = group.clocks[l];
    place.at[l] -= value_at(clock.clock, host_class.cell, now);
    clock.lowest.insert({place.at[l], id, id}, lowest_index[l]);
    clock.highest.insert({-place.at[l], id, id}, highest_index[l]);
    mark_level_stale(host_class.levels, l);
  }
}

void FlowNetwork::State::mark_level_stale(std::uint32_t group, std::size_t level) {
  LevelClock& clock = class_levels[group].clocks[level];
  if (clock.stale) return;
  clock.stale = true;
  stale_levels.push_back(static_cast<std::uint32_t>(group * kLevelCount + level));
}

// New slopes under this use; hosts whose level leaves its rest are wanted in another class.
void FlowNetwork::State::set_level_slopes(HostClass& host_class, const HostUse& use,
                                          LevelRange& range) {
  ClassLevels& group = class_levels[host_class.levels];
  if (group.members.empty()) return;
  const HostState state = states[host_class.state];
  const HostKind& kind = kinds[state.kind];
  for (std::size_t l = 0; l < kLevelCount; ++l) {
    if (rests(state.phases[l])) continue;
    ServiceClock& clock = group.clocks[l].clock;
    const Affine changed = slope(kind, state.phases, kLevels[l], use, range);
    if (changed == clock.rate) continue;
    move_clock(clock, host_class.cell, value_at(clock, host_class.cell, now), now);
    clock.rate = changed;
    mark_level_stale(host_class.levels, l);
  }
  const Phases after = after_rest(kind, state.phases, use, range);
  if (after == state.phases) return;
  const HostStateId target = state_of(state.kind, after);
  for (const HostId id : group.members) {
    hosts[id].state = target;
    mark_dirty(id);
  }
}

// Until a pin at `rise` bytes per second upwards and at `fall` downwards, from a moment on.
double FlowNetwork::State::level_end(std::uint32_t number, double from, double rise,
                                     double fall) const {
  const ClassLevels& group = class_levels[number / kLevelCount];
  const std::size_t l = number % kLevelCount;
  const LevelClock& level = group.clocks[l];
  if (level.lowest.empty()) return kUnlimited;
  const HostClass& host_class = classes[group.host_class];
  const HostState& state = states[host_class.state];
  const Pins pins = pins_of(kinds[state.kind], kLevels[l]);
  const double value = value_at(level.clock, host_class.cell, from);
  const auto after = [&](double left, double speed) {
    return speed > 0 ? from + std::max(0.0, left) / speed : kUnlimited;
  };
  return std::min(after(pins.high(state.phases[l]) + level.highest.top().key - value, rise),
                  after(value - pins.low(state.phases[l]) + level.lowest.top().key, fall));
}

double FlowNetwork::State::exact_level_end(std::uint32_t number) const {
  const ClassLevels& group = class_levels[number / kLevelCount];
  const ServiceClock& clock = group.clocks[number % kLevelCount].clock;
  const std::uint32_t cell = classes[group.host_class].cell;
  const double rate = rate_of(clock, cell);
  return std::max(now, level_end(number, steady_since(clock, cell), rate, -rate));
}

void FlowNetwork::State::refresh_levels() {
  for (const std::uint32_t number : stale_levels) {
    level_clock(number).stale = false;
    const double at = earliest_level_end(number);
    const bool listed = level_end_index.contains(number);
    if (at == kUnlimited) {
      if (listed) level_ends.remove(number, level_end_index);
    } else if (listed) {
      level_ends.update(number, at, level_end_index);
    } else {
      level_ends.insert({at, number, number}, level_end_index);
    }
  }
  stale_levels.clear();
}

void FlowNetwork::State::reach_level_end(std::uint32_t number, double at_seconds) {
  const ClassLevels& group = class_levels[number / kLevelCount];
  const std::size_t l = number % kLevelCount;
  LevelClock& level = level_clock(number);
  const std::uint32_t cell = classes[group.host_class].cell;
  const HostState state = states[classes[group.host_class].state];
  const Pins pins = pins_of(kinds[state.kind], kLevels[l]);
  const bool rises = rate_of(level.clock, cell) > 0;
  IndexedHeap& first = rises ? level.highest : level.lowest;
  // By identity, as with lanes: exact ties reach the pin together.
  const double key = first.top().key;
  move_clock(level.clock, cell,
             rises ? pins.high(state.phases[l]) + key : pins.low(state.phases[l]) - key,
             at_seconds);
  while (!first.empty() && first.top().key == key) {
    const HostId id = first.top().slot;
    level.lowest.remove(id, lowest_index[l]);
    level.highest.remove(id, highest_index[l]);
    level_places[id].at[l] = rises ? pins.high(state.phases[l]) : pins.low(state.phases[l]);
    Phases phases = states[hosts[id].state].phases;
    phases[l] = static_cast<Phase>(state.phases[l] + (rises ? 1 : -1));
    hosts[id].state = state_of(states[hosts[id].state].kind, phases);
    mark_dirty(id);
    ++counters.level_events;
  }
}

}  // namespace pullsim
