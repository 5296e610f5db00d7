// See the header.
#include "tools/results/stored_losses.hpp"

#include <cmath>

namespace pullsim {
namespace {

double above_zero(const JsonView& value) {
  const double number = value.number();
  if (!(number > 0)) value.fail("is not above zero");
  return number;
}

}  // namespace

std::vector<ServiceObjective> read_objectives(const JsonView& variant) {
  constexpr double kLongest = 9e9;  // seconds; a duration in nanoseconds holds 9.2e9
  std::vector<ServiceObjective> objectives;
  const auto list = variant.find("lost_requests");
  if (!list) return objectives;
  for (const JsonView& one : list->list()) {
    ServiceObjective objective;
    objective.workload = one.at("workload").text();
    objective.budget.availability = above_zero(one.at("availability"));
    if (!(objective.budget.availability < 1)) one.at("availability").fail("is not below 1");
    const double window = above_zero(one.at("window_seconds"));
    if (!(window < kLongest)) one.at("window_seconds").fail("is no length of time");
    objective.budget.window = Duration{std::llround(window * kNanosecondsPerSecond)};
    objective.budget.mean_rate = above_zero(one.at("mean_rate"));
    if (const auto value = one.find("value_per_request")) {
      objective.value_per_request = Money{value->number(), one.at("currency").text()};
    }
    objectives.push_back(std::move(objective));
  }
  return objectives;
}

std::vector<LostRequests> read_losses(const JsonView& run,
                                      const std::vector<ServiceObjective>& objectives) {
  std::vector<LostRequests> losses;
  const auto list = run.find("lost_requests");
  if (!list) return losses;
  const auto stored = list->list();
  if (stored.size() != objectives.size()) list->fail("has not one entry for each objective");
  for (std::size_t i = 0; i < stored.size(); ++i) {
    losses.push_back(
        {objectives[i], stored[i].at("offered").number(), stored[i].at("lost").number()});
  }
  return losses;
}

}  // namespace pullsim
