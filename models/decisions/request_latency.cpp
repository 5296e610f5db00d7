// See the header.
#include "models/decisions/request_latency.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace pullsim {

namespace {

constexpr double kTail = 0.05;  // beyond the 95th percentile
constexpr int kHalvings = 60;   // of an interval: to the last bit that matters
constexpr double kSameRates = 1e-9;
constexpr double kNobodyWaits = 1e-40;

/// The share of requests that take longer than `t`; times in mean services.
double share_above(double t, std::int64_t servers, double load, double waits) {
  const double spare = static_cast<double>(servers) - load;
  const double service = std::exp(-t);
  if (std::abs(spare - 1) < kSameRates) return service * (1 + waits * t);
  return service + waits * (std::exp(-spare * t) - service) / (1 - spare);
}

/// Of the requests that are blocked where nobody may wait, to those that wait where all may.
double waits_of(double blocked, std::int64_t servers, double load) {
  const double use = load / static_cast<double>(servers);
  return blocked / (1 - use + use * blocked);
}

/// One more server, the n-th.
double next_blocked(double blocked, std::int64_t n, double load) {
  return load * blocked / (static_cast<double>(n) + load * blocked);
}

/// Where the share above falls to the tail, in mean services: between 0 and `high`.
double end_of_tail(double high, std::int64_t servers, double load, double waits) {
  double low = 0;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (share_above(middle, servers, load, waits) > kTail ? low : high) = middle;
  }
  return high;
}

/// Line and service, where the line says it all; none: chance decides how long requests wait.
std::optional<RequestLatency> latency_of_line(const RequestQueue& queue, const RequestFlow& flow,
                                              std::int64_t servers) {
  const double patience = flow.patience_seconds;
  if (servers <= 0 || flow.capacity <= 0) return RequestLatency{patience, patience};
  const double service = static_cast<double>(servers) / flow.capacity;
  const double line = std::min(queue.waiting / flow.capacity, patience);
  const double load = flow.demand * service;
  if (queue.waiting <= 0 && load < static_cast<double>(servers)) return std::nullopt;
  return RequestLatency{line + service, line + service * -std::log(kTail)};
}

}  // namespace

double share_that_waits(std::int64_t servers, double load) {
  double blocked = 1;  // Erlang's B, by its recursion
  for (std::int64_t n = 1; n <= servers; ++n) blocked = next_blocked(blocked, n, load);
  return waits_of(blocked, servers, load);
}

double WaitingShare::of(std::int64_t servers, double load) {
  if (load != load_ || servers < servers_) {
    load_ = load;
    servers_ = 0;
    blocked_ = 1;
  }
  while (servers_ < servers && blocked_ > 0) {
    blocked_ = next_blocked(blocked_, ++servers_, load);
    if (blocked_ < kNobodyWaits) blocked_ = 0;
  }
  servers_ = servers;
  return waits_of(blocked_, servers, load);
}

RequestLatency request_latency(const RequestQueue& queue, const RequestFlow& flow,
                               std::int64_t servers) {
  return RequestLatencies().of(queue, flow, servers);
}

RequestLatency RequestLatencies::of(const RequestQueue& queue, const RequestFlow& flow,
                                    std::int64_t servers) {
  if (const auto line = latency_of_line(queue, flow, servers)) return *line;
  const double patience = flow.patience_seconds;
  const double service = static_cast<double>(servers) / flow.capacity;
  const double load = flow.demand * service;
  const double longest = (service * -std::log(kTail) + patience) / service;
  const double waits = waiting_.of(servers, load);
  if (waits == 0) {
    if (longest != longest_) service_end_ = end_of_tail(longest, servers, load, 0);
    longest_ = longest;
    return {service, service_end_ * service};
  }
  const double wait = std::min(waits * service / (static_cast<double>(servers) - load), patience);
  return {wait + service, end_of_tail(longest, servers, load, waits) * service};
}

}  // namespace pullsim
