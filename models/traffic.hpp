// Load on one workload: demand over time, shared evenly by the served pods, with a queue when they
// are short (decisions/request_queue.hpp). The CPU time that a pod uses follows from the requests
// that it served. Leaves out the CPU of pods that start, uneven balancing, retries and single
// requests.
#pragma once

#include "models/context.hpp"
#include "models/decisions/request_queue.hpp"
#include "models/pod.hpp"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace pullsim {

class Traffic {
 public:
  /// `needed`: called with the pods that the demand would keep fully busy, at each change.
  Traffic(Context& context, const TrafficSpec& spec, std::function<void(double)> needed);

  /// Pods that are served from the start; the demand of the start has lasted for ever.
  void start_with(const std::vector<PodId>& pods);
  void join(PodId pod);   ///< traffic reaches it
  void leave(PodId pod);  ///< it is out of the endpoints; nothing happens if it never joined

  /// CPU seconds that the pod has used for requests; negative before the start for initial pods.
  double cpu_seconds(PodId pod, SimTime at);
  SimTime last_rise() const { return last_rise_; }
  /// Requests until `end`, which no later event may precede.
  RequestQueue totals(SimTime end) const;
  /// Rows of what waits and what was lost so far.
  void record();

 private:
  void set_demand(double per_second);
  void catch_up();
  double share_since(SimTime from, SimTime to) const;

  Context& context_;
  const TrafficSpec& spec_;
  double cpu_seconds_per_request_;
  std::function<void(double)> needed_;
  RequestQueue queue_;
  RequestFlow flow_;
  SimTime since_{};          // queue_ and share_ are as of then
  double share_ = 0;         // requests that a pod served from the start on has served
  double share_before_ = 0;  // per second, before the start
  SimTime last_rise_{};
  std::unordered_map<PodId, double> joined_;  // share_ when the pod joined
  std::uint16_t demand_series_, served_series_, queue_series_, lost_series_;
};

}  // namespace pullsim
