// What a pod requests, from the requests of its containers. Pure. It leaves out the overhead of
// runtime classes and requests at the level of the pod.
//
// Facts: Kubernetes component-helpers/resource/helpers.go (PodRequests), with restartable init
// containers as since v1.28.
#pragma once

#include <pullsim/units.hpp>

#include <span>

namespace pullsim {

struct Resources {
  MilliCpu cpu;
  Bytes memory;
  friend bool operator==(const Resources&, const Resources&) = default;
};

struct InitRequest {
  Resources request;
  bool sidecar = false;  ///< runs on beside everything after it
};

/// For each resource the larger of what runs in the end - containers and sidecars - and of what
/// runs at any time before: an init container with the sidecars above it in the list.
Resources pod_requests(std::span<const InitRequest> init, std::span<const Resources> containers);

}  // namespace pullsim
