// Distributions: quantiles against published values and against the cdf, moments against closed
// forms, and fits that give back the quantiles they were asked for.
#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using pullsim::Distribution;
using pullsim::fit_quantiles;
using pullsim::quantile;
using pullsim::RandomStream;
using Kind = Distribution::Kind;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Distribution of(Kind kind, double a, double b) { return {kind, a, b, {}}; }
Distribution empirical(std::vector<Distribution::Point> points) {
  return {Kind::empirical, 0, 0, std::move(points)};
}

bool near(double got, double want, double relative) {
  return std::abs(got - want) <= relative * std::abs(want);
}

/// Share of the distribution below x, by formulas that quantile() does not use.
double cdf(const Distribution& d, double x) {
  switch (d.kind) {
    case Kind::uniform:
      return (x - d.a) / (d.b - d.a);
    case Kind::exponential:
      return 1 - std::exp(-x / d.a);
    case Kind::lognormal:
      return std::erfc(-(std::log(x) - d.a) / (d.b * std::sqrt(2.0))) / 2;
    case Kind::weibull:
      return 1 - std::exp(-std::pow(x / d.b, d.a));
    case Kind::gamma:
      return boost::math::gamma_p(d.a, x / d.b);
    case Kind::constant:
    case Kind::empirical:
      break;
  }
  return kNaN;
}

struct Named {
  const char* name;
  Distribution distribution;
  double mean;
  double variance;
  double kurtosis;
};

const std::vector<Named>& continuous() {
  static const std::vector<Named> all = {
      {"uniform 1..3", of(Kind::uniform, 1, 3), 2, 1.0 / 3, 1.8},
      {"exponential", of(Kind::exponential, 2, 0), 2, 4, 9},
      {"lognormal", of(Kind::lognormal, 0.5, 0.4), std::exp(0.58),
       std::expm1(0.16) * std::exp(1.16),
       std::exp(0.64) + 2 * std::exp(0.48) + 3 * std::exp(0.32) - 3},
      {"weibull, rising hazard", of(Kind::weibull, 2, 3), 3 * std::sqrt(std::acos(-1.0)) / 2,
       9 * (1 - std::acos(-1.0) / 4), 3.2451},
      {"weibull, falling hazard", of(Kind::weibull, 0.5, 1), 2, 20, 87.72},
      {"gamma, skewed", of(Kind::gamma, 0.5, 2), 1, 2, 15},
      {"gamma, near normal", of(Kind::gamma, 40, 0.5), 20, 10, 3.15},
  };
  return all;
}

}  // namespace

TEST_CASE("quantiles have their published values") {
  struct Case {
    const char* name;
    Distribution distribution;
    double share;
    double want;
    double relative;
  };
  const Case cases[] = {
      {"constant", Distribution::constant(7), 0.3, 7, 0},
      {"uniform", of(Kind::uniform, 10, 30), 0.25, 15, 0},
      {"exponential: the median is ln 2 means", of(Kind::exponential, 1, 0), 0.5,
       0.69314718055994531, 1e-15},
      {"lognormal: z(0.975) = 1.959963984540054", of(Kind::lognormal, 0, 1), 0.975,
       7.0990713842313389, 1e-14},
      {"lognormal: the median is e^mu", of(Kind::lognormal, 2, 0.7), 0.5, std::exp(2.0), 1e-15},
      {"lognormal without spread", of(Kind::lognormal, 2, 0), 0.01, std::exp(2.0), 1e-15},
      {"weibull: 1 - 1/e lies below the scale", of(Kind::weibull, 3.5, 4), 1 - std::exp(-1.0), 4,
       1e-15},
      {"weibull of shape 1 is exponential", of(Kind::weibull, 1, 1), 0.5, 0.69314718055994531,
       1e-15},
      {"gamma of shape 1 is exponential", of(Kind::gamma, 1, 1), 0.5, 0.69314718055994531, 1e-14},
      {"chi-square, 10 degrees, 0.95: 18.307038", of(Kind::gamma, 5, 2), 0.95, 18.307038053275146,
       1e-13},
      {"chi-square, 1 degree, 0.95: 3.841459", of(Kind::gamma, 0.5, 2), 0.95, 3.8414588206941236,
       1e-13},
      {"chi-square, 100 degrees, 0.01: 70.0649", of(Kind::gamma, 50, 2), 0.01, 70.0648949253995,
       1e-12},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(near(quantile(c.distribution, c.share), c.want, c.relative)); }
  }
}

TEST_CASE("an empirical distribution is linear between its points and flat outside") {
  const Distribution d = empirical({{0.1, 2}, {0.5, 4}, {0.5, 10}, {0.9, 10}, {0.95, 30}});
  struct Case {
    const char* name;
    double share;
    double want;
  };
  const Case cases[] = {
      {"below the first point", 0.05, 2},
      {"at the first point", 0.1, 2},
      {"between", 0.3, 3},
      {"at a jump: the lower value", 0.5, 4},
      {"just above the jump", 0.5000001, 10},
      {"on a plateau", 0.7, 10},
      {"at the last point", 0.95, 30},
      {"above the last point", 0.99, 30},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(near(quantile(d, c.share), c.want, 1e-15)); }
  }
  CHECK(quantile(empirical({{0.5, 6}}), 0.001) == 6);
  CHECK(quantile(empirical({{0.5, 6}}), 0.999) == 6);
  CHECK(quantile(empirical({}), 0.5) == 0);
}

TEST_CASE("a quantile is the inverse of the cdf") {
  for (const Named& c : continuous()) {
    DYNAMIC_SECTION(c.name) {
      for (int i = 1; i < 1000; ++i) {
        const double u = i / 1000.0;
        REQUIRE(std::abs(cdf(c.distribution, quantile(c.distribution, u)) - u) < 1e-13);
      }
    }
  }
}

TEST_CASE("draws follow their distribution") {
  constexpr int draws = 20'000;
  for (const Named& c : continuous()) {
    DYNAMIC_SECTION(c.name) {
      RandomStream stream(11, 0, c.name, "draws");
      std::vector<double> shares;
      std::vector<int> cells(50);
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < draws; ++i) {
        const double x = quantile(c.distribution, stream.next());
        const double share = cdf(c.distribution, x);
        shares.push_back(share);
        ++cells[std::min<std::size_t>(static_cast<std::size_t>(share * 50), 49)];
        sum += x;
        squares += (x - c.mean) * (x - c.mean);
      }
      // Kolmogorov-Smirnov: sqrt(n) D exceeds 2.225 once in 10,000.
      std::sort(shares.begin(), shares.end());
      double distance = 0;
      for (int i = 0; i < draws; ++i) {
        const double share = shares[static_cast<std::size_t>(i)];
        distance = std::max({distance, share - i / double{draws}, (i + 1) / double{draws} - share});
      }
      CHECK(std::sqrt(draws) * distance < 2.225);
      // Chi-square with 49 degrees of freedom: above 97.7 once in 20,000.
      double chi_square = 0;
      for (const int count : cells) chi_square += std::pow(count - 400.0, 2) / 400.0;
      CHECK(chi_square < 97.7);
      constexpr double normal_9999 = 3.891;  // two-sided, one in 10,000
      const double error_of_mean = std::sqrt(c.variance / draws);
      CHECK(std::abs(sum / draws - c.mean) < normal_9999 * error_of_mean);
      const double error_of_variance = c.variance * std::sqrt((c.kurtosis - 1) / draws);
      CHECK(std::abs(squares / draws - c.variance) < normal_9999 * error_of_variance);
    }
  }
}

TEST_CASE("means are closed forms") {
  for (const Named& c : continuous()) {
    DYNAMIC_SECTION(c.name) { CHECK(near(pullsim::mean(c.distribution), c.mean, 1e-14)); }
  }
  CHECK(pullsim::mean(Distribution::constant(7)) == 7);
  CHECK(pullsim::mean(empirical({})) == 0);
  CHECK(pullsim::mean(empirical({{0.5, 6}})) == 6);
  CHECK(pullsim::mean(empirical({{0, 0}, {1, 8}})) == 4);
  // 0.2 at 10, 0.2..0.6 from 10 to 20, the rest at 20: 2 + 6 + 8
  CHECK(near(pullsim::mean(empirical({{0.2, 10}, {0.6, 20}})), 16, 1e-15));
}

TEST_CASE("quantiles rise with the share and never throw") {
  std::vector<Distribution> all = {Distribution::constant(3),  empirical({{0.2, 1}, {0.9, 4}}),
                                   of(Kind::gamma, 1e-3, 1),   of(Kind::gamma, 1e8, 1e-8),
                                   of(Kind::lognormal, 0, 30), of(Kind::weibull, 0.05, 1),
                                   of(Kind::exponential, 0, 0)};
  for (const Named& c : continuous()) all.push_back(c.distribution);
  const double shares[] = {kNaN, -kInfinity,    -1, 0, 1e-300,   0x1p-53, 1e-9, 0.3, 0.5,
                           0.9,  1.0 - 0x1p-53, 1,  2, kInfinity};
  for (const Distribution& d : all) {
    CAPTURE(static_cast<int>(d.kind), d.a, d.b);
    double before = 0;
    for (const double share : shares) {
      const double value = quantile(d, share);
      CAPTURE(share, value, before);
      CHECK(value >= before);
      before = value;
    }
    CHECK(quantile(d, 0) == quantile(d, 0x1p-53));
    CHECK(quantile(d, 1) == quantile(d, 1.0 - 0x1p-53));
  }
}

TEST_CASE("parameters out of range give some number or none, but no exception") {
  const double odd[] = {0, -1, 1e-310, 1e308, kInfinity, kNaN};
  for (int kind = 0; kind <= static_cast<int>(Kind::gamma); ++kind) {
    for (const double a : odd) {
      for (const double b : odd) {
        for (const double u : {0.0, 0.5, 1.0}) {
          CHECK_NOTHROW(quantile(of(static_cast<Kind>(kind), a, b), u));
        }
        CHECK_NOTHROW(pullsim::mean(of(static_cast<Kind>(kind), a, b)));
      }
    }
  }
}

TEST_CASE("a fit gives back the two quantiles it was asked for") {
  struct Case {
    double p1, v1, p2, v2;
  };
  const Case cases[] = {
      {0.5, 1, 0.95, 2},       {0.5, 40, 0.99, 120},   {0.1, 0.001, 0.9, 1000},
      {0.05, 10, 0.1, 10.5},   {0.5, 45, 0.9, 45.01},  {0.01, 1e-6, 0.02, 1e-5},
      {0.9, 3, 0.999, 300},    {0.25, 1e6, 0.75, 2e6}, {0.5, 1, 0.9999, 1e5},
      {1e-6, 1, 0.999999, 10},
  };
  for (const Kind kind : {Kind::lognormal, Kind::weibull, Kind::gamma}) {
    for (const Case& c : cases) {
      CAPTURE(static_cast<int>(kind), c.p1, c.v1, c.p2, c.v2);
      Distribution fitted;
      REQUIRE(fit_quantiles(kind, c.p1, c.v1, c.p2, c.v2, &fitted));
      CHECK(fitted.kind == kind);
      CHECK(near(quantile(fitted, c.p1), c.v1, 1e-9));
      CHECK(near(quantile(fitted, c.p2), c.v2, 1e-9));
    }
  }
}

TEST_CASE("a fit finds the parameters that the quantiles came from") {
  for (const Distribution& d :
       {of(Kind::lognormal, 1.5, 0.4), of(Kind::weibull, 2.5, 8), of(Kind::weibull, 0.6, 8),
        of(Kind::gamma, 0.3, 2), of(Kind::gamma, 7, 0.5), of(Kind::gamma, 900, 0.1),
        of(Kind::uniform, 2, 6), of(Kind::uniform, 0, 6)}) {
    CAPTURE(static_cast<int>(d.kind), d.a, d.b);
    Distribution fitted;
    REQUIRE(fit_quantiles(d.kind, 0.5, quantile(d, 0.5), 0.95, quantile(d, 0.95), &fitted));
    CHECK(std::abs(fitted.a - d.a) <= 1e-9 * std::max(1.0, d.a));
    CHECK(near(fitted.b, d.b, 1e-9));
  }
  Distribution fitted;
  REQUIRE(fit_quantiles(Kind::exponential, 0.5, 0.69314718055994531, 0, 0, &fitted));
  CHECK(near(fitted.a, 1, 1e-15));
}

TEST_CASE("a fit that cannot exist is refused and changes nothing") {
  struct Case {
    const char* name;
    Kind kind;
    double p1, v1, p2, v2;
  };
  const Case cases[] = {
      {"equal values", Kind::lognormal, 0.5, 2, 0.9, 2},
      {"falling values", Kind::weibull, 0.5, 2, 0.9, 1},
      {"equal shares", Kind::gamma, 0.5, 1, 0.5, 2},
      {"falling shares", Kind::lognormal, 0.9, 1, 0.5, 2},
      {"share 0", Kind::gamma, 0, 1, 0.5, 2},
      {"share 1", Kind::weibull, 0.5, 1, 1, 2},
      {"share above 1", Kind::lognormal, 0.5, 1, 95, 2},
      {"negative share", Kind::uniform, -0.5, 1, 0.5, 2},
      {"value 0", Kind::lognormal, 0.5, 0, 0.9, 2},
      {"negative value", Kind::uniform, 0.5, -1, 0.9, 2},
      {"infinite value", Kind::weibull, 0.5, 1, 0.9, kInfinity},
      {"not a number", Kind::lognormal, 0.5, kNaN, 0.9, 2},
      {"share not a number", Kind::lognormal, kNaN, 1, 0.9, 2},
      {"uniform that would begin below 0", Kind::uniform, 0.5, 1, 0.95, 2},
      {"gamma too narrow", Kind::gamma, 0.5, 1, 0.95, 1.00001},
      {"gamma too wide", Kind::gamma, 0.5, 1e-300, 0.50001, 1e300},
      {"constant", Kind::constant, 0.5, 1, 0.9, 2},
      {"empirical", Kind::empirical, 0.5, 1, 0.9, 2},
      {"exponential, share 1", Kind::exponential, 1, 1, 0, 0},
      {"exponential, value 0", Kind::exponential, 0.5, 0, 0, 0},
      {"exponential, not a number", Kind::exponential, 0.5, kNaN, 0, 0},
      {"exponential, infinite", Kind::exponential, 0.5, kInfinity, 0, 0},
  };
  const Distribution before = of(Kind::uniform, 123, 456);
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      Distribution fitted = before;
      CHECK_FALSE(fit_quantiles(c.kind, c.p1, c.v1, c.p2, c.v2, &fitted));
      CHECK(fitted == before);
    }
  }
}

TEST_CASE("a drawn duration is rounded up and never negative") {
  using std::chrono::nanoseconds;
  CHECK(pullsim::draw(Distribution::constant(1.5e-9), 0.5) == nanoseconds(2));
  CHECK(pullsim::draw(Distribution::constant(2), 0.5) == std::chrono::seconds(2));
  CHECK(pullsim::draw(Distribution::constant(0), 0.5) == nanoseconds(0));
  CHECK(pullsim::draw(Distribution::constant(-3), 0.5) == nanoseconds(0));
  CHECK(pullsim::draw(Distribution::constant(kNaN), 0.5) == nanoseconds(0));
  CHECK(pullsim::draw(Distribution::constant(kInfinity), 0.5) > std::chrono::hours(24 * 365));
}
