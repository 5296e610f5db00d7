// See the header. Every phase is linear: full queue, filling, draining, empty.
#include "models/decisions/request_queue.hpp"

#include <algorithm>

namespace pullsim {

namespace {
constexpr double kFullTolerance = 1e-9;  // of the room: rounding
}

double queue_room(const RequestFlow& flow) {
  return (flow.capacity > 0 ? flow.capacity : flow.demand) * flow.patience_seconds;
}

RequestQueue without_hopeless(RequestQueue queue, const RequestFlow& flow) {
  const double room = queue_room(flow);
  if (flow.capacity > 0 && queue.waiting > room) {  // the last in line cannot be served in time
    queue.lost += queue.waiting - room;
    queue.waiting = room;
  }
  return queue;
}

RequestQueue after(RequestQueue queue, const RequestFlow& flow, double seconds) {
  queue = without_hopeless(queue, flow);
  const double offered = flow.demand * seconds;
  queue.offered += offered;
  const double growth = flow.demand - flow.capacity;
  if (growth > 0) {
    const double room = std::max(queue_room(flow) - queue.waiting, 0.0);
    const double filled = std::min(growth * seconds, room);
    queue.waiting += filled;
    queue.lost += growth * seconds - filled;
    queue.served += flow.capacity * seconds;
  } else {
    const double served = std::min(flow.capacity * seconds, queue.waiting + offered);
    queue.waiting = std::max(queue.waiting + offered - served, 0.0);
    queue.served += served;
  }
  return queue;
}

std::optional<double> seconds_until_full(const RequestQueue& queue, const RequestFlow& flow) {
  const double growth = flow.demand - flow.capacity;
  if (growth <= 0 || loss_rate(queue, flow) > 0) return std::nullopt;
  return (queue_room(flow) - queue.waiting) / growth;
}

double loss_rate(const RequestQueue& queue, const RequestFlow& flow) {
  const double growth = flow.demand - flow.capacity;
  const bool full = queue.waiting >= queue_room(flow) * (1 - kFullTolerance);
  return growth > 0 && full ? growth : 0.0;
}

}  // namespace pullsim
