// What a StatefulSet does in one sync: which ordinals get a pod and which lose theirs. In order,
// one at a time, each waiting for the one before to be available; or all at once
// (podManagementPolicy Parallel), except for roll-outs, which always go from the highest ordinal
// down, one at a time. Leaves out OnDelete, maxUnavailable of roll-outs (behind a feature gate) and
// volume claims.
//
// Facts: Kubernetes pkg/controller/statefulset/stateful_set_control.go (updateStatefulSet), v1.28,
// from general knowledge.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pullsim {

/// The pod of one ordinal.
struct StatefulPod {
  bool exists = false;
  bool terminating = false;  ///< deleted, not gone
  bool available = false;    ///< ready for minReadySeconds
  bool updated = false;      ///< runs the set's current template
};

struct StatefulSettings {
  std::int64_t replicas = 0;
  bool parallel = false;
  std::int64_t partition = 0;  ///< ordinals below it keep their template
};

struct StatefulStep {
  std::vector<std::int64_t> create;
  std::vector<std::int64_t> remove;
  friend bool operator==(const StatefulStep&, const StatefulStep&) = default;
};

/// `pods` by ordinal, at least as many as the replicas.
StatefulStep stateful_set_step(const StatefulSettings& settings, std::span<const StatefulPod> pods);

}  // namespace pullsim
