// Estimators against published values and hand tables, and their coverage: exactly where the
// binomial distribution gives it, by simulated studies elsewhere.
#include <pullsim/random.hpp>
#include <pullsim/statistics.hpp>

#include "sim/check.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using pullsim::binomial_interval;
using pullsim::correlation;
using pullsim::Distribution;
using pullsim::Interval;
using pullsim::prediction_interval;
using pullsim::quantile_interval;
using pullsim::quantile_sorted;
using pullsim::RandomStream;
using pullsim::student_interval;
using Samples = std::vector<double>;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool near(double got, double want, double absolute) { return std::abs(got - want) <= absolute; }

/// Samples 1, 2, ..., n: an interval of order statistics then names its ranks.
Samples ranks(int n) {
  Samples all;
  for (int i = 1; i <= n; ++i) all.push_back(i);
  return all;
}

double binomial_probability(int n, int k, double p) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) +
                  k * std::log(p) + (n - k) * std::log1p(-p));
}

/// Probability that low <= B <= high.
double binomial_between(int n, int low, int high, double p) {
  double sum = 0;
  for (int k = low; k <= high; ++k) sum += binomial_probability(n, k, p);
  return sum;
}

constexpr int kStudies = 20'000;
// Standard error of a share of 95 % over the studies.
const double kShareError = std::sqrt(0.95 * 0.05 / kStudies);

/// Share of studies of `size` samples whose interval encloses `truth`.
template <typename Estimate>
double coverage(const Distribution& d, int size, double truth, Estimate estimate) {
  int enclosed = 0;
  for (int study = 0; study < kStudies; ++study) {
    RandomStream stream(1, static_cast<std::uint32_t>(study), "study", std::to_string(size));
    Samples samples;
    for (int i = 0; i < size; ++i) samples.push_back(pullsim::quantile(d, stream.next()));
    const Interval interval = estimate(samples);
    if (interval.low <= truth && truth <= interval.high) ++enclosed;
  }
  return enclosed / double{kStudies};
}

}  // namespace

TEST_CASE("a quantile is the least sample that the share does not exceed") {
  struct Case {
    const char* name;
    Samples sorted;
    double share;
    double want;
  };
  const Case cases[] = {
      {"share 0: the least", {1, 2, 3, 4}, 0, 1},
      {"share 1: the largest", {1, 2, 3, 4}, 1, 4},
      {"an exact step belongs to the lower sample", {1, 2, 3, 4}, 0.5, 2},
      {"just above a step", {1, 2, 3, 4}, 0.500001, 3},
      {"below the first step", {1, 2, 3, 4}, 0.01, 1},
      {"one sample", {7}, 0.3, 7},
      {"p99 of 100 is the 99th, though 100 * 0.99 rounds", ranks(100), 0.99, 99},
      {"p95 of 20 is the 19th", ranks(20), 0.95, 19},
      {"p7 of 100 is the 7th, though 100 * 0.07 exceeds 7", ranks(100), 0.07, 7},
      {"p55 of 100 is the 55th, though 100 * 0.55 exceeds 55", ranks(100), 0.55, 55},
      {"never is above every number", {1, 2, 3, kInfinity}, 0.76, kInfinity},
      {"never above the share does not matter", {1, 2, 3, kInfinity}, 0.75, 3},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(quantile_sorted(c.sorted, c.share) == c.want); }
  }
}

TEST_CASE("the share k / n is the k-th sample, however the division rounds") {
  for (int n = 1; n <= 300; ++n) {
    for (int k = 1; k <= n; ++k) REQUIRE(quantile_sorted(ranks(n), k / double(n)) == k);
  }
}

TEST_CASE("misuse of an estimator is a fault") {
  using pullsim::Fault;
  const Samples none;
  const Samples falling = {2, 1};
  const Samples one = {1};
  CHECK_THROWS_AS(quantile_sorted(none, 0.5), Fault);
  CHECK_THROWS_AS(quantile_sorted(falling, 0.5), Fault);
  CHECK_THROWS_AS(quantile_sorted(one, 1.01), Fault);
  CHECK_THROWS_AS(quantile_sorted(one, -0.01), Fault);
  CHECK_THROWS_AS(pullsim::mean(none), Fault);
  CHECK_THROWS_AS(pullsim::standard_deviation(one), Fault);
  CHECK_THROWS_AS(student_interval(one, 1), Fault);
  CHECK_THROWS_AS(binomial_interval(3, 2), Fault);
  CHECK_THROWS_AS(binomial_interval(-1, 2), Fault);
  CHECK_THROWS_AS(binomial_interval(1, 2, 0), Fault);
  CHECK_THROWS_AS(quantile_interval(falling, 0.5), Fault);
  CHECK_THROWS_AS(quantile_interval(one, 2), Fault);
  CHECK_THROWS_AS(correlation(one, falling), Fault);
}

TEST_CASE("the interval of one further sample does not shrink to nothing") {
  // mean 2, deviation 1, t(2, 97.5 %) = 4.302653, sqrt(1 + 1/3)
  const auto three = prediction_interval(Samples{1, 2, 3});
  REQUIRE(three);
  CHECK(three->low == Approx(2 - 4.302652729911275 * std::sqrt(4.0 / 3)).epsilon(1e-9));
  CHECK(three->high == Approx(2 + 4.302652729911275 * std::sqrt(4.0 / 3)).epsilon(1e-9));
  Samples many;
  for (int i = 0; i < 1000; ++i) many.push_back(i % 2);
  CHECK(prediction_interval(many)->high > 1.4);
  CHECK(student_interval(many)->high < 0.54);
  CHECK(prediction_interval(Samples(10, 0.1)) == Interval{0.1, 0.1});
  CHECK_FALSE(prediction_interval(Samples{}));
  CHECK_FALSE(prediction_interval(Samples{5}));
  CHECK_FALSE(prediction_interval(Samples{5, kInfinity}));
}

TEST_CASE("mean and standard deviation") {
  CHECK(pullsim::mean(Samples{1, 2, 3, 4}) == 2.5);
  CHECK(pullsim::standard_deviation(Samples{2, 4, 4, 4, 5, 5, 7, 9}) ==
        Approx(std::sqrt(32.0 / 7)).epsilon(1e-15));
  CHECK(pullsim::mean(Samples{1, kInfinity}) == kInfinity);
  CHECK(pullsim::standard_deviation(Samples{1, kInfinity}) == kInfinity);
  // A large offset must not drown the spread.
  CHECK(pullsim::standard_deviation(Samples{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) ==
        Approx(std::sqrt(30.0)).epsilon(1e-14));
  const Samples equal(30, 0.1);
  CHECK(pullsim::mean(equal) == 0.1);
  CHECK(pullsim::standard_deviation(equal) == 0);
}

TEST_CASE("Student's interval: mean -+ t s / sqrt(n)") {
  // t(0.975) from printed tables: 12.706 (1 degree), 2.776 (4), 2.262 (9); t(0.95): 2.132 (4).
  const auto two = student_interval(Samples{0, 2});
  REQUIRE(two);
  CHECK(near(two->low, 1 - 12.706, 5e-4));
  CHECK(near(two->high, 1 + 12.706, 5e-4));
  const auto five = student_interval(Samples{1, 2, 3, 4, 5});
  REQUIRE(five);
  CHECK(near(five->low, 3 - 2.776 * std::sqrt(2.5 / 5), 5e-4));
  CHECK(near(five->high, 3 + 2.776 * std::sqrt(2.5 / 5), 5e-4));
  const auto ninety = student_interval(Samples{1, 2, 3, 4, 5}, 0.90);
  REQUIRE(ninety);
  CHECK(near(ninety->high, 3 + 2.132 * std::sqrt(2.5 / 5), 5e-4));
  CHECK(student_interval(Samples(10, 0.1)) == Interval{0.1, 0.1});
  CHECK_FALSE(student_interval(Samples{}));
  CHECK_FALSE(student_interval(Samples{5}));
  CHECK_FALSE(student_interval(Samples{5, 6, kInfinity}));
}

TEST_CASE("the exact binomial interval has its published values") {
  struct Case {
    int hits, trials;
    double confidence, low, high;
  };
  const Case cases[] = {
      {0, 10, 0.95, 0, 0.3085},      {10, 10, 0.95, 0.6915, 1},
      {5, 10, 0.95, 0.1871, 0.8129}, {1, 10, 0.95, 0.0025, 0.4450},
      {0, 14, 0.95, 0, 0.2316},      {14, 14, 0.95, 0.7684, 1},
      {0, 10, 0.99, 0, 0.4113},      {80, 100, 0.95, 0.7082, 0.8733},
      {1, 1, 0.95, 0.0250, 1},       {0, 0, 0.95, 0, 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.hits, c.trials, c.confidence);
    const Interval got = binomial_interval(c.hits, c.trials, c.confidence);
    CHECK(near(got.low, c.low, 5e-5));
    CHECK(near(got.high, c.high, 5e-5));
    const Interval mirrored = binomial_interval(c.trials - c.hits, c.trials, c.confidence);
    CHECK(near(mirrored.low, 1 - got.high, 1e-14));
  }
}

TEST_CASE("the exact binomial interval encloses every probability at least 95 % of the time") {
  for (const int trials : {1, 5, 14, 30, 100}) {
    std::vector<Interval> intervals;
    for (int hits = 0; hits <= trials; ++hits) {
      intervals.push_back(binomial_interval(hits, trials));
    }
    for (int i = 1; i < 200; ++i) {
      const double p = i / 200.0;
      double enclosed = 0;
      for (int hits = 0; hits <= trials; ++hits) {
        const Interval& interval = intervals[static_cast<std::size_t>(hits)];
        if (interval.low <= p && p <= interval.high) {
          enclosed += binomial_probability(trials, hits, p);
        }
      }
      REQUIRE(enclosed >= 0.95 - 1e-12);
    }
  }
}

TEST_CASE("ranks of the median's interval") {
  struct Case {
    int n, low, high;
    double reached;  // P(low <= B < high), B the heads of n fair coins
  };
  const Case cases[] = {{6, 1, 6, 0.969},  {7, 1, 7, 0.984},   {8, 1, 7, 0.961},   {9, 2, 8, 0.961},
                        {10, 2, 9, 0.979}, {20, 6, 15, 0.959}, {30, 10, 21, 0.957}};
  for (const Case& c : cases) {
    CAPTURE(c.n);
    CHECK(quantile_interval(ranks(c.n), 0.5) ==
          Interval{static_cast<double>(c.low), static_cast<double>(c.high)});
    CHECK(near(binomial_between(c.n, c.low, c.high - 1, 0.5), c.reached, 5e-4));
  }
  for (int n = 0; n <= 5; ++n) CHECK_FALSE(quantile_interval(ranks(n), 0.5));
}

TEST_CASE("a quantile interval has the fewest ranks that reach the confidence") {
  for (const double p : {0.05, 0.25, 0.5, 0.8, 0.9, 0.99}) {
    for (int n = 1; n <= 70; ++n) {
      CAPTURE(p, n);
      int fewest = n;  // more than any pair has
      double best = 0;
      for (int low = 1; low < n; ++low) {
        for (int high = low + 1; high <= n; ++high) {
          const double reached = binomial_between(n, low, high - 1, p);
          if (reached < 0.95) continue;
          if (high - low < fewest) best = 0;
          if (high - low <= fewest) best = std::max(best, reached);
          fewest = std::min(fewest, high - low);
        }
      }
      const auto got = quantile_interval(ranks(n), p);
      REQUIRE(got.has_value() == (fewest < n));
      if (!got) continue;
      REQUIRE(got->high - got->low == fewest);
      const int low = static_cast<int>(got->low);
      const int high = static_cast<int>(got->high);
      REQUIRE(near(binomial_between(n, low, high - 1, p), best, 1e-9));
    }
  }
}

TEST_CASE("p99 needs 299 samples, extremes have no interval, and never may be an end") {
  // One-sided at most: P(1 <= B <= n - 1) = 1 - 0.99^n - 0.01^n reaches 0.95 at n = 299.
  CHECK_FALSE(quantile_interval(ranks(298), 0.99));
  CHECK(quantile_interval(ranks(299), 0.99));
  CHECK_FALSE(quantile_interval(ranks(299), 0));
  CHECK_FALSE(quantile_interval(ranks(299), 1));
  CHECK(quantile_interval(Samples{1, 2, 3, 4, 5, kInfinity}, 0.5) == Interval{1, kInfinity});
  CHECK(quantile_interval(Samples(6, kInfinity), 0.5) == Interval{kInfinity, kInfinity});
}

TEST_CASE("Student's interval encloses the mean of normal samples in 95 % of studies") {
  const Distribution lognormal{Distribution::Kind::lognormal, 0, 1, {}};
  for (const int size : {5, 20}) {
    const double share = coverage(lognormal, size, 0.0, [](Samples& samples) {
      for (double& x : samples) x = std::log(x);
      return *student_interval(samples);
    });
    CAPTURE(size, share);
    CHECK(share >= 0.945);
    CHECK(share <= 0.955);
  }
}

TEST_CASE("the quantile interval encloses the quantile in at least 95 % of studies of any shape") {
  using Kind = Distribution::Kind;
  const std::pair<const char*, Distribution> shapes[] = {
      {"skewed", {Kind::lognormal, 0, 1.5, {}}},
      {"two summits", {Kind::empirical, 0, 0, {{0, 1}, {0.4, 2}, {0.4, 20}, {1, 30}}}},
      {"three values", {Kind::empirical, 0, 0, {{0, 1}, {0.3, 1}, {0.3, 2}, {0.6, 2}, {0.6, 3}}}},
  };
  for (const auto& [name, shape] : shapes) {
    for (const auto& study : {std::pair{25, 0.5}, std::pair{60, 0.9}}) {
      const int size = study.first;
      const double p = study.second;
      const double truth = pullsim::quantile(shape, p);
      const double share = coverage(shape, size, truth, [p](Samples& all) {
        std::sort(all.begin(), all.end());
        return *quantile_interval(all, p);
      });
      CAPTURE(name, size, p, share);
      CHECK(share >= 0.95 - 3 * kShareError);
    }
  }
}

TEST_CASE("correlation of pairs") {
  CHECK(near(*correlation(Samples{1, 2, 3}, Samples{2, 4, 6}), 1, 1e-15));
  CHECK(near(*correlation(Samples{1, 2, 3}, Samples{6, 4, 2}), -1, 1e-15));
  CHECK(correlation(Samples{-1, 0, 1}, Samples{1, -2, 1}) == 0.0);
  // Anscombe 1973: each of the four sets has a correlation of 0.816.
  const Samples x = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
  const Samples y = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
  CHECK(near(*correlation(x, y), 0.81642, 5e-6));
  CHECK_FALSE(correlation(Samples{}, Samples{}));
  CHECK_FALSE(correlation(Samples{1}, Samples{1}));
  CHECK_FALSE(correlation(Samples{1, 2}, Samples{5, 5}));
  CHECK_FALSE(correlation(Samples{1, kInfinity}, Samples{1, 2}));
}
