// What a node tells of its images, and when: the list in its status, which the scheduler's
// ImageLocality reads. Pure. It leaves out the names of images (at most five each).
//
// Facts: Kubernetes pkg/kubelet/nodestatus/setters.go (Images) and images/image_gc_manager.go
// (image cache, 30 s); node-and-registry section 2.3.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace pullsim {

struct StatusImage {
  std::size_t image = 0;
  Bytes size;  ///< as the runtime reports it
};

/// The images of the list, largest first and at most `images_max` of them (-1: all). Equal sizes
/// keep their order, which the runtime gives.
std::vector<std::size_t> status_images(std::span<const StatusImage> images,
                                       std::int64_t images_max);

/// The kubelet's two clocks: its list of images is refreshed by one, its node status computed by
/// the other.
struct StatusClocks {
  Duration cache_phase{0};
  Duration status_phase{0};
  Duration status_period = std::chrono::seconds(10);
};
inline constexpr Duration kImageCachePeriod = std::chrono::seconds(30);

/// When the kubelet's own list takes in a change of the runtime's images at `change`.
SimTime listed_at(const StatusClocks& clocks, SimTime change);
/// When the API server, and so the scheduler, knows a list refreshed at `listed`.
SimTime reported_at(const StatusClocks& clocks, SimTime listed);

}  // namespace pullsim
