// See the header.
#include "models/registry_request.hpp"

#include "models/recorder.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

// containerd gives up a connection that is not set up after 30 s (newTransport in its CRI plugin);
// assumed for CRI-O, and for a connection that was set up before.
constexpr Duration kConnectTimeout = std::chrono::seconds(30);

}  // namespace

Duration PullConnections::connect(std::size_t registry) {
  if (std::exchange(at_[registry].connected, true)) return Duration{0};
  const Registry& host = registries_[registry];
  return host.connection_round_trips() * host.spec().round_trip;
}

Duration PullConnections::connect_for_data(std::size_t registry, Connection* connection) {
  std::vector<Connection>& idle = at_[registry].idle;
  *connection = Connection{};
  if (idle.empty()) {
    const Registry& host = registries_[registry];
    return host.connection_round_trips() * host.data_round_trip();
  }
  *connection = idle.back();
  idle.pop_back();
  return Duration{0};
}

RegistryRequest::RegistryRequest(Context& context, const RequestOrigin& origin, Kind kind,
                                 std::vector<std::size_t> hosts)
    : context_(context), origin_(origin), kind_(kind), hosts_(std::move(hosts)) {}

void RegistryRequest::start(const char* label, Duration before, Callback done) {
  label_ = label;
  before_ = before;
  done_ = done;
  enter_host();
  send();
}

void RegistryRequest::enter_host() {
  attempts_ = server_errors_ = 0;
  connected_ = false;
  const bool needs_token = host().spec().token && !origin_.connections->has_token(registry());
  stage_ = needs_token ? Stage::challenge : Stage::content;
}

void RegistryRequest::send() {
  ++context_.recorder.result().counters.requests;
  gives_up_.reset();
  transmit();
}

void RegistryRequest::transmit() {
  const Service service = host().service();
  if (service == Service::silent) {
    hang();
    return;
  }
  hangs_ = false;
  const RegistrySpec& spec = host().spec();
  const RequestHop* hop = nullptr;
  if (stage_ == Stage::token) hop = &*spec.token;
  if (stage_ == Stage::store) hop = &*spec.object_store;
  const Duration round_trip = hop != nullptr ? hop->round_trip : spec.round_trip;
  const Duration before = std::exchange(before_, Duration{0});
  if (service == Service::refusing) {
    answer_in(before + round_trip, RegistryAnswer::no_connection);
    return;
  }
  const Duration trip = before + connect() + round_trip;
  if (hop == nullptr && !host().admits_request(context_.engine.now())) {
    answer_in(trip, RegistryAnswer::throttled);
    return;
  }
  const Distribution& latency = hop != nullptr ? hop->latency : spec.request_latency;
  const Duration time = trip + draw(latency, origin_.draws->next());
  const bool may_fail = hop == nullptr && spec.request_failure_probability > 0;
  const RegistryAnswer answer =
      hop != nullptr ? RegistryAnswer::good : answer_of_host(may_fail ? origin_.draws->next() : 1);
  answer_in(answer == RegistryAnswer::throttled ? trip : time, answer);
}

Duration RegistryRequest::connect() {
  if (std::exchange(connected_, true)) return Duration{0};
  PullConnections& connections = *origin_.connections;
  switch (stage_) {
    case Stage::challenge:
      return connections.connect(registry());
    case Stage::token:
      return host().connection_round_trips() * host().spec().token->round_trip;
    case Stage::content:
      if (!is_data() || host().spec().object_store) return connections.connect(registry());
      return connections.connect_for_data(registry(), &connection_);
    case Stage::store:
      return connections.connect_for_data(registry(), &connection_);
  }
  return Duration{0};
}

RegistryAnswer RegistryRequest::answer_of_host(double failure) {
  if (failure < host().spec().request_failure_probability) return RegistryAnswer::server_error;
  if (stage_ == Stage::challenge) return RegistryAnswer::good;
  if (!host().has_image(origin_.image)) return RegistryAnswer::not_found;
  const bool counts = kind_ == Kind::manifest;
  if (counts && !host().admits_pull(origin_.address, context_.engine.now())) {
    return RegistryAnswer::throttled;
  }
  return RegistryAnswer::good;
}

// Until the registry is back, when what was sent gets through, or the client gives up.
void RegistryRequest::hang() {
  const SimTime now = context_.engine.now();
  hangs_ = true;
  if (!gives_up_) gives_up_ = now + kConnectTimeout;
  if (host().silent_until() <= *gives_up_) {
    event_ = context_.engine.at(host().silent_until(), "registry is back", [this] { transmit(); });
    return;
  }
  event_ = context_.engine.at(*gives_up_, "request timed out", [this] {
    hangs_ = false;
    answered(RegistryAnswer::no_connection);
  });
}

void RegistryRequest::answer_in(Duration time, RegistryAnswer answer) {
  in_flight_ = true;
  event_ = context_.engine.in(time, label_, [this, answer] {
    in_flight_ = false;
    answered(answer);
  });
}

void RegistryRequest::outage_began(std::size_t index) {
  if (index != registry() || !(in_flight_ || hangs_)) return;
  context_.engine.cancel(event_);
  in_flight_ = hangs_ = false;
  if (host().service() == Service::silent) {
    hang();
  } else {
    answer_in(Duration{0}, RegistryAnswer::no_connection);
  }
}

void RegistryRequest::answered(RegistryAnswer answer) {
  if (answer == RegistryAnswer::good) {
    next_stage();
    return;
  }
  ++attempts_;
  RunResult& result = context_.recorder.result();
  if (answer == RegistryAnswer::throttled) ++result.pulls[origin_.pull].retries.edit().throttled;
  if (answer == RegistryAnswer::server_error) ++server_errors_;
  if (answer == RegistryAnswer::no_connection) connected_ = false;
  const bool last_host = host_ + 1 == hosts_.size();
  const NextRequest next =
      after_answer(origin_.retries, {answer, attempts_, server_errors_, last_host});
  switch (next.kind) {
    case NextRequest::Kind::again:
      if (next.wait == Duration{0}) {
        send();
      } else {
        event_ = context_.engine.in(next.wait, "request is made again", [this] { send(); });
      }
      break;
    case NextRequest::Kind::next_host:
      ++host_;
      enter_host();
      send();
      break;
    case NextRequest::Kind::done:
    case NextRequest::Kind::give_up:
      finish(false);
      break;
  }
}

void RegistryRequest::next_stage() {
  connected_ = false;
  switch (stage_) {
    case Stage::challenge:
      ++attempts_;
      stage_ = Stage::token;
      send();
      return;
    case Stage::token:
      origin_.connections->got_token(registry());
      stage_ = Stage::content;
      send();
      return;
    case Stage::content:
      if (!is_data() || !host().spec().object_store) break;
      stage_ = Stage::store;
      send();
      return;
    case Stage::store:
      break;
  }
  finish(true);
}

void RegistryRequest::finish(bool good) {
  good_ = good;
  Callback done = done_;
  done();
}

}  // namespace pullsim
