// Requests of one workload as a fluid: what pods serve, what waits, and what gives up, while demand
// and capacity stay as they are. One queue for all pods; who waits longer than its patience leaves,
// so the queue holds no more than the pods serve in that time, or while there is no pod, no more
// than arrive in it. Leaves out single requests and the waiting that chance causes below full load
// (request_latency.hpp).
#pragma once

#include <optional>

namespace pullsim {

struct RequestQueue {
  double waiting = 0;  ///< requests
  double offered = 0;  ///< since the start
  double served = 0;
  double lost = 0;  ///< gave up waiting
};

struct RequestFlow {
  double demand = 0;            ///< requests per second
  double capacity = 0;          ///< what all pods together can serve per second
  double patience_seconds = 0;  ///< longest wait
};

/// How many requests can wait and be served in time, if they are.
double queue_room(const RequestFlow& flow);

/// The queue once those have left who cannot be served in time any more: capacity fell.
RequestQueue without_hopeless(RequestQueue queue, const RequestFlow& flow);

/// The queue after `seconds` of this flow. Offered is served, lost and waiting, always.
RequestQueue after(RequestQueue queue, const RequestFlow& flow, double seconds);

/// Seconds until the queue is full; none: it never is, or it is full already.
std::optional<double> seconds_until_full(const RequestQueue& queue, const RequestFlow& flow);

/// Requests per second that are lost now.
double loss_rate(const RequestQueue& queue, const RequestFlow& flow);

}  // namespace pullsim
