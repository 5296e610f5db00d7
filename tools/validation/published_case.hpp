// A published measurement of pulls: what its authors say of the set-up, as far as a simulation can
// use it, and what they measured. Figures stay in the units of the file; what is not published is
// absent here, and published_setup.cpp says what is assumed instead. Leaves out everything that is
// for people only.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

struct PublishedCase {
  enum class Kind : std::uint8_t {
    single_node_pull,
    unpack_only,
    fleet_simultaneous,
    fleet_rolling,
    p2p_fleet_simultaneous,
    p2p_fleet_rolling,
  };

  std::string id;
  std::string title;  ///< of the source
  std::string url;
  std::string trust;
  Kind kind = Kind::single_node_pull;

  std::int64_t nodes = 1;
  std::int64_t nodes_at_once = 1;  ///< of a rolling update
  std::string node_type;
  std::optional<std::int64_t> vcpus;
  std::optional<std::int64_t> memory_bytes;
  std::optional<double> node_bits_per_second;
  std::optional<double> disk_bytes_per_second;
  bool in_memory = false;  ///< what is unpacked goes to tmpfs
  std::string disk;        ///< in the words of the source, as the next ones
  std::string registry;
  std::string runtime;
  std::string pipeline;
  std::string decompressor;
  std::string transport;
  std::string peers;  ///< what nodes fetch from each other
  std::string image;
  std::string kubernetes;
  std::optional<double> registry_bits_per_second;
  std::optional<std::int64_t> concurrent_downloads;
  std::optional<std::int64_t> concurrent_unpacks;

  std::optional<std::int64_t> compressed_bytes;
  std::optional<std::int64_t> unpacked_bytes;
  std::optional<std::int64_t> stated_bytes;  ///< compressed or unpacked: the source does not say
  std::optional<std::int64_t> layer_count;
  std::vector<std::int64_t> layer_bytes;  ///< compressed; empty if not known
  std::optional<std::int64_t> largest_layer_bytes;
  bool base_layer = false;  ///< one more, below: that of the pause image

  struct AppliedLayer {
    std::int64_t compressed_bytes = 1;
    double seconds = 0;
  };
  std::vector<AppliedLayer> apply_log;  ///< layers unpacked, out of the source's own log
  std::vector<double> mount_seconds;    ///< of a large layer: from, to; empty if not published

  struct Measured {
    std::string key;  ///< as in the file
    double seconds = 0;
  };
  std::vector<Measured> measured;
  std::vector<double> in_start_order;  ///< pulls of a rolling update; empty if not published
};

/// The cases of a file; empty with findings when it cannot be read.
std::vector<PublishedCase> read_published_cases(const std::string& file, Diagnostics& diagnostics);

}  // namespace pullsim
