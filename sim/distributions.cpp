// The distributions that scenarios may use, by their quantile functions: one uniform number in, one
// value out, so that a parameter changed by little changes each draw by little. It leaves out
// multivariate and discrete distributions, and rejection methods, which use a random count of
// draws.
//
// Boost.Math is told to compute in double and never to throw: long double differs between
// platforms, and what is out of range is the reader's business.
#include <pullsim/random.hpp>

#include "sim/check.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

namespace bm = boost::math;
using Policy =
    bm::policies::policy<bm::policies::promote_float<false>, bm::policies::promote_double<false>,
                         bm::policies::domain_error<bm::policies::ignore_error>,
                         bm::policies::pole_error<bm::policies::ignore_error>,
                         bm::policies::overflow_error<bm::policies::ignore_error>,
                         bm::policies::evaluation_error<bm::policies::ignore_error>>;

// The extreme draws of a stream.
constexpr double kShareMin = 0x1p-53;
constexpr double kShareMax = 1.0 - 0x1p-53;

double standard_normal_quantile(double u) {
  return bm::quantile(bm::normal_distribution<double, Policy>(0.0, 1.0), u);
}

/// -ln(1 - u): the quantile of the standard exponential.
double standard_exponential_quantile(double u) { return -std::log1p(-u); }

double standard_gamma_quantile(double shape, double u) {
  return bm::gamma_p_inv(shape, u, Policy());
}

/// ln of the standard gamma quantile. Near 0 the distribution is x^k / Gamma(k + 1), to a relative
/// error of x; used where the quantile itself leaves the range of double.
double log_gamma_quantile(double shape, double u) {
  const double log_near_zero = (std::log(u) + bm::lgamma(shape + 1.0, Policy())) / shape;
  constexpr double log_small = -46.0;  // ln 1e-20
  return log_near_zero < log_small ? log_near_zero : std::log(standard_gamma_quantile(shape, u));
}

using Points = std::vector<Distribution::Point>;

double empirical_quantile(const Points& points, double u) {
  if (points.empty()) return 0;
  const auto above = std::lower_bound(
      points.begin(), points.end(), u,
      [](const Distribution::Point& point, double share) { return point.share < share; });
  if (above == points.begin()) return above->value;
  const auto below = above - 1;
  if (above == points.end()) return below->value;
  const double part = (u - below->share) / (above->share - below->share);
  return below->value + part * (above->value - below->value);
}

double empirical_mean(const Points& points) {
  if (points.empty()) return 0;
  double sum = points.front().share * points.front().value;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double width = points[i].share - points[i - 1].share;
    sum += width * (points[i].value + points[i - 1].value) / 2;
  }
  return sum + (1.0 - points.back().share) * points.back().value;
}

struct QuantilePair {
  double p1 = 0;
  double v1 = 0;
  double p2 = 0;
  double v2 = 0;
};

bool fit_uniform(const QuantilePair& q, Distribution* out) {
  const double slope = (q.v2 - q.v1) / (q.p2 - q.p1);
  double low = q.v1 - q.p1 * slope;
  const double high = q.v2 + (1.0 - q.p2) * slope;
  const double rounding = 8 * std::numeric_limits<double>::epsilon() * q.v2;
  if (low < -rounding) return false;
  low = std::max(low, 0.0);
  *out = {Distribution::Kind::uniform, low, high, {}};
  return true;
}

bool fit_lognormal(const QuantilePair& q, Distribution* out) {
  const double z1 = standard_normal_quantile(q.p1);
  const double z2 = standard_normal_quantile(q.p2);
  const double sigma = std::log(q.v2 / q.v1) / (z2 - z1);
  const double mu = std::log(q.v1) - sigma * z1;
  *out = {Distribution::Kind::lognormal, mu, sigma, {}};
  return true;
}

bool fit_weibull(const QuantilePair& q, Distribution* out) {
  const double e1 = standard_exponential_quantile(q.p1);
  const double e2 = standard_exponential_quantile(q.p2);
  const double shape = std::log(e2 / e1) / std::log(q.v2 / q.v1);
  const double scale = q.v1 / std::pow(e1, 1.0 / shape);
  *out = {Distribution::Kind::weibull, shape, scale, {}};
  return true;
}

/// The ratio of two quantiles falls as the shape grows, from infinity to 1, and the scale cancels:
/// one equation in one unknown.
bool fit_gamma(const QuantilePair& q, Distribution* out) {
  const double wanted = std::log(q.v2 / q.v1);
  const auto excess = [&](double log_shape) {
    const double shape = std::exp(log_shape);
    return log_gamma_quantile(shape, q.p2) - log_gamma_quantile(shape, q.p1) - wanted;
  };
  const double low = std::log(1e-3);
  const double high = std::log(1e8);
  const double at_low = excess(low);
  const double at_high = excess(high);
  if (!(at_low >= 0 && at_high <= 0)) return false;

  const auto close = [](double a, double b) { return std::abs(a - b) <= 1e-12; };
  std::uintmax_t iterations = 200;
  const auto bracket =
      bm::tools::toms748_solve(excess, low, high, at_low, at_high, close, iterations, Policy());
  const double shape = std::exp((bracket.first + bracket.second) / 2);
  const double scale = std::exp(std::log(q.v1) - log_gamma_quantile(shape, q.p1));
  *out = {Distribution::Kind::gamma, shape, scale, {}};
  return true;
}

bool fit_exponential(double p, double v, Distribution* out) {
  if (!(p > 0 && p < 1 && v > 0)) return false;
  const double mean_value = v / standard_exponential_quantile(p);
  if (!std::isfinite(mean_value)) return false;
  *out = {Distribution::Kind::exponential, mean_value, 0, {}};
  return true;
}

}  // namespace

double quantile(const Distribution& d, double u) {
  using Kind = Distribution::Kind;
  if (!(u > kShareMin)) u = kShareMin;
  if (u > kShareMax) u = kShareMax;
  switch (d.kind) {
    case Kind::constant:
      return d.a;
    case Kind::uniform:
      return d.a + (d.b - d.a) * u;
    case Kind::exponential:
      return d.a * standard_exponential_quantile(u);
    case Kind::lognormal:
      return std::exp(d.a + d.b * standard_normal_quantile(u));
    case Kind::weibull:
      return d.b * std::pow(standard_exponential_quantile(u), 1.0 / d.a);
    case Kind::gamma:
      return d.b * standard_gamma_quantile(d.a, u);
    case Kind::empirical:
      return empirical_quantile(d.points, u);
  }
  fail_check("the kind of a distribution is one of the seven", __FILE__, __LINE__);
}

double mean(const Distribution& d) {
  using Kind = Distribution::Kind;
  switch (d.kind) {
    case Kind::constant:
    case Kind::exponential:
      return d.a;
    case Kind::uniform:
      return (d.a + d.b) / 2;
    case Kind::lognormal:
      return std::exp(d.a + d.b * d.b / 2);
    case Kind::weibull:
      return d.b * bm::tgamma(1.0 + 1.0 / d.a, Policy());
    case Kind::gamma:
      return d.a * d.b;
    case Kind::empirical:
      return empirical_mean(d.points);
  }
  fail_check("the kind of a distribution is one of the seven", __FILE__, __LINE__);
}

bool fit_quantiles(Distribution::Kind kind, double p1, double v1, double p2, double v2,
                   Distribution* out) {
  using Kind = Distribution::Kind;
  if (kind == Kind::exponential) return fit_exponential(p1, v1, out);
  const bool possible = p1 > 0 && p1 < p2 && p2 < 1 && v1 > 0 && v1 < v2 && std::isfinite(v2);
  if (!possible) return false;

  const QuantilePair pair{p1, v1, p2, v2};
  Distribution fitted;
  const bool found = (kind == Kind::uniform && fit_uniform(pair, &fitted)) ||
                     (kind == Kind::lognormal && fit_lognormal(pair, &fitted)) ||
                     (kind == Kind::weibull && fit_weibull(pair, &fitted)) ||
                     (kind == Kind::gamma && fit_gamma(pair, &fitted));
  if (!found || !std::isfinite(fitted.a) || !std::isfinite(fitted.b)) return false;
  *out = fitted;
  return true;
}

}  // namespace pullsim
