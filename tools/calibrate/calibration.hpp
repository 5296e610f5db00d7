// A calibration as a whole: parameters fitted to observed cases, errors on these, on a share held
// back, and on cases of a test that the fit has not seen; and the three ways to write it down.
#pragma once

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

  std::optional<double> relative_error() const;
};

struct CaseSet {
  std::vector<CaseResult> cases;
  ErrorSummary error;
  std::vector<std::pair<std::string, ErrorSummary>> by_experiment;  ///< in order of appearance
};

/// Predicts every case and sums up the errors of those with a measured time.
CaseSet predict_all(const std::vector<MeasuredCase>& cases, const ParameterValues& values);

struct Calibration {
  Fit fit;
  CaseSet observed;
  std::optional<CaseSet> test;
  /// The cases that held_back() picks, predicted by a fit to the others; empty when either part has
  /// no measured case.
  CaseSet held_back;
  std::size_t held_back_fitted_on = 0;
};

/// `observed` needs a measured case.
Calibration calibrate(const std::vector<MeasuredCase>& observed,
                      const std::optional<std::vector<MeasuredCase>>& test);

std::string calibration_text(const Calibration& calibration);
std::string calibration_json(const Calibration& calibration);
/// The profile: parameters with their intervals, and what they were fitted on.
std::string calibration_profile(const Calibration& calibration, const std::string& observed_file);

/// What the laboratory contributes to docs/validation.md: predicted against measured by case and by
/// experiment, for a fit to all, to a part, and to the cases that leave extrapolation to do.
struct LaboratoryPart {
  std::string text;  ///< Markdown below a heading of the second level
  CaseSet fitted;
  CaseSet held_back;
  CaseSet extrapolated;
  ParameterValues values{};  ///< of the fit to all
};
LaboratoryPart laboratory_part(const std::vector<MeasuredCase>& cases);

}  // namespace pullsim
