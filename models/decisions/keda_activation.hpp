// What KEDA itself decides about a ScaledObject: from zero (or the idle count) to the minimum when
// a trigger is active, and back after the cooldown. Between the minimum and the maximum an ordinary
// HorizontalPodAutoscaler with an External AverageValue metric decides. It leaves out paused
// objects, fallback replicas, scaling modifiers and Jobs.
//
// Facts: kedacore/keda pkg/scaling/executor/scale_executor.go and apis/keda/v1alpha1/
// withtriggers_types.go, v2.20.1: a poll every 30 s, cooldown 300 s, initial cooldown 0.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace pullsim {

/// One trigger at a poll.
struct KedaTrigger {
  double value = 0;
  double activation = 0;  ///< another threshold than the one that scales
};

/// One trigger above its activation value is enough; equal is not above.
bool is_active(std::span<const KedaTrigger> triggers);

struct KedaSettings {
  std::int32_t min_replicas = 0;                ///< KEDA's default
  std::optional<std::int32_t> idle_replicas;    ///< less than the minimum
  Duration cooldown = std::chrono::minutes(5);  ///< KEDA's default
  Duration initial_cooldown{0};  ///< KEDA's default; from creation, until first active
  SimTime created{};
};

struct KedaPoll {
  std::int32_t replicas = 0;
  std::optional<SimTime> last_active;  ///< to be kept for the next poll
  friend bool operator==(const KedaPoll&, const KedaPoll&) = default;
};

/// Replicas after one poll at `now`, given those before it.
KedaPoll keda_poll(const KedaSettings& settings, std::int32_t replicas,
                   std::optional<SimTime> last_active, bool active, SimTime now);

}  // namespace pullsim
