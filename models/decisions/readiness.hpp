// When a container becomes ready: the kubelet's clocks and the readiness probe's rules, as
// arithmetic on times. Pure.
//
// The kubelet sees a started container at its next relist (PLEG, period 1 s). That status update
// triggers the first readiness probe and resets the probe's ticker; further probes follow every
// period (node-and-registry facts 2.1, 2.2).
#pragma once

#include <pullsim/scenario.hpp>
#include <pullsim/units.hpp>

#include <optional>

namespace pullsim {

/// The first moment not before `time` on the grid phase + n * period (n any integer).
SimTime next_tick(SimTime time, Duration phase, Duration period);

struct ReadinessInput {
  SimTime started;           ///< container running
  SimTime able_to_answer;    ///< the process answers from here on
  Duration relist_phase{0};  ///< of this node's PLEG
  std::optional<ReadinessProbeSpec> probe;
};

/// Moment of the kubelet's relist at which the pod is Ready (no probe), or of the probe that makes
/// it Ready: the success_threshold-th success in a row. A probe counts from initialDelaySeconds
/// after the start on, in whole seconds truncated as the kubelet does it.
SimTime ready_time(const ReadinessInput& input);

inline constexpr Duration kRelistPeriod = std::chrono::seconds(1);  ///< kubelet's generic PLEG

}  // namespace pullsim
