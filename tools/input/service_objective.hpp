// The objective of a service and what a request is worth, as a scenario gives them beside the
// traffic. No model knows them: they are applied to what a run has lost.
#pragma once

#include <pullsim/scenario_objective.hpp>

#include <optional>
#include <string>

namespace pullsim {

struct Money {
  double amount = 0;
  std::string currency;  ///< ISO 4217: "USD"
};

struct ServiceObjective {
  std::string workload;
  ErrorBudget budget;
  std::optional<Money> value_per_request;
};

/// As written; the rate may follow from the traffic.
struct ObjectiveDraft {
  double availability = 0;  ///< a share
  /// Of the budget. Assumed; the workbook has four weeks.
  Duration window = std::chrono::hours(24 * 30);
  std::optional<double> mean_rate;  ///< none: the demand of the start
  std::optional<Money> value_per_request;
};

}  // namespace pullsim
