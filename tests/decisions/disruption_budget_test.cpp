// What a disruption budget allows, case by case, and what no eviction may do.
#include "models/decisions/disruption_budget.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

DisruptionBudgetSpec min_available(std::int64_t value, bool percent = false) {
  DisruptionBudgetSpec budget;
  budget.min_available = IntOrPercent{value, percent};
  return budget;
}

DisruptionBudgetSpec max_unavailable(std::int64_t value, bool percent = false) {
  DisruptionBudgetSpec budget;
  budget.max_unavailable = IntOrPercent{value, percent};
  return budget;
}

struct BudgetCase {
  std::string name;
  DisruptionBudgetSpec budget;
  BudgetView view;
  BudgetStatus expected;
};

}  // namespace

TEST_CASE("a budget allows what is healthy above what it desires") {
  const std::vector<BudgetCase> cases = {
      {"a number of available pods", min_available(2), {3, 3, 3}, {2, 1}},
      {"as many as are healthy", min_available(3), {3, 3, 3}, {3, 0}},
      {"more than there are", min_available(5), {3, 3, 3}, {5, 0}},
      {"none: everything may go", min_available(0), {3, 3, 2}, {0, 2}},
      {"a share of available pods rounds up", min_available(50, true), {7, 7, 7}, {4, 3}},
      {"a share of the replicas, not of the pods", min_available(50, true), {10, 4, 4}, {5, 0}},
      {"a number does not look at the replicas", min_available(2), {10, 4, 4}, {2, 2}},
      {"unavailable pods", max_unavailable(1), {3, 3, 3}, {2, 1}},
      {"a share of unavailable pods rounds up, too", max_unavailable(30, true), {7, 7, 7}, {4, 3}},
      {"surge pods that are healthy count", max_unavailable(1), {3, 5, 5}, {2, 3}},
      {"one is unavailable already", max_unavailable(1), {3, 3, 2}, {2, 0}},
      {"two are: never below nothing", max_unavailable(1), {3, 3, 1}, {2, 0}},
      {"more unavailable than replicas", max_unavailable(5), {3, 3, 3}, {0, 3}},
      {"nothing unavailable", max_unavailable(0), {3, 3, 3}, {3, 0}},
      {"no pods are expected", max_unavailable(1), {0, 1, 1}, {0, 0}},
      {"no pods are there", min_available(0), {3, 0, 0}, {0, 0}},
  };
  for (const BudgetCase& one : cases) {
    INFO(one.name);
    const BudgetStatus status = budget_status(one.budget, one.view);
    CHECK(status.desired_healthy == one.expected.desired_healthy);
    CHECK(status.disruptions_allowed == one.expected.disruptions_allowed);
  }
}

TEST_CASE("a pending pod may always be evicted, a ready one within the budget") {
  const DisruptionBudgetSpec budget = min_available(3);
  CHECK(may_evict(budget, {3, 3, 3}, EvictionView::pending));
  CHECK_FALSE(may_evict(budget, {3, 3, 3}, EvictionView::ready));
  CHECK(may_evict(budget, {4, 4, 4}, EvictionView::ready));
}

TEST_CASE("a pod that is not ready may be evicted while enough others are healthy") {
  const DisruptionBudgetSpec budget = min_available(3);
  CHECK(may_evict(budget, {4, 4, 3}, EvictionView::unready));
  CHECK_FALSE(may_evict(budget, {4, 4, 2}, EvictionView::unready));
  // With nothing desired the rule for unready pods does not hold, but the budget allows it.
  CHECK(may_evict(min_available(0), {1, 1, 1}, EvictionView::unready));
  CHECK_FALSE(may_evict(max_unavailable(3), {3, 3, 0}, EvictionView::unready));
}

TEST_CASE("unhealthyPodEvictionPolicy AlwaysAllow lets unready pods go, and no ready ones") {
  DisruptionBudgetSpec budget = min_available(3);
  budget.always_allow_unhealthy = true;
  CHECK(may_evict(budget, {4, 4, 1}, EvictionView::unready));
  CHECK_FALSE(may_evict(budget, {4, 4, 1}, EvictionView::ready));
}

TEST_CASE("no eviction of a ready pod brings the healthy ones below what is desired") {
  for (std::int64_t value = 0; value <= 12; ++value) {
    for (const bool percent : {false, true}) {
      for (const bool minimum : {false, true}) {
        const std::int64_t given = percent ? value * 10 : value;
        const DisruptionBudgetSpec budget =
            minimum ? min_available(given, percent) : max_unavailable(given, percent);
        for (std::int64_t replicas = 0; replicas <= 10; ++replicas) {
          for (std::int64_t healthy = 1; healthy <= replicas; ++healthy) {
            const BudgetView view{replicas, replicas, healthy};
            if (!may_evict(budget, view, EvictionView::ready)) continue;
            CHECK(healthy - 1 >= budget_status(budget, view).desired_healthy);
          }
        }
      }
    }
  }
}
