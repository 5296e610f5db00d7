// See the header.
#include "models/decisions/keda_activation.hpp"

#include <algorithm>

namespace pullsim {

bool is_active(std::span<const KedaTrigger> triggers) {
  return std::any_of(triggers.begin(), triggers.end(),
                     [](const KedaTrigger& trigger) { return trigger.value > trigger.activation; });
}

KedaPoll keda_poll(const KedaSettings& settings, std::int32_t replicas,
                   std::optional<SimTime> last_active, bool active, SimTime now) {
  if (active) {
    const bool idle = settings.idle_replicas && replicas < settings.min_replicas;
    if (idle || replicas == 0) return {std::max(settings.min_replicas, 1), now};
    return {replicas, now};
  }
  const bool above_idle = settings.idle_replicas && replicas > *settings.idle_replicas;
  const bool above_zero = replicas > 0 && settings.min_replicas == 0;
  if (above_idle || above_zero) {
    const bool cooled = last_active ? *last_active + settings.cooldown < now
                                    : settings.created + settings.initial_cooldown < now;
    if (!cooled) return {replicas, last_active};
    return {settings.idle_replicas.value_or(settings.min_replicas), last_active};
  }
  if (replicas < settings.min_replicas && !settings.idle_replicas) {
    return {settings.min_replicas, last_active};
  }
  return {replicas, last_active};
}

}  // namespace pullsim
