// See the header.
#include "models/decisions/node_loss.hpp"

#include "models/decisions/readiness.hpp"

namespace pullsim {

SimTime orphan_deleted(SimTime now, const NodeLossClocks& clocks) {
  return next_tick(next_tick(now, clocks.pod_gc, kPodGcPeriod) + kPodGcQuarantine, clocks.pod_gc,
                   kPodGcPeriod);
}

NodeLossTimes node_loss_times(SimTime lost, const NodeLossClocks& clocks) {
  const SimTime renewed = next_tick(lost - kLeasePeriod + Duration{1}, clocks.lease, kLeasePeriod);
  NodeLossTimes times;
  times.unreachable = next_tick(renewed + kNodeMonitorGrace, clocks.monitor, kNodeMonitorPeriod);
  times.node_deleted = next_tick(times.unreachable, clocks.cloud, kNodeMonitorPeriod);
  times.pods_deleted = orphan_deleted(times.node_deleted, clocks);
  return times;
}

}  // namespace pullsim
