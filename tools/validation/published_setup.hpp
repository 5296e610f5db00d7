// How a published case becomes a simulation: each figure that is published is used, each that is
// not is replaced by one assumption, the same for all cases, which is listed. Every prediction is a
// run of the simulator.
#pragma once

#include "tools/calibrate/parameters.hpp"
#include "tools/validation/published_case.hpp"

#include <pullsim/simulate.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// One set for all published cases: rates of a node from the laboratory, and what only the public
/// registry of the Spegel benchmark can say.
struct PublishedParameters {
  ParameterValues laboratory{};
  double public_request_seconds = 0.1;         ///< a request to a registry on the public internet
  double public_cold_bytes_per_second = 38e6;  ///< a blob that its edge lacks: measurements 1
};

struct PublishedSetup {
  std::string not_replayed;  ///< why; empty: the rest counts
  Scenario scenario;
  std::vector<PullRequest> requests;     ///< of single nodes; empty: the scenario's own events
  std::vector<std::string> assumptions;  ///< one for each figure that is not published
};

/// How to take what a source leaves open in a way that changes everything.
struct Reading {
  enum class Volume : std::uint8_t { no_limit, ssd, standard };

  bool size_is_unpacked = false;       ///< a size without a label; else it is the compressed one
  Volume volume = Volume::no_limit;    ///< what a volume of Google's without a type is
  std::optional<double> unpack_costs;  ///< CPU seconds for each compressed byte, and no others
  double core_slowness = 1;            ///< times all CPU costs
  double mount_costs = 0;              ///< seconds for each compressed byte unpacked, besides
};

/// What its provider states for a volume of the case's size, bytes per second.
Bandwidth stated_volume(const PublishedCase& published, Reading::Volume volume);

/// Least and most that mounting takes for each compressed byte; none where nothing is published.
std::array<double, 2> stated_mounts(const PublishedCase& published);

/// Whether another reading of the case is another set-up.
bool size_is_open(const PublishedCase& published);
bool volume_is_open(const PublishedCase& published);

PublishedSetup setup_of(const PublishedCase& published, const PublishedParameters& parameters,
                        Reading reading = {});

}  // namespace pullsim
