// One variant of a scenario as plain data: what the simulation needs and nothing about how it was
// written. Filled by tools/input from YAML, by tests in code. Names between parts are resolved to
// indices. Defaults stand here, once; each says its source or is marked assumed. The meaning of
// each key is in docs/scenario-reference.md, which is generated from the reader's field table.
#pragma once

#include <pullsim/scenario_autoscaling.hpp>
#include <pullsim/scenario_images.hpp>
#include <pullsim/scenario_node_autoscaler.hpp>
#include <pullsim/scenario_nodes.hpp>
#include <pullsim/scenario_workloads.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ControlPlaneSpec {
  ClientLimit controller_manager{20, 30};   ///< kube-controller-manager's defaults
  ClientLimit scheduler{50, 100};           ///< kube-scheduler's defaults
  std::optional<KubeProxySpec> kube_proxy;  ///< none: endpoints are programmed in a fixed time
  /// From a controller's call to its answer; the next batch of a slow start waits for it.
  Duration api_latency{0};
};

struct LoadBalancerSpec {
  Duration registration = std::chrono::seconds(10);
  Duration health_interval = std::chrono::seconds(10);
  std::int64_t healthy_threshold = 2;
  bool readiness_gate = false;  ///< of every workload but DaemonSets
};

struct ScenarioEvent {
  enum class Kind : std::uint8_t { scale, set_image, registry_outage, remove_nodes };
  Duration at{0};
  Kind kind = Kind::scale;
  std::size_t workload = 0;
  std::int64_t replicas = 0;  ///< scale
  std::size_t image = 0;      ///< set_image
  std::size_t registry = 0;   ///< registry_outage
  Duration length{0};         ///< registry_outage
  bool silent = false;        ///< registry_outage: no answer instead of an error
  std::size_t pool = 0;       ///< remove_nodes
  std::int64_t count = 0;     ///< remove_nodes: as many of its nodes as there are, at most
  Duration notice{0};         ///< remove_nodes: they are drained for so long; 0: gone at once
};

struct Scenario {
  std::string name;
  std::uint64_t seed = 1;
  Duration duration = std::chrono::minutes(20);
  std::vector<ImageSpec> images;
  std::vector<RegistrySpec> registries;
  std::vector<ZoneSpec> zones;
  std::vector<NodePoolSpec> node_pools;
  std::vector<WorkloadSpec> workloads;
  ControlPlaneSpec control_plane;
  NodeAutoscalerSpec node_autoscaler;
  std::optional<LoadBalancerSpec> load_balancer;
  std::vector<ScenarioEvent> events;
  std::vector<TrafficSpec> traffic;  ///< at most one for each workload
  std::vector<DisruptionBudgetSpec> disruption_budgets;
  std::vector<MetricSeriesSpec> metrics;     ///< of Pods, Object and External metrics, KEDA
  Duration time_of_day{0};                   ///< of t = 0, for CronJobs
  std::uint64_t events_max = 2'000'000'000;  ///< engine's budget
  bool keep_paths = false;  ///< the critical path of every pull goes into the result
};

}  // namespace pullsim
