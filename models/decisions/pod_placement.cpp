// See the header. Both plugins have weight 1, so the scores add.
#include "models/decisions/pod_placement.hpp"

#include "models/decisions/image_locality.hpp"
#include "models/decisions/resource_scores.hpp"

#include <algorithm>
#include <array>

namespace pullsim {
namespace {

constexpr MilliCpu kDefaultCpu{100};
constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr Bytes kDefaultMemory{200 * kMebibyte};

}  // namespace

Resources scoring_request(Resources request) {
  if (request.cpu.count == 0) request.cpu = kDefaultCpu;
  if (request.memory.count == 0) request.memory = kDefaultMemory;
  return request;
}

bool fits(const PodToPlace& pod, const NodeView& node) {
  if (!node.schedulable || node.pods + 1 > node.pods_max) return false;
  // A resource that the pod does not request is not looked at, even on an overcommitted node.
  const std::int64_t cpu = pod.request.cpu.count;
  const std::int64_t memory = pod.request.memory.count;
  const bool cpu_fits = cpu == 0 || cpu <= node.allocatable.cpu.count - node.requested.cpu.count;
  return cpu_fits &&
         (memory == 0 || pod.request.memory <= node.allocatable.memory - node.requested.memory);
}

std::int64_t least_allocated_score(const PodToPlace& pod, const NodeView& node) {
  const Resources request = scoring_request(pod.request);
  const std::array<ResourceShare, 2> shares = {
      ResourceShare{node.allocatable.cpu.count,
                    node.scoring_requested.cpu.count + request.cpu.count},
      ResourceShare{node.allocatable.memory.count,
                    (node.scoring_requested.memory + request.memory).count}};
  return least_allocated(shares);
}

std::int64_t image_locality_score(const PodToPlace& pod, const NodeView& node,
                                  std::int64_t nodes_with_image, std::int64_t nodes_total) {
  if (!node.has_image || nodes_total <= 0) return 0;
  const PresentImage image{node.image_size.value_or(pod.image_size).count, nodes_with_image};
  return image_locality(std::span(&image, 1), nodes_total, 1);
}

std::vector<std::size_t> best_nodes(const PodToPlace& pod, std::span<const NodeView> nodes) {
  const auto with_image = std::count_if(nodes.begin(), nodes.end(),
                                        [](const NodeView& node) { return node.has_image; });
  const auto total = static_cast<std::int64_t>(nodes.size());
  std::vector<std::size_t> best;
  std::int64_t best_score = 0;
  std::int64_t score = 0;
  const NodeView* scored = nullptr;  // nodes of a pool come together and are often alike
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!fits(pod, nodes[i])) continue;
    if (scored == nullptr || nodes[i] != *scored) {
      score = least_allocated_score(pod, nodes[i]) +
              image_locality_score(pod, nodes[i], with_image, total);
    }
    scored = &nodes[i];
    if (best.empty() || score > best_score) {
      best.clear();
      best_score = score;
    }
    if (score == best_score) best.push_back(i);
  }
  return best;
}

}  // namespace pullsim
