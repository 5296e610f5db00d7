// See the header.
#include "models/decisions/node_scores.hpp"

#include "models/decisions/image_locality.hpp"
#include "models/decisions/pod_affinity.hpp"
#include "models/decisions/resource_scores.hpp"
#include "models/decisions/topology_spread.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace pullsim {
namespace {

/// Names of the resources that are scored: CPU and memory, with or without the filler for
/// containers that request nothing.
std::array<ResourceShare, 2> shares_on(const SchedulingPod& pod, const SchedulingNode& node,
                                       bool filled) {
  const NodeResources wanted = requests_of(pod, filled);
  const NodeResources used = requests_on(node, filled);
  return {ResourceShare{node.allocatable.cpu, used.cpu + wanted.cpu},
          ResourceShare{node.allocatable.memory, used.memory + wanted.memory}};
}

std::int64_t locality_on(const std::vector<std::string>& images, const SchedulingNode& node,
                         std::span<const SchedulingNode> nodes) {
  std::vector<PresentImage> present;
  for (const std::string& image : images) {
    const auto found = node.images.find(image);
    if (found == node.images.end()) continue;
    const auto with_image =
        std::count_if(nodes.begin(), nodes.end(),
                      [&](const SchedulingNode& other) { return other.images.count(image) > 0; });
    present.push_back({found->second, with_image});
  }
  return image_locality(present, static_cast<std::int64_t>(nodes.size()),
                        static_cast<std::int64_t>(images.size()));
}

}  // namespace

std::int64_t unwelcome_taints(const SchedulingPod& pod, const SchedulingNode& node) {
  return std::count_if(node.taints.begin(), node.taints.end(), [&](const Taint& taint) {
    if (taint.effect != TaintEffect::prefer_no_schedule) return false;
    return std::none_of(pod.tolerations.begin(), pod.tolerations.end(),
                        [&](const Toleration& toleration) { return tolerates(toleration, taint); });
  });
}

std::int64_t preferred_weight(const SchedulingPod& pod, const SchedulingNode& node) {
  std::int64_t sum = 0;
  for (const PreferredNodeTerm& preferred : pod.preferred_node_terms) {
    if (matches(preferred.term, node)) sum += preferred.weight;
  }
  return sum;
}

std::vector<std::string> images_of(const SchedulingPod& pod) {
  std::vector<std::string> names;
  for (const std::string& image : pod.init_images) names.push_back(normalized_image_name(image));
  for (const ContainerView& container : pod.containers) {
    names.push_back(normalized_image_name(container.image));
  }
  return names;
}

std::int64_t total_score(const NodeScore& score, const ScoreWeights& weights) {
  return weights.taint_toleration * score.taint_toleration +
         weights.node_affinity * score.node_affinity +
         weights.topology_spread * score.topology_spread +
         weights.pod_affinity * score.pod_affinity +
         weights.least_allocated * score.least_allocated +
         weights.balanced_allocation * score.balanced_allocation +
         weights.image_locality * score.image_locality;
}

void normalize(std::vector<std::int64_t>* scores, bool reversed) {
  std::int64_t most = 0;
  for (const std::int64_t score : *scores) most = std::max(most, score);
  for (std::int64_t& score : *scores) {
    if (most > 0) score = kNodeScoreMax * score / most;
    if (reversed) score = kNodeScoreMax - score;
  }
}

std::vector<NodeScore> score_nodes(const SchedulingPod& pod, std::span<const SchedulingNode> nodes,
                                   std::span<const std::size_t> feasible,
                                   const ScoreWeights& weights) {
  std::vector<std::int64_t> taints;
  std::vector<std::int64_t> preferred;
  for (const std::size_t index : feasible) {
    taints.push_back(unwelcome_taints(pod, nodes[index]));
    preferred.push_back(preferred_weight(pod, nodes[index]));
  }
  normalize(&taints, true);
  normalize(&preferred, false);
  const std::vector<std::int64_t> spread = spread_scores(pod, nodes, feasible);
  const std::vector<std::int64_t> affinity = affinity_scores(pod, nodes, feasible);
  const NodeResources requests = requests_of(pod);
  const bool balanced = !skips_balanced_allocation(std::array{requests.cpu, requests.memory});
  const std::vector<std::string> images = images_of(pod);

  std::vector<NodeScore> scores;
  for (std::size_t i = 0; i < feasible.size(); ++i) {
    const SchedulingNode& node = nodes[feasible[i]];
    NodeScore score;
    score.taint_toleration = taints[i];
    score.node_affinity = preferred[i];
    if (!spread.empty()) score.topology_spread = spread[i];
    score.pod_affinity = affinity[i];
    score.least_allocated = least_allocated(shares_on(pod, node, true));
    if (balanced) score.balanced_allocation = balanced_allocation(shares_on(pod, node, false));
    score.image_locality = locality_on(images, node, nodes);
    score.total = total_score(score, weights);
    scores.push_back(score);
  }
  return scores;
}

std::vector<std::size_t> highest(std::span<const NodeScore> scores,
                                 std::span<const std::size_t> feasible) {
  std::vector<std::size_t> best;
  std::int64_t most = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (best.empty() || scores[i].total > most) {
      best.clear();
      most = scores[i].total;
    }
    if (scores[i].total == most) best.push_back(feasible[i]);
  }
  return best;
}

}  // namespace pullsim
