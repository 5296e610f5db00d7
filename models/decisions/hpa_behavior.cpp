// See the header. An entry exactly as old as a window is in it without `behavior`, and neither in
// it nor old with `behavior`: "not before" and "after" are the comparisons of the controller.
#include "models/decisions/hpa_behavior.hpp"

#include "models/decisions/go_arithmetic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();

void log_at(std::optional<std::size_t> old, Recommendation entry,
            std::vector<Recommendation>* log) {
  if (old) {
    (*log)[*old] = entry;
  } else {
    log->push_back(entry);
  }
}

/// What the set had when the period of a policy began.
std::int32_t period_start(std::int32_t current, const ScalingPolicy& policy,
                          const ScaleHistory& history) {
  const std::int64_t added = change_in_period(history.up, policy.period, history.now);
  const std::int64_t removed = change_in_period(history.down, policy.period, history.now);
  return go_int32(current - added + removed);
}

/// The pick of the policies' proposals: `towards_most` for the greatest, else the least.
template <typename Propose>
std::int32_t pick(const ScalingRules& rules, bool towards_most, Propose propose) {
  std::int32_t result = towards_most ? kLeast : kMost;
  for (const ScalingPolicy& policy : rules.policies) {
    const std::int32_t proposed = propose(policy);
    result = towards_most ? std::max(result, proposed) : std::min(result, proposed);
  }
  return result;
}

}  // namespace

std::int32_t stabilize(std::int32_t desired, Duration window, SimTime now,
                       std::vector<Recommendation>* log) {
  const SimTime cutoff = now - window;
  std::int32_t greatest = desired;
  std::optional<std::size_t> old;
  for (std::size_t i = 0; i < log->size(); ++i) {
    if ((*log)[i].at < cutoff) {
      old = i;
    } else {
      greatest = std::max(greatest, (*log)[i].replicas);
    }
  }
  log_at(old, {desired, now}, log);
  return greatest;
}

LimitedReplicas limit_replicas(std::int32_t current, std::int32_t desired, ReplicaBounds bounds,
                               const ScaleUpCap& cap) {
  const std::int32_t limit =
      go_int32(std::max(cap.factor * static_cast<double>(current), cap.minimum));
  const bool capped = bounds.max > limit;
  const std::int32_t most = capped ? limit : bounds.max;
  if (desired < bounds.min) return {bounds.min, LimitReason::too_few_replicas};
  if (desired > most) {
    return {most, capped ? LimitReason::scale_up_limit : LimitReason::too_many_replicas};
  }
  return {desired, LimitReason::desired_within_range};
}

std::int32_t stabilize_with_behavior(std::int32_t current, std::int32_t desired,
                                     const StabilizationWindows& windows, SimTime now,
                                     std::vector<Recommendation>* log) {
  const SimTime up_cutoff = now - windows.up;
  const SimTime down_cutoff = now - windows.down;
  std::int32_t up = desired;
  std::int32_t down = desired;
  std::optional<std::size_t> old;
  for (std::size_t i = 0; i < log->size(); ++i) {
    const Recommendation& entry = (*log)[i];
    if (entry.at > up_cutoff) up = std::min(up, entry.replicas);
    if (entry.at > down_cutoff) down = std::max(down, entry.replicas);
    if (entry.at < up_cutoff && entry.at < down_cutoff) old = i;
  }
  log_at(old, {desired, now}, log);
  // Where the two disagree the downward one has the last word, as in the controller.
  return std::min(std::max(current, up), down);
}

std::int32_t change_in_period(std::span<const ScaleChange> changes, Duration period, SimTime now) {
  const SimTime cutoff = now - period;
  std::int64_t sum = 0;
  for (const ScaleChange& change : changes) {
    if (change.at > cutoff) sum += change.change;
  }
  return go_int32(sum);
}

std::int32_t scale_up_limit(std::int32_t current, const ScalingRules& rules,
                            const ScaleHistory& history) {
  if (rules.select == SelectPolicy::disabled) return current;
  return pick(rules, rules.select == SelectPolicy::max, [&](const ScalingPolicy& policy) {
    const std::int32_t start = period_start(current, policy, history);
    if (policy.type == ScalingPolicy::Type::pods) {
      return go_int32(std::int64_t{start} + policy.value);
    }
    // Rounded up, or a few replicas would never grow by a small share.
    return go_int32(
        std::ceil(static_cast<double>(start) * (1.0 + static_cast<double>(policy.value) / 100.0)));
  });
}

std::int32_t scale_down_limit(std::int32_t current, const ScalingRules& rules,
                              const ScaleHistory& history) {
  if (rules.select == SelectPolicy::disabled) return current;
  return pick(rules, rules.select == SelectPolicy::min, [&](const ScalingPolicy& policy) {
    const std::int32_t start = period_start(current, policy, history);
    if (policy.type == ScalingPolicy::Type::pods) {
      return go_int32(std::int64_t{start} - policy.value);
    }
    return go_int32(static_cast<double>(start) * (1.0 - static_cast<double>(policy.value) / 100.0));
  });
}

LimitedReplicas limit_with_behavior(std::int32_t current, std::int32_t desired,
                                    ReplicaBounds bounds, const ScalingBehavior& behavior,
                                    const ScaleHistory& history) {
  if (desired > current) {
    // Policies that are used up already hold the size, they do not take it back.
    const std::int32_t limit = std::max(scale_up_limit(current, behavior.up, history), current);
    const bool limited = bounds.max > limit;
    const std::int32_t most = limited ? limit : bounds.max;
    if (desired > most) {
      return {most, limited ? LimitReason::scale_up_limit : LimitReason::too_many_replicas};
    }
  } else if (desired < current) {
    const std::int32_t limit = std::min(scale_down_limit(current, behavior.down, history), current);
    const bool limited = bounds.min < limit;
    const std::int32_t least = limited ? limit : bounds.min;
    if (desired < least) {
      return {least, limited ? LimitReason::scale_down_limit : LimitReason::too_few_replicas};
    }
  }
  return {desired, LimitReason::desired_within_range};
}

void store_scale_change(const ScalingRules& rules, std::int32_t change, SimTime now,
                        std::vector<ScaleChange>* changes) {
  Duration longest{0};
  for (const ScalingPolicy& policy : rules.policies) longest = std::max(longest, policy.period);
  const SimTime cutoff = now - longest;
  ScaleChange* place = nullptr;
  for (ScaleChange& entry : *changes) {
    if (entry.at < cutoff) entry.outdated = true;
    if (entry.outdated) place = &entry;
  }
  if (place != nullptr) {
    *place = {change, now, false};
  } else {
    changes->push_back({change, now, false});
  }
}

}  // namespace pullsim
