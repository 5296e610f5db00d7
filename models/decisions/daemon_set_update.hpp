// Which pods of a DaemonSet a roll-out deletes next, and on which nodes one is to run. Pure. With
// maxSurge 0, the default, and updateStrategy RollingUpdate; it leaves out surge and OnDelete.
//
// Facts: Kubernetes pkg/controller/daemon/update.go (rollingUpdate, getUnavailableNumbers)
// @ 05028d320f4f and pkg/controller/daemon/util/daemonset_util.go (UnavailableCount,
// AddOrUpdateDaemonPodTolerations) @ 05c351a9037b.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace pullsim {

/// A node on which a pod of the set is to run, in the order of the controller's list.
struct DaemonNodeView {
  bool has_pod = false;  ///< one that is not being deleted
  bool old = false;      ///< of an earlier template
  bool available = false;
};

/// Positions of the nodes whose old pod goes now: each that is not available, and of the others as
/// many as maxUnavailable (a share rounds up) leaves, counting every node without an available pod.
std::vector<std::size_t> daemon_pods_to_replace(std::span<const DaemonNodeView> nodes,
                                                IntOrPercent max_unavailable);

/// What a pod of a DaemonSet tolerates: what it says itself; conditions of its node, cordons; and
/// with the node's network a network that is not there yet.
std::vector<Toleration> daemon_tolerations(const WorkloadSpec& workload);

/// Whether the taints leave a pod of the workload alone that has no say in where it runs.
bool daemon_runs_on(const WorkloadSpec& workload, std::span<const Taint> taints);

}  // namespace pullsim
