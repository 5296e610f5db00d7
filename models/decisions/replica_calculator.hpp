// How many replicas one metric of a HorizontalPodAutoscaler asks for (autoscaling/v2): Resource and
// ContainerResource by utilization, Resource and Pods by average value, Object and External by
// value and by average value. Which pods count, and what pods that are not ready or have no sample
// count as. It leaves out where samples come from, and everything that happens to the number
// afterwards (hpa_behavior.hpp, hpa_pass.hpp).
//
// Facts: Kubernetes pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go,
// v1.33 and later. Usage, requests and targets are int64 milli-units, ratios are float64, and each
// step is in their order, because other orders differ by one near whole numbers.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

/// A ratio from 1 - down to 1 + up, both included, changes nothing.
struct HpaTolerance {
  double down = 0.1;  ///< kube-controller-manager's default
  double up = 0.1;    ///< kube-controller-manager's default
};

/// When the CPU of a young pod counts. Defaults: kube-controller-manager's.
struct HpaReadiness {
  Duration cpu_initialization = std::chrono::minutes(5);
  Duration initial_delay = std::chrono::seconds(30);
};

/// What a metric measures: only CPU has rules about pods that are starting.
enum class HpaMetric : std::uint8_t { cpu, other };

struct MetricSample {
  std::int64_t value = 0;  ///< milli-units
  SimTime at{};            ///< end of its window
  Duration window{0};
};

/// A pod as the autoscaler sees it. For ContainerResource, request and sample are the container's.
struct HpaPod {
  enum class Phase : std::uint8_t { pending, running, succeeded, failed, unknown };
  /// The status of the Ready condition; `absent`: there is no such condition.
  enum class Ready : std::uint8_t { absent, no, yes, unknown };
  Phase phase = Phase::running;
  Ready ready = Ready::yes;
  bool deleted = false;  ///< has a deletion timestamp
  std::optional<SimTime> start{SimTime{}};
  SimTime ready_transition{};           ///< when `ready` became what it is
  std::optional<std::int64_t> request;  ///< sum of the containers; none: one of them has none
  std::optional<MetricSample> sample;   ///< none: not measured
};

/// Indices of pods by what they count as.
struct PodGroups {
  std::int64_t ready = 0;
  std::vector<std::size_t> unready;
  std::vector<std::size_t> missing;  ///< no sample
  std::vector<std::size_t> ignored;  ///< failed or being deleted
};

PodGroups group_pods(std::span<const HpaPod> pods, HpaMetric metric, const HpaReadiness& readiness,
                     SimTime now);

/// What all proposals are made from.
struct HpaView {
  std::span<const HpaPod> pods;  ///< those the scale target's selector matches
  std::int32_t replicas = 0;     ///< the scale target's spec.replicas
  HpaTolerance tolerance;
  HpaReadiness readiness;
  SimTime now{};
  /// Samples of pods that are not in `pods` (gone since the metric was taken).
  std::vector<std::int64_t> strange_samples;
};

struct ReplicaProposal {
  std::int32_t replicas = 0;
  std::int64_t usage = 0;        ///< what the autoscaler's status shows: average, value or sum
  std::int32_t utilization = 0;  ///< per cent; of a utilization target alone
};

// Each is empty when the metric cannot be computed.

/// Resource and ContainerResource with a target of `percent` of the requests.
std::optional<ReplicaProposal> propose_by_utilization(const HpaView& view, HpaMetric metric,
                                                      std::int32_t percent);

/// Resource and ContainerResource with AverageValue; Pods, whose metric is `other`.
std::optional<ReplicaProposal> propose_by_average(const HpaView& view, HpaMetric metric,
                                                  std::int64_t target);

/// Object and External with Value; the values are summed.
std::optional<ReplicaProposal> propose_by_value(const HpaView& view,
                                                std::span<const std::int64_t> values,
                                                std::int64_t target);

/// Object and External with AverageValue: a share for each of the status.replicas.
std::optional<ReplicaProposal> propose_by_value_per_replica(std::span<const std::int64_t> values,
                                                            std::int64_t target,
                                                            std::int32_t status_replicas,
                                                            const HpaTolerance& tolerance);

}  // namespace pullsim
