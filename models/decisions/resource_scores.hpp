// The scheduler's scores by resources, and the same numbers for any list of resources: how much is
// left (NodeResourcesFit with LeastAllocated) and how evenly it is used
// (NodeResourcesBalancedAllocation). Leaves out the strategies MostAllocated and
// RequestedToCapacityRatio.
//
// Facts: Kubernetes pkg/scheduler/framework/plugins/noderesources, least_allocated.go,
// balanced_allocation.go, resource_allocation.go, v1.28..v1.35. Integer divisions are theirs, and
// so is the order of float64 operations.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace pullsim {

inline constexpr std::int64_t kNodeScoreMax = 100;

/// One resource of a node, with the incoming pod.
struct ResourceShare {
  std::int64_t allocatable = 0;  ///< 0: the node has none of it; left out of the score
  std::int64_t requested = 0;    ///< by the pods that are there and by the incoming pod
  std::int64_t weight = 1;       ///< of LeastAllocated
};

/// What a plugin looks at. Extended resources that the pod does not request are passed over.
struct ScoredResource {
  std::int64_t allocatable = 0;
  std::int64_t requested_before = 0;
  std::int64_t pod_request = 0;
  std::int64_t weight = 1;
  bool extended = false;
};
ResourceShare share_of(const ScoredResource& resource);

/// 0..100: the mean share left, by weight; 0 where the node has nothing of it.
std::int64_t least_allocated(std::span<const ResourceShare> resources);

/// 0..100: 100 less the standard deviation of the used shares, in per cent.
std::int64_t balanced_allocation(std::span<const ResourceShare> resources);

/// A pod that requests none of the resources is not scored by BalancedAllocation.
bool skips_balanced_allocation(std::span<const std::int64_t> pod_requests);

/// Weights that the configuration accepts: 1 to 100, and only 1 for BalancedAllocation.
bool valid_least_allocated_weight(std::int64_t weight);
bool valid_balanced_allocation_weight(std::int64_t weight);

}  // namespace pullsim
