// Which pipeline a container runtime pulls with: what its name, version and settings mean for
// slots, chunks, the order of unpacking and reuse. Pure. One struct of choices stands for all
// runtimes, so that models/image_pull is one pipeline and a new version is a new row here. It
// leaves out settings that change nothing about the time of a pull.
//
// Facts: node-and-registry sections 3.1, 3.4 to 3.6, 3.8, 4.2 and 8.2; soci-snapshotter
// fs/adaptive_fetch_image_layers.go and fs/parallel_*.go; moby distribution/xfer; containerd pull
// requests 9401 and 6478 on what unmounting an overlay does, issue 9244 and pull request 9732 on
// records of images.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>

namespace pullsim {

struct PullPipeline {
  enum class Unpack : std::uint8_t {
    serial,    ///< base upwards, one at a time
    parallel,  ///< several at once, committed base upwards when all have begun
    chain,     ///< base upwards, by the layer that was next, which keeps its download slot
    jobs,      ///< each as soon as it is there and has a slot, committed base upwards
  };

  std::int64_t pull_slots = 3;       ///< downloads at once of each pull; 0: no limit of its own
  std::int64_t node_slots = 0;       ///< of all pulls of the node together; 0: no such limit
  bool requests_take_slots = false;  ///< manifest and config too, not only layers
  /// True: a layer takes its slot, then waits for another pull's download of the same blob. False:
  /// it waits first and asks for a slot only to download.
  bool slot_before_lock = true;
  bool slot_until_commit = true;  ///< false: a slot is free at the last byte
  std::int64_t chunk_bytes = 0;   ///< larger layers come in ranges of so many bytes; 0: whole
  /// True: the next part asks for a slot as soon as the one before has its own, after a request of
  /// their own for all parts of the layer. False: as many connections as there are slots take one
  /// part after the other, opened at the first one's answer.
  bool parts_queue_at_once = false;
  bool request_before_layers = false;  ///< one more, before the first layer is asked for

  Unpack unpack = Unpack::serial;
  bool unpack_after_downloads = false;  ///< serial: the first layer waits for the last blob
  std::int64_t pull_unpack_slots = 0;   ///< jobs: layers of each pull at once; 0: no limit
  std::int64_t node_unpack_slots = 0;   ///< parallel and jobs: of the whole node; 0: no limit

  bool keeps_blobs = true;    ///< false: a blob goes when the pulls that use it have ended
  bool shares_blobs = true;   ///< pulls in flight download a blob once
  bool stores_blobs = false;  ///< blobs are copied into the content store beside their unpacking
  /// What a failed pull received of a blob is not asked for again.
  bool resumes_downloads = true;
  /// All blobs come from the host that gave the manifest; else each request tries all hosts.
  bool one_host = false;
  /// A pull that receives nothing for so long is given up; 0: never.
  Duration progress_timeout = std::chrono::minutes(5);
  bool inflates_twice = false;  ///< decompressed beside the download too, for the diff ID
  /// Any unpacked layer with the same digest can be copied, whatever is below it.
  bool copies_layers = false;
  bool syncs_blobs = true;  ///< a blob is on the disk, not only in memory, before it is used
  /// All that a node has in memory is on the disk before an unpacked layer is committed.
  bool syncs_files = false;
  /// The records of an image are written again though they are there.
  bool rewrites_records = false;
  bool joins_pulls = false;  ///< pulls of one image in flight are one
  bool reports_unpacked_size = false;

  friend bool operator==(const PullPipeline&, const PullPipeline&) = default;
};

/// For the names and versions that the scenario reader knows.
PullPipeline pull_pipeline(const RuntimeSpec& runtime);

}  // namespace pullsim
