// When a container has started and when it is ready: the kubelet's clocks and the rules of startup
// and readiness probes, as arithmetic on times. Pure. A probe itself takes no time.
//
// The kubelet sees a started container at its next relist (PLEG, period 1 s). A startup probe runs
// at the ticks of its worker, whose clock began when the pod was added; until it has succeeded no
// readiness probe runs, and when it has failed too often the container is killed. The status update
// that sees a container running and started triggers its first readiness probe and resets that
// probe's ticker; further probes follow every period, and each later sync of the pod triggers one
// and resets the ticker again (node-and-registry facts 2.1, 2.2). Left out: syncs that other
// containers of the pod bring along.
#pragma once

#include <pullsim/scenario.hpp>
#include <pullsim/units.hpp>

#include <optional>
#include <vector>

namespace pullsim {

/// The first moment not before `time` on the grid phase + n * period (n any integer).
SimTime next_tick(SimTime time, Duration phase, Duration period);

struct ReadinessInput {
  SimTime started;           ///< container running
  SimTime able_to_answer;    ///< the process answers from here on
  Duration relist_phase{0};  ///< of this node's PLEG
  /// The status update that sees it running, and started; none: the first relist after its start.
  std::optional<SimTime> seen = std::nullopt;
  std::optional<ReadinessProbeSpec> probe = std::nullopt;
  std::vector<SimTime> syncs = {};  ///< of the pod after that, rising
};

/// Time from a sync in which nothing failed to the worker's next one, if nothing else happens:
/// syncFrequency, stretched by 1 + 0.5 u with u in (0, 1).
Duration resync_wait(double u);

/// Moment of the kubelet's relist at which the pod is Ready (no probe), or of the probe that makes
/// it Ready: the success_threshold-th success in a row. A probe counts from initialDelaySeconds
/// after the start on, in whole seconds truncated as the kubelet does it.
SimTime ready_time(const ReadinessInput& input);

struct StartupInput {
  SimTime started;         ///< container running
  SimTime seen;            ///< the status update that sees it running
  SimTime able_to_answer;  ///< the process answers from here on
  SimTime ticker;          ///< one of the worker's ticks
  StartupProbeSpec probe;
};

struct StartupOutcome {
  SimTime at;            ///< of the probe that decides
  bool started = false;  ///< false: the probe failed too often, the container is killed
  friend bool operator==(const StartupOutcome&, const StartupOutcome&) = default;
};

/// The first probe that succeeds, or the failureThreshold-th that does not. Probes count from the
/// first tick at which the status says running and initialDelaySeconds are over.
StartupOutcome startup_outcome(const StartupInput& input);

/// First tick of a probe's worker: when the pod is added, or a random part of a period later if the
/// kubelet itself has been running for less than a period. `u` in (0, 1).
SimTime first_probe_tick(SimTime pod_added, std::optional<SimTime> kubelet_started, Duration period,
                         double u);

inline constexpr Duration kRelistPeriod = std::chrono::seconds(1);  ///< kubelet's generic PLEG

}  // namespace pullsim
