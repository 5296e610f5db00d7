// See the header.
#include "tools/run/lost_requests.hpp"

#include "tools/run/step_series.hpp"

#include <algorithm>
#include <array>

namespace pullsim {
namespace {

const TrafficSpec* traffic_of(const Scenario& scenario, const std::string& workload) {
  const auto found =
      std::find_if(scenario.traffic.begin(), scenario.traffic.end(), [&](const TrafficSpec& spec) {
        return scenario.workloads.at(spec.workload).name == workload;
      });
  return found == scenario.traffic.end() ? nullptr : &*found;
}

/// The demand of the scenario over time, up to its end.
double offered_by(const TrafficSpec& traffic, SimTime end) {
  StepSeries rate;
  for (const TrafficStep& step : traffic.rate) rate.add(kSimStart + step.at, step.per_second);
  return rate.integral(kSimStart, end);
}

/// Where several workloads have traffic, a run's counter is their sum. The recorded queue of one
/// is then carried on from its last change to the end.
double lost_by(const Scenario& scenario, const RunResult& result, const TrafficSpec& traffic,
               SimTime end) {
  const std::string& name = scenario.workloads.at(traffic.workload).name;
  // All four are recorded together, and a row is left out where its value stays.
  const std::array<StepSeries, 4> series = {
      step_series(result, "requests_lost", name), step_series(result, "requests_queued", name),
      step_series(result, "demand", name), step_series(result, "requests_served", name)};
  SimTime last = kSimStart;
  for (const StepSeries& one : series) {
    if (!one.empty()) last = std::max(last, std::min(one.steps().back().first, end));
  }
  const SteadyLoad load{series[1].at(last), series[2].at(last), series[3].at(last),
                        to_seconds(traffic.timeout)};
  return series[0].at(last) + lost_within(load, to_seconds(end - last));
}

}  // namespace

std::vector<LostRequests> lost_requests(const std::vector<ServiceObjective>& objectives,
                                        const Scenario& scenario, const RunResult& result) {
  const SimTime end = kSimStart + scenario.duration;
  std::vector<LostRequests> all;
  for (const ServiceObjective& objective : objectives) {
    LostRequests one{objective, 0, 0};
    if (const TrafficSpec* traffic = traffic_of(scenario, objective.workload)) {
      one.offered = offered_by(*traffic, end);
      one.lost = scenario.traffic.size() == 1 ? static_cast<double>(result.counters.requests_lost)
                                              : lost_by(scenario, result, *traffic, end);
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string_view loss_key(LossFigure figure) {
  constexpr std::array<std::string_view, kLossFigures> keys = {"lost", "share", "budget_share",
                                                               "budget_seconds", "money"};
  return keys[static_cast<std::size_t>(figure)];
}

std::optional<double> loss_of(const LostRequests& lost, LossFigure figure) {
  switch (figure) {
    case LossFigure::lost:
      return lost.lost;
    case LossFigure::share:
      return lost_share(lost.offered, lost.lost);
    case LossFigure::budget_share:
      return spend(lost.objective.budget, lost.lost).share;
    case LossFigure::budget_seconds:
      return spend(lost.objective.budget, lost.lost).seconds;
    case LossFigure::money:
      break;
  }
  if (!lost.objective.value_per_request) return std::nullopt;
  return lost.lost * lost.objective.value_per_request->amount;
}

}  // namespace pullsim
