// Parameters that make residuals small, with how sure they are: Levenberg-Marquardt with central
// differences, a normal prior of each parameter around 0. Knows nothing of what the numbers mean.
#pragma once

#include <functional>
#include <vector>

namespace pullsim {

struct LeastSquares {
  std::size_t parameters = 0;
  /// Residuals in units of their standard deviation; always as many.
  std::function<std::vector<double>(const std::vector<double>&)> residuals;
  std::vector<double> prior_deviation;  ///< by parameter
  std::vector<double> start;            ///< by parameter; empty: all 0
  double step = 1e-2;                   ///< of the differences
  int rounds_max = 30;
};

struct LeastSquaresFit {
  std::vector<double> x;
  double cost = 0;  ///< sum of squares, prior included
  std::vector<double>
      deviation;  ///< standard errors from the data alone; huge where they say nothing
  /// Of data and prior together, by row; scaled by what the residuals are larger than expected.
  std::vector<std::vector<double>> covariance;
};

LeastSquaresFit solve(const LeastSquares& problem);

}  // namespace pullsim
