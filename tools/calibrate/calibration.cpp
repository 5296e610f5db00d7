// The steps of a calibration; see the header.
#include "tools/calibrate/calibration.hpp"

#include "tools/calibrate/cross_validation.hpp"
#include "tools/calibrate/prediction_spread.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

CaseResult::Interval interval_around(double seconds, double reach, double spread) {
  const double factor = std::exp(reach * spread);
  return {seconds / factor, seconds * factor};
}

std::vector<std::vector<double>> covariance_of(const Fit& fit) {
  std::vector<std::vector<double>> out(kParameterCount, std::vector<double>(kParameterCount, 0.0));
  for (std::size_t i = 0; i < kParameterCount; ++i) {
    for (std::size_t j = 0; j < kParameterCount; ++j) {
      for (std::size_t k = 0; k < kParameterCount; ++k) {
        out[i][j] += fit.covariance_root[i][k] * fit.covariance_root[j][k];
      }
    }
  }
  return out;
}

CaseResult named(const MeasuredCase& measured) {
  CaseResult result;
  result.id = measured.id;
  result.experiment = measured.experiment;
  result.measured_seconds = measured.measured_seconds;
  return result;
}

CaseSet held_back_set(const std::vector<MeasuredCase>& cases, const CrossValidation& validation) {
  CaseSet set;
  if (validation.folds == 0) return set;
  auto told = validation.cases.begin();
  for (const MeasuredCase& measured : cases) {
    if (!measured.measured_seconds) continue;
    CaseResult& result = set.cases.emplace_back(named(measured));
    result.predicted_seconds = told->predicted_seconds;
    result.interval90 = interval_around(told->predicted_seconds, told->reach, told->spread);
    ++told;
  }
  sum_up(set);
  return set;
}

}  // namespace

std::optional<double> CaseResult::relative_error() const {
  if (!measured_seconds) return std::nullopt;
  return (predicted_seconds - *measured_seconds) / *measured_seconds;
}

void sum_up(CaseSet& set) {
  std::vector<double> errors;
  std::vector<std::pair<std::string, std::vector<double>>> groups;
  for (const CaseResult& result : set.cases) {
    const auto error = result.relative_error();
    if (!error) continue;
    errors.push_back(*error);
    if (result.covered()) ++set.covered;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& known) { return known.first == result.experiment; });
    if (group == groups.end()) {
      groups.push_back({result.experiment, {}});
      group = groups.end() - 1;
    }
    group->second.push_back(*error);
  }
  set.error = summarise(std::move(errors));
  for (auto& [name, of_group] : groups) {
    set.by_experiment.emplace_back(name, summarise(std::move(of_group)));
  }
}

bool CaseResult::covered() const {
  return interval90.low <= *measured_seconds && *measured_seconds <= interval90.high;
}

CaseSet predict_all(const std::vector<MeasuredCase>& cases, const Fit& fit, double reach) {
  CaseSet set;
  for (const MeasuredCase& measured : cases) {
    const Prediction told = predict(measured, fit.values);
    CaseResult& result = set.cases.emplace_back(named(measured));
    result.predicted_seconds = told.makespan_seconds;
    result.interval90 =
        interval_around(told.makespan_seconds, reach, spread_of_repeats(measured, fit));
    for (std::size_t p = 0; p < measured.pulls.size(); ++p) {
      result.pulls.push_back({told.pulls[p].seconds, measured.pulls[p].measured_seconds});
    }
  }
  sum_up(set);
  return set;
}

Calibration calibrate(const std::vector<MeasuredCase>& observed,
                      const std::optional<std::vector<MeasuredCase>>& test) {
  Calibration out;
  const CrossValidation validation = cross_validate(observed);
  out.folds = validation.folds;
  out.reach = validation.reach;
  out.fit = fit_parameters(observed);
  for (const FittedParameter& one : out.fit.parameters) {
    const ParameterInfo& known = info(one.parameter);
    out.parameters.push_back({std::string(known.name), std::string(known.unit), one.value, one.low,
                              one.high, one.identifiable});
  }
  out.log_covariance = covariance_of(out.fit);
  out.runtime = "containerd";
  out.observed = predict_all(observed, out.fit, out.reach);
  if (test) out.test = predict_all(*test, out.fit, out.reach);
  out.held_back = held_back_set(observed, validation);
  return out;
}

}  // namespace pullsim
