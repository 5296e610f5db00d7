// What becomes of a Deployment's replica sets when its replicas change: one active set takes all, a
// roll-out that is complete drops the old sets, and in the middle of one every set keeps its share.
// It leaves out paused Deployments, which scale in the same way.
//
// Facts: Kubernetes pkg/controller/deployment/sync.go (scale) and util/deployment_util.go
// (FindActiveOrLatest, IsSaturated, GetProportion), v1.15..v1.28. A share is rounded half away from
// zero from a float64.
#pragma once

#include "models/decisions/rolling_update.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ScaledSet {
  std::string name;
  bool is_new = false;  ///< runs the Deployment's current template
  std::int32_t replicas = 0;
  /// Annotations of the last scaling: the replicas of the Deployment, and these plus surge. None:
  /// not known.
  std::optional<std::int32_t> desired_annotation;
  std::optional<std::int32_t> max_annotation;
  std::int32_t available = 0;
  std::int64_t age_rank = 0;  ///< 0: the newest
};

struct ScalingDeployment {
  DeploymentStrategy strategy = DeploymentStrategy::rolling_update;
  std::int32_t replicas = 0;
  std::int32_t surge = 0;            ///< resolved for `replicas`
  std::int32_t status_replicas = 0;  ///< stands in where a set has no `max_annotation`
};

/// Sizes after the change, in the order given.
std::vector<std::int32_t> scaled_sizes(const ScalingDeployment& deployment,
                                       const std::vector<ScaledSet>& sets);

}  // namespace pullsim
