// Cells: which class belongs to which, what its hosts ask for, and a new level that touches nobody
// but those whose rates become other expressions.
#include "sim/flow_network_state.hpp"

#include <algorithm>
#include <tuple>

namespace pullsim {

// A class is in one cell if its flows come from one egress: then what its host lets through is a
// limit of each lane that depends on no level. With flows from several egresses, or with cores
// shared beyond the host, rates follow from several levels at once.
void FlowNetwork::State::place_class(HostClass& host_class) {
  host_class.placed = true;
  const HostKind& kind = rates_of(host_class).kind;
  const auto egress_of = [&](std::uint32_t i) { return sources[host_class.counts[i].key].egress; };
  bool one_egress = true;
  for (std::uint32_t i = 1; i < host_class.flow_lanes; ++i) {
    one_egress = one_egress && egress_of(i) == egress_of(0);
  }
  for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
    Lane& lane = lanes[host_class.first_lane + i];
    const Source& source = sources[lane.key];
    std::tie(lane.own_limit, lane.own_limit_name) =
        std::min(std::pair{source.cap, Limit::connection},
                 std::pair{host_class.flow_limit.each, Limit::cpu});
    lane.weight = source.weight;
    lane.own_limit /= lane.weight;
  }
  host_class.alone = kind.core_group > 0 || !one_egress;
  if (host_class.flow_lanes == 1 || !host_class.alone) set_own_limits(host_class);
  if (host_class.alone || host_class.flow_lanes == 0) return;

  const std::pair<EgressId, ZoneId> where{egress_of(0), host_class.zone};
  const auto [found, fresh] = cell_ids.emplace(where, static_cast<std::uint32_t>(cells.size()));
  if (fresh) {
    Cell& cell = cells.emplace_back();
    cell.egress = where.first;
    cell.zone = where.second;
    cell.since = cell.limit_since = now;
  }
  host_class.cell = found->second;
  for (std::uint32_t i = 0; i < host_class.counts.size(); ++i) {
    Lane& lane = lanes[host_class.first_lane + i];
    lane.cell = host_class.cell;
    if (i < host_class.flow_lanes) lane.demand = cells[lane.cell].demand.add(lane.own_limit);
  }
}

// The host's total as a limit of each lane, in units of the level: the lanes share it max-min.
void FlowNetwork::State::set_own_limits(const HostClass& host_class) {
  const HostFlowLimit& host = host_class.flow_limit;
  if (host_class.flow_lanes == 1) {
    Lane& lane = lanes[host_class.first_lane];
    std::tie(lane.own_limit, lane.own_limit_name) =
        std::min(std::pair{lane.own_limit, lane.own_limit_name},
                 std::pair{host.total / lane.count / lane.weight, host.total_by});
    return;
  }
  MaxMinSolver within;
  std::vector<FlowGroup> shares;
  for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
    const Lane& lane = lanes[host_class.first_lane + i];
    FlowGroup& share = shares.emplace_back();
    share.own_limit = lane.own_limit;
    share.weight = lane.count * lane.weight;
    share.links[0] = 0;
  }
  const std::span<const GroupRate> rates = within.solve(std::array{host.total}, shares);
  for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
    Lane& lane = lanes[host_class.first_lane + i];
    lane.own_limit = rates[i].rate;
    if (rates[i].stopped_by == 0) lane.own_limit_name = host.total_by;
  }
}

void FlowNetwork::State::join_cell(std::uint32_t class_id) {
  HostClass& host_class = classes[class_id];
  Cell& cell = cells[host_class.cell];
  host_class.member = static_cast<std::uint32_t>(cell.classes.size());
  cell.classes.push_back(class_id);
}

void FlowNetwork::State::leave_cell(std::uint32_t class_id) {
  HostClass& host_class = classes[class_id];
  Cell& cell = cells[host_class.cell];
  const std::uint32_t last = cell.classes.back();
  cell.classes[host_class.member] = last;
  classes[last].member = host_class.member;
  cell.classes.pop_back();
  if (class_id >= by_high_index.where.size()) return;
  if (by_high_index.contains(class_id)) cell.by_high.remove(class_id, by_high_index);
  if (by_low_index.contains(class_id)) cell.by_low.remove(class_id, by_low_index);
}

void FlowNetwork::State::set_demand(const HostClass& host_class) {
  for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
    const Lane& lane = lanes[host_class.first_lane + i];
    const double weight = static_cast<double>(host_class.population) * lane.count * lane.weight;
    cells[host_class.cell].demand.set_weight(lane.demand, weight);
  }
}

void FlowNetwork::State::set_cell_level(std::uint32_t id, double level, Limit limit) {
  Cell& cell = cells[id];
  if (limit != cell.limit) {
    cell.limited[static_cast<std::size_t>(cell.limit)] += now - cell.limit_since;
    cell.limit_since = now;
    cell.limit = limit;
  }
  if (level == cell.level) return;
  cell.integral = integral_at(cell, now);
  cell.since = now;
  cell.level = level;
  const auto leave_range = [&](IndexedHeap& heap, HeapIndex& index, double passed) {
    while (!heap.empty() && heap.top().key <= passed) {
      queue_evaluation(heap.top().slot);
      heap.remove(heap.top().slot, index);
    }
  };
  leave_range(cell.by_high, by_high_index, level);
  leave_range(cell.by_low, by_low_index, -level);
  rebase(cell);
  if (level < cell.band_low || level > cell.band_high) new_band(cell);
}

void FlowNetwork::State::new_band(Cell& cell) {
  constexpr double kBand = 1.5;
  cell.band_low = cell.level / kBand;
  cell.band_high = cell.level * kBand;
  for (const std::uint32_t id : cell.classes) {
    const HostClass& host_class = classes[id];
    for (std::uint32_t i = 0; i < host_class.counts.size(); ++i) {
      const std::uint32_t lane = host_class.first_lane + i;
      if (lanes[lane].clock.rate.factor != 0) mark_stale(lane);
    }
    if (host_class.levels == kNoIndex) continue;
    for (std::size_t l = 0; l < kLevelCount; ++l) {
      const ServiceClock& clock = class_levels[host_class.levels].clocks[l].clock;
      if (clock.rate.factor != 0) mark_level_stale(host_class.levels, l);
    }
  }
}

void FlowNetwork::State::rebase(Cell& cell) {
  constexpr double kIntegralMax = 1e13;  // a double still tells thousandths apart
  if (cell.integral < kIntegralMax) return;
  for (const std::uint32_t id : cell.classes) {
    const HostClass& host_class = classes[id];
    for (std::uint32_t i = 0; i < host_class.counts.size(); ++i) {
      lanes[host_class.first_lane + i].clock.integral -= cell.integral;
    }
    if (host_class.levels == kNoIndex) continue;
    for (LevelClock& level : class_levels[host_class.levels].clocks) {
      level.clock.integral -= cell.integral;
    }
  }
  cell.integral = 0;
}

}  // namespace pullsim
