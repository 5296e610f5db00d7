// The residuals of the fit and what is assumed beforehand; see the header.
#include "tools/calibrate/fit.hpp"

#include "tools/calibrate/least_squares.hpp"
#include "tools/calibrate/quantile.hpp"

#include "sim/check.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

// Cores differ in speed; how much, in logarithms. Assumed: it only matters where the data say next
// to nothing.
constexpr double kSpeedDeviation = 1.0;
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

std::vector<double> steps() {
  std::vector<double> out(kParameterCount, kStep);
  out[static_cast<std::size_t>(Parameter::lost_cores)] = kStepOfCores;
  return out;
}

// Costs in CPU time differ from their starts together, by how fast a core is, and much less from
// one another.
std::vector<PriorRow> prior_rows() {
  PriorRow speed(kParameterCount, 0.0);
  for (const Parameter cost : kCpuCosts) {
    speed[static_cast<std::size_t>(cost)] = 1.0 / static_cast<double>(kCpuCosts.size());
  }
  std::vector<PriorRow> rows;
  for (std::size_t i = 0; i < kParameterCount; ++i) {
    const double deviation = info(static_cast<Parameter>(i)).deviation;
    PriorRow& row = rows.emplace_back(kParameterCount, 0.0);
    row[i] = 1 / deviation;
    if (speed[i] == 0) continue;
    for (std::size_t j = 0; j < kParameterCount; ++j) row[j] -= speed[j] / deviation;
  }
  for (double& factor : speed) factor /= kSpeedDeviation;
  rows.push_back(std::move(speed));
  return rows;
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

ParameterValues values_at(const std::vector<double>& x) {
  ParameterValues out = starting_values();
  for (std::size_t i = 0; i < kParameterCount; ++i) out[i] *= std::exp(std::clamp(x[i], -8.0, 8.0));
  return out;
}

std::vector<double> residuals_at(const std::vector<Observation>& observations,
                                 const std::vector<double>& x) {
  const ParameterValues values = values_at(x);
  std::vector<double> out;
  for (const Observation& seen : observations) {
    const Prediction told = predict(*seen.measured, values, {seen.slowness, 1});
    const double error = log_error(told.makespan_seconds, *seen.measured->measured_seconds);
    out.push_back(robust(seen.weight * error));
    const std::vector<CasePull>& pulls = seen.measured->pulls;
    if (pulls.size() == 1) {
      for (const auto& [time, predicted] : parts_of(pulls.front(), told.pulls.front())) {
        out.push_back(robust(kPartWeight * seen.weight * log_error(predicted, time)));
      }
      continue;
    }
    const double share = seen.weight / std::sqrt(static_cast<double>(pulls.size()));
    for (std::size_t p = 0; p < pulls.size(); ++p) {
      if (!pulls[p].measured_seconds) continue;
      out.push_back(robust(share * log_error(told.pulls[p].seconds, *pulls[p].measured_seconds)));
    }
  }
  return out;
}

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

std::vector<Observation> observations_of(const std::vector<MeasuredCase>& cases,
                                         const std::vector<double>& slowness) {
  std::vector<Observation> out;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const double deviation = std::hypot(kLeastDeviation, cases[i].deviation.value_or(0));
    out.push_back({&cases[i], 1 / deviation, slowness[i]});
  }
  return out;
}

std::array<ParameterValues, kParameterCount> root_of(
    const std::vector<std::vector<double>>& covariance) {
  const auto size = static_cast<Eigen::Index>(kParameterCount);
  Eigen::MatrixXd matrix(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      matrix(i, j) = covariance[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    }
  }
  const Eigen::MatrixXd root = matrix.llt().matrixL();
  std::array<ParameterValues, kParameterCount> out{};
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      out[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = root(i, j);
    }
  }
  return out;
}

// Intervals from the data alone: the prior cannot make a parameter look known.
FittedParameter fitted(std::size_t index, double value, double deviation) {
  constexpr double kReachMost = 20;  // of a logarithm
  const double reach = std::min(1.96 * deviation, kReachMost);
  FittedParameter out;
  out.parameter = static_cast<Parameter>(index);
  out.value = value;
  out.identifiable = reach < kWidestLogInterval;
  out.low = value * std::exp(-reach);
  out.high = value * std::exp(reach);
  return out;
}

}  // namespace

Fit fit_parameters(const std::vector<MeasuredCase>& cases) {
  std::vector<MeasuredCase> measured;
  for (const MeasuredCase& one : cases) {
    if (one.measured_seconds) measured.push_back(one);
  }
  PULLSIM_CHECK(!measured.empty(), "a fit needs a measured case");
  Fit fit;
  fit.core_slowness = core_slowness_of(measured);
  const std::vector<Observation> observations = observations_of(measured, fit.core_slowness);
  LeastSquares problem;
  problem.parameters = kParameterCount;
  problem.residuals = [&](const std::vector<double>& x) { return residuals_at(observations, x); };
  problem.prior = prior_rows();
  problem.step = steps();
  problem.rounds_max = kRoundsMost;
  const LeastSquaresFit found = solve(problem);
  fit.values = values_at(found.x);
  fit.rounds = found.rounds;
  fit.covariance_root = root_of(found.covariance);
  for (std::size_t i = 0; i < kParameterCount; ++i) {
    fit.parameters.push_back(fitted(i, fit.values[i], found.deviation[i]));
  }
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
