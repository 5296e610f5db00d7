// Events of a cluster as `kubectl get events -A -o json` prints them: v1 and events.k8s.io/v1, a
// List, an EventList, single events, or any of them one after the other. Keeps what pulls and
// scheduling say; form is checked, meaning is left to event_pulls.
#pragma once

#include "tools/calibrate/event_message.hpp"
#include "tools/input/diagnostic.hpp"
#include "tools/input/json_document.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pullsim {

struct PullEvent {
  EventMessage message;
  std::string pod;   ///< "namespace/name"
  std::string node;  ///< of the kubelet that wrote it; empty: not said
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  bool whole_seconds = true;  ///< the times have no fraction
  std::int64_t count = 1;     ///< how many events were folded into this one
  int line = 0;               ///< in the file
};

/// True when the file holds Kubernetes objects; false for measurement cases and all else.
bool holds_kubernetes_objects(const JsonNode& root);

/// The events about pulls and scheduling, in the order of the file; all findings placed.
std::vector<PullEvent> read_events(const JsonDocument& document, Diagnostics& diagnostics);

}  // namespace pullsim
