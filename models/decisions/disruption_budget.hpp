// What a PodDisruptionBudget allows, and whether the Eviction API takes a pod away. Pure. It leaves
// out the time between an eviction and the controller's next look at the budget (the API counts
// evicted pods itself meanwhile, so nothing is evicted twice), and pods of no controller.
//
// Facts: Kubernetes pkg/controller/disruption/disruption.go (getExpectedPodCount,
// countHealthyPods, updatePdbStatus) @ 003e86297d18 and pkg/registry/core/pod/storage/eviction.go
// (Create, canIgnorePDB, checkAndDecrement) @ 01aa0f3f6052.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>

namespace pullsim {

/// What the controller counts of the pods that a budget selects.
struct BudgetView {
  std::int64_t replicas = 0;  ///< that their controllers want, all together
  std::int64_t pods = 0;
  std::int64_t healthy = 0;  ///< Ready and not being deleted
};

struct BudgetStatus {
  std::int64_t desired_healthy = 0;
  std::int64_t disruptions_allowed = 0;
  friend bool operator==(const BudgetStatus&, const BudgetStatus&) = default;
};

/// Shares are of the replicas and round up, both ways of giving them. A number in `minAvailable`
/// counts as it is.
BudgetStatus budget_status(const DisruptionBudgetSpec& budget, const BudgetView& view);

/// A pod as the Eviction API looks at it.
enum class EvictionView : std::uint8_t {
  pending,  ///< no container runs yet, or it has ended: no budget protects it
  unready,
  ready
};

/// A pod that is not ready may go while enough others are healthy; a ready one while the budget
/// allows disruptions.
bool may_evict(const DisruptionBudgetSpec& budget, const BudgetView& view, EvictionView pod);

}  // namespace pullsim
