// Parameters that make residuals small, with how sure they are: Levenberg-Marquardt with central
// differences, and a normal prior of linear combinations of parameters around 0. Knows nothing of
// what the numbers mean.
#pragma once

#include <functional>
#include <vector>

namespace pullsim {

/// One row of a prior: sum of factors times parameters, in units of its standard deviation.
using PriorRow = std::vector<double>;

/// Each parameter within its own deviation of 0.
std::vector<PriorRow> independent_prior(const std::vector<double>& deviations);

struct LeastSquares {
  std::size_t parameters = 0;
  /// Residuals in units of their standard deviation; always as many.
  std::function<std::vector<double>(const std::vector<double>&)> residuals;
  std::vector<PriorRow> prior;  ///< as many numbers in each as there are parameters
  std::vector<double> start;    ///< by parameter; empty: all 0
  std::vector<double> step;     ///< of the differences, by parameter
  int rounds_max = 30;
};

struct LeastSquaresFit {
  std::vector<double> x;
  double cost = 0;         ///< sum of squares, prior included
  std::size_t rounds = 0;  ///< evaluations of the Jacobian
  /// Standard errors from the data alone; huge where they say nothing.
  std::vector<double> deviation;
  /// Of data and prior together, by row; scaled by what the residuals are larger than expected.
  std::vector<std::vector<double>> covariance;
};

LeastSquaresFit solve(const LeastSquares& problem);

/// Huber's idea, smooth: what makes the cost a square for small errors and a straight line for
/// large ones, so that a case that the model cannot know does not bend the others. The sign stays.
double robust(double error);

}  // namespace pullsim
