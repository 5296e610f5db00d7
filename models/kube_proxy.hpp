// kube-proxy of all nodes, in its iptables mode: the first change of endpoints is programmed at
// once, then there is at most one sync for each minSyncPeriod, which takes all changes of that time
// (control-plane facts 6). All nodes see the same changes, so one clock stands for them. Leaves out
// the time that a sync takes in a large cluster, and the EndpointSlice controller's client rate.
#pragma once

#include <pullsim/scenario.hpp>

namespace pullsim {

/// Ready to the change being on the nodes: slice written, watched, rules restored. The lower end of
/// the range in facts 6, which counts the wait for a sync as well; *assumed*.
inline constexpr Duration kEndpointPropagation = std::chrono::milliseconds(100);

class KubeProxy {
 public:
  explicit KubeProxy(const KubeProxySpec& spec) : period_(spec.min_sync_period) {}

  /// An endpoint comes or goes now: when traffic follows it. Times never run backwards.
  SimTime changed(SimTime now);

 private:
  Duration period_;
  std::optional<SimTime> sync_;  // the last one, or the one that is due
};

}  // namespace pullsim
