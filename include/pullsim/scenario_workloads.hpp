// What runs on nodes, and what is asked of it. Part of scenario.hpp.
#pragma once

#include <pullsim/random.hpp>
#include <pullsim/scenario_autoscaling.hpp>
#include <pullsim/scenario_node_life.hpp>
#include <pullsim/scheduling.hpp>
#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

enum class PullPolicy : std::uint8_t { if_not_present, always, never };

struct ReadinessProbeSpec {
  Duration initial_delay{0};
  Duration period = std::chrono::seconds(10);  ///< Kubernetes' default
  std::int64_t success_threshold = 1;          ///< Kubernetes' default
};

struct StartupProbeSpec {
  Duration initial_delay{0};
  Duration period = std::chrono::seconds(10);  ///< Kubernetes' default
  std::int64_t failure_threshold = 3;          ///< Kubernetes' default
};

/// A container of a pod beside the first, whose keys are the workload's own.
struct ContainerSpec {
  std::string name;
  std::size_t image = 0;
  PullPolicy pull_policy = PullPolicy::if_not_present;
  MilliCpu cpu_request{0};
  Bytes memory_request{0};
  Bytes ephemeral_storage_request{0};
  ExtendedResources extended_requests;
  std::vector<HostPort> host_ports;
  std::optional<StartupProbeSpec> startup_probe;
  std::optional<ReadinessProbeSpec> readiness_probe;
  bool sidecar = false;  ///< of an init container: `restartPolicy: Always`
  /// Of another init container: start to exit with 0, seconds. Assumed.
  Distribution run_time = Distribution::constant(1.0);
};

enum class WorkloadKind : std::uint8_t { deployment, stateful_set, job, cron_job, daemon_set };

/// Of a StatefulSet. Defaults: Kubernetes'.
struct StatefulSetSpec {
  bool parallel = false;       ///< podManagementPolicy: Parallel
  std::int64_t partition = 0;  ///< pods of lower ordinals keep their image in a roll-out
};

/// Of a Job, or of the Jobs that a CronJob makes. Defaults: Kubernetes'.
struct JobSpec {
  std::int64_t completions = 1;
  std::int64_t parallelism = 1;
  std::int64_t backoff_limit = 6;
};

enum class ConcurrencyPolicy : std::uint8_t { allow, forbid, replace };

/// Minutes, hours, ... at which a CronJob makes a Job: bit n of a field stands for value n.
struct CronSchedule {
  std::uint64_t minutes = 0;
  std::uint32_t hours = 0;
};

struct CronJobSpec {
  CronSchedule schedule;
  ConcurrencyPolicy concurrency = ConcurrencyPolicy::allow;  ///< Kubernetes' default
};

struct WorkloadSpec {
  std::string name;
  std::int64_t replicas = 1;
  /// Of the first container.
  std::size_t image = 0;
  PullPolicy pull_policy = PullPolicy::if_not_present;
  MilliCpu cpu_request{0};              ///< of the first container
  Bytes memory_request{0};              ///< of the first container
  Bytes ephemeral_storage_request{0};   ///< of the first container
  ExtendedResources extended_requests;  ///< of the first container
  std::vector<HostPort> host_ports;     ///< of the first container
  PodSchedulingSpec scheduling;         ///< without labels: `app` with the workload's name
  /// What a pod's logs, volumes and writable layers take of the node's disk. Assumed.
  Bytes ephemeral_storage_use{0};
  MilliCpu cpu_usage{0};                   ///< cores that a ready pod uses
  IntOrPercent max_surge{25, true};        ///< Kubernetes' default
  IntOrPercent max_unavailable{25, true};  ///< Kubernetes' default
  Duration min_ready{0};
  bool recreate = false;  ///< strategy Recreate: old pods are gone before new ones are made
  Duration progress_deadline = std::chrono::minutes(10);  ///< Kubernetes' default
  std::optional<StartupProbeSpec> startup_probe;          ///< of the first container
  std::optional<ReadinessProbeSpec> readiness_probe;      ///< of the first container
  std::vector<ContainerSpec> init_containers;             ///< in their order, sidecars among them
  std::vector<ContainerSpec> more_containers;             ///< after the first
  /// Time from deletion until the pod's resources are free. Assumed: a process that ends on
  /// SIGTERM.
  Duration termination = std::chrono::seconds(2);
  std::optional<HorizontalPodAutoscalerSpec> autoscaler;
  std::optional<ScaledObjectSpec> scaled_object;  ///< KEDA; not beside `autoscaler`
  WorkloadKind kind = WorkloadKind::deployment;
  StatefulSetSpec stateful_set;
  JobSpec job;
  CronJobSpec cron_job;
  /// Of a Job: start to exit with 0, seconds. Assumed.
  Distribution run_time = Distribution::constant(60.0);
  bool host_network = false;  ///< the node's address, and no wait for its network plug-in
  /// Of a DaemonSet: a node is Ready when its pod is. It tolerates every taint, as those do.
  bool network_plugin = false;
  std::vector<std::string> removes_startup_taints;  ///< keys; its pods tolerate them
  bool readiness_gate = false;      ///< Ready only when healthy at the load balancer
  std::vector<VolumeSpec> volumes;  ///< attached at the same time
};

struct TrafficStep {
  Duration at{0};
  double per_second = 0;  ///< requests, from then on
};

/// Clients that try again after they gave up waiting. 0 attempts: they do not.
struct RetrySpec {
  std::int64_t attempts = 0;
  Duration backoff = std::chrono::seconds(1);  ///< assumed
};

/// A pod that has just been served takes less than its share for a while (just-in-time compilers,
/// caches): from `start_percent` of it, rising evenly. 0: it serves all at once.
struct WarmUpSpec {
  Duration duration{0};
  std::int64_t start_percent = 10;  ///< assumed
};

/// Demand for one workload.
struct TrafficSpec {
  std::size_t workload = 0;
  double per_pod = 0;  ///< requests per second that use all of a pod's CPU request
  /// How long a client waits for its turn before it gives up. Assumed.
  Duration timeout = std::chrono::seconds(10);
  std::vector<TrafficStep> rate;  ///< by time; 0 before the first
  RetrySpec retries;
  WarmUpSpec warm_up;
};

}  // namespace pullsim
