// See the header.
#include "models/decisions/retry_backoff.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

Duration pull_backoff(std::int64_t failures) {
  if (failures <= 0) return Duration{0};
  Duration delay = kPullBackoffFirst;
  for (std::int64_t n = 1; n < failures && delay < kPullBackoffMax; ++n) delay *= 2;
  return std::min(delay, kPullBackoffMax);
}

Duration crash_backoff(std::int64_t exits) { return pull_backoff(exits - 1); }

Duration worker_requeue(std::optional<Duration> backoff_left, double u) {
  const Duration wait = std::clamp(backoff_left.value_or(kWorkerWait), Duration{0}, kWorkerWaitMax);
  const double stretch = std::ceil(static_cast<double>(wait.count()) * kWorkerJitter * u);
  return wait + Duration{static_cast<std::int64_t>(stretch)};
}

}  // namespace pullsim
