// The scheduler's score for images that a node already has (ImageLocality), and how image names are
// compared. Locality knows whole images by name; layers that a node shares count for nothing.
// Leaves out image volumes.
//
// Facts: Kubernetes pkg/scheduler/framework/plugins/imagelocality/image_locality.go. Since v1.21
// the upper bound grows with the number of containers, since v1.29 init containers count; before
// v1.21 it was 1000 MB for the whole pod. MB are 1024 x 1024 bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pullsim {

/// With `:latest` where the name has neither tag nor digest.
std::string normalized_image_name(std::string_view name);

/// An image of the pod that the node has.
struct PresentImage {
  std::int64_t size = 0;  ///< as the node reports it
  std::int64_t nodes_with_image = 0;
};

enum class LocalityBound : std::uint8_t { per_container, fixed };

/// 0..100. `images`: one entry for each container whose image the node has. `containers`: those of
/// the pod, init containers included; with the fixed bound neither counts init containers.
std::int64_t image_locality(std::span<const PresentImage> images, std::int64_t nodes_total,
                            std::int64_t containers,
                            LocalityBound bound = LocalityBound::per_container);

}  // namespace pullsim
