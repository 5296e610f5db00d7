// Eigen's Levenberg-Marquardt (MINPACK's) with rows for the prior; see the header.
#include "tools/calibrate/least_squares.hpp"

#include <Eigen/Dense>
#include <unsupported/Eigen/NonLinearOptimization>

#include <algorithm>
#include <cmath>

namespace pullsim {

namespace {

std::vector<double> plain(const Eigen::VectorXd& x) { return {x.data(), x.data() + x.size()}; }

struct Rows {
  using Scalar = double;
  using InputType = Eigen::VectorXd;
  using ValueType = Eigen::VectorXd;
  using JacobianType = Eigen::MatrixXd;
  enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };

  const LeastSquares& problem;
  Eigen::MatrixXd prior;
  Eigen::Index from_data = 0;

  int inputs() const { return static_cast<int>(problem.parameters); }
  int values() const { return static_cast<int>(from_data + prior.rows()); }

  int operator()(const Eigen::VectorXd& x, Eigen::VectorXd& out) const {
    const std::vector<double> data = problem.residuals(plain(x));
    Eigen::Index row = 0;
    for (const double residual : data) out[row++] = residual;
    out.tail(prior.rows()) = prior * x;
    return 0;
  }

  int df(const Eigen::VectorXd& x, Eigen::MatrixXd& jacobian) const {
    Eigen::VectorXd high(values());
    Eigen::VectorXd low(values());
    for (Eigen::Index i = 0; i < inputs(); ++i) {
      const double step = problem.step[static_cast<std::size_t>(i)];
      Eigen::VectorXd at = x;
      at[i] = x[i] + step;
      (*this)(at, high);
      at[i] = x[i] - step;
      (*this)(at, low);
      jacobian.col(i) = (high - low) / (2 * step);
    }
    return 0;
  }
};

Eigen::MatrixXd matrix_of(const std::vector<PriorRow>& rows, Eigen::Index columns) {
  Eigen::MatrixXd out(static_cast<Eigen::Index>(rows.size()), columns);
  for (Eigen::Index i = 0; i < out.rows(); ++i) {
    for (Eigen::Index j = 0; j < columns; ++j) {
      out(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    }
  }
  return out;
}

}  // namespace

std::vector<PriorRow> independent_prior(const std::vector<double>& deviations) {
  std::vector<PriorRow> rows(deviations.size(), PriorRow(deviations.size(), 0.0));
  for (std::size_t i = 0; i < deviations.size(); ++i) rows[i][i] = 1 / deviations[i];
  return rows;
}

LeastSquaresFit solve(const LeastSquares& problem) {
  const auto size = static_cast<Eigen::Index>(problem.parameters);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(size);
  for (std::size_t i = 0; i < problem.start.size(); ++i) {
    x[static_cast<Eigen::Index>(i)] = problem.start[i];
  }
  Rows rows{problem, matrix_of(problem.prior, size), 0};
  rows.from_data = static_cast<Eigen::Index>(problem.residuals(plain(x)).size());
  Eigen::LevenbergMarquardt<Rows> search(rows);
  search.parameters.maxfev = problem.rounds_max;
  search.parameters.xtol = 1e-4;
  search.parameters.ftol = 1e-5;
  search.minimize(x);

  Eigen::VectorXd errors(rows.values());
  Eigen::MatrixXd jacobian(rows.values(), size);
  rows(x, errors);
  rows.df(x, jacobian);
  const Eigen::MatrixXd seen = jacobian.topRows(rows.from_data);
  const double freedom = std::max(1.0, static_cast<double>(rows.from_data - size));
  const double scale = std::max(1.0, errors.head(rows.from_data).squaredNorm() / freedom);
  const Eigen::MatrixXd information = seen.transpose() * seen / scale;
  // A hair of prior keeps the inverse finite: what only it holds has a huge interval.
  constexpr double kHair = 1e-9;
  const Eigen::MatrixXd alone =
      (information + kHair * Eigen::MatrixXd::Identity(size, size)).inverse();
  const Eigen::MatrixXd together = (information + rows.prior.transpose() * rows.prior).inverse();

  LeastSquaresFit fit;
  fit.x = plain(x);
  fit.cost = errors.squaredNorm();
  fit.rounds = static_cast<std::size_t>(search.njev);
  for (Eigen::Index i = 0; i < size; ++i) {
    fit.deviation.push_back(std::sqrt(std::max(0.0, alone(i, i))));
    std::vector<double>& row = fit.covariance.emplace_back();
    for (Eigen::Index j = 0; j < size; ++j) row.push_back(together(i, j));
  }
  return fit;
}

double robust(double error) {
  const double cost = 2 * (std::sqrt(1 + error * error) - 1);
  return std::copysign(std::sqrt(cost), error);
}

}  // namespace pullsim
