// Observed pulls as cases that the simulator can predict: pulls that overlap are one case, with the
// images that their nodes held before. What a cluster is made of comes from a scenario, or is
// assumed and said so.
#pragma once

#include <pullsim/simulate.hpp>

#include "tools/calibrate/event_pulls.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pullsim {

/// What is known beside the events.
struct EventWorld {
  Scenario base;                ///< images, registries, zones, pools
  bool assumed = false;         ///< no scenario: one pool and one registry of defaults
  bool unpacked_sizes = false;  ///< what events tell of an image is its size on disk
};

/// From a scenario, as read and checked.
EventWorld world_of(const Scenario& scenario);
/// Without one: a node of 4 cores and 10 Gbit/s, a registry without limits. Assumed.
EventWorld assumed_world(bool crio);

struct EventPull {
  std::size_t node = 0;   ///< index into EventCase::nodes
  std::size_t image = 0;  ///< index into EventCases::images
  double start_seconds = 0;
  double measured_seconds = 0;
  double deviation = 0;  ///< of the measured time, in seconds, from the clocks of events
};

struct EventNode {
  std::size_t pool = 0;
  std::set<std::size_t> held;  ///< images that are there before
};

struct EventCase {
  std::string id;
  std::vector<EventNode> nodes;
  std::vector<EventPull> pulls;

  double makespan_seconds() const;
};

struct EventCases {
  EventWorld world;
  std::vector<ImageSpec> images;  ///< those of the scenario first, then the assumed ones
  std::vector<EventCase> cases;
  std::vector<UnusedPull> unused;
  std::vector<std::string> notes;  ///< what was assumed, for people
};

EventCases cases_of(EventPulls pulls, const EventWorld& world);

/// A pull cannot be faster than this, in compressed bytes per second, or its layers were there:
/// nearly five times what one core unpacks. Assumed.
inline constexpr double kFastestPull = 500e6;

}  // namespace pullsim
