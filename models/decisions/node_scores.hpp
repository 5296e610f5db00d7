// Which of the feasible nodes a pod goes to: the scores of the default plugins with their default
// weights. Each plugin ends in 0..100 for each node, the total is the weighted sum.
//
// Facts: Kubernetes pkg/scheduler/apis/config/v1/default_plugins.go and
// pkg/scheduler/framework/plugins (tainttoleration, nodeaffinity, helper/normalize_score.go),
// v1.28.
#pragma once

#include "models/decisions/scheduling_view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace pullsim {

struct ScoreWeights {
  std::int64_t taint_toleration = 3;
  std::int64_t node_affinity = 2;
  std::int64_t topology_spread = 2;
  std::int64_t pod_affinity = 2;
  std::int64_t least_allocated = 1;
  std::int64_t balanced_allocation = 1;
  std::int64_t image_locality = 1;
};

struct NodeScore {
  std::int64_t taint_toleration = 0;
  std::int64_t node_affinity = 0;
  std::int64_t topology_spread = 0;
  std::int64_t pod_affinity = 0;
  std::int64_t least_allocated = 0;
  std::int64_t balanced_allocation = 0;
  std::int64_t image_locality = 0;
  std::int64_t total = 0;
};

/// Taints that would rather not have the pod.
std::int64_t unwelcome_taints(const SchedulingPod& pod, const SchedulingNode& node);

/// Sum of the weights of the preferred terms of node affinity that match.
std::int64_t preferred_weight(const SchedulingPod& pod, const SchedulingNode& node);

/// Images of all containers by their normalized names, init containers first.
std::vector<std::string> images_of(const SchedulingPod& pod);

/// Weighted sum.
std::int64_t total_score(const NodeScore& score, const ScoreWeights& weights = {});

/// Scores to 0..100 by the greatest of them; reversed, the greatest becomes 0.
void normalize(std::vector<std::int64_t>* scores, bool reversed);

/// One for each of the feasible nodes, in their order. Images count over all nodes.
std::vector<NodeScore> score_nodes(const SchedulingPod& pod, std::span<const SchedulingNode> nodes,
                                   std::span<const std::size_t> feasible,
                                   const ScoreWeights& weights = {});

/// The feasible nodes that share the highest total; the scheduler draws one of them.
std::vector<std::size_t> highest(std::span<const NodeScore> scores,
                                 std::span<const std::size_t> feasible);

}  // namespace pullsim
