// A measured pull, or several at once: what was set up, and how long it took. The measurement-case
// format of tests/data/lab as plain data; figures stay in the units of the file. Leaves out what is
// only for people (kernel, processor model, timelines of layers).
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/input/json_document.hpp"

#include <pullsim/scenario.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct CasePull {
  std::int64_t node = 0;
  std::size_t image = 0;  ///< index into MeasuredCase::images
  double start_seconds = 0;
  std::optional<double> measured_seconds;  ///< duration of this call; median over repeats
  /// Call's start to the commit of its last blob; absent when it fetched none.
  std::optional<double> download_seconds;
  std::optional<double> unpack_seconds;   ///< sum over its layers
  std::optional<double> resolve_seconds;  ///< call's start to the first request of a layer
};

struct MeasuredCase {
  std::string id;
  std::string experiment;
  std::vector<ImageSpec> images;
  std::vector<std::size_t> preloaded;
  std::vector<CasePull> pulls;
  bool fetch_only = false;     ///< `ctr content fetch`: nothing is unpacked
  bool through_proxy = false;  ///< blobs come from a caching proxy
  bool proxy_cold = false;     ///< which has none of them yet
  std::optional<double> node_bits_per_second;
  std::optional<double> egress_bits_per_second;
  std::optional<double> connection_bytes_per_second;
  std::optional<std::int64_t> concurrency;
  double round_trip_seconds = 0;
  bool delay_line = false;  ///< something in the path that adds the round trip
  bool unpigz = false;
  std::optional<std::int64_t> shared_cores;  ///< none: each node is a machine of its own
  /// Makespan: first start to last end.
  std::optional<double> measured_seconds;
  /// Relative standard error of it, from the median deviation of the repeats; none with one repeat.
  std::optional<double> deviation;
  /// Seconds of a fixed job beside the repeats, median: how fast a core was. For fits only.
  std::optional<double> core_probe_seconds;

  std::int64_t node_count() const;
};

/// The cases of a document, whose root is `root`; empty with findings when they are wrong.
std::vector<MeasuredCase> read_measured_cases(const JsonDocument& document, const JsonNode& root,
                                              Diagnostics& diagnostics);
/// The cases of a file; empty with findings when it cannot be read.
std::vector<MeasuredCase> read_measured_cases(const std::string& file, Diagnostics& diagnostics);

}  // namespace pullsim
