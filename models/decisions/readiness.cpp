// Ticks and readiness; see the header.
#include "models/decisions/readiness.hpp"

#include <algorithm>

namespace pullsim {

SimTime next_tick(SimTime time, Duration phase, Duration period) {
  const std::int64_t since = (time.time_since_epoch() - phase).count();
  const std::int64_t step = period.count();
  std::int64_t ticks = since / step;
  if (since > 0 && since % step != 0) ++ticks;
  return SimTime{phase + Duration{ticks * step}};
}

SimTime ready_time(const ReadinessInput& input) {
  const SimTime seen =
      input.seen.value_or(next_tick(input.started, input.relist_phase, kRelistPeriod));
  if (!input.probe) return seen;
  const ReadinessProbeSpec& probe = *input.probe;
  const SimTime counts_from = std::max(input.able_to_answer, input.started + probe.initial_delay);
  SimTime ticker = seen;  // a probe runs here, and every period from here
  std::int64_t missing = probe.success_threshold;
  for (const SimTime sync : input.syncs) {
    const SimTime success =
        next_tick(std::max(counts_from, ticker), ticker.time_since_epoch(), probe.period);
    if (success < sync) {
      const std::int64_t successes = 1 + (sync - Duration{1} - success) / probe.period;
      if (successes >= missing) break;
      missing -= successes;
    }
    ticker = sync;
  }
  const SimTime success =
      next_tick(std::max(counts_from, ticker), ticker.time_since_epoch(), probe.period);
  return success + repeated(probe.period, missing - 1);
}

Duration resync_wait(double u) {
  constexpr Duration kSyncFrequency = std::chrono::seconds(60);  // Kubernetes' default
  constexpr double kJitter = 0.5;
  return kSyncFrequency + duration_up(u * kJitter * to_seconds(kSyncFrequency));
}

StartupOutcome startup_outcome(const StartupInput& input) {
  const StartupProbeSpec& probe = input.probe;
  const Duration phase = input.ticker.time_since_epoch();
  const SimTime first =
      next_tick(std::max(input.seen, input.started + probe.initial_delay), phase, probe.period);
  const SimTime success = next_tick(std::max(first, input.able_to_answer), phase, probe.period);
  const std::int64_t failures = (success - first) / probe.period;
  if (failures < probe.failure_threshold) return {success, true};
  return {first + repeated(probe.period, probe.failure_threshold - 1), false};
}

SimTime first_probe_tick(SimTime pod_added, std::optional<SimTime> kubelet_started, Duration period,
                         double u) {
  const bool fresh = kubelet_started && pod_added - *kubelet_started < period;
  return fresh ? pod_added + duration_up(u * to_seconds(period)) : pod_added;
}

}  // namespace pullsim
