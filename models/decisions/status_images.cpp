// See the header.
#include "models/decisions/status_images.hpp"

#include "models/decisions/readiness.hpp"

#include <algorithm>

namespace pullsim {

std::vector<std::size_t> status_images(std::span<const StatusImage> images,
                                       std::int64_t images_max) {
  std::vector<StatusImage> sorted(images.begin(), images.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const StatusImage& a, const StatusImage& b) { return a.size > b.size; });
  std::vector<std::size_t> listed;
  for (const StatusImage& image : sorted) {
    if (images_max >= 0 && static_cast<std::int64_t>(listed.size()) == images_max) break;
    listed.push_back(image.image);
  }
  return listed;
}

SimTime listed_at(const StatusClocks& clocks, SimTime change) {
  return next_tick(change, clocks.cache_phase, kImageCachePeriod);
}

SimTime reported_at(const StatusClocks& clocks, SimTime listed) {
  return next_tick(listed, clocks.status_phase, clocks.status_period);
}

}  // namespace pullsim
