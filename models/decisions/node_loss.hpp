// When a cluster finds out that a machine is gone, as arithmetic on the clocks of its controllers.
// Pure. The kubelet no longer renews its lease; the node controller waits for the grace period and
// sets the node to Unknown; the cloud's node controller asks for the machine of a node that is not
// Ready and deletes the node; the pod garbage collector sees pods of a node that is not there,
// waits for its quarantine and deletes them. It leaves out the taint-based eviction after five
// minutes, which comes later, and calls that fail.
//
// Facts: node-monitor-grace-period 40 s, 50 s from Kubernetes 1.32 on, node-monitor-period 5 s (of
// both controllers) and renewal of leases every 10 s are general knowledge; pkg/controller/podgc/
// gc_controller.go (gcCheckPeriod, quarantineTime) @ 003e86297d18.
#pragma once

#include <pullsim/units.hpp>

namespace pullsim {

inline constexpr Duration kLeasePeriod = std::chrono::seconds(10);
inline constexpr Duration kNodeMonitorGrace = std::chrono::seconds(50);
inline constexpr Duration kNodeMonitorPeriod = std::chrono::seconds(5);
inline constexpr Duration kPodGcPeriod = std::chrono::seconds(20);
inline constexpr Duration kPodGcQuarantine = std::chrono::seconds(40);

/// Phases of the clocks that take part.
struct NodeLossClocks {
  Duration lease{0};    ///< of the node
  Duration monitor{0};  ///< of the node controller
  Duration cloud{0};    ///< of the cloud's node controller
  Duration pod_gc{0};
};

struct NodeLossTimes {
  SimTime unreachable;   ///< the node is Unknown, and its pods not Ready
  SimTime node_deleted;  ///< there is no such node any more
  SimTime pods_deleted;  ///< nor are its pods: their controllers make others
  friend bool operator==(const NodeLossTimes&, const NodeLossTimes&) = default;
};

/// `lost`: the machine went.
NodeLossTimes node_loss_times(SimTime lost, const NodeLossClocks& clocks);

/// When a pod goes that was bound to a node which is deleted at `now` or was before.
SimTime orphan_deleted(SimTime now, const NodeLossClocks& clocks);

}  // namespace pullsim
