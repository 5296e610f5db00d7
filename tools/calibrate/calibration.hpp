// A calibration as a whole: parameters fitted to observed cases, errors on these, on each of them
// held back in turn, and on cases of a test that the fit has not seen; and the three ways to write
// it down.
#pragma once

#include "tools/calibrate/event_pulls.hpp"
#include "tools/calibrate/fit.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

struct CaseResult {
  std::string id;
  std::string experiment;
  double predicted_seconds = 0;
  std::optional<double> measured_seconds;
  struct Pull {
    double predicted_seconds = 0;
    std::optional<double> measured_seconds;
  };
  std::vector<Pull> pulls;
  struct Interval {
    double low = 0;
    double high = 0;
  };
  Interval interval90;  ///< where nine of ten repeats should lie

  std::optional<double> relative_error() const;
  bool covered() const;  ///< needs a measured time
};

struct CaseSet {
  std::vector<CaseResult> cases;
  ErrorSummary error;
  std::size_t covered = 0;  ///< measured cases within their interval
  std::vector<std::pair<std::string, ErrorSummary>> by_experiment;  ///< in order of appearance
  std::vector<UnusedPull> unused;  ///< what was observed and cannot be compared, with the reason
  std::vector<std::string> notes;  ///< what was assumed
};

/// Errors of the set and of its experiments, and how many cases lie within their intervals.
void sum_up(CaseSet& set);

/// Predicts every case and sums up the errors of those with a measured time. Intervals reach
/// `reach` times the spread of repeats up and down.
CaseSet predict_all(const std::vector<MeasuredCase>& cases, const Fit& fit, double reach);

/// A parameter as it is told and written.
struct ReportedParameter {
  std::string name;
  std::string unit;
  double value = 0;
  double low = 0;  ///< 95 % interval
  double high = 0;
  bool identifiable = false;
};

struct Calibration {
  Fit fit;  ///< of measured cases; empty for events
  std::vector<ReportedParameter> parameters;
  /// Of the logarithms of the parameters, the fit's prior included; by row.
  std::vector<std::vector<double>> log_covariance;
  std::string runtime;  ///< whose pulls were fitted
  CaseSet observed;
  std::optional<CaseSet> test;
  /// Each measured case predicted by a fit that has not seen it; empty with fewer than two.
  CaseSet held_back;
  std::size_t folds = 0;
  double reach = 0;  ///< half the width of intervals, in spreads (cross_validation.hpp)
};

/// `observed` needs a measured case.
Calibration calibrate(const std::vector<MeasuredCase>& observed,
                      const std::optional<std::vector<MeasuredCase>>& test);

std::string calibration_text(const Calibration& calibration);
std::string calibration_json(const Calibration& calibration);
/// The profile: parameters with their intervals, and what they were fitted on.
std::string calibration_profile(const Calibration& calibration, const std::string& observed_file);

/// What the laboratory contributes to docs/validation.md: predicted against measured by case and by
/// experiment, for a fit to all, for fits that have not seen the case, and for a fit to the cases
/// that leave extrapolation to do.
struct LaboratoryPart {
  std::string text;  ///< Markdown below a heading of the second level
  CaseSet fitted;
  CaseSet held_back;
  CaseSet extrapolated;
  ParameterValues values{};  ///< of the fit to all
};
LaboratoryPart laboratory_part(const std::vector<MeasuredCase>& cases);

}  // namespace pullsim
