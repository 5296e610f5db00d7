// Where the scheduler puts a pod: which nodes have room, and which of these score highest by
// least-allocated resources and by image locality. It leaves out the other plugins: affinity,
// topology spread, balanced allocation, taints, volumes, preemption, and the sampling of nodes in
// clusters of 100 and more.
//
// Facts: Kubernetes pkg/scheduler/framework/plugins, noderesources/{fit,least_allocated}.go and
// imagelocality/image_locality.go, v1.28. The arithmetic is theirs, integer divisions included.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

struct Resources {
  MilliCpu cpu;
  Bytes memory;
  friend bool operator==(const Resources&, const Resources&) = default;
};

/// What one container counts as in the score: 100 m and 200 MiB where it requests none.
Resources scoring_request(Resources request);

/// A pod of one container that looks for a node.
struct PodToPlace {
  Resources request;
  Bytes image_size;  ///< as nodes report it, see NodeView::has_image
};

struct NodeView {
  Resources allocatable;
  Resources requested;          ///< sum of the requests of the node's pods
  Resources scoring_requested;  ///< sum of their scoring_request()
  std::int64_t pods = 0;
  std::int64_t pods_max = 0;
  bool has_image = false;   ///< reports the pod's image as present, whole
  bool schedulable = true;  ///< false: known to the scheduler, but not ready or cordoned
  std::optional<Bytes> image_size = std::nullopt;  ///< where it is not PodToPlace::image_size
  friend bool operator==(const NodeView&, const NodeView&) = default;
};

bool fits(const PodToPlace& pod, const NodeView& node);

/// 0..100: share of CPU and memory left after placing the pod, the mean of both.
std::int64_t least_allocated_score(const PodToPlace& pod, const NodeView& node);

/// 0..100: size of the image if the node has it, scaled by the share of all nodes that have it,
/// between 23 MB and 1000 MB (of 1024 x 1024 bytes).
std::int64_t image_locality_score(const PodToPlace& pod, const NodeView& node,
                                  std::int64_t nodes_with_image, std::int64_t nodes_total);

/// Indices of the nodes that fit and tie at the top score, rising; empty if none fits. The
/// scheduler draws one of them.
std::vector<std::size_t> best_nodes(const PodToPlace& pod, std::span<const NodeView> nodes);

}  // namespace pullsim
