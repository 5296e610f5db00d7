// What lost requests come to under the objectives of a scenario, as rows of a table: the same in
// the summary and in reports.
#pragma once

#include "tools/run/study_result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct LossRow {
  std::size_t objective = 0;  ///< index into RunSummary::lost_requests
  LossFigure figure = LossFigure::lost;
  std::string label;  ///< "error budget spent"; names in it are safe for a terminal
  const char* unit = "1";
  double factor = 1;  ///< from the figure to what is shown
};

/// Rows for the objectives of a run, in their order; those of the lost requests themselves only
/// where there are several objectives.
std::vector<LossRow> loss_rows(const std::vector<LostRequests>& of_run);

/// By run; absent where the variant has no such objective.
std::vector<std::optional<double>> loss_values(const VariantResult& variant, const LossRow& row);

}  // namespace pullsim
