// Requests of one workload as a fluid: what pods serve, what waits, and what gives up, while demand
// and capacity stay as they are. One queue for all pods; who waits longer than its patience leaves,
// so the queue holds no more than the pods serve in that time. Leaves out single requests and the
// waiting that chance causes below full load.
#pragma once

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

/// The queue after `seconds` of this flow. Offered is served, lost and waiting, always.
RequestQueue after(RequestQueue queue, const RequestFlow& flow, double seconds);

}  // namespace pullsim
