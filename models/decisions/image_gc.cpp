// See the header.
#include "models/decisions/image_gc.hpp"

#include <algorithm>
#include <tuple>

namespace pullsim {

namespace {

constexpr std::int64_t kPercent = 100;

void remove(const GcImage& image, GcPass* pass) {
  pass->removed.push_back(image.image);
  pass->freed += image.size;
}

std::vector<GcImage> unused_in_order(std::span<const GcImage> images) {
  std::vector<GcImage> unused;
  std::copy_if(images.begin(), images.end(), std::back_inserter(unused),
               [](const GcImage& image) { return !image.in_use; });
  std::stable_sort(unused.begin(), unused.end(), [](const GcImage& a, const GcImage& b) {
    return std::tie(a.last_used, a.first_detected) < std::tie(b.last_used, b.first_detected);
  });
  return unused;
}

}  // namespace

std::int64_t disk_usage_percent(Bytes capacity, Bytes available) {
  if (capacity.count <= 0) return kPercent;
  const std::int64_t left = std::clamp<std::int64_t>(available.count, 0, capacity.count);
  return kPercent - left * kPercent / capacity.count;
}

std::optional<Bytes> bytes_to_free(const DiskPolicySpec& policy, Bytes capacity, Bytes available) {
  if (disk_usage_percent(capacity, available) < policy.image_gc_high_percent) return std::nullopt;
  const std::int64_t left = std::clamp<std::int64_t>(available.count, 0, capacity.count);
  const std::int64_t wanted_left =
      capacity.count * (kPercent - policy.image_gc_low_percent) / kPercent;
  return Bytes{wanted_left - left};
}

GcPass free_images(std::span<const GcImage> images, std::optional<Bytes> wanted,
                   Duration minimum_age, SimTime now) {
  GcPass pass;
  for (const GcImage& image : unused_in_order(images)) {
    if (image.last_used && *image.last_used >= now) continue;
    if (image.first_detected && now - *image.first_detected < minimum_age) continue;
    remove(image, &pass);
    if (wanted && pass.freed >= *wanted) break;
  }
  return pass;
}

GcPass old_images(std::span<const GcImage> images, Duration maximum_age,
                  std::optional<SimTime> kubelet_started, SimTime now) {
  GcPass pass;
  if (maximum_age <= Duration{0}) return pass;
  if (kubelet_started && now - *kubelet_started <= maximum_age) return pass;
  for (const GcImage& image : unused_in_order(images)) {
    if (!image.last_used || now - *image.last_used > maximum_age) remove(image, &pass);
  }
  return pass;
}

}  // namespace pullsim
