// From what classes ask for to the levels of cells, and from a level to the rates of a class.
#include "sim/flow_network_state.hpp"

#include "sim/host_share.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

void FlowNetwork::State::share_out() {
  ++counters.solves;
  capacities.clear();
  for (const Egress& egress : egresses) capacities.push_back(egress.capacity);
  capacities.insert(capacities.end(), zones.begin(), zones.end());
  groups.clear();
  group_owners.clear();
  for (std::uint32_t id = 0; id < cells.size(); ++id) {
    const Cell& cell = cells[id];
    if (cell.classes.empty()) continue;
    FlowGroup& group = groups.emplace_back();
    group.curve = &cell.demand;
    group.links[0] = cell.egress;
    group.links[1] = static_cast<std::uint32_t>(egresses.size()) + cell.zone;
    group_owners.push_back(id);
  }
  const std::size_t cell_groups = groups.size();
  if (!alone.empty()) add_alone_groups();
  const std::span<const GroupRate> rates = solver.solve(capacities, groups);
  for (std::size_t g = 0; g < cell_groups; ++g) {
    const bool by_egress = rates[g].stopped_by < egresses.size();
    set_cell_level(group_owners[g], rates[g].rate, by_egress ? Limit::egress : Limit::uplink);
  }
  if (!alone.empty()) take_alone_rates(rates);
}

// Flows of classes in no cell: a group for each lane, and one link for all hosts of a class where
// flows from several sources meet.
void FlowNetwork::State::add_alone_groups() {
  if (!core_groups.empty()) count_core_groups();
  for (const std::uint32_t class_id : alone) {
    HostClass& host_class = classes[class_id];
    const std::uint32_t core_group = rates_of(host_class).kind.core_group;
    const auto host_link = static_cast<std::uint32_t>(capacities.size());
    if (host_class.flow_lanes > 1) {
      capacities.push_back(host_class.flow_limit.total * host_class.population);
    }
    for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
      const Lane& lane = lanes[host_class.first_lane + i];
      FlowGroup& group = groups.emplace_back();
      group.own_limit = lane.own_limit;
      group.weight = static_cast<double>(host_class.population) * lane.count * lane.weight;
      group.links[0] = sources[lane.key].egress;
      group.links[1] = static_cast<std::uint32_t>(egresses.size()) + host_class.zone;
      if (host_class.flow_lanes > 1) group.links[2] = host_link;
      if (core_group > 0) group.links[3] = core_groups[core_group].link;
      group_owners.push_back(host_class.first_lane + i);
    }
    queue_evaluation(class_id);
  }
}

void FlowNetwork::State::take_alone_rates(std::span<const GroupRate> rates) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].curve != nullptr) continue;
    const Lane& lane = lanes[group_owners[g]];
    const std::uint32_t by = rates[g].stopped_by;
    Limit limit = lane.own_limit_name;
    if (by < egresses.size()) {
      limit = Limit::egress;
    } else if (by < egresses.size() + zones.size()) {
      limit = Limit::uplink;
    } else if (by != GroupRate::kOwn) {
      limit = by == groups[g].links[3] ? Limit::cpu : classes[lane.host_class].flow_limit.total_by;
    }
    set_rate(group_owners[g], rates[g].rate * lane.weight, limit, false);
  }
  if (!core_groups.empty()) share_core_groups();
}

// How many flows and works there are on the cores of each group, and the link that stands for what
// the cores leave to flows.
void FlowNetwork::State::count_core_groups() {
  for (CoreGroup& group : core_groups) group.works = group.flows = 0;
  for (const std::uint32_t id : alone) {
    const HostClass& host_class = classes[id];
    CoreGroup& group = core_groups[rates_of(host_class).kind.core_group];
    group.works += host_class.population * works_on_cores(host_class.works);
    for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
      group.flows += static_cast<double>(host_class.population) * host_class.counts[i].count;
    }
  }
  for (CoreGroup& group : core_groups) {
    group.link = FlowGroup::kNoLink;
    const double a = group.receive_cpu_seconds_per_byte;
    if (group.flows == 0 || a == 0 || group.cores == kUnlimited) continue;
    group.link = static_cast<std::uint32_t>(capacities.size());
    capacities.push_back(cores_flow_limit(group.cores, a, group.flows, group.works));
  }
}

// What flows leave of the cores goes to the works, in equal parts.
void FlowNetwork::State::share_core_groups() {
  std::vector<double> busy(core_groups.size(), 0.0);
  for (const std::uint32_t id : alone) {
    const HostClass& host_class = classes[id];
    const std::uint32_t number = rates_of(host_class).kind.core_group;
    const double a = core_groups[number].receive_cpu_seconds_per_byte;
    if (a > 0) busy[number] += a * host_class.population * class_flow_rate(host_class);
  }
  for (std::size_t g = 0; g < core_groups.size(); ++g) {
    CoreGroup& group = core_groups[g];
    if (group.works == 0 || group.cores == kUnlimited) continue;
    group.work_speed = std::clamp((group.cores - busy[g]) / group.works, 0.0, 1.0);
  }
}

void FlowNetwork::State::queue_evaluation(std::uint32_t class_id) {
  if (classes[class_id].queued) return;
  classes[class_id].queued = true;
  queue.push_back(class_id);
}

// The rates of a class as expressions of the level of its cell, and the range of levels for which
// they are these.
void FlowNetwork::State::evaluate(std::uint32_t class_id) {
  HostClass& host_class = classes[class_id];
  host_class.queued = false;
  if (host_class.population == 0) return;
  const bool in_cell = host_class.cell != kNoIndex;
  LevelRange range(in_cell ? cells[host_class.cell].level : kUnlimited);
  HostUse use = evaluate_lanes(host_class, range);
  if (!host_class.works.empty()) evaluate_works(host_class, use, range);
  if (host_class.levels != kNoIndex) set_level_slopes(host_class, use, range);
  if (!in_cell) return;
  if (by_high_index.where.size() <= class_id) {
    by_high_index.where.resize(classes.size(), HeapIndex::kAbsent);
    by_low_index.where.resize(classes.size(), HeapIndex::kAbsent);
  }
  const auto list = [&](IndexedHeap& heap, HeapIndex& index, double key) {
    if (index.contains(class_id)) {
      heap.update(class_id, key, index);
    } else {
      heap.insert({key, class_id, class_id}, index);
    }
  };
  list(cells[host_class.cell].by_high, by_high_index, range.high());
  list(cells[host_class.cell].by_low, by_low_index, -range.low());
}

HostUse FlowNetwork::State::evaluate_lanes(const HostClass& host_class, LevelRange& range) {
  HostUse use;
  for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
    const std::uint32_t id = host_class.first_lane + i;
    const Lane& lane = lanes[id];
    if (!host_class.alone) {
      const bool free = range.level() <= lane.own_limit && range.level() != kUnlimited;
      free ? range.bound_high(lane.own_limit) : range.bound_low(lane.own_limit);
      const Affine rate = free ? Affine(0, lane.weight) : Affine(lane.own_limit * lane.weight);
      set_rate(id, rate, lane.own_limit_name, free);
    }
    use.flows = use.flows + static_cast<double>(lane.count) * lane.clock.rate;
    use.held_by_bandwidth = use.held_by_bandwidth || limit_now(lane) == Limit::bandwidth;
    use.held_by_disk = use.held_by_disk || limit_now(lane) == Limit::disk;
  }
  return use;
}

void FlowNetwork::State::evaluate_works(const HostClass& host_class, HostUse& use,
                                        LevelRange& range) {
  speeds.resize(host_class.works.size());
  HostKind kind = rates_of(host_class).kind;
  if (kind.core_group > 0 && kind.cores < kUnlimited) {
    // The part of the group's cores that makes this host's works as fast as all others.
    kind.cores = core_groups[kind.core_group].work_speed * works_on_cores(host_class.works);
    kind.receive_cpu_seconds_per_byte = 0;
  }
  work_speeds(kind, use.flows, rates_of(host_class).flush, host_class.works, speeds, range);
  for (std::uint32_t i = 0; i < speeds.size(); ++i) {
    const Affine& speed = speeds[i].speed;
    set_rate(host_class.first_lane + host_class.flow_lanes + i, speed, speeds[i].limit, false);
    const double ratio = host_class.works[i].write_per_cpu_second;
    if (ratio == kFlush) {
      use.flushes = true;
      continue;
    }
    const double count = host_class.works[i].count;
    use.works = use.works + count * (std::isinf(ratio) ? speed : ratio * speed);
    use.held_by_disk = use.held_by_disk || speeds[i].limit == Limit::disk;
  }
}

void FlowNetwork::State::set_rate(std::uint32_t id, const Affine& rate, Limit limit, bool free) {
  Lane& lane = lanes[id];
  if (lane.limit != limit || lane.free != free) {
    if (options.track_limits) turn_limit(id, free);
    lane.limit = limit;
    lane.free = free;
  }
  if (lane.clock.rate == rate) return;
  move_clock(lane.clock, lane.cell, clock_now(lane), now);
  lane.clock.rate = rate;
  mark_stale(id);
}

}  // namespace pullsim
