// Events as `kubectl get events -A -o json` prints them, for tests of what reads them.
#pragma once

#include "tools/calibrate/event_message.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <string>

namespace pullsim::test {

/// Seconds after 2026-11-25T09:00:00Z, cut to a whole second as a kubelet's recorder does.
inline std::string event_time(double seconds) {
  constexpr std::int64_t kStart = 1795597200;
  const auto whole = static_cast<std::int64_t>(std::floor(seconds));
  return kubernetes_time_text((kStart + whole) * 1'000'000);
}

/// A v1 event of a kubelet.
inline nlohmann::json event(double seconds, const std::string& node, const std::string& pod,
                            const std::string& message) {
  return {{"apiVersion", "v1"},
          {"kind", "Event"},
          {"count", 1},
          {"eventTime", nullptr},
          {"firstTimestamp", event_time(seconds)},
          {"lastTimestamp", event_time(seconds)},
          {"involvedObject",
           {{"kind", "Pod"},
            {"namespace", "default"},
            {"name", pod},
            {"fieldPath", "spec.containers{main}"}}},
          {"message", message},
          {"metadata", {{"name", pod + ".1"}, {"namespace", "default"}}},
          {"reason", "Pulled"},
          {"reportingComponent", "kubelet"},
          {"source", {{"component", "kubelet"}, {"host", node}}},
          {"type", "Normal"}};
}

/// The same of events.k8s.io/v1.
inline nlohmann::json new_event(const std::string& time, const std::string& node,
                                const std::string& pod, const std::string& note) {
  return {{"apiVersion", "events.k8s.io/v1"},
          {"kind", "Event"},
          {"eventTime", time},
          {"note", note},
          {"regarding", {{"kind", "Pod"}, {"namespace", "default"}, {"name", pod}}},
          {"reportingController", "kubelet"},
          {"reportingInstance", node},
          {"reason", "Pulled"}};
}

inline std::string list_of(const nlohmann::json& items) {
  return nlohmann::json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", items}}.dump(4);
}

}  // namespace pullsim::test
