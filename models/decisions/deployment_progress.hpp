// When a pod counts as available, and when a Deployment counts as progressing, complete or stuck.
// Nothing is rolled back when the deadline passes; the roll-out goes on. It leaves out conditions
// other than Progressing and paused Deployments, whose clock stands still.
//
// Facts: Kubernetes pkg/controller/deployment/util/deployment_util.go (DeploymentProgressing,
// DeploymentComplete, DeploymentTimedOut) and pkg/api/v1/pod/util.go (IsPodAvailable), v1.28;
// progressDeadlineSeconds 600 and minReadySeconds 0 by default.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>

namespace pullsim {

/// Ready for longer than `min_ready`; at once if that is 0.
bool is_available(std::optional<SimTime> ready_since, Duration min_ready, SimTime now);

/// A Deployment's status.
struct DeploymentStatus {
  std::int64_t replicas = 0;  ///< of all sets
  std::int64_t updated = 0;   ///< of the new set
  std::int64_t ready = 0;
  std::int64_t available = 0;
};

/// More updated, ready or available pods than before, or fewer old ones.
bool has_progressed(const DeploymentStatus& before, const DeploymentStatus& after);

bool is_complete(std::int64_t replicas, const DeploymentStatus& status);

/// A new replica set begins a new one, with the time of its creation.
struct Progress {
  SimTime updated{};       ///< last progress, or the start of the roll-out
  bool complete = false;   ///< the last roll-out was; no deadline runs
  bool timed_out = false;  ///< ProgressDeadlineExceeded
};

/// The Progressing condition after one sync. Progress after the deadline takes it back.
Progress next_progress(const Progress& last, std::int64_t replicas, const DeploymentStatus& before,
                       const DeploymentStatus& after, Duration deadline, SimTime now);

}  // namespace pullsim
