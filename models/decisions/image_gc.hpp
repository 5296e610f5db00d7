// Which images the kubelet's image garbage collector removes: when the disk is too full, how much
// it wants back, and in which order unused images go. Pure. It leaves out pinned images (the
// sandbox image takes no room here) and the time that a removal takes.
//
// Facts: Kubernetes pkg/kubelet/images/image_gc_manager.go, node-and-registry section 2.4. The
// arithmetic is the kubelet's, integer divisions included; what a removal frees is counted by the
// size that the runtime reports, whatever the disk gets back.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

/// An image on the node as the collector knows it.
struct GcImage {
  std::size_t image = 0;
  Bytes size;                             ///< as the runtime reports it
  std::optional<SimTime> first_detected;  ///< none: there when the kubelet started
  std::optional<SimTime> last_used;       ///< none: never seen in use
  bool in_use = false;                    ///< by a container, running or dead
};

/// 100 - floor(100 * available / capacity); the disk counts as full if it has no capacity. Disks
/// are smaller than 90 PB, where the kubelet's integers end.
std::int64_t disk_usage_percent(Bytes capacity, Bytes available);

/// What a pass wants to free: nothing below the high threshold, else enough for the low one.
std::optional<Bytes> bytes_to_free(const DiskPolicySpec& policy, Bytes capacity, Bytes available);

struct GcPass {
  std::vector<std::size_t> removed;  ///< images, in order
  Bytes freed;                       ///< sum of their reported sizes
};

/// Removes unused images by the time of their last use, then of their detection, until the sum of
/// sizes reaches `wanted`; an image detected less than `minimum_age` ago stays. None: all go.
GcPass free_images(std::span<const GcImage> images, std::optional<Bytes> wanted,
                   Duration minimum_age, SimTime now);

/// Unused images whose last use is longer ago than `maximum_age`; one never used counts as old.
/// None as long as the kubelet itself is not older than that, or without a maximum.
GcPass old_images(std::span<const GcImage> images, Duration maximum_age,
                  std::optional<SimTime> kubelet_started, SimTime now);

}  // namespace pullsim
