// See the header. The steps stand in the controller's order.
#include "models/decisions/stateful_set_step.hpp"

#include <cstddef>
#include <optional>

namespace pullsim {

namespace {

bool is_healthy(const StatefulPod& pod) { return pod.available && !pod.terminating; }

/// Pods that are to be there. False: something has to be waited for first.
bool fill(const StatefulSettings& settings, std::span<const StatefulPod> pods, StatefulStep* step) {
  for (std::int64_t i = 0; i < settings.replicas; ++i) {
    const StatefulPod& pod = pods[static_cast<std::size_t>(i)];
    if (!pod.exists) step->create.push_back(i);
    if (!settings.parallel && (!pod.exists || !is_healthy(pod))) return false;
  }
  return true;
}

/// Pods above the replicas, the highest first. One that is not healthy is waited for, unless it is
/// the lowest of those.
bool condemn(const StatefulSettings& settings, std::span<const StatefulPod> pods,
             StatefulStep* step) {
  const auto count = static_cast<std::int64_t>(pods.size());
  std::optional<std::int64_t> first_unhealthy;
  for (std::int64_t i = count - 1; i >= settings.replicas; --i) {
    const StatefulPod& pod = pods[static_cast<std::size_t>(i)];
    if (pod.exists && !is_healthy(pod)) first_unhealthy = i;
  }
  for (std::int64_t i = count - 1; i >= settings.replicas; --i) {
    const StatefulPod& pod = pods[static_cast<std::size_t>(i)];
    if (!pod.exists) continue;
    if (!settings.parallel && pod.terminating) return false;
    if (!settings.parallel && !pod.available && first_unhealthy != i) return false;
    if (pod.terminating) continue;
    step->remove.push_back(i);
    if (!settings.parallel) return false;
  }
  return true;
}

void roll_out(const StatefulSettings& settings, std::span<const StatefulPod> pods,
              StatefulStep* step) {
  for (std::int64_t i = settings.replicas - 1; i >= settings.partition; --i) {
    const StatefulPod& pod = pods[static_cast<std::size_t>(i)];
    if (pod.exists && !pod.updated && !pod.terminating) {
      step->remove.push_back(i);
      return;
    }
    if (!pod.exists || !is_healthy(pod)) return;
  }
}

}  // namespace

StatefulStep stateful_set_step(const StatefulSettings& settings,
                               std::span<const StatefulPod> pods) {
  StatefulStep step;
  if (!fill(settings, pods, &step)) return step;
  if (!condemn(settings, pods, &step)) return step;
  roll_out(settings, pods, &step);
  return step;
}

}  // namespace pullsim
