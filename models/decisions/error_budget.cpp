// See the header for the equations.
#include <pullsim/scenario_objective.hpp>

#include "models/decisions/request_queue.hpp"

#include <cmath>

namespace pullsim {

namespace {

/// The share that may fail. Availabilities are written in decimal, so what binary fractions add to
/// 1 - 0.999 in the seventeenth place is taken off again.
double allowed_share(const ErrorBudget& budget) {
  constexpr double kPlaces = 1e12;
  return std::round((1 - budget.availability) * kPlaces) / kPlaces;
}

}  // namespace

double budget_seconds(const ErrorBudget& budget) {
  return allowed_share(budget) * to_seconds(budget.window);
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
