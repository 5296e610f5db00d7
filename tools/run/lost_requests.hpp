// Requests that a run lost, for every workload with an objective. Lost are those that waited longer
// than the traffic's timeout, after all retries; slow ones are not.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include "tools/input/service_objective.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

struct LostRequests {
  ServiceObjective objective;
  double offered = 0;  ///< by users, to the scenario's duration; retries not counted again
  double lost = 0;
};

/// One for each objective, in its order.
std::vector<LostRequests> lost_requests(const std::vector<ServiceObjective>& objectives,
                                        const Scenario& scenario, const RunResult& result);

/// What follows from the lost requests of a run.
enum class LossFigure : std::uint8_t { lost, share, budget_share, budget_seconds, money };
inline constexpr std::size_t kLossFigures = 5;
/// As a key of result.json: "lost", "share", "budget_share", "budget_seconds", "money".
std::string_view loss_key(LossFigure figure);
/// Absent: no request has a value.
std::optional<double> loss_of(const LostRequests& lost, LossFigure figure);

}  // namespace pullsim
