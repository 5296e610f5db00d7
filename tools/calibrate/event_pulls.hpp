// From events to pulls: which pull ended when, on which node, how long it took, and which events
// say nothing that can be used, with the reason. Pure; leaves out what images are made of.
#pragma once

#include "tools/calibrate/event_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// Something in the events that no prediction can be compared with.
struct UnusedPull {
  std::string id;
  std::string reason;
};

struct ObservedPull {
  std::string id;  ///< time, node, image; made unique
  std::string pod;
  std::string node;
  std::string image;
  double end_seconds = 0;             ///< since 1970
  double seconds = 0;                 ///< up to `end_seconds`
  bool with_waiting = false;          ///< `seconds` holds the time in the kubelet's queue, too
  double wait_seconds = 0;            ///< before it, where that is known
  bool from_times = false;            ///< from two times of whole seconds, not from the message
  bool whole_seconds = true;          ///< `end_seconds` is a whole second or rounded to one
  std::optional<std::int64_t> bytes;  ///< as the runtime reports it
};

/// An image that was there without a pull.
struct PresentImage {
  std::string node;
  std::string image;
  double at_seconds = 0;
};

struct EventPulls {
  std::vector<ObservedPull> pulls;  ///< by end, then order of the events
  std::vector<PresentImage> present;
  std::vector<UnusedPull> unused;
};

EventPulls pulls_of(std::vector<PullEvent> events);

}  // namespace pullsim
