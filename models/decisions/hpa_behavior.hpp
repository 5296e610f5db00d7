// What a HorizontalPodAutoscaler does to the replica count it has computed: stabilization over past
// recommendations, then limits, each without and with `behavior`. The two paths look alike and are
// not equal: without `behavior` nobody remembers what was added, with it policies count what was
// added and removed in their period. The order is stabilize, then policies, then minimum and
// maximum. It leaves out the proposal itself (replica_calculator.hpp).
//
// Facts: Kubernetes pkg/controller/podautoscaler/horizontal.go and pkg/apis/autoscaling/v2/
// defaults.go, v1.33 and later. Replica counts are int32 as there. Logs are lists in their order,
// because an old entry is overwritten in its place.
#pragma once

#include <pullsim/scenario_autoscaling.hpp>
#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

struct Recommendation {
  std::int32_t replicas = 0;  ///< as computed, before stabilization
  SimTime at{};
};

/// A change that was made; positive in the log of either direction.
struct ScaleChange {
  std::int32_t change = 0;
  SimTime at{};
  bool outdated = false;  ///< older than every policy's period: its place may be used again
};

/// Cap on growth in one pass without `behavior`: the greater of factor x replicas and minimum.
struct ScaleUpCap {
  double factor = 2.0;
  double minimum = 4.0;
};

enum class LimitReason : std::uint8_t {
  desired_within_range,
  scale_up_limit,
  too_many_replicas,
  scale_down_limit,
  too_few_replicas
};

struct LimitedReplicas {
  std::int32_t replicas = 0;
  LimitReason reason = LimitReason::desired_within_range;
  friend bool operator==(const LimitedReplicas&, const LimitedReplicas&) = default;
};

struct ReplicaBounds {
  std::int32_t min = 1;
  std::int32_t max = 1;
};

/// The greatest of `desired` and what was recommended within the window; `desired` is logged.
std::int32_t stabilize(std::int32_t desired, Duration window, SimTime now,
                       std::vector<Recommendation>* log);

LimitedReplicas limit_replicas(std::int32_t current, std::int32_t desired, ReplicaBounds bounds,
                               const ScaleUpCap& cap = {});

struct StabilizationWindows {
  Duration up{0};
  Duration down{0};
};

/// As far up as every recommendation of the up window agrees, and as far down as every one of the
/// down window does; both windows are looked at whatever the direction. `desired` is logged.
std::int32_t stabilize_with_behavior(std::int32_t current, std::int32_t desired,
                                     const StabilizationWindows& windows, SimTime now,
                                     std::vector<Recommendation>* log);

/// Sum of the changes younger than the period.
std::int32_t change_in_period(std::span<const ScaleChange> changes, Duration period, SimTime now);

/// Changes of both directions, and the moment they are looked at.
struct ScaleHistory {
  std::span<const ScaleChange> up;
  std::span<const ScaleChange> down;
  SimTime now{};
};

/// How far the rules let the replicas go from `current`, before the bounds.
std::int32_t scale_up_limit(std::int32_t current, const ScalingRules& rules,
                            const ScaleHistory& history);
std::int32_t scale_down_limit(std::int32_t current, const ScalingRules& rules,
                              const ScaleHistory& history);

LimitedReplicas limit_with_behavior(std::int32_t current, std::int32_t desired,
                                    ReplicaBounds bounds, const ScalingBehavior& behavior,
                                    const ScaleHistory& history);

/// Remembers a change of one direction, in the place of an outdated one if there is any.
void store_scale_change(const ScalingRules& rules, std::int32_t change, SimTime now,
                        std::vector<ScaleChange>* changes);

}  // namespace pullsim
