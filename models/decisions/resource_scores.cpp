// See the header.
#include "models/decisions/resource_scores.hpp"

#include "models/decisions/go_arithmetic.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

/// 0 where more is requested than there is.
std::int64_t share_left(const ResourceShare& resource) {
  if (resource.requested > resource.allocatable) return 0;
  const std::int64_t left = resource.allocatable - resource.requested;
  return wrapping_product(left, kNodeScoreMax) / resource.allocatable;
}

double used_share(const ResourceShare& resource) {
  const double share =
      static_cast<double>(resource.requested) / static_cast<double>(resource.allocatable);
  return std::min(share, 1.0);
}

/// Standard deviation of the used shares; half the distance for two, which is the deviation of two
/// numbers without a square root.
double deviation(std::span<const ResourceShare> resources) {
  double total = 0;
  double alternating = 0;  // the first less the second
  std::int64_t number = 0;
  for (const ResourceShare& resource : resources) {
    if (resource.allocatable == 0) continue;
    const double share = used_share(resource);
    total += share;
    alternating = number == 0 ? share : alternating - share;
    ++number;
  }
  if (number < 2) return 0;
  if (number == 2) return std::fabs(alternating / 2);
  const auto count = static_cast<double>(number);
  const double mean = total / count;
  double sum = 0;
  for (const ResourceShare& resource : resources) {
    if (resource.allocatable == 0) continue;
    const double distance = used_share(resource) - mean;
    sum += distance * distance;
  }
  return std::sqrt(sum / count);
}

}  // namespace

ResourceShare share_of(const ScoredResource& resource) {
  if (resource.extended && resource.pod_request == 0) return {0, 0, resource.weight};
  return {resource.allocatable, wrapping_sum(resource.requested_before, resource.pod_request),
          resource.weight};
}

std::int64_t least_allocated(std::span<const ResourceShare> resources) {
  std::int64_t sum = 0;
  std::int64_t weights = 0;
  for (const ResourceShare& resource : resources) {
    if (resource.allocatable == 0) continue;
    sum += share_left(resource) * resource.weight;
    weights += resource.weight;
  }
  return weights == 0 ? 0 : sum / weights;
}

std::int64_t balanced_allocation(std::span<const ResourceShare> resources) {
  return go_int64((1.0 - deviation(resources)) * static_cast<double>(kNodeScoreMax));
}

bool skips_balanced_allocation(std::span<const std::int64_t> pod_requests) {
  return std::all_of(pod_requests.begin(), pod_requests.end(),
                     [](std::int64_t request) { return request == 0; });
}

bool valid_least_allocated_weight(std::int64_t weight) { return weight >= 1 && weight <= 100; }

bool valid_balanced_allocation_weight(std::int64_t weight) { return weight == 1; }

}  // namespace pullsim
