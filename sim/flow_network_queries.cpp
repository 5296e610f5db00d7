// Answers about the present of a flow network. Nothing here changes it.
#include "sim/flow_network_state.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

double FlowNetwork::rate(ActivityId activity) const {
  return state_->rate_now(state_->lane_of(activity));
}

Limit FlowNetwork::limit(ActivityId activity) const {
  return state_->limit_now(state_->lane_of(activity));
}

double FlowNetwork::egress_rate(EgressId egress) const {
  return state_->link_rate([&](EgressId from, ZoneId) { return from == egress; });
}

double FlowNetwork::zone_rate(ZoneId zone) const {
  return state_->link_rate([&](EgressId, ZoneId to) { return to == zone; });
}

double FlowNetwork::egress_bytes(EgressId egress) const {
  double total = state_->egresses[egress].finished_bytes;
  for (const HostLane& place : state_->host_lanes) {
    if (is_work(place.key) || state_->sources[place.key].egress != egress) continue;
    total += state_->bytes_under_way(place);
  }
  return total;
}

double FlowNetwork::host_bytes(HostId host) const {
  double total = state_->hosts[host].finished_bytes;
  const std::vector<HostLane>& places = state_->host_lanes;
  for (std::uint32_t p = state_->hosts[host].first_lane; p != kNoIndex; p = places[p].next) {
    if (!is_work(places[p].key)) total += state_->bytes_under_way(places[p]);
  }
  return total;
}

double FlowNetwork::host_rate(HostId host) const {
  PULLSIM_CHECK(!state_->needs_settle, "rates are asked for after settling");
  return state_->class_flow_rate(state_->classes[state_->hosts[host].host_class]);
}

double FlowNetwork::host_write_rate(HostId host) const {
  PULLSIM_CHECK(!state_->needs_settle, "rates are asked for after settling");
  const HostClass& host_class = state_->classes[state_->hosts[host].host_class];
  return state_->works_write_rate(host_class);
}

double FlowNetwork::host_disk_rate(HostId host) const {
  PULLSIM_CHECK(!state_->needs_settle, "rates are asked for after settling");
  const HostClass& host_class = state_->classes[state_->hosts[host].host_class];
  const HostState& state = state_->states[host_class.state];
  LevelRange now(kUnlimited);
  const HostUse use = state_->use_of(host_class);
  return disk_use(state_->kinds[state.kind], state.phases, use, now).constant;
}

HostLevels FlowNetwork::host_levels(HostId host) const {
  return {state_->level_now(host, Level::network_credit),
          state_->level_now(host, Level::disk_credit), state_->level_now(host, Level::unwritten)};
}

double FlowNetwork::host_busy_cores(HostId host) const {
  const HostClass& host_class = state_->classes[state_->hosts[host].host_class];
  const double per_byte = state_->rates_of(host_class).kind.receive_cpu_seconds_per_byte;
  double total = per_byte > 0 ? per_byte * host_rate(host) : 0;
  for (std::uint32_t i = 0; i < host_class.works.size(); ++i) {
    const double ratio = host_class.works[i].write_per_cpu_second;
    if (std::isinf(ratio) || ratio == kFlush) continue;
    const Lane& lane = state_->lanes[host_class.first_lane + host_class.flow_lanes + i];
    total += lane.count * state_->rate_now(lane);
  }
  return total;
}

double FlowNetwork::State::works_write_rate(const HostClass& host_class) const {
  double total = 0;
  for (std::uint32_t i = 0; i < host_class.works.size(); ++i) {
    const double ratio = host_class.works[i].write_per_cpu_second;
    if (ratio == kFlush) continue;
    const Lane& lane = lanes[host_class.first_lane + host_class.flow_lanes + i];
    const double rate = rate_now(lane);
    total += lane.count * (std::isinf(ratio) ? rate : rate * ratio);
  }
  return total;
}

double FlowNetwork::State::class_flow_rate(const HostClass& host_class) const {
  double total = 0;
  for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
    const Lane& lane = lanes[host_class.first_lane + i];
    total += lane.count * rate_now(lane);
  }
  return total;
}

HostUse FlowNetwork::State::use_of(const HostClass& host_class) const {
  HostUse use;
  use.flows = class_flow_rate(host_class);
  use.works = works_write_rate(host_class);
  for (const WorkGroup& work : host_class.works) {
    use.flushes = use.flushes || work.write_per_cpu_second == kFlush;
  }
  return use;
}

template <class Chosen>
double FlowNetwork::State::link_rate(Chosen&& chosen) const {
  PULLSIM_CHECK(!needs_settle, "rates are asked for after settling");
  double total = 0;
  for (const Cell& cell : cells) {
    if (cell.classes.empty() || !chosen(cell.egress, cell.zone)) continue;
    const DemandCurve::Use use = cell.demand.at(cell.level);
    total += use.bound + (use.free > 0 ? use.free * cell.level : 0);
  }
  for (const std::uint32_t id : alone) {
    const HostClass& host_class = classes[id];
    for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
      const Lane& lane = lanes[host_class.first_lane + i];
      if (!chosen(sources[lane.key].egress, host_class.zone)) continue;
      total += static_cast<double>(host_class.population) * lane.count * rate_now(lane);
    }
  }
  return total;
}

const Lane& FlowNetwork::State::lane_of(ActivityId id) const {
  PULLSIM_CHECK(!needs_settle, "rates are asked for after settling");
  PULLSIM_CHECK(id < activities.size() && activities[id].running(),
                "only an activity under way has a rate");
  return lanes[host_lanes[activities[id].place].lane];
}

double FlowNetwork::State::bytes_under_way(const HostLane& place) const {
  double total = 0;
  for (ActivityId id = place.first; id != kNoIndex; id = activities[id].next) {
    const Activity& activity = activities[id];
    const double left = activity.mark - (clock_now(lanes[place.lane]) + place.offset);
    total += activity.size - std::clamp(left, 0.0, activity.size);
  }
  return total;
}

std::uint64_t FlowNetwork::State::bytes() const {
  const auto of = [](const auto&... vectors) {
    return (... +
            (vectors.capacity() * sizeof(typename std::decay_t<decltype(vectors)>::value_type)));
  };
  std::uint64_t total = of(hosts, host_lanes, host_lane_index.where, activities, lanes,
                           lane_index.where, level_places, dirty);
  for (const Lane& lane : lanes) total += lane.heap.bytes();
  for (const ClassLevels& group : class_levels) {
    total += of(group.members);
    for (const LevelClock& level : group.clocks)
      total += level.lowest.bytes() + level.highest.bytes();
  }
  for (std::size_t l = 0; l < kLevelCount; ++l) {
    total += of(lowest_index[l].where, highest_index[l].where);
  }
  return total + of(limits.lanes, limits.offsets, limits.starts);
}

// How long each limit has held a lane. A lane that moves with the level of its cell is held by what
// sets that level: it notes what the cell had counted before.
LimitSeconds FlowNetwork::State::lane_limits(std::uint32_t id, double at_seconds) const {
  LimitSeconds seconds = limits.lanes[id].seconds;
  const Lane& lane = lanes[id];
  if (!lane.free) {
    seconds[static_cast<std::size_t>(lane.limit)] += at_seconds - limits.lanes[id].since;
    return seconds;
  }
  const LimitSeconds set = cell_limits(cells[lane.cell], at_seconds);
  for (std::size_t i = 0; i < kLimitCount; ++i) seconds[i] += set[i];
  return seconds;
}

LimitSeconds FlowNetwork::State::cell_limits(const Cell& cell, double at_seconds) {
  LimitSeconds seconds = cell.limited;
  seconds[static_cast<std::size_t>(cell.limit)] += at_seconds - cell.limit_since;
  return seconds;
}

void FlowNetwork::State::turn_limit(std::uint32_t id, bool free) {
  LimitSeconds seconds = lane_limits(id, now);
  if (free) {
    const LimitSeconds set = cell_limits(cells[lanes[id].cell], now);
    for (std::size_t i = 0; i < kLimitCount; ++i) seconds[i] -= set[i];
  }
  limits.lanes[id] = {seconds, now};
}

}  // namespace pullsim
