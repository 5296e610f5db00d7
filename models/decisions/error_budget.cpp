// See the header for the equations.
#include <pullsim/scenario_objective.hpp>

#include "models/decisions/request_queue.hpp"

namespace pullsim {

double budget_seconds(const ErrorBudget& budget) {
  return (1 - budget.availability) * to_seconds(budget.window);
}

double budget_requests(const ErrorBudget& budget) {
  return budget_seconds(budget) * budget.mean_rate;
}

SpentBudget spend(const ErrorBudget& budget, double lost_requests) {
  return {lost_requests / budget_requests(budget), lost_requests / budget.mean_rate};
}

double lost_share(double offered_requests, double lost_requests) {
  return offered_requests > 0 ? lost_requests / offered_requests : 0;
}

double lost_within(const SteadyLoad& load, double seconds) {
  RequestQueue queue;
  queue.waiting = load.waiting;
  return after(queue, {load.demand, load.capacity, load.patience_seconds}, seconds).lost;
}

}  // namespace pullsim
