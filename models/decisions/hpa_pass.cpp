// See the header. The steps stand in the controller's order.
#include "models/decisions/hpa_pass.hpp"

#include <algorithm>

namespace pullsim {
namespace {

LimitedReplicas normalized(const HpaSettings& settings, std::int32_t current, std::int32_t desired,
                           SimTime now, HpaMemory* memory) {
  if (!settings.behavior) {
    const std::int32_t stable =
        stabilize(desired, settings.downscale_stabilization, now, &memory->recommendations);
    return limit_replicas(current, stable, settings.bounds, settings.cap);
  }
  const ScalingBehavior& behavior = *settings.behavior;
  const StabilizationWindows windows{
      behavior.up.stabilization_window.value_or(Duration{0}),
      behavior.down.stabilization_window.value_or(settings.downscale_stabilization)};
  const std::int32_t stable =
      stabilize_with_behavior(current, desired, windows, now, &memory->recommendations);
  return limit_with_behavior(current, stable, settings.bounds, behavior,
                             {memory->ups, memory->downs, now});
}

void remember_change(const HpaSettings& settings, std::int32_t from, std::int32_t to, SimTime now,
                     HpaMemory* memory) {
  if (!settings.behavior || from == to) return;
  if (to > from) {
    store_scale_change(settings.behavior->up, to - from, now, &memory->ups);
  } else {
    store_scale_change(settings.behavior->down, from - to, now, &memory->downs);
  }
}

}  // namespace

HpaTolerance tolerance_of(const HpaSettings& settings, const HpaTolerance& global) {
  if (!settings.behavior) return global;
  return {settings.behavior->down.tolerance.value_or(global.down),
          settings.behavior->up.tolerance.value_or(global.up)};
}

std::optional<std::int32_t> combine_proposals(
    std::int32_t current, std::span<const std::optional<std::int32_t>> proposals) {
  std::int32_t greatest = 0;
  std::size_t failed = 0;
  for (const std::optional<std::int32_t>& proposal : proposals) {
    if (!proposal) {
      ++failed;
    } else if (greatest == 0 || *proposal > greatest) {
      greatest = *proposal;
    }
  }
  if (failed >= proposals.size() || (failed > 0 && greatest < current)) return std::nullopt;
  return greatest;
}

HpaOutcome hpa_pass(const HpaSettings& settings, std::int32_t current,
                    std::optional<std::int32_t> proposal, SimTime now, HpaMemory* memory) {
  if (!memory->started) {
    memory->started = true;
    memory->recommendations = {{current, now}};
  }
  HpaOutcome outcome{current, LimitReason::desired_within_range, false};
  if (current == 0 && settings.bounds.min != 0) return outcome;
  if (current > settings.bounds.max) {
    outcome = {settings.bounds.max, LimitReason::too_many_replicas, false};
  } else if (current < settings.bounds.min) {
    outcome = {settings.bounds.min, LimitReason::too_few_replicas, false};
  } else if (!proposal) {
    outcome.metrics_failed = true;
    return outcome;
  } else {
    const LimitedReplicas limited =
        normalized(settings, current, std::max(*proposal, 0), now, memory);
    outcome = {limited.replicas, limited.reason, false};
  }
  remember_change(settings, current, outcome.replicas, now, memory);
  return outcome;
}

}  // namespace pullsim
