// See the header.
#include "models/keda_scaler.hpp"

#include "models/decisions/keda_activation.hpp"
#include "models/decisions/readiness.hpp"
#include "models/recorder.hpp"

#include <algorithm>
#include <vector>

namespace pullsim {

HorizontalPodAutoscalerSpec autoscaler_of(const ScaledObjectSpec& spec) {
  HorizontalPodAutoscalerSpec autoscaler;
  autoscaler.min_replicas = std::max<std::int64_t>(spec.min_replicas, 1);
  autoscaler.max_replicas = spec.max_replicas;
  autoscaler.behavior = spec.behavior;
  for (const KedaTriggerSpec& trigger : spec.triggers) {
    HpaMetricSpec metric;
    metric.source = HpaMetricSpec::Source::external;
    metric.name = trigger.metric;
    metric.target = HpaMetricSpec::Target::average_value;
    metric.value = trigger.threshold;
    autoscaler.metrics.push_back(metric);
  }
  return autoscaler;
}

KedaScaler::KedaScaler(Context& context, std::size_t workload, const HpaHooks& hooks)
    : context_(context),
      workload_(workload),
      spec_(*context.scenario.workloads[workload].scaled_object),
      hooks_(hooks),
      autoscaler_(context, workload, autoscaler_of(spec_), hooks),
      phase_(duration_up(context.stream(context.scenario.workloads[workload].name, "keda").at(0) *
                         to_seconds(spec_.polling_interval))) {}

void KedaScaler::start() {
  autoscaler_.start();
  next_poll();
}

void KedaScaler::next_poll() {
  const SimTime next =
      next_tick(context_.engine.now() + Duration{1}, phase_, spec_.polling_interval);
  if (next > kSimStart + context_.scenario.duration) return;
  context_.engine.at(next, "scaled object polled", [this] { poll(); });
}

void KedaScaler::poll() {
  const SimTime now = context_.engine.now();
  std::vector<KedaTrigger> triggers;
  for (const KedaTriggerSpec& trigger : spec_.triggers) {
    const std::optional<std::int64_t> value = hooks_.value(trigger.metric);
    if (!value) continue;  // a trigger that fails is not active
    triggers.push_back({static_cast<double>(*value), static_cast<double>(trigger.activation)});
  }
  KedaSettings settings;
  settings.min_replicas = static_cast<std::int32_t>(spec_.min_replicas);
  if (spec_.idle_replicas) settings.idle_replicas = static_cast<std::int32_t>(*spec_.idle_replicas);
  settings.cooldown = spec_.cooldown;
  settings.initial_cooldown = spec_.initial_cooldown;
  settings.created = kSimStart;
  const auto before = static_cast<std::int32_t>(hooks_.replicas());
  const KedaPoll decided = keda_poll(settings, before, last_active_, is_active(triggers), now);
  last_active_ = decided.last_active;
  if (decided.replicas != before) {
    const bool up = decided.replicas > before;
    context_.recorder.result().passes.push_back(
        {workload_, now, before, decided.replicas, decided.replicas,
         up ? PassReason::activated : PassReason::deactivated, kSimStart});
    hooks_.scale(decided.replicas);
  }
  next_poll();
}

}  // namespace pullsim
