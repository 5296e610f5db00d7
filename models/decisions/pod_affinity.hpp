// Affinity and anti-affinity between pods (InterPodAffinity): which nodes the required terms of the
// incoming pod and of the pods that are there allow, and how the preferred terms score.
//
// Facts: Kubernetes pkg/scheduler/framework/plugins/interpodaffinity, filtering.go and scoring.go,
// v1.28; hardPodAffinityWeight 1.
#pragma once

#include "models/decisions/scheduling_view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace pullsim {

inline constexpr std::int64_t kHardAffinityWeight = 1;

/// Whether all terms of `owner` select the other pod; without terms, no.
bool selects_all(const std::vector<PodAffinityTerm>& terms, const SchedulingPod& owner,
                 const SchedulingPod& other);

/// For each node whether required terms allow the pod there. The first pod of a group with affinity
/// to itself may go anywhere that has the keys.
std::vector<bool> affinity_allows(const SchedulingPod& pod, std::span<const SchedulingNode> nodes);

/// Sums to 0..100, from the least to the greatest of them; all 0 where they are equal.
void scale_affinity(std::vector<std::int64_t>* scores);

/// 0..100 for each of the feasible nodes.
std::vector<std::int64_t> affinity_scores(const SchedulingPod& pod,
                                          std::span<const SchedulingNode> nodes,
                                          std::span<const std::size_t> feasible);

}  // namespace pullsim
