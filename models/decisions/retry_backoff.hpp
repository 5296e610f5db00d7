// When a kubelet tries again what has failed: the back-off of a pull or of a container that keeps
// exiting, and the sync of the pod's worker that has to come along before anything is tried. It
// leaves out the expiry of a back-off entry that nobody has used for ten minutes.
//
// Facts: Kubernetes pkg/kubelet, kubelet.go (imageBackOffPeriod, MaxImageBackOff) and
// pod_workers.go (completeWork) of the releases that know the back-off's end
// (MinBackoffExpiration).
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>

namespace pullsim {

inline constexpr Duration kPullBackoffFirst = std::chrono::seconds(10);
inline constexpr Duration kPullBackoffMax = std::chrono::seconds(300);
/// A worker looks again this long after an error that does not say when its back-off ends.
inline constexpr Duration kWorkerWait = std::chrono::seconds(10);
/// A worker that waits for the end of a back-off still looks again after this time.
inline constexpr Duration kWorkerWaitMax = std::chrono::seconds(60);
/// Share by which the wait of a worker is stretched at random, at most.
inline constexpr double kWorkerJitter = 0.5;

/// How long after the n-th failure in a row (from 1) a pull is refused: 10 s, doubling, to 300 s.
/// Kept for each pod and image. No failure: no delay.
Duration pull_backoff(std::int64_t failures);

/// How long after its n-th exit (from 1) a container is not restarted: the first time not at all,
/// then as for pulls (CrashLoopBackOff).
Duration crash_backoff(std::int64_t exits);

/// Time from a failed sync to the worker's next one: what is left of the back-off, within 0 and a
/// minute, or 10 s if the error does not tell; stretched by 1 + 0.5 u with u in [0, 1). Errors tell
/// in newer kubelets only (MinBackoffExpiration), and only where a back-off refused the attempt.
Duration worker_requeue(std::optional<Duration> backoff_left, double u);

}  // namespace pullsim
