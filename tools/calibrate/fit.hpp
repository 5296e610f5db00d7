// Parameters from measured times: Levenberg-Marquardt on the logarithms of parameters and times, so
// that a case of 0.1 s and one of 70 s weigh the same and no parameter turns negative. Leaves out
// faults of the measurements themselves.
#pragma once

#include "tools/calibrate/parameters.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct FittedParameter {
  Parameter parameter{};
  double value = 0;
  double low = 0;  ///< 95 % interval from the Jacobian
  double high = 0;
  bool identifiable = false;  ///< false: the data do not say; the value is as before the fit
};

struct Fit {
  ParameterValues values{};
  std::vector<FittedParameter> parameters;  ///< all, by Parameter
  std::size_t rounds = 0;                   ///< evaluations of the Jacobian
  /// Lower triangular; times independent standard normal numbers it gives deviations of the
  /// logarithms of the values. From the data and what was assumed beforehand.
  std::array<ParameterValues, kParameterCount> covariance_root{};
  std::vector<double> core_slowness;  ///< of each measured case, mean 1
};

/// Cases without a measured time are skipped; needs one case with it. Deterministic.
Fit fit_parameters(const std::vector<MeasuredCase>& cases);

/// Signed relative errors, (predicted - measured) / measured, summed up.
struct ErrorSummary {
  std::size_t count = 0;
  double median = 0;  ///< of absolute errors
  double p90 = 0;     ///< of absolute errors
  double bias = 0;    ///< mean of signed errors
};
ErrorSummary summarise(std::vector<double> relative_errors);

}  // namespace pullsim
