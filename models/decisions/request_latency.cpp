// See the header.
#include "models/decisions/request_latency.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

constexpr double kTail = 0.05;  // beyond the 95th percentile
constexpr int kHalvings = 60;   // of an interval: to the last bit that matters
constexpr double kSameRates = 1e-9;

/// The share of requests that take longer than `t`; times in mean services.
double share_above(double t, std::int64_t servers, double load, double waits) {
  const double spare = static_cast<double>(servers) - load;
  const double service = std::exp(-t);
  if (std::abs(spare - 1) < kSameRates) return service * (1 + waits * t);
  return service + waits * (std::exp(-spare * t) - service) / (1 - spare);
}

}  // namespace

double share_that_waits(std::int64_t servers, double load) {
  double blocked = 1;  // Erlang's B, by its recursion
  for (std::int64_t n = 1; n <= servers; ++n) {
    blocked = load * blocked / (static_cast<double>(n) + load * blocked);
  }
  const double use = load / static_cast<double>(servers);
  return blocked / (1 - use + use * blocked);
}

RequestLatency request_latency(const RequestQueue& queue, const RequestFlow& flow,
                               std::int64_t servers) {
  const double patience = flow.patience_seconds;
  if (servers <= 0 || flow.capacity <= 0) return {patience, patience};
  const double service = static_cast<double>(servers) / flow.capacity;
  const double tail = service * -std::log(kTail);
  const double line = std::min(queue.waiting / flow.capacity, patience);
  const double load = flow.demand * service;
  if (queue.waiting > 0 || load >= static_cast<double>(servers)) {
    return {line + service, line + tail};
  }
  const double waits = share_that_waits(servers, load);
  const double spare = static_cast<double>(servers) - load;
  const double wait = std::min(waits * service / spare, patience);
  double low = 0;
  double high = (tail + patience) / service;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (share_above(middle, servers, load, waits) > kTail ? low : high) = middle;
  }
  return {wait + service, high * service};
}

}  // namespace pullsim
