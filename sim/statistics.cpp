// Estimators over runs and samples, with the formula of each. It leaves out everything that needs
// more than the samples: weights, dependence between samples, fitted models. Student's t and the
// beta and binomial distributions are Boost.Math's.
#include <pullsim/statistics.hpp>

#include "sim/check.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pullsim {
namespace {

namespace bm = boost::math;
using Policy = bm::policies::policy<bm::policies::promote_double<false>>;

void check_confidence(double confidence) {
  PULLSIM_CHECK(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1");
}

bool any_infinite(std::span<const double> samples) {
  return std::any_of(samples.begin(), samples.end(), [](double x) { return std::isinf(x); });
}

/// The mean, and the sum of squared distances from it.
struct Moments {
  double mean = 0;
  double squares = 0;
};

Moments moments(std::span<const double> samples) {
  const double centre = mean(samples);
  double squares = 0;
  for (const double x : samples) squares += (x - centre) * (x - centre);
  return {centre, squares};
}

// mean -+ t(n - 1, (1 + c) / 2) s sqrt(parts), where s^2 parts is the variance of what is told
std::optional<Interval> interval_of_parts(std::span<const double> samples, double confidence,
                                          double parts) {
  check_confidence(confidence);
  if (samples.size() < 2 || any_infinite(samples)) return std::nullopt;
  const auto n = static_cast<double>(samples.size());
  const bm::students_t_distribution<double, Policy> student(n - 1);
  const double t = bm::quantile(bm::complement(student, (1 - confidence) / 2));
  const double half = t * standard_deviation(samples) * std::sqrt(parts);
  const double centre = mean(samples);
  return Interval{centre - half, centre + half};
}

}  // namespace

double quantile_sorted(std::span<const double> sorted, double p) {
  PULLSIM_CHECK(!sorted.empty(), "a quantile needs a sample");
  PULLSIM_CHECK(std::is_sorted(sorted.begin(), sorted.end()), "samples of a quantile are sorted");
  PULLSIM_CHECK(p >= 0 && p <= 1, "the share of a quantile lies between 0 and 1");
  // The least k with k / n >= p, tested by that division: n * p can round past an integer.
  const auto n = static_cast<double>(sorted.size());
  auto k = static_cast<std::size_t>(std::ceil(n * p));
  while (k > 1 && static_cast<double>(k - 1) / n >= p) --k;
  while (k < sorted.size() && static_cast<double>(k) / n < p) ++k;
  return sorted[k == 0 ? 0 : k - 1];
}

// Summed as distances from the first sample, so that equal samples have exactly that mean.
double mean(std::span<const double> samples) {
  PULLSIM_CHECK(!samples.empty(), "a mean needs a sample");
  if (any_infinite(samples)) return std::accumulate(samples.begin(), samples.end(), 0.0);
  double sum = 0;
  for (const double x : samples) sum += x - samples.front();
  return samples.front() + sum / static_cast<double>(samples.size());
}

double standard_deviation(std::span<const double> samples) {
  PULLSIM_CHECK(samples.size() >= 2, "a standard deviation needs two samples");
  if (any_infinite(samples)) return std::numeric_limits<double>::infinity();
  return std::sqrt(moments(samples).squares / static_cast<double>(samples.size() - 1));
}

std::optional<Interval> student_interval(std::span<const double> samples, double confidence) {
  return interval_of_parts(samples, confidence, 1 / static_cast<double>(samples.size()));
}

double student_half_width(double deviation, std::int64_t samples, double confidence) {
  check_confidence(confidence);
  PULLSIM_CHECK(samples >= 2, "a spread needs two samples");
  const auto n = static_cast<double>(samples);
  const bm::students_t_distribution<double, Policy> student(n - 1);
  return bm::quantile(bm::complement(student, (1 - confidence) / 2)) * deviation / std::sqrt(n);
}

std::optional<Interval> prediction_interval(std::span<const double> samples, double confidence) {
  return interval_of_parts(samples, confidence, 1 + 1 / static_cast<double>(samples.size()));
}

// low:  the p with P(at least h hits) = (1 - c) / 2, a beta(h, n - h + 1) quantile; 0 for no hit
// high: the p with P(at most h hits) = (1 - c) / 2, a beta(h + 1, n - h) quantile; 1 for all hits
Interval binomial_interval(std::int64_t hits, std::int64_t trials, double confidence) {
  check_confidence(confidence);
  PULLSIM_CHECK(hits >= 0 && hits <= trials, "hits are between 0 and trials");
  const double tail = (1 - confidence) / 2;
  const auto h = static_cast<double>(hits);
  const auto misses = static_cast<double>(trials - hits);
  Interval interval{0, 1};
  if (hits > 0) interval.low = bm::ibeta_inv(h, misses + 1, tail, Policy());
  if (hits < trials) interval.high = bm::ibetac_inv(h + 1, misses, tail, Policy());
  return interval;
}

// With order statistics x(1) <= ... <= x(n), the p-quantile lies in [x(r), x(s)] if at least r and
// at most s - 1 samples lie below it: a binomial probability (at least that for distributions with
// jumps). The pair with the fewest steps s - r is taken, and of those the one most probable to hold
// the quantile: binomial probabilities have one summit, so growing the range r..s-1 from there by
// the larger neighbour meets that pair first. Equal neighbours: the lower. The pair depends on n
// and p alone, never on the samples.
std::optional<Interval> quantile_interval(std::span<const double> sorted, double p,
                                          double confidence) {
  check_confidence(confidence);
  PULLSIM_CHECK(p >= 0 && p <= 1, "the share of a quantile lies between 0 and 1");
  PULLSIM_CHECK(std::is_sorted(sorted.begin(), sorted.end()), "samples of a quantile are sorted");
  if (sorted.size() < 2 || p <= 0 || p >= 1) return std::nullopt;

  const auto n = static_cast<std::int64_t>(sorted.size());
  const bm::binomial_distribution<double, Policy> below(static_cast<double>(n), p);
  const auto probability = [&](std::int64_t count) {
    return count >= 1 && count <= n - 1 ? bm::pdf(below, static_cast<double>(count)) : 0.0;
  };
  const auto summit = static_cast<std::int64_t>(std::floor(static_cast<double>(n + 1) * p));
  std::int64_t low = std::clamp<std::int64_t>(summit, 1, n - 1);
  std::int64_t high = low;
  double reached = probability(low);
  while (reached < confidence) {
    const double left = probability(low - 1);
    const double right = probability(high + 1);
    if (left == 0 && right == 0) return std::nullopt;
    constexpr double tie = 1 - 1e-9;  // far above rounding, far below any real difference
    const bool take_left = left >= right * tie;
    take_left ? --low : ++high;
    reached += take_left ? left : right;
  }
  return Interval{sorted[static_cast<std::size_t>(low - 1)],
                  sorted[static_cast<std::size_t>(high)]};
}

std::optional<double> correlation(std::span<const double> a, std::span<const double> b) {
  PULLSIM_CHECK(a.size() == b.size(), "correlated samples come in pairs");
  if (a.size() < 2 || any_infinite(a) || any_infinite(b)) return std::nullopt;
  const Moments of_a = moments(a);
  const Moments of_b = moments(b);
  if (!(of_a.squares > 0 && of_b.squares > 0)) return std::nullopt;
  double product = 0;
  for (std::size_t i = 0; i < a.size(); ++i) product += (a[i] - of_a.mean) * (b[i] - of_b.mean);
  return std::clamp(product / (std::sqrt(of_a.squares) * std::sqrt(of_b.squares)), -1.0, 1.0);
}

}  // namespace pullsim
