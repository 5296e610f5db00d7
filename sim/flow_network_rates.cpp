// From populations of classes to rates of lanes.
#include "sim/flow_network_state.hpp"

#include "sim/host_share.hpp"

#include <algorithm>
#include <tuple>

namespace pullsim {

namespace {

/// What stops one flow of a lane apart from shared links, and its name; the least, then the first.
std::pair<double, Limit> own_limit(const HostClass& host_class, double cap) {
  std::pair<double, Limit> least{cap, Limit::connection};
  least = std::min(least, {host_class.flow_limit.each, Limit::cpu});
  if (host_class.flow_lanes == 1) {
    const double part = host_class.flow_limit.total / host_class.counts.front().count;
    least = std::min(least, {part, host_class.flow_limit.total_by});
  }
  return least;
}

}  // namespace

void FlowNetwork::State::activate(std::uint32_t class_id) {
  HostClass& host_class = classes[class_id];
  ++classes_active;
  const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(lanes[a].own_limit, a) < std::tie(lanes[b].own_limit, b);
  };
  for (std::uint32_t i = 0; i < host_class.counts.size(); ++i) {
    const std::uint32_t id = host_class.first_lane + i;
    lanes[id].rate = kNoRate;
    if (i >= host_class.flow_lanes) continue;
    const Source& source = sources[lanes[id].key];
    std::tie(lanes[id].own_limit, lanes[id].own_limit_name) = own_limit(host_class, source.cap);
    lanes[id].weight = source.weight;
    lanes[id].own_limit /= source.weight;
    flow_order.insert(std::lower_bound(flow_order.begin(), flow_order.end(), id, earlier), id);
  }
  queue_speeds(class_id);
}

void FlowNetwork::State::deactivate(std::uint32_t class_id) {
  const HostClass& host_class = classes[class_id];
  --classes_active;
  const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(lanes[a].own_limit, a) < std::tie(lanes[b].own_limit, b);
  };
  for (std::uint32_t i = 0; i < host_class.counts.size(); ++i) {
    const std::uint32_t id = host_class.first_lane + i;
    lanes[id].rate = 0;
    mark_stale(id);
    if (i >= host_class.flow_lanes) continue;
    flow_order.erase(std::lower_bound(flow_order.begin(), flow_order.end(), id, earlier));
  }
}

void FlowNetwork::State::share_out() {
  ++counters.solves;
  capacities.clear();
  for (const Egress& egress : egresses) capacities.push_back(egress.capacity);
  capacities.insert(capacities.end(), zones.begin(), zones.end());
  groups.clear();
  if (!core_groups.empty()) count_core_groups();
  for (const std::uint32_t id : flow_order) {
    const Lane& lane = lanes[id];
    HostClass& host_class = classes[lane.host_class];
    FlowGroup& group = groups.emplace_back();
    group.own_limit = lane.own_limit;
    group.weight = static_cast<double>(host_class.population) * lane.count * lane.weight;
    group.links[0] = sources[lane.key].egress;
    group.links[1] = static_cast<std::uint32_t>(egresses.size()) + host_class.zone;
    const std::uint32_t core_group = rates_of(host_class).kind.core_group;
    if (core_group > 0) group.links[3] = core_groups[core_group].link;
    if (host_class.flow_lanes < 2) continue;
    // Flows from several sources meet at the host: one link for all hosts of the class.
    if (host_class.host_link_solve != counters.solves) {
      host_class.host_link_solve = counters.solves;
      host_class.host_link = static_cast<std::uint32_t>(capacities.size());
      capacities.push_back(host_class.flow_limit.total * host_class.population);
    }
    group.links[2] = host_class.host_link;
  }
  const std::span<const GroupRate> rates = solver.solve(capacities, groups);
  for (std::size_t g = 0; g < rates.size(); ++g) {
    const Lane& lane = lanes[flow_order[g]];
    Limit limit = lane.own_limit_name;
    if (rates[g].stopped_by < egresses.size()) {
      limit = Limit::egress;
    } else if (rates[g].stopped_by < egresses.size() + zones.size()) {
      limit = Limit::uplink;
    } else if (rates[g].stopped_by == groups[g].links[3] &&
               rates[g].stopped_by != GroupRate::kOwn) {
      limit = Limit::cpu;
    } else if (rates[g].stopped_by != GroupRate::kOwn) {
      limit = classes[lane.host_class].flow_limit.total_by;
    }
    set_rate(flow_order[g], rates[g].rate * lane.weight, limit);
  }
  if (!core_groups.empty()) share_core_groups();
}

// How many flows and works there are on the cores of each group, and the link that stands for what
// the cores leave to flows.
void FlowNetwork::State::count_core_groups() {
  for (CoreGroup& group : core_groups) group.works = group.flows = 0;
  for (std::uint32_t id = 0; id < classes.size(); ++id) {
    const HostClass& host_class = classes[id];
    const std::uint32_t number = rates_of(host_class).kind.core_group;
    if (number == 0 || host_class.population == 0) continue;
    CoreGroup& group = core_groups[number];
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
  for (std::uint32_t id = 0; id < classes.size(); ++id) {
    const HostClass& host_class = classes[id];
    const std::uint32_t number = rates_of(host_class).kind.core_group;
    if (number == 0 || host_class.population == 0) continue;
    const double a = core_groups[number].receive_cpu_seconds_per_byte;
    if (a > 0) busy[number] += a * host_class.population * class_flow_rate(host_class);
    queue_speeds(id);
  }
  for (std::size_t g = 0; g < core_groups.size(); ++g) {
    CoreGroup& group = core_groups[g];
    if (group.works == 0 || group.cores == kUnlimited) continue;
    group.work_speed = std::clamp((group.cores - busy[g]) / group.works, 0.0, 1.0);
  }
}

void FlowNetwork::State::set_rate(std::uint32_t id, double rate, Limit limit) {
  Lane& lane = lanes[id];
  if (lane.limit != limit) {
    if (options.track_limits) {
      limits.lanes[id].seconds = lane_limits(id, now);
      limits.lanes[id].since = now;
    }
    lane.limit = limit;
  }
  if (lane.rate == rate) return;
  lane.clock = clock_now(lane);
  lane.since = now;
  lane.rate = rate;
  mark_stale(id);
  if (!is_work(lane.key)) queue_speeds(lane.host_class);
  if (levels_used) queue_levels(lane.host_class);
}

void FlowNetwork::State::queue_speeds(std::uint32_t class_id) {
  HostClass& host_class = classes[class_id];
  if (host_class.works.empty() || host_class.speeds_stale) return;
  host_class.speeds_stale = true;
  speed_classes.push_back(class_id);
}

void FlowNetwork::State::set_work_speeds(std::uint32_t class_id) {
  HostClass& host_class = classes[class_id];
  host_class.speeds_stale = false;
  if (host_class.population == 0) return;
  speeds.resize(host_class.works.size());
  HostKind kind = rates_of(host_class).kind;
  const double flow_rate = class_flow_rate(host_class);
  if (kind.core_group > 0 && kind.cores < kUnlimited) {
    // The part of the group's cores that makes this host's works as fast as all others.
    kind.cores = core_groups[kind.core_group].work_speed * works_on_cores(host_class.works);
    kind.receive_cpu_seconds_per_byte = 0;
  }
  work_speeds(kind, flow_rate, rates_of(host_class).flush, host_class.works, speeds);
  for (std::uint32_t i = 0; i < speeds.size(); ++i) {
    set_rate(host_class.first_lane + host_class.flow_lanes + i, speeds[i].speed, speeds[i].limit);
  }
}

double FlowNetwork::State::class_flow_rate(const HostClass& host_class) const {
  double total = 0;
  for (std::uint32_t i = 0; i < host_class.flow_lanes; ++i) {
    const Lane& lane = lanes[host_class.first_lane + i];
    total += lane.count * lane.rate;
  }
  return total;
}

void FlowNetwork::State::mark_stale(std::uint32_t id) {
  if (lanes[id].stale) return;
  lanes[id].stale = true;
  stale.push_back(id);
}

}  // namespace pullsim
