// One pass of the HorizontalPodAutoscaler controller over one autoscaler: several metrics into one
// number, the cases in which metrics do not matter, the path without or with `behavior`, and what
// is remembered for the next pass. It leaves out reading metrics, writing the scale and status
// conditions other than the reason of the limit.
//
// Facts: Kubernetes pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler, v1.33 and
// later; a pass every 15 s (--horizontal-pod-autoscaler-sync-period).
#pragma once

#include "models/decisions/hpa_behavior.hpp"
#include "models/decisions/replica_calculator.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

struct HpaSettings {
  ReplicaBounds bounds;
  std::optional<ScalingBehavior> behavior;
  /// --horizontal-pod-autoscaler-downscale-stabilization's default. With `behavior`, the window of
  /// a scaleDown that gives none.
  Duration downscale_stabilization = std::chrono::minutes(5);
  ScaleUpCap cap;  ///< without `behavior`
};

/// The controller's tolerance, replaced by that of `behavior` in the directions that give one.
HpaTolerance tolerance_of(const HpaSettings& settings, const HpaTolerance& global = {});

/// What the controller keeps in memory; gone when it restarts.
struct HpaMemory {
  bool started = false;  ///< has recommended before
  std::vector<Recommendation> recommendations;
  std::vector<ScaleChange> ups;
  std::vector<ScaleChange> downs;
};

/// The greatest of the metrics' proposals. Empty when none could be computed, or when one could not
/// and the others would scale down: a broken metric blocks scaling down, never up.
std::optional<std::int32_t> combine_proposals(
    std::int32_t current, std::span<const std::optional<std::int32_t>> proposals);

struct HpaOutcome {
  std::int32_t replicas = 0;
  LimitReason reason = LimitReason::desired_within_range;
  bool metrics_failed = false;  ///< nothing changed, nothing was recommended
};

/// `proposal` is what combine_proposals() gave; it is not looked at while `current` lies outside
/// the bounds, or when autoscaling is off (no replicas, and a minimum of at least one).
HpaOutcome hpa_pass(const HpaSettings& settings, std::int32_t current,
                    std::optional<std::int32_t> proposal, SimTime now, HpaMemory* memory);

}  // namespace pullsim
