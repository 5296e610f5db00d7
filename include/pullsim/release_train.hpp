// Weeks of releases of one image: what is pushed, stored and pulled, and what nodes keep of it.
// Plain data in, plain data out; no time of pulls, which is what simulate() is about.
//
// A month of a bill is 730 hours and a GB 10^9 bytes; neither is used here: sizes are bytes.
#pragma once

#include <pullsim/scenario_images.hpp>
#include <pullsim/scenario_nodes.hpp>
#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// A layer of an image that is built anew for each release, and when its content changes. A change
/// changes every layer above it, as in a Docker build, except those that are independent.
struct ChangingLayer {
  std::string name;
  Bytes size;         ///< as transferred; the same in every release, assumed
  Bytes unpacked;     ///< as on disk
  Duration every{0};  ///< changes with the first release at or after each multiple; 0: never so
  double share = 0;   ///< of releases that change it, 0 to 1
  bool independent = false;  ///< COPY --link: changes below leave it as it is
};

/// A kind of release that changes certain layers, and how often it comes.
struct ReleaseKind {
  std::string name;
  double share = 0;                  ///< of all releases; of all kinds together 1
  std::vector<std::size_t> changed;  ///< indices of `layers`: those and no others
};

/// Which images the registry keeps. An image stays while any of the two rules keeps it, and the
/// newest one always; without a rule nothing is deleted.
struct RetentionSpec {
  std::optional<std::int64_t> keep_last;  ///< so many newest images
  std::optional<Duration> keep_for;       ///< since the push
};

struct ReleaseNodesSpec {
  std::int64_t count = 1;
  std::optional<Bytes> disk;       ///< none: never full, and no image is collected
  Bytes other_use{4'000'000'000};  ///< on each disk, beside images; assumed as in NodePoolSpec
  DiskPolicySpec policy;           ///< thresholds of image collection and disk pressure
  bool discard_unpacked_layers = false;  ///< of containerd: blobs go once they are unpacked
  std::int64_t per_release = 0;  ///< nodes that run a release, drawn for each; 0: all of them
  double replaced_per_day = 0;   ///< nodes replaced by empty ones, at times drawn in the day
};

/// Shares of all pulled bytes that are billed in each way. Defaults assumed: all leave the
/// registry, none through a NAT gateway or into another zone.
struct BilledShares {
  double registry_transfer = 1;
  double nat_gateway = 0;
  double cross_zone = 0;
};

struct ReleaseTrainSpec {
  std::string name;
  std::int64_t per_day = 1;  ///< releases, in the middle of equal parts of the day
  std::int64_t days = 30;
  std::vector<ChangingLayer> layers;  ///< base first; either these
  /// With `layers`: every release is of one kind, and when a layer changes is said here alone.
  std::vector<ReleaseKind> kinds;
  std::vector<ImageSpec> images;  ///< or the image of each release, in order
  bool repeat = false;  ///< of `images`: begins again after the last; false: no release follows
  ReleaseNodesSpec nodes;
  RetentionSpec retention;
  BilledShares billed;
};

/// Equal contents are one blob, in whatever release.
struct ReleaseLayer {
  std::uint32_t content = 0;
  Bytes size;
  Bytes unpacked;
};
struct Release {
  SimTime at{};
  std::vector<ReleaseLayer> layers;  ///< base first
};

/// The releases of a train. The first one is at the start: it is in the registry and on the nodes
/// that run it before the first day begins. Where layers change by share, the draws are keyed by
/// seed, run, train, layer and release; kinds by seed, run, train and release.
std::vector<Release> releases_of(const ReleaseTrainSpec& spec, std::uint64_t seed,
                                 std::uint32_t run);

/// One release rolled out. Counts are over the nodes that it was rolled out to.
struct RolloutRow {
  SimTime at{};
  Bytes pushed;  ///< of its blobs, what the registry did not store
  Bytes image;   ///< of its blobs together
  Bytes pulled;
  Bytes needed;  ///< by all nodes: pulled, or found there
  std::int64_t layers_pulled = 0;
  std::int64_t layers_needed = 0;
  std::int64_t pulls = 0;
  std::int64_t failed = 0;  ///< pulls that the disk had no room for
};

/// A pull that failed for lack of room after every image that may go has gone.
struct FullDisk {
  SimTime at{};
  std::size_t release = 0;
  std::size_t node = 0;
  Bytes wanted;     ///< room for blobs and unpacked layers that the node lacks
  Bytes available;  ///< room there is
  Bytes other_use;
  Bytes running;  ///< of the image that the node runs
  Bytes unused;   ///< of images that nothing runs and that were too young to go
};

struct ReleaseNodeRow {
  Bytes pulled;
  Bytes disk_most;               ///< in use at any moment, other use included
  Bytes disk_end;                ///< in use at the end
  double disk_mean = 0;          ///< bytes in use, mean over time
  std::int64_t collections = 0;  ///< passes that removed an image
  bool pressure_left = false;    ///< under disk pressure once with nothing left to remove
};

struct ReleaseDay {
  Bytes stored;     ///< by the registry at the end of the day
  Bytes pulled;     ///< in the day
  Bytes disk_most;  ///< of any node at the end of the day
};

/// Conservation: pushed = stored + deleted; pulled = sum over roll-outs + pulled_replaced = sum
/// over nodes; disk_start + disk_written = disk_removed + disk_lost + disk_held.
struct ReleaseTrainResult {
  std::vector<RolloutRow> rollouts;  ///< of every release but the first
  std::vector<ReleaseNodeRow> nodes;
  std::vector<ReleaseDay> days;
  Duration length{0};
  Bytes pushed;  ///< the first release included
  Bytes stored;  ///< at the end
  Bytes stored_most;
  Bytes deleted;
  double stored_byte_seconds = 0;
  Bytes pulled;
  Bytes pulled_replaced;  ///< by nodes that took the place of others
  std::int64_t pulls = 0;
  std::int64_t pulls_failed = 0;
  std::optional<FullDisk> first_full;
  std::int64_t images_deleted = 0;    ///< by the registry
  std::int64_t images_collected = 0;  ///< by nodes
  std::int64_t collections = 0;
  std::int64_t nodes_replaced = 0;
  Bytes disk_start;  ///< of images, on all nodes, as are the next four
  Bytes disk_written;
  Bytes disk_removed;
  Bytes disk_lost;  ///< with nodes that were replaced
  Bytes disk_held;  ///< at the end
};

/// Walks over the releases. Sizes are not negative, counts at least 1, shares 0 to 1; either layers
/// or images are given. Pure, for any thread.
ReleaseTrainResult simulate_releases(const ReleaseTrainSpec& spec, std::uint64_t seed,
                                     std::uint32_t run);
/// The same for releases that come from elsewhere: at least one, at rising times from the start.
ReleaseTrainResult simulate_releases(const ReleaseTrainSpec& spec,
                                     const std::vector<Release>& releases, std::uint64_t seed,
                                     std::uint32_t run);

}  // namespace pullsim
