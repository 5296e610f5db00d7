// A pod as the API server knows it, of which there may be very many: what it is, where it is, how
// far it has come. Times are written to its row in the result; initial replicas have none. Leaves
// out ephemeral containers, hooks and volumes.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

using PodId = std::uint32_t;
using NodeId = std::uint32_t;

enum class PodPhase : std::uint8_t {
  pending,  ///< created, not bound
  bound,    ///< on a node: sandbox, pull, start
  running,  ///< container started
  ready,
  gone  ///< deleted; its resources may still be in use
};

struct Pod {
  static constexpr RowIndex kNoRow = std::numeric_limits<RowIndex>::max();

  RowIndex workload = 0;
  RowIndex ordinal = 0;  ///< n-th pod of its workload; with it the name
  RowIndex image = 0;
  /// Index within its Deployment, the run of its Job, or the ordinal in its StatefulSet.
  RowIndex replica_set = 0;
  RowIndex row = kNoRow;
  MaybeNumber<NodeId> only_node;  ///< of a DaemonSet: where it is to run
  MaybeNumber<NodeId> node;       ///< reserved by the scheduler, then bound
  PodPhase phase = PodPhase::pending;
  bool initial = false;
  bool served = false;
  bool uses_cores = false;  ///< from Ready until its process has ended
  bool lost = false;        ///< its machine is gone, which its controller does not know yet
  // Its deployment's view:
  bool available = false;  ///< ready for minReadySeconds and not chosen for deletion
  bool leaving = false;    ///< chosen for deletion, which waits for the client's rate
};

/// Its times are in its row; initial replicas have been there and ready since the start.
inline SimTime created_at(const Pod& pod, const RunResult& result) {
  return pod.row == Pod::kNoRow ? kSimStart : result.pods[pod.row].created;
}
inline SimTime ready_since(const Pod& pod, const RunResult& result) {
  return pod.row == Pod::kNoRow ? kSimStart : result.pods[pod.row].ready.value_or(kSimStart);
}

inline std::string name_of(const Scenario& scenario, const Pod& pod) {
  return pod_name(scenario, pod.workload, pod.ordinal);
}

/// A container of a pod as the kubelet goes through them.
struct PodContainer {
  enum class Role : std::uint8_t {
    init,     ///< runs to its end before the next one begins
    sidecar,  ///< restartable init container: has to have started before the next one begins
    main
  };
  Role role = Role::main;
  std::string suffix;  ///< to the pod's name in the key of its random draws; none for the first
  std::size_t image = 0;
  PullPolicy pull_policy = PullPolicy::if_not_present;
  std::optional<StartupProbeSpec> startup_probe;
  std::optional<ReadinessProbeSpec> readiness_probe;
  Distribution run_time;  ///< init
};

/// All containers of a pod in the order in which they start: init containers, sidecars among them,
/// then the others. `image`: of its first container.
std::vector<PodContainer> containers_of(const WorkloadSpec& workload, std::size_t image);

/// Its pods end by themselves: a Job or a CronJob.
inline bool runs_to_end(const WorkloadSpec& workload) {
  return workload.kind == WorkloadKind::job || workload.kind == WorkloadKind::cron_job;
}

/// Moves a pod on; a pod only ever moves forward (checked).
void advance_phase(Pod& pod, PodPhase to);

}  // namespace pullsim
