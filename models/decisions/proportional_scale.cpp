// See the header.
#include "models/decisions/proportional_scale.hpp"

#include "models/decisions/go_arithmetic.hpp"

#include <algorithm>

namespace pullsim {
namespace {

/// The only active set; with none, the new set or else the newest. Empty: several are active.
std::optional<std::size_t> active_or_latest(const std::vector<ScaledSet>& sets) {
  std::optional<std::size_t> active;
  std::optional<std::size_t> latest;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (sets[i].replicas > 0) {
      if (active) return std::nullopt;
      active = i;
    }
    const bool newer =
        !latest || (!sets[*latest].is_new && sets[i].age_rank < sets[*latest].age_rank);
    if (sets[i].is_new || newer) latest = i;
  }
  return active ? active : latest;
}

bool saturated(const ScalingDeployment& deployment, const ScaledSet& set) {
  return set.is_new && set.replicas == deployment.replicas &&
         set.desired_annotation == deployment.replicas && set.available == deployment.replicas;
}

std::int32_t rounded(double value) { return go_int32(value < 0 ? value - 0.5 : value + 0.5); }

/// How many replicas a set gains or loses by its share of the Deployment.
std::int32_t fraction(const ScalingDeployment& deployment, const ScaledSet& set) {
  if (deployment.replicas == 0) return -set.replicas;
  const std::int32_t before = set.max_annotation.value_or(deployment.status_replicas);
  const std::int32_t product = go_int32(
      wrapping_product(set.replicas, std::int64_t{deployment.replicas} + deployment.surge));
  return rounded(static_cast<double>(product) / static_cast<double>(before)) - set.replicas;
}

/// Active sets, larger first; of equal ones the newer first when scaling up, the older first when
/// scaling down.
std::vector<std::size_t> scaling_order(const std::vector<ScaledSet>& sets, bool up) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (sets[i].replicas > 0) order.push_back(i);
  }
  const auto older = [&](const ScaledSet& a, const ScaledSet& b) {
    if (a.age_rank != b.age_rank) return a.age_rank > b.age_rank;
    return a.name < b.name;
  };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (sets[a].replicas != sets[b].replicas) return sets[a].replicas > sets[b].replicas;
    return up ? older(sets[b], sets[a]) : older(sets[a], sets[b]);
  });
  return order;
}

}  // namespace

std::vector<std::int32_t> scaled_sizes(const ScalingDeployment& deployment,
                                       const std::vector<ScaledSet>& sets) {
  std::vector<std::int32_t> sizes;
  std::int32_t total = 0;
  for (const ScaledSet& set : sets) {
    sizes.push_back(set.replicas);
    total += set.replicas;
  }
  if (sets.empty()) return sizes;
  if (const auto only = active_or_latest(sets)) {
    sizes[*only] = deployment.replicas;
    return sizes;
  }
  const bool complete = std::any_of(
      sets.begin(), sets.end(), [&](const ScaledSet& set) { return saturated(deployment, set); });
  if (complete) {
    for (std::size_t i = 0; i < sets.size(); ++i) {
      if (!sets[i].is_new) sizes[i] = 0;
    }
    return sizes;
  }
  if (deployment.strategy != DeploymentStrategy::rolling_update) return sizes;

  const std::int32_t allowed = deployment.replicas > 0 ? deployment.replicas + deployment.surge : 0;
  const std::int32_t to_add = allowed - total;
  if (to_add == 0) return sizes;
  const std::vector<std::size_t> order = scaling_order(sets, to_add > 0);
  std::int32_t added = 0;
  for (const std::size_t i : order) {
    if (added == to_add) break;
    const std::int32_t left = to_add - added;
    const std::int32_t share = fraction(deployment, sets[i]);
    const std::int32_t change = to_add > 0 ? std::min(share, left) : std::max(share, left);
    sizes[i] += change;
    added += change;
  }
  std::int32_t& largest = sizes[order.front()];
  largest = std::max(largest + (to_add - added), 0);
  return sizes;
}

}  // namespace pullsim
