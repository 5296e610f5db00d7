// Labels and units of losses; see the header.
#include "tools/output/loss_rows.hpp"

#include "tools/input/diagnostic.hpp"

#include <algorithm>

namespace pullsim {
namespace {

constexpr double kSecondsInMinute = 60;

}  // namespace

std::vector<LossRow> loss_rows(const std::vector<LostRequests>& of_run) {
  std::vector<LossRow> rows;
  for (std::size_t o = 0; o < of_run.size(); ++o) {
    const ServiceObjective& objective = of_run[o].objective;
    if (of_run.size() > 1) {
      rows.push_back({o, LossFigure::lost, "of " + printable(objective.workload)});
    }
    rows.push_back({o, LossFigure::share, "share of all", "share"});
    rows.push_back({o, LossFigure::budget_share, "error budget spent", "share"});
    rows.push_back({o, LossFigure::budget_seconds, "as full outage, min", "pod-minutes",
                    1 / kSecondsInMinute});
    if (objective.value_per_request) {
      rows.push_back({o, LossFigure::money,
                      "worth, " + printable(objective.value_per_request->currency), "pod-minutes"});
    }
  }
  return rows;
}

std::vector<std::optional<double>> loss_values(const VariantResult& variant, const LossRow& row) {
  const bool known =
      std::all_of(variant.runs.begin(), variant.runs.end(),
                  [&](const RunSummary& run) { return row.objective < run.lost_requests.size(); });
  if (!known) return std::vector<std::optional<double>>(variant.runs.size());
  auto values = losses(variant, row.objective, row.figure);
  for (auto& value : values) {
    if (value) *value *= row.factor;
  }
  return values;
}

}  // namespace pullsim
