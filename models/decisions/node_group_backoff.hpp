// How long the Cluster Autoscaler leaves a node group alone after a scale-up failed or timed out.
//
// Facts: kubernetes/autoscaler cluster-autoscaler, utils/backoff/exponential_backoff.go; a request
// counts as failed after --max-node-provision-time.
#pragma once

#include <pullsim/scenario.hpp>

#include <optional>

namespace pullsim {

struct GroupBackoff {
  Duration duration{0};
  SimTime until{};
  SimTime failed{};
  friend bool operator==(const GroupBackoff&, const GroupBackoff&) = default;
};

/// After a failure at `now`. It doubles only when the last one is over, because requests made at
/// once also fail at once.
GroupBackoff after_failure(const std::optional<GroupBackoff>& last, SimTime now,
                           const GroupBackoffSettings& settings = {});

bool is_backed_off(const std::optional<GroupBackoff>& last, SimTime now);

}  // namespace pullsim
