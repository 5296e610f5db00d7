// From Ready to traffic, and what is missing: endpoints or a load balancer make a pod served;
// wanted minus served pods over time is the demand that finds no pod; where the demand itself is
// known (traffic.hpp), the pods that it needs stand in for those wanted. Leaves out kube-proxy's
// own queues, scale effects of endpoint slices and request-level behaviour.
#pragma once

#include "models/context.hpp"
#include "models/pod.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pullsim {

/// Ready to routable through the endpoints in a small cluster: between 0.1 and 1.5 s
/// (control-plane facts 6); the middle of the lower half is *assumed*.
inline constexpr Duration kEndpointDelay = std::chrono::milliseconds(500);

/// Delay from Ready to served: endpoints, or with a load balancer registration plus the health
/// checks until the threshold is reached. `u` in (0, 1) places the first check in its interval.
Duration routing_delay(const std::optional<LoadBalancerSpec>& load_balancer, double u);

/// Pods of one workload as its users see them.
class Service {
 public:
  Service(Context& context, std::size_t workload);

  void set_wanted(std::int64_t wanted);
  /// From now on users need so many pods, whatever is wanted.
  void set_needed(double pods);
  void start_with(std::int64_t pods);  ///< initial replicas, served at t = 0
  void created();
  void ready();
  void served();
  /// A served pod is gone with its machine, which nobody has noticed yet.
  void lost();
  /// A pod went away; what it was when it went.
  void removed(PodPhase phase, bool was_served);
  /// Wanted minus served, integrated from 0 to `end`, in pod-seconds.
  double unserved_until(SimTime end) const;

 private:
  double missing() const;
  void integrate();
  void record();

  Context& context_;
  std::string name_;
  bool has_users_;  // nobody waits for the pods of a DaemonSet
  std::int64_t wanted_ = 0;
  std::optional<double> needed_;
  std::int64_t created_ = 0;
  std::int64_t ready_ = 0;
  std::int64_t served_ = 0;
  SimTime since_{};
  double unserved_pod_seconds_ = 0;
  std::optional<std::uint16_t> needed_series_;
  std::uint16_t wanted_series_, created_series_, ready_series_, served_series_;
};

}  // namespace pullsim
