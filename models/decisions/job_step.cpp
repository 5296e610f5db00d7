// See the header.
#include "models/decisions/job_step.hpp"

#include <algorithm>

namespace pullsim {

namespace {
constexpr Duration kBackoffFirst = std::chrono::seconds(10);
constexpr Duration kBackoffMax = std::chrono::minutes(6);
constexpr std::int64_t kMinutesOfDay = std::int64_t{24} * 60;
}  // namespace

JobStep job_step(const JobSpec& spec, const JobStatus& status) {
  if (status.failed > spec.backoff_limit) return {JobStep::Kind::fail, 0};
  if (status.succeeded >= spec.completions) return {JobStep::Kind::complete, 0};
  const std::int64_t wanted = std::min(spec.parallelism, spec.completions - status.succeeded);
  if (wanted <= status.active) return {};
  return {JobStep::Kind::create, wanted - status.active};
}

Duration job_backoff(std::int64_t failures) {
  if (failures <= 0) return Duration{0};
  Duration backoff = kBackoffFirst;
  for (std::int64_t i = 1; i < failures && backoff < kBackoffMax; ++i) backoff *= 2;
  return std::min(backoff, kBackoffMax);
}

Duration until_next(const CronSchedule& schedule, Duration time_of_day) {
  const auto minute_now = std::chrono::duration_cast<std::chrono::minutes>(time_of_day).count();
  for (std::int64_t minute = minute_now + 1; minute <= minute_now + kMinutesOfDay; ++minute) {
    const std::int64_t of_day = minute % kMinutesOfDay;
    const bool hour = (schedule.hours >> (of_day / 60) & 1U) != 0;
    const bool fits = hour && (schedule.minutes >> (of_day % 60) & 1U) != 0;
    if (fits) return std::chrono::minutes(minute) - time_of_day;
  }
  return Duration::max();
}

}  // namespace pullsim
