// Which pipeline a container runtime pulls with: what its name, version and settings mean for
// slots, chunks, the order of unpacking and reuse. Pure. One struct of choices stands for all
// runtimes, so that models/image_pull is one pipeline and a new version is a new row here. It
// leaves out settings that change nothing about the time of a pull.
//
// Facts: node-and-registry sections 3.1, 3.4 to 3.6, 3.8 and 8.2.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>

namespace pullsim {

struct PullPipeline {
  enum class SlotScope : std::uint8_t {
    pull,  ///< each pull has slots of its own
    node,  ///< one set for all pulls of the node
  };
  enum class Unpack : std::uint8_t {
    serial,    ///< base upwards, one at a time
    parallel,  ///< several at once, committed base upwards when all have begun
    chain,     ///< base upwards, by the layer that was next, which keeps its download slot
  };

  SlotScope slots_of = SlotScope::pull;
  std::int64_t slots = 3;
  bool requests_take_slots = false;  ///< manifest and config too, not only layers
  /// True: a layer takes its slot, then waits for another pull's download of the same blob. False:
  /// it waits first and asks for a slot only to download.
  bool slot_before_lock = true;
  std::int64_t chunk_bytes = 0;  ///< larger layers come in ranges of so many bytes; 0: whole

  Unpack unpack = Unpack::serial;
  std::int64_t unpack_slots = 1;  ///< of the whole node; parallel only

  bool keeps_blobs = true;      ///< false: a blob goes when the pulls that use it have ended
  bool shares_blobs = true;     ///< pulls in flight download a blob once
  /// What a failed pull received of a blob is not asked for again.
  bool resumes_downloads = true;
  bool inflates_twice = false;  ///< decompressed beside the download too, for the diff ID
  /// Any unpacked layer with the same digest can be copied, whatever is below it.
  bool copies_layers = false;
  bool joins_pulls = false;  ///< pulls of one image in flight are one
  bool reports_unpacked_size = false;

  friend bool operator==(const PullPipeline&, const PullPipeline&) = default;
};

/// For the names and versions that the scenario reader knows.
PullPipeline pull_pipeline(const RuntimeSpec& runtime);

}  // namespace pullsim
