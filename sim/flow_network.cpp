// The public face of the flow network: checks what callers give, and answers questions about the
// present. What happens inside is in flow_network_state.hpp and the files it names.
#include <pullsim/flow_network.hpp>

#include "sim/flow_network_state.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

void check_size(double size) {
  PULLSIM_CHECK(size >= 0 && std::isfinite(size), "a size is finite and not negative");
}

void check_credit(const BurstCredit& credit, double burst) {
  if (credit.size == 0) return;
  PULLSIM_CHECK(credit.size > 0 && std::isfinite(credit.size) && credit.initial >= 0 &&
                    credit.initial <= credit.size && credit.baseline > 0,
                "credit is within its size");
  PULLSIM_CHECK(credit.baseline < burst, "credit lifts a rate above its baseline");
}

std::uint32_t number(std::size_t size) { return static_cast<std::uint32_t>(size); }

}  // namespace

FlowNetwork::FlowNetwork(FlowNetworkOptions options) : state_(std::make_unique<State>(options)) {}
FlowNetwork::~FlowNetwork() = default;

EgressId FlowNetwork::add_egress(double bytes_per_second) {
  PULLSIM_CHECK(bytes_per_second >= 0, "a link's capacity is not negative");
  state_->egresses.push_back({bytes_per_second, 0});
  return number(state_->egresses.size() - 1);
}

SourceId FlowNetwork::add_source(EgressId egress, double connection_cap, double weight) {
  PULLSIM_CHECK(egress < state_->egresses.size(), "a source has an egress of the network");
  PULLSIM_CHECK(connection_cap > 0, "a connection's cap is positive");
  PULLSIM_CHECK(weight > 0 && std::isfinite(weight), "a flow's weight is positive");
  state_->sources.push_back({egress, connection_cap, weight});
  return number(state_->sources.size() - 1);
}

ZoneId FlowNetwork::add_zone(double uplink_bytes_per_second) {
  PULLSIM_CHECK(uplink_bytes_per_second >= 0, "a link's capacity is not negative");
  state_->zones.push_back(uplink_bytes_per_second);
  return number(state_->zones.size() - 1);
}

HostKindId FlowNetwork::add_host_kind(const HostKind& kind) {
  PULLSIM_CHECK(kind.bandwidth > 0 && kind.cores > 0 && kind.disk > 0, "a host has some capacity");
  PULLSIM_CHECK(kind.receive_cpu_seconds_per_byte >= 0, "receiving costs no negative time");
  check_credit(kind.network_credit, kind.bandwidth);
  check_credit(kind.disk_credit, kind.disk);
  PULLSIM_CHECK(
      kind.write_back.background >= 0 &&
          (kind.write_back.limit == 0 || kind.write_back.background < kind.write_back.limit) &&
          std::isfinite(kind.write_back.limit),
      "a disk begins to write by itself before the limit");
  PULLSIM_CHECK(kind.write_back.limit == 0 || std::isinf(kind.disk) ||
                    (kind.write_back.rate >= kind.disk && std::isfinite(kind.write_back.rate)),
                "memory takes writes at a rate, no slower than the disk");
  state_->kinds.push_back(kind);
  state_->levels_used = state_->levels_used || has_levels(kind);
  if (kind.core_group > 0) {
    PULLSIM_CHECK(kind.core_group <= state_->kinds.size(), "core groups are numbered from 1");
    if (state_->core_groups.size() <= kind.core_group) {
      state_->core_groups.resize(kind.core_group + 1);
    }
    CoreGroup& group = state_->core_groups[kind.core_group];
    PULLSIM_CHECK(
        !group.known || (group.cores == kind.cores &&
                         group.receive_cpu_seconds_per_byte == kind.receive_cpu_seconds_per_byte),
        "kinds of one core group have the same cores and the same cost of receiving");
    group.cores = kind.cores;
    group.receive_cpu_seconds_per_byte = kind.receive_cpu_seconds_per_byte;
    group.known = true;
  }
  return number(state_->kinds.size() - 1);
}

HostId FlowNetwork::add_host(ZoneId zone, HostKindId kind) {
  PULLSIM_CHECK(zone < state_->zones.size() && kind < state_->kinds.size(),
                "a host has a zone and a kind of the network");
  append(state_->hosts);
  Host& host = state_->hosts.back();
  host.zone = zone;
  const HostId id = number(state_->hosts.size() - 1);
  state_->give_levels(id, kind);
  const HostStateId state = host.state;
  host.host_class = state_->classes.find(zone, state, state_->states[state].rates.kind, {});
  ++state_->classes[host.host_class].population;
  if (state_->states[state].has_levels) state_->join_levels(id);
  return id;
}

void FlowNetwork::set_host_kind(HostId host, HostKindId kind) {
  PULLSIM_CHECK(host < state_->hosts.size() && kind < state_->kinds.size(),
                "a host has a kind of the network");
  state_->change_levels(host, kind);
  state_->mark_dirty(host);
  state_->needs_settle = true;
}

void FlowNetwork::set_egress(EgressId egress, double bytes_per_second) {
  PULLSIM_CHECK(egress < state_->egresses.size(), "the egress is one of the network");
  PULLSIM_CHECK(bytes_per_second >= 0, "a link's capacity is not negative");
  state_->egresses[egress].capacity = bytes_per_second;
  state_->capacities_changed = true;
  state_->needs_settle = true;
}

ActivityId FlowNetwork::start_flow(HostId host, SourceId source, double bytes, std::uint64_t tag) {
  PULLSIM_CHECK(source < state_->sources.size(), "a flow comes from a source of the network");
  check_size(bytes);
  return state_->start(host, source, bytes, tag);
}

ActivityId FlowNetwork::start_work(HostId host, double cpu_seconds, double write_bytes,
                                   std::uint64_t tag) {
  check_size(cpu_seconds);
  check_size(write_bytes);
  const double ratio = cpu_seconds > 0 ? write_bytes / cpu_seconds : kUnlimited;
  const bool only_writes = std::isinf(ratio);
  return state_->start(host, state_->classes.work_key(ratio),
                       only_writes ? write_bytes : cpu_seconds, tag);
}

ActivityId FlowNetwork::start_flush(HostId host, double bytes, std::uint64_t tag) {
  check_size(bytes);
  PULLSIM_CHECK(host < state_->hosts.size(), "an activity runs on a host of the network");
  const HostState& state = state_->states[state_->hosts[host].state];
  const bool unwritten = pins_of(state_->kinds[state.kind], Level::unwritten).count > 0;
  return state_->start(host, state_->classes.work_key(kFlush), unwritten ? bytes : 0, tag);
}

double FlowNetwork::cancel(ActivityId activity) { return state_->cancel(activity); }

void FlowNetwork::settle() { state_->settle(); }

bool FlowNetwork::unsettled() const { return state_->needs_settle; }

double FlowNetwork::now() const { return state_->now; }

double FlowNetwork::next_completion() const {
  PULLSIM_CHECK(!state_->needs_settle, "rates are asked for after settling");
  if (!state_->instant.empty()) return state_->now;
  return state_->next_end();
}

std::span<const Completion> FlowNetwork::advance(double seconds) {
  state_->advance(seconds);
  return state_->completions;
}

const FlowNetworkCounters& FlowNetwork::counters() const {
  state_->counters.heap_operations = state_->lane_index.moves + state_->host_lane_index.moves +
                                     state_->level_end_index.moves + state_->by_high_index.moves +
                                     state_->by_low_index.moves + state_->solver.heap_moves();
  for (std::size_t l = 0; l < kLevelCount; ++l) {
    state_->counters.heap_operations +=
        state_->lowest_index[l].moves + state_->highest_index[l].moves;
  }
  state_->counters.state_bytes = state_->bytes();
  return state_->counters;
}

}  // namespace pullsim
