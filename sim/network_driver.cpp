// One settle event for each instant with changes, one pending event for the next completion.
#include "sim/network_driver.hpp"

#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

namespace {

/// Past this the engine's clock has no room: such an end is never reached.
constexpr double kEndOfTimeSeconds = 4e9;

/// The first instant from `now` on whose value in seconds is not before `seconds`.
SimTime instant_of(double seconds, SimTime now) {
  SimTime time = std::max(now, time_up(seconds));
  // Seconds are doubles: the product with 10^9 may be a nanosecond off.
  while (time > now && to_seconds(time - Duration{1}) >= seconds) time -= Duration{1};
  while (to_seconds(time) < seconds) time += Duration{1};
  return time;
}

}  // namespace

NetworkDriver::NetworkDriver(Engine& engine, FlowNetworkOptions options)
    : engine_(engine), network_(options) {}

NetworkDriver::~NetworkDriver() {
  engine_.cancel(settle_event_);
  engine_.cancel(completion_event_);
}

ActivityHandle NetworkDriver::start_flow(HostId host, SourceId source, double bytes,
                                         DoneCallback done) {
  catch_up();
  changed();
  return keep(network_.start_flow(host, source, bytes, 0), done);
}

ActivityHandle NetworkDriver::start_work(HostId host, double cpu_seconds, double write_bytes,
                                         DoneCallback done) {
  catch_up();
  changed();
  return keep(network_.start_work(host, cpu_seconds, write_bytes, 0), done);
}

ActivityHandle NetworkDriver::start_flush(HostId host, double bytes, DoneCallback done) {
  catch_up();
  changed();
  return keep(network_.start_flush(host, bytes, 0), done);
}

ActivityHandle NetworkDriver::keep(ActivityId id, DoneCallback done) {
  if (entries_.size() <= id) entries_.resize(id + 1);
  Entry& entry = entries_[id];
  entry.done = done;
  entry.live = true;
  return {id, ++entry.generation};
}

bool NetworkDriver::pending(ActivityHandle handle) const {
  if (handle.activity >= entries_.size()) return false;
  const Entry& entry = entries_[handle.activity];
  if (entry.live && entry.generation == handle.generation) return true;
  return std::any_of(ended_.begin(), ended_.end(),
                     [&](const Ended& e) { return e.handle == handle; });
}

double NetworkDriver::cancel(ActivityHandle handle) {
  if (!pending(handle)) return 0;
  catch_up();
  Entry& entry = entries_[handle.activity];
  if (entry.live && entry.generation == handle.generation) {
    changed();
    entry.live = false;
    return network_.cancel(handle.activity);
  }
  std::erase_if(ended_, [&](const Ended& e) { return e.handle == handle; });
  return 0;
}

HostId NetworkDriver::add_host(ZoneId zone, HostKindId kind) {
  catch_up();
  const HostId host = network_.add_host(zone, kind);
  if (network_.unsettled()) changed();
  return host;
}

void NetworkDriver::set_host_kind(HostId host, HostKindId kind) {
  catch_up();
  changed();
  network_.set_host_kind(host, kind);
}

void NetworkDriver::set_egress(EgressId egress, double bytes_per_second) {
  catch_up();
  changed();
  network_.set_egress(egress, bytes_per_second);
}

void NetworkDriver::catch_up() {
  if (unsettled_) return;  // it was brought here by the first change of this instant
  const double seconds = std::max(network_.now(), to_seconds(engine_.now()));
  for (const Completion& completion : network_.advance(seconds)) {
    Entry& entry = entries_[completion.activity];
    entry.live = false;
    ended_.push_back({completion, {completion.activity, entry.generation}, entry.done});
  }
  // Their callbacks wait for the completion event, which stands at this very instant. A level may
  // have come to its end without anything else.
  if (!ended_.empty() || network_.unsettled()) changed();
}

void NetworkDriver::changed() {
  if (unsettled_) return;
  unsettled_ = true;
  settle_event_ = engine_.in(
      Duration{0}, "share out", [this] { settle(); }, Phase::settle);
}

void NetworkDriver::settle() {
  network_.settle();
  unsettled_ = false;
  const double next = network_.next_completion();
  if (next > kEndOfTimeSeconds) {
    engine_.cancel(completion_event_);
  } else {
    deliver_at(next <= network_.now() ? engine_.now() : instant_of(next, engine_.now()));
  }
  if (look_) look_();
}

void NetworkDriver::deliver_at(SimTime time) {
  if (engine_.pending(completion_event_) && completion_time_ == time) return;
  engine_.cancel(completion_event_);
  completion_time_ = time;
  completion_event_ = engine_.at(time, "transfer or work done", [this] { deliver(); });
}

void NetworkDriver::deliver() {
  catch_up();
  while (!ended_.empty()) {
    Ended ended = ended_.front();
    ended_.pop_front();
    ended.done(ended.completion);
  }
}

}  // namespace pullsim
