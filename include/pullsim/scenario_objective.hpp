// The availability objective of a service and the error budget that follows from it; arithmetic in
// models/decisions/error_budget.cpp. No model acts on it: it is applied to what a run has lost.
//
// An objective A over a window of W seconds, in which R requests a second are expected, leaves a
// budget of (1 - A) * R * W failed requests (Google, The Site Reliability Workbook, chapter 2,
// budgets by requests). As time without any service it is (1 - A) * W, so L failed requests are
// worth L / R seconds of it.
#pragma once

#include <pullsim/units.hpp>

namespace pullsim {

struct ErrorBudget {
  double availability = 0.999;  ///< share of requests that have to succeed; below 1
  Duration window{0};           ///< above 0
  double mean_rate = 0;         ///< requests per second over the window; above 0
};

/// Failed requests that the objective allows in one window.
double budget_requests(const ErrorBudget& budget);
/// Time without any service that it allows.
double budget_seconds(const ErrorBudget& budget);

struct SpentBudget {
  double share = 0;    ///< of the budget of one window; above 1: this alone misses the objective
  double seconds = 0;  ///< without any service that would fail as many requests
};
SpentBudget spend(const ErrorBudget& budget, double lost_requests);

/// Lost out of offered; 0 when nobody asked.
double lost_share(double offered_requests, double lost_requests);

/// Requests per second and what waits, while nothing changes.
struct SteadyLoad {
  double waiting = 0;           ///< requests, at the beginning
  double demand = 0;            ///< requests per second
  double capacity = 0;          ///< requests per second
  double patience_seconds = 0;  ///< longest wait
};
/// Requests that give up within `seconds`, by the fluid queue of docs/models/traffic.md.
double lost_within(const SteadyLoad& load, double seconds);

}  // namespace pullsim
