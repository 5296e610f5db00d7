// The steps of a calibration; see the header.
#include "tools/calibrate/calibration.hpp"

#include <algorithm>

namespace pullsim {
namespace {

bool any_measured(const std::vector<MeasuredCase>& cases) {
  return std::any_of(cases.begin(), cases.end(),
                     [](const MeasuredCase& one) { return one.measured_seconds.has_value(); });
}

}  // namespace

std::optional<double> CaseResult::relative_error() const {
  if (!measured_seconds) return std::nullopt;
  return (predicted_seconds - *measured_seconds) / *measured_seconds;
}

CaseSet predict_all(const std::vector<MeasuredCase>& cases, const ParameterValues& values) {
  CaseSet set;
  std::vector<double> errors;
  std::vector<std::pair<std::string, std::vector<double>>> groups;
  for (const MeasuredCase& measured : cases) {
    const Prediction told = predict(measured, values);
    CaseResult& result = set.cases.emplace_back();
    result.id = measured.id;
    result.experiment = measured.experiment;
    result.predicted_seconds = told.makespan_seconds;
    result.measured_seconds = measured.measured_seconds;
    for (std::size_t p = 0; p < measured.pulls.size(); ++p) {
      result.pulls.push_back({told.pull_seconds[p], measured.pulls[p].measured_seconds});
    }
    const auto error = result.relative_error();
    if (!error) continue;
    errors.push_back(*error);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& known) {
      return known.first == measured.experiment;
    });
    if (group == groups.end()) {
      groups.push_back({measured.experiment, {}});
      group = groups.end() - 1;
    }
    group->second.push_back(*error);
  }
  set.error = summarise(std::move(errors));
  for (auto& [name, of_group] : groups) {
    set.by_experiment.emplace_back(name, summarise(std::move(of_group)));
  }
  return set;
}

Calibration calibrate(const std::vector<MeasuredCase>& observed,
                      const std::optional<std::vector<MeasuredCase>>& test) {
  Calibration out;
  out.fit = fit_parameters(observed);
  for (const FittedParameter& one : out.fit.parameters) {
    const ParameterInfo& known = info(one.parameter);
    out.parameters.push_back({std::string(known.name), std::string(known.unit), one.value, one.low,
                              one.high, one.identifiable});
  }
  out.log_covariance = out.fit.log_covariance;
  out.runtime = "containerd";
  out.observed = predict_all(observed, out.fit.values);
  if (test) out.test = predict_all(*test, out.fit.values);
  std::vector<MeasuredCase> kept;
  std::vector<MeasuredCase> back;
  for (const MeasuredCase& one : observed) (held_back(one.id) ? back : kept).push_back(one);
  if (any_measured(kept) && any_measured(back)) {
    out.held_back = predict_all(back, fit_parameters(kept).values);
    out.held_back_fitted_on = kept.size();
  }
  return out;
}

}  // namespace pullsim
