// The fit; see the header. The search itself is Eigen's Levenberg-Marquardt (MINPACK's).
#include "tools/calibrate/fit.hpp"

#include "tools/calibrate/quantile.hpp"

#include "sim/check.hpp"

#include <Eigen/Dense>
#include <unsupported/Eigen/NonLinearOptimization>
#include <unsupported/Eigen/NumericalDiff>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

// How far one standard deviation of the prior reaches from the starting value: a factor of e^1.
// Assumed; it only matters where the data say next to nothing.
constexpr double kPriorLogDeviation = 1.0;
constexpr double kCostLogDeviation = 0.4;
constexpr std::array kCpuCosts = {Parameter::gzip_per_compressed_byte,
                                  Parameter::gzip_per_byte,
                                  Parameter::unpigz_per_compressed_byte,
                                  Parameter::zstd_per_byte,
                                  Parameter::per_file,
                                  Parameter::download_per_byte,
                                  Parameter::fetch_only_per_byte};
// Cases repeat within about 1.2 %; set-ups differ from the model by more. A case that repeats badly
// weighs less. Assumed.
constexpr double kLeastDeviation = 0.03;
// Step of the numeric derivative in the logarithm of a parameter.
constexpr double kStep = 3e-2;
// A pool has whole thousandths of a core, so that small steps would not be seen.
constexpr double kStepOfCores = 0.3;
// Two standard errors above this and the interval is wider than the value.
constexpr double kWidestLogInterval = 0.6931471805599453;
// A part of a time counts less than the whole, which is what is to be predicted. Of 0, 0.25 and 0.5
// this one left small errors both held back and extrapolated.
constexpr double kPartWeight = 0.25;
constexpr int kRoundsMost = 40;

double step_of(Eigen::Index parameter) {
  return static_cast<Parameter>(parameter) == Parameter::lost_cores ? kStepOfCores : kStep;
}

/// Huber's idea, smooth: squares for small errors, straight lines for large ones, so that a case
/// that the model cannot know does not bend the others. The sign stays.
double robust(double error) {
  const double cost = 2 * (std::sqrt(1 + error * error) - 1);
  return std::copysign(std::sqrt(cost), error);
}

/// Measured and predicted parts of the only pull: they tell resolving, downloading and unpacking
/// apart. With several pulls layers may be counted in each.
std::vector<std::pair<double, double>> parts_of(const CasePull& pull, const PullPrediction& told) {
  std::vector<std::pair<double, double>> parts;
  if (pull.resolve_seconds) parts.emplace_back(*pull.resolve_seconds, told.resolve);
  if (pull.download_seconds) parts.emplace_back(*pull.download_seconds, told.download);
  if (pull.unpack_seconds) parts.emplace_back(*pull.unpack_seconds, told.unpack);
  return parts;
}

/// Logarithm of predicted over measured. What the model says takes no time took very little.
double log_error(double predicted, double measured) {
  constexpr double kLeastSeconds = 1e-6;
  return std::log(std::max(predicted, kLeastSeconds) / measured);
}

struct Observation {
  const MeasuredCase* measured = nullptr;
  double weight = 1;
  double slowness = 1;
};

struct Residuals {
  using Scalar = double;
  using InputType = Eigen::VectorXd;
  using ValueType = Eigen::VectorXd;
  using JacobianType = Eigen::MatrixXd;
  enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };

  std::vector<Observation> observations;
  ParameterValues start = starting_values();
  std::size_t from_data = 0;

  int inputs() const { return static_cast<int>(kParameterCount); }
  int values() const { return static_cast<int>(from_data + kParameterCount + 1); }

  ParameterValues values_at(const Eigen::VectorXd& x) const {
    ParameterValues out{};
    for (std::size_t i = 0; i < kParameterCount; ++i) {
      out[i] = start[i] * std::exp(std::clamp(x[static_cast<Eigen::Index>(i)], -8.0, 8.0));
    }
    return out;
  }

  int operator()(const Eigen::VectorXd& x, Eigen::VectorXd& out) const {
    const ParameterValues values = values_at(x);
    Eigen::Index row = 0;
    for (const Observation& seen : observations) {
      const Prediction told = predict(*seen.measured, values, {seen.slowness, 1});
      const double error = log_error(told.makespan_seconds, *seen.measured->measured_seconds);
      out[row++] = robust(seen.weight * error);
      const std::vector<CasePull>& pulls = seen.measured->pulls;
      if (pulls.size() == 1) {
        for (const auto& [time, predicted] : parts_of(pulls.front(), told.pulls.front())) {
          out[row++] = robust(kPartWeight * seen.weight * log_error(predicted, time));
        }
        continue;
      }
      const double share = seen.weight / std::sqrt(static_cast<double>(pulls.size()));
      for (std::size_t p = 0; p < pulls.size(); ++p) {
        if (!pulls[p].measured_seconds) continue;
        out[row++] = robust(share * log_error(told.pulls[p].seconds, *pulls[p].measured_seconds));
      }
    }
    add_prior(x, out, row);
    return 0;
  }

  // Costs in CPU time differ from their starts together, by how fast a core is, and much less from
  // one another.
  void add_prior(const Eigen::VectorXd& x, Eigen::VectorXd& out, Eigen::Index row) const {
    double speed = 0;
    for (const Parameter p : kCpuCosts) speed += x[static_cast<Eigen::Index>(p)];
    speed /= static_cast<double>(kCpuCosts.size());
    for (Eigen::Index i = 0; i < inputs(); ++i) {
      const bool cost = std::find(kCpuCosts.begin(), kCpuCosts.end(), static_cast<Parameter>(i)) !=
                        kCpuCosts.end();
      out[row++] = cost ? (x[i] - speed) / kCostLogDeviation : x[i] / kPriorLogDeviation;
    }
    out[row++] = speed / kPriorLogDeviation;
  }

  int df(const Eigen::VectorXd& x, Eigen::MatrixXd& jacobian) const {
    Eigen::VectorXd high(values());
    Eigen::VectorXd low(values());
    for (Eigen::Index i = 0; i < inputs(); ++i) {
      Eigen::VectorXd at = x;
      at[i] = x[i] + step_of(i);
      (*this)(at, high);
      at[i] = x[i] - step_of(i);
      (*this)(at, low);
      jacobian.col(i) = (high - low) / (2 * step_of(i));
    }
    return 0;
  }
};

// How slow a core was beside each case, over the mean; 1 where nobody looked.
std::vector<double> core_slowness_of(const std::vector<MeasuredCase>& cases) {
  double sum = 0;
  double count = 0;
  for (const MeasuredCase& one : cases) {
    if (!one.core_probe_seconds) continue;
    sum += *one.core_probe_seconds;
    ++count;
  }
  std::vector<double> slowness;
  slowness.reserve(cases.size());
  for (const MeasuredCase& one : cases) {
    slowness.push_back(one.core_probe_seconds ? *one.core_probe_seconds * count / sum : 1);
  }
  return slowness;
}

Residuals residuals_of(const std::vector<MeasuredCase>& cases) {
  Residuals residuals;
  const std::vector<double> slowness = core_slowness_of(cases);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const MeasuredCase& one = cases[i];
    const double deviation = std::hypot(kLeastDeviation, one.deviation.value_or(0));
    residuals.observations.push_back({&one, 1 / deviation, slowness[i]});
    ++residuals.from_data;
    if (one.pulls.size() == 1) {
      residuals.from_data += parts_of(one.pulls.front(), {}).size();
      continue;
    }
    for (const CasePull& pull : one.pulls) residuals.from_data += pull.measured_seconds ? 1 : 0;
  }
  return residuals;
}

// Intervals from the data alone: the prior's rows are left out, so that it cannot make a parameter
// look known. A direction in which the data say nothing is a singular value near 0.
void add_intervals(const Residuals& residuals, const Eigen::VectorXd& x, Fit& fit) {
  Eigen::MatrixXd jacobian(residuals.values(), residuals.inputs());
  Eigen::VectorXd errors(residuals.values());
  residuals.df(x, jacobian);
  residuals(x, errors);
  const auto rows = static_cast<Eigen::Index>(residuals.from_data);
  const Eigen::MatrixXd seen = jacobian.topRows(rows);
  const double freedom = std::max(1.0, static_cast<double>(rows - residuals.inputs()));
  const double scale = std::max(1.0, errors.head(rows).squaredNorm() / freedom);
  const Eigen::MatrixXd information = seen.transpose() * seen / scale;
  // A hair of prior keeps the inverse finite: what only it holds has a huge interval.
  constexpr double kHair = 1e-6;
  const auto unit = Eigen::MatrixXd::Identity(residuals.inputs(), residuals.inputs());
  const Eigen::MatrixXd covariance = (information + kHair * unit).inverse();
  const Eigen::MatrixXd prior = jacobian.bottomRows(residuals.values() - rows);
  const Eigen::MatrixXd with_prior = (information + prior.transpose() * prior).inverse();
  const Eigen::MatrixXd root = with_prior.llt().matrixL();
  for (Eigen::Index i = 0; i < residuals.inputs(); ++i) {
    for (Eigen::Index j = 0; j < residuals.inputs(); ++j) {
      fit.covariance_root[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = root(i, j);
    }
  }
  for (std::size_t i = 0; i < kParameterCount; ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    const double deviation = std::sqrt(std::max(0.0, covariance(at, at)));
    FittedParameter& out = fit.parameters.emplace_back();
    out.parameter = static_cast<Parameter>(i);
    out.value = fit.values[i];
    out.identifiable = 1.96 * deviation < kWidestLogInterval;
    const double reach = std::min(1.96 * deviation, 20.0);
    out.low = out.value * std::exp(-reach);
    out.high = out.value * std::exp(reach);
  }
}

}  // namespace

Fit fit_parameters(const std::vector<MeasuredCase>& cases) {
  std::vector<MeasuredCase> measured;
  for (const MeasuredCase& one : cases) {
    if (one.measured_seconds) measured.push_back(one);
  }
  PULLSIM_CHECK(!measured.empty(), "a fit needs a measured case");
  Residuals residuals = residuals_of(measured);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(residuals.inputs());
  Eigen::LevenbergMarquardt<Residuals> search(residuals);
  search.parameters.maxfev = kRoundsMost;
  search.parameters.xtol = 1e-4;
  search.parameters.ftol = 1e-5;
  search.minimize(x);
  Fit fit;
  fit.values = residuals.values_at(x);
  fit.rounds = static_cast<std::size_t>(search.njev);
  fit.core_slowness = core_slowness_of(measured);
  add_intervals(residuals, x, fit);
  return fit;
}

ErrorSummary summarise(std::vector<double> relative_errors) {
  ErrorSummary out;
  out.count = relative_errors.size();
  if (relative_errors.empty()) return out;
  for (double& error : relative_errors) {
    out.bias += error / static_cast<double>(out.count);
    error = std::abs(error);
  }
  std::sort(relative_errors.begin(), relative_errors.end());
  out.median = quantile_of(relative_errors, 0.5);
  out.p90 = quantile_of(relative_errors, 0.9);
  return out;
}

}  // namespace pullsim
