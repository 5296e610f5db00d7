// See the header.
#include "models/decisions/node_group_backoff.hpp"

#include <algorithm>

namespace pullsim {

GroupBackoff after_failure(const std::optional<GroupBackoff>& last, SimTime now,
                           const GroupBackoffSettings& settings) {
  Duration duration = settings.initial;
  const bool forgotten = last && last->failed + settings.reset < now;
  if (last && !forgotten && last->until < now) {
    duration = std::min(2 * last->duration, settings.max);
  }
  return {duration, now + duration, now};
}

bool is_backed_off(const std::optional<GroupBackoff>& last, SimTime now) {
  return last && last->until > now;
}

}  // namespace pullsim
