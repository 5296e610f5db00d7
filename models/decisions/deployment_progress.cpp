// See the header. Comparisons of times are strict, as there.
#include "models/decisions/deployment_progress.hpp"

namespace pullsim {

bool is_available(std::optional<SimTime> ready_since, Duration min_ready, SimTime now) {
  if (!ready_since) return false;
  return min_ready == Duration{0} || *ready_since + min_ready < now;
}

bool has_progressed(const DeploymentStatus& before, const DeploymentStatus& after) {
  const std::int64_t old_before = before.replicas - before.updated;
  const std::int64_t old_after = after.replicas - after.updated;
  return after.updated > before.updated || old_after < old_before || after.ready > before.ready ||
         after.available > before.available;
}

bool is_complete(std::int64_t replicas, const DeploymentStatus& status) {
  return status.updated == replicas && status.replicas == replicas && status.available == replicas;
}

Progress next_progress(const Progress& last, std::int64_t replicas, const DeploymentStatus& before,
                       const DeploymentStatus& after, Duration deadline, SimTime now) {
  // Once complete, scaling and restarts of pods start no deadline; only a new roll-out does.
  if (last.complete && after.replicas == after.updated) return last;
  if (is_complete(replicas, after)) return {last.complete ? last.updated : now, true, false};
  if (has_progressed(before, after)) return {now, false, false};
  if (last.complete || last.timed_out) return last;
  return {last.updated, false, last.updated + deadline < now};
}

}  // namespace pullsim
