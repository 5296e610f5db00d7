// See the header. Every phase is linear: full queue, filling, draining, empty.
#include "models/decisions/request_queue.hpp"

#include <algorithm>

namespace pullsim {

RequestQueue after(RequestQueue queue, const RequestFlow& flow, double seconds) {
  const double room = flow.capacity * flow.patience_seconds;
  if (queue.waiting > room) {  // capacity fell: the last in line cannot be served in time
    queue.lost += queue.waiting - room;
    queue.waiting = room;
  }
  const double offered = flow.demand * seconds;
  queue.offered += offered;
  const double growth = flow.demand - flow.capacity;
  if (growth > 0) {
    const double filled = std::min(growth * seconds, room - queue.waiting);
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

}  // namespace pullsim
