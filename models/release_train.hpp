// Weeks of releases of one image: a registry that deduplicates and deletes, nodes that keep and
// collect images, and the walk over releases that both see. No engine: nothing here takes time but
// the time between releases. Leaves out manifests and configs, which are kilobytes, and other
// images of the registry and of the nodes.
#pragma once

#include <pullsim/release_train.hpp>

#include "models/decisions/image_gc.hpp"
#include "sim/flat_map.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace pullsim {

/// Bytes times nanoseconds: a petabyte for ten years.
__extension__ using ByteTime = __int128;

/// A layer with small numbers: equal blobs and equal chains of layers have equal ones.
struct NumberedLayer {
  std::uint32_t blob = 0;
  std::uint32_t chain = 0;
  Bytes size;
  Bytes unpacked;
  bool again = false;  ///< the blob is also a lower layer of the same image
};
struct NumberedRelease {
  SimTime at{};
  std::vector<NumberedLayer> layers;
  Bytes size;                   ///< of distinct blobs
  std::int64_t blob_count = 0;  ///< distinct
};

struct NumberedReleases {
  std::vector<NumberedRelease> list;
  std::uint32_t blobs = 0;
};
NumberedReleases numbered(const std::vector<Release>& releases);

/// Blobs of one repository: each stored once, as long as an image needs it.
class RegistryStore {
 public:
  RegistryStore(const RetentionSpec& retention, std::uint32_t blobs)
      : retention_(retention), references_(blobs, 0) {}
  /// Stores what is new of it and lets go what the policy no longer keeps; bytes of new blobs.
  Bytes push(const NumberedRelease& release);
  /// Deletions that time alone brings, until `now`.
  void advance(SimTime now);

  Bytes pushed() const { return pushed_; }
  Bytes stored() const { return stored_; }
  Bytes stored_most() const { return stored_most_; }
  Bytes deleted() const { return deleted_; }
  std::int64_t images_deleted() const { return static_cast<std::int64_t>(oldest_); }
  /// Of what was stored until the last advance.
  double byte_seconds() const;

 private:
  void let_go(SimTime now);
  void count_until(SimTime now);
  const RetentionSpec& retention_;
  std::vector<std::int32_t> references_;  // by blob: images that need it
  std::vector<const NumberedRelease*> images_;
  std::vector<SimTime> times_;
  std::size_t oldest_ = 0;  // of those that are still there
  Bytes pushed_;
  Bytes stored_;
  Bytes stored_most_;
  Bytes deleted_;
  SimTime counted_{};
  ByteTime byte_time_ = 0;
};

/// One node: layers of the images it holds, and what its kubelet removes when.
class ReleaseNode {
 public:
  ReleaseNode(const ReleaseNodesSpec& spec, const NumberedReleases& releases)
      : spec_(spec), releases_(releases.list) {}

  struct Pull {
    bool done = false;
    Bytes bytes;   ///< fetched; none when it failed
    Bytes needed;  ///< fetched or found
    std::int64_t layers = 0;
    std::int64_t layers_needed = 0;
    FullDisk full;  ///< when it failed
  };
  /// Holds and runs a release from the start. False: the disk has no room for it.
  bool preload(std::size_t release);
  /// Passes of the kubelet until `now`. Called before anything else happens at `now`.
  void advance(SimTime now);
  /// Pulls what it lacks of a release, later than all it holds, and runs that instead of what it
  /// ran. When the disk has no room, everything stays as it is, but for images that were collected
  /// for it.
  Pull run(std::size_t release, SimTime now);
  void stop(SimTime now);     ///< runs nothing from here on
  void replace(SimTime now);  ///< by an empty node, which runs nothing

  Bytes used() const { return used_; }  ///< by images
  Bytes disk_in_use() const { return spec_.other_use + used_; }
  ReleaseNodeRow row(SimTime end) const;
  Bytes written() const { return written_; }
  Bytes removed() const { return removed_; }
  Bytes lost() const { return lost_; }
  std::int64_t images_collected() const { return images_collected_; }

 private:
  struct HeldImage {
    std::size_t release = 0;
    std::optional<SimTime> detected;
    std::optional<SimTime> last_used;
    bool running = false;
  };
  struct Plan {
    Bytes fetch;
    Bytes unpack;
    std::int64_t layers = 0;
  };
  Plan plan_of(const NumberedRelease& release) const;
  Bytes available() const { return spec_.disk.value_or(Bytes{}) - spec_.other_use - used_; }
  bool under_pressure() const;
  std::optional<SimTime> next_pass(SimTime after);
  void pass(SimTime now);
  void remove(const GcPass& pass, SimTime now);
  std::vector<GcImage> gc_images() const;
  void add_image(std::size_t release, std::optional<SimTime> detected);
  void drop_image(std::size_t index);
  /// A pass that wants room notes every image that is there before it removes any.
  void note_images(SimTime at);
  Bytes size_of(std::size_t release) const;
  FullDisk full_disk(std::size_t release, Bytes wanted, SimTime now) const;
  void use_disk(Bytes used, SimTime now);

  const ReleaseNodesSpec& spec_;
  const std::vector<NumberedRelease>& releases_;
  FlatMap<std::uint32_t, std::int32_t> blobs_;   // images that need it
  FlatMap<std::uint32_t, std::int32_t> chains_;  // the same
  std::vector<HeldImage> images_;                // by time of the pull
  SimTime started_{};
  SimTime looked_until_{};
  SimTime changed_{};
  ByteTime byte_time_ = 0;
  Bytes used_;
  Bytes most_;
  Bytes pulled_;
  Bytes written_;
  Bytes removed_;
  Bytes lost_;
  std::int64_t images_collected_ = 0;
  std::int64_t collections_ = 0;
  bool pressure_left_ = false;
};

}  // namespace pullsim
