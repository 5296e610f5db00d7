// Who changes the replicas of a workload by what is measured: HorizontalPodAutoscaler
// (autoscaling/v2) and KEDA's ScaledObject, as plain data. Part of scenario.hpp. Quantities are
// int64 milli-units, as in Kubernetes' own arithmetic.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ScalingPolicy {
  enum class Type : std::uint8_t { pods, percent };
  Type type = Type::pods;
  std::int32_t value = 0;
  Duration period{0};
};

enum class SelectPolicy : std::uint8_t { max, min, disabled };

/// One direction of `behavior`.
struct ScalingRules {
  SelectPolicy select = SelectPolicy::max;
  std::optional<Duration> stabilization_window;  ///< none: the controller's, for scaling down
  std::vector<ScalingPolicy> policies;
  std::optional<double> tolerance;  ///< none: the controller's
};

/// What is filled in for a direction that `behavior` leaves open (pkg/apis/autoscaling/v2/
/// defaults.go).
inline ScalingRules default_scale_up_rules() {
  ScalingRules rules;
  rules.stabilization_window = Duration{0};
  rules.policies = {{ScalingPolicy::Type::pods, 4, std::chrono::seconds(15)},
                    {ScalingPolicy::Type::percent, 100, std::chrono::seconds(15)}};
  return rules;
}
inline ScalingRules default_scale_down_rules() {
  ScalingRules rules;
  rules.policies = {{ScalingPolicy::Type::percent, 100, std::chrono::seconds(15)}};
  return rules;
}

struct ScalingBehavior {
  ScalingRules up = default_scale_up_rules();
  ScalingRules down = default_scale_down_rules();
};

struct HpaMetricSpec {
  enum class Source : std::uint8_t { resource, container_resource, pods, object, external };
  enum class Target : std::uint8_t { utilization, value, average_value };
  Source source = Source::resource;
  std::string name = "cpu";  ///< of the metric; of a resource always "cpu"
  std::string container;     ///< of container_resource; empty: the first
  Target target = Target::utilization;
  std::int64_t value = 80;  ///< milli-units; of utilization per cent
};

struct HorizontalPodAutoscalerSpec {
  std::int64_t min_replicas = 1;             ///< Kubernetes' default
  std::int64_t max_replicas = 1;             ///< required
  std::int64_t target_cpu_utilization = 80;  ///< per cent of the request; Kubernetes' default
  std::vector<HpaMetricSpec> metrics;        ///< empty: the CPU target above
  std::optional<ScalingBehavior> behavior;
};

/// One trigger: `metric` is a metric as of an External source.
struct KedaTriggerSpec {
  std::string metric;
  std::int64_t threshold = 1000;  ///< milli-units for each replica; required
  std::int64_t activation = 0;    ///< milli-units; active above it; KEDA's default
};

/// Defaults: KEDA's (apis/keda/v1alpha1/withtriggers_types.go, v2.20.1).
struct ScaledObjectSpec {
  std::int64_t min_replicas = 0;
  std::int64_t max_replicas = 100;
  std::optional<std::int64_t> idle_replicas;
  Duration polling_interval = std::chrono::seconds(30);
  Duration cooldown = std::chrono::minutes(5);
  Duration initial_cooldown{0};
  std::vector<KedaTriggerSpec> triggers;
  std::optional<ScalingBehavior> behavior;  ///< of the autoscaler between minimum and maximum
};

struct MetricStep {
  Duration at{0};
  std::int64_t value = 0;  ///< milli-units, from then on
};

/// What something outside the cluster reports: a queue, a request counter.
struct MetricSeriesSpec {
  std::string name;
  std::vector<MetricStep> values;  ///< by time; nothing is known before the first
};

/// Metrics that follow from a workload's traffic.
inline constexpr const char* kRequestsPerSecond = "requests_per_second";
inline constexpr const char* kQueueLength = "queue_length";

}  // namespace pullsim
