// KEDA's operator for one ScaledObject: a poll of its triggers decides between no pods (or the idle
// count) and the minimum (decisions/keda_activation.hpp); between minimum and maximum an ordinary
// HorizontalPodAutoscaler with External metrics decides. Leaves out paused objects, fallback
// replicas, scaling modifiers, ScaledJobs and cached metrics.
#pragma once

#include "models/context.hpp"
#include "models/horizontal_pod_autoscaler.hpp"

#include <optional>

namespace pullsim {

/// The autoscaler that KEDA makes: AverageValue of each trigger's metric, at least one replica.
HorizontalPodAutoscalerSpec autoscaler_of(const ScaledObjectSpec& spec);

class KedaScaler {
 public:
  KedaScaler(Context& context, std::size_t workload, const HpaHooks& hooks);
  /// Polls, at a phase of its own, and the autoscaler's passes.
  void start();

 private:
  void poll();
  void next_poll();

  Context& context_;
  std::size_t workload_;
  const ScaledObjectSpec& spec_;
  HpaHooks hooks_;
  HorizontalPodAutoscaler autoscaler_;
  Duration phase_;
  std::optional<SimTime> last_active_;
};

}  // namespace pullsim
