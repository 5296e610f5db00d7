// Answers about the present of a flow network. Nothing here changes it.
#include "sim/flow_network_state.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

double FlowNetwork::rate(ActivityId activity) const { return state_->lane_of(activity).rate; }

Limit FlowNetwork::limit(ActivityId activity) const { return state_->lane_of(activity).limit; }

double FlowNetwork::egress_rate(EgressId egress) const {
  PULLSIM_CHECK(!state_->needs_settle, "rates are asked for after settling");
  double total = 0;
  for (const std::uint32_t id : state_->flow_order) {
    const Lane& lane = state_->lanes[id];
    if (state_->sources[lane.key].egress != egress) continue;
    total +=
        static_cast<double>(state_->classes[lane.host_class].population) * lane.count * lane.rate;
  }
  return total;
}

double FlowNetwork::zone_rate(ZoneId zone) const {
  PULLSIM_CHECK(!state_->needs_settle, "rates are asked for after settling");
  double total = 0;
  for (const std::uint32_t id : state_->flow_order) {
    const Lane& lane = state_->lanes[id];
    const HostClass& host_class = state_->classes[lane.host_class];
    if (host_class.zone != zone) continue;
    total += static_cast<double>(host_class.population) * lane.count * lane.rate;
  }
  return total;
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
  for (const std::uint32_t place : state_->hosts[host].lanes) {
    if (!is_work(state_->host_lanes[place].key)) {
      total += state_->bytes_under_way(state_->host_lanes[place]);
    }
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
  return disk_use(state_->kinds[state.kind], state.phases, state_->use_of(host_class));
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
    total += lane.count * lane.rate;
  }
  return total;
}

double FlowNetwork::State::works_write_rate(const HostClass& host_class) const {
  double total = 0;
  for (std::uint32_t i = 0; i < host_class.works.size(); ++i) {
    const double ratio = host_class.works[i].write_per_cpu_second;
    if (ratio == kFlush) continue;
    const Lane& lane = lanes[host_class.first_lane + host_class.flow_lanes + i];
    total += lane.count * (std::isinf(ratio) ? lane.rate : lane.rate * ratio);
  }
  return total;
}

const Lane& FlowNetwork::State::lane_of(ActivityId id) const {
  PULLSIM_CHECK(!needs_settle, "rates are asked for after settling");
  PULLSIM_CHECK(id < activities.size() && activities[id].phase == Activity::Phase::running,
                "only an activity under way has a rate");
  return lanes[host_lanes[activities[id].place].lane];
}

double FlowNetwork::State::bytes_under_way(const HostLane& place) const {
  double total = 0;
  for (const HostLane::Item& item : place.items) {
    const Activity& activity = activities[item.activity];
    const double attained = clock_now(lanes[place.lane]) + place.offset - activity.start;
    total += std::clamp(attained, 0.0, activity.size);
  }
  return total;
}

}  // namespace pullsim
