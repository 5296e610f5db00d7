// See the header. A metric is a value for each pod that has one; values of pods that do not count
// are taken out, and values of pods that could not be measured are put in, before the second ratio.
#include "models/decisions/replica_calculator.hpp"

#include "models/decisions/go_arithmetic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

using Phase = HpaPod::Phase;
using Ready = HpaPod::Ready;

bool within(const HpaTolerance& tolerance, double ratio) {
  return 1.0 - tolerance.down <= ratio && ratio <= 1.0 + tolerance.up;
}

/// CPU of a starting process says little about load, so such pods are taken as not ready.
bool cpu_is_unready(const HpaPod& pod, const HpaReadiness& readiness, SimTime now) {
  if (pod.ready == Ready::absent || !pod.start) return true;
  if (*pod.start + readiness.cpu_initialization > now) {
    // One whole window must lie behind the moment of becoming ready.
    return pod.ready == Ready::no || pod.sample->at < pod.ready_transition + pod.sample->window;
  }
  return pod.ready == Ready::no && *pod.start + readiness.initial_delay > pod.ready_transition;
}

/// The metric: an entry for each pod that counts, and the entries of strange pods.
struct Usage {
  std::vector<std::optional<std::int64_t>> of_pods;
  std::span<const std::int64_t> of_strangers;

  Usage(const HpaView& view, const PodGroups& groups) : of_strangers(view.strange_samples) {
    for (const HpaPod& pod : view.pods) {
      of_pods.push_back(pod.sample ? std::optional(pod.sample->value) : std::nullopt);
    }
    for (const std::size_t pod : groups.ignored) of_pods[pod].reset();
    for (const std::size_t pod : groups.unready) of_pods[pod].reset();
  }

  std::int64_t entries() const {
    const auto known = std::count_if(of_pods.begin(), of_pods.end(),
                                     [](const auto& value) { return value.has_value(); });
    return known + static_cast<std::int64_t>(of_strangers.size());
  }
};

struct UsageRatio {
  double ratio = 0;
  std::int64_t average = 0;
  std::int32_t percent = 0;
};

/// The percentage is cut to a whole number before it is compared with the target.
std::optional<UsageRatio> utilization_ratio(const Usage& usage, std::span<const HpaPod> pods,
                                            std::int32_t target) {
  std::int64_t used = 0;
  std::int64_t requested = 0;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < pods.size(); ++i) {
    if (!usage.of_pods[i]) continue;
    used = wrapping_sum(used, *usage.of_pods[i]);
    requested = wrapping_sum(requested, *pods[i].request);
    ++count;
  }
  if (requested == 0) return std::nullopt;
  UsageRatio result;
  result.percent = go_int32(wrapping_product(used, 100) / requested);
  result.ratio = static_cast<double>(result.percent) / static_cast<double>(target);
  result.average = used / count;
  return result;
}

UsageRatio average_ratio(const Usage& usage, std::int64_t target) {
  std::int64_t sum = 0;
  for (const auto& value : usage.of_pods) sum = wrapping_sum(sum, value.value_or(0));
  for (const std::int64_t value : usage.of_strangers) sum = wrapping_sum(sum, value);
  UsageRatio result;
  result.average = sum / usage.entries();
  result.ratio = static_cast<double>(result.average) / static_cast<double>(target);
  return result;
}

std::int32_t rounded_up(double replicas) { return go_int32(std::ceil(replicas)); }

/// The second look, with something assumed for pods without a sample: against the direction of the
/// first ratio, so that what is not known never adds to a change. `ratio_of` gives the ratio of a
/// usage, `missing_use` what a pod without a sample counts as when the load is low.
template <typename RatioOf, typename MissingUse>
std::int32_t replicas_for(const HpaView& view, const PodGroups& groups, Usage usage, double ratio,
                          RatioOf ratio_of, MissingUse missing_use) {
  const bool up_with_unready = !groups.unready.empty() && ratio > 1.0;
  if (!up_with_unready && groups.missing.empty()) {
    if (within(view.tolerance, ratio)) return view.replicas;
    return rounded_up(ratio * static_cast<double>(groups.ready));
  }
  for (const std::size_t pod : groups.missing) {
    if (ratio < 1.0) usage.of_pods[pod] = missing_use(view.pods[pod]);
    if (ratio > 1.0) usage.of_pods[pod] = 0;
  }
  if (up_with_unready) {
    for (const std::size_t pod : groups.unready) usage.of_pods[pod] = 0;
  }
  const double filled = ratio_of(usage);
  const bool crossed = (ratio < 1.0 && filled > 1.0) || (ratio > 1.0 && filled < 1.0);
  if (within(view.tolerance, filled) || crossed) return view.replicas;
  const std::int32_t replicas = rounded_up(filled * static_cast<double>(usage.entries()));
  const bool backwards =
      (filled < 1.0 && replicas > view.replicas) || (filled > 1.0 && replicas < view.replicas);
  return backwards ? view.replicas : replicas;
}

std::int64_t sum_of(std::span<const std::int64_t> values) {
  std::int64_t sum = 0;
  for (const std::int64_t value : values) sum = wrapping_sum(sum, value);
  return sum;
}

}  // namespace

PodGroups group_pods(std::span<const HpaPod> pods, HpaMetric metric, const HpaReadiness& readiness,
                     SimTime now) {
  PodGroups groups;
  for (std::size_t i = 0; i < pods.size(); ++i) {
    const HpaPod& pod = pods[i];
    if (pod.deleted || pod.phase == Phase::failed) {
      groups.ignored.push_back(i);
    } else if (pod.phase != Phase::pending && !pod.sample) {
      groups.missing.push_back(i);
    } else if (pod.phase == Phase::pending ||
               (metric == HpaMetric::cpu && cpu_is_unready(pod, readiness, now))) {
      groups.unready.push_back(i);
    } else {
      ++groups.ready;
    }
  }
  return groups;
}

std::optional<ReplicaProposal> propose_by_utilization(const HpaView& view, HpaMetric metric,
                                                      std::int32_t percent) {
  if (view.pods.empty()) return std::nullopt;
  const PodGroups groups = group_pods(view.pods, metric, view.readiness, view.now);
  const Usage usage(view, groups);
  if (usage.entries() == 0) return std::nullopt;
  // One container without a request, even of a pod that does not count, and there is no percentage.
  const bool all_request = std::all_of(view.pods.begin(), view.pods.end(),
                                       [](const HpaPod& pod) { return pod.request.has_value(); });
  if (!all_request) return std::nullopt;
  const std::optional<UsageRatio> first = utilization_ratio(usage, view.pods, percent);
  if (!first) return std::nullopt;

  const auto ratio_of = [&](const Usage& filled) {
    const std::optional<UsageRatio> ratio = utilization_ratio(filled, view.pods, percent);
    return ratio ? ratio->ratio : 0.0;  // requests only grow, so there is one
  };
  const std::int64_t assumed_percent = std::max<std::int64_t>(100, percent);
  const auto missing_use = [&](const HpaPod& pod) {
    return wrapping_product(*pod.request, assumed_percent) / 100;
  };
  ReplicaProposal proposal;
  proposal.usage = first->average;
  proposal.utilization = first->percent;
  proposal.replicas = replicas_for(view, groups, usage, first->ratio, ratio_of, missing_use);
  return proposal;
}

std::optional<ReplicaProposal> propose_by_average(const HpaView& view, HpaMetric metric,
                                                  std::int64_t target) {
  if (view.pods.empty()) return std::nullopt;
  const PodGroups groups = group_pods(view.pods, metric, view.readiness, view.now);
  const Usage usage(view, groups);
  if (usage.entries() == 0) return std::nullopt;
  const UsageRatio first = average_ratio(usage, target);
  const auto ratio_of = [&](const Usage& filled) { return average_ratio(filled, target).ratio; };
  const auto missing_use = [&](const HpaPod&) { return target; };
  ReplicaProposal proposal;
  proposal.usage = first.average;
  proposal.replicas = replicas_for(view, groups, usage, first.ratio, ratio_of, missing_use);
  return proposal;
}

std::optional<ReplicaProposal> propose_by_value(const HpaView& view,
                                                std::span<const std::int64_t> values,
                                                std::int64_t target) {
  if (values.empty()) return std::nullopt;
  ReplicaProposal proposal;
  proposal.usage = sum_of(values);
  const double ratio = static_cast<double>(proposal.usage) / static_cast<double>(target);
  if (view.replicas == 0) {  // from zero there is nothing to be within a tolerance of
    proposal.replicas = rounded_up(ratio);
    return proposal;
  }
  if (within(view.tolerance, ratio)) {
    proposal.replicas = view.replicas;
    return proposal;
  }
  if (view.pods.empty()) return std::nullopt;
  const auto ready = std::count_if(view.pods.begin(), view.pods.end(), [](const HpaPod& pod) {
    return pod.phase == Phase::running && pod.ready == Ready::yes;
  });
  proposal.replicas = rounded_up(ratio * static_cast<double>(ready));
  return proposal;
}

std::optional<ReplicaProposal> propose_by_value_per_replica(std::span<const std::int64_t> values,
                                                            std::int64_t target,
                                                            std::int32_t status_replicas,
                                                            const HpaTolerance& tolerance) {
  if (values.empty()) return std::nullopt;
  const auto sum = static_cast<double>(sum_of(values));
  const auto replicas = static_cast<double>(status_replicas);
  const double ratio = sum / (static_cast<double>(target) * replicas);
  ReplicaProposal proposal;
  proposal.replicas =
      within(tolerance, ratio) ? status_replicas : rounded_up(sum / static_cast<double>(target));
  proposal.usage = go_int64(std::ceil(sum / replicas));
  return proposal;
}

}  // namespace pullsim
