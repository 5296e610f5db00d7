// See the header.
#include "models/decisions/disruption_budget.hpp"

#include <algorithm>

namespace pullsim {

namespace {

std::int64_t scaled_up(const IntOrPercent& value, std::int64_t total) {
  constexpr std::int64_t whole = 100;
  return value.percent ? (value.value * total + whole - 1) / whole : value.value;
}

}  // namespace

BudgetStatus budget_status(const DisruptionBudgetSpec& budget, const BudgetView& view) {
  BudgetStatus status;
  std::int64_t expected = view.replicas;
  if (budget.max_unavailable) {
    const std::int64_t missing = scaled_up(*budget.max_unavailable, view.replicas);
    status.desired_healthy = std::max<std::int64_t>(0, view.replicas - missing);
  } else if (budget.min_available) {
    status.desired_healthy = scaled_up(*budget.min_available, view.replicas);
    if (!budget.min_available->percent) expected = view.pods;
  }
  const std::int64_t spare = view.healthy - status.desired_healthy;
  if (expected > 0) status.disruptions_allowed = std::max<std::int64_t>(0, spare);
  return status;
}

bool may_evict(const DisruptionBudgetSpec& budget, const BudgetView& view, EvictionView pod) {
  if (pod == EvictionView::pending) return true;
  const BudgetStatus status = budget_status(budget, view);
  if (pod == EvictionView::unready) {
    const bool enough = view.healthy >= status.desired_healthy && status.desired_healthy > 0;
    if (budget.always_allow_unhealthy || enough) return true;
  }
  return status.disruptions_allowed > 0;
}

}  // namespace pullsim
