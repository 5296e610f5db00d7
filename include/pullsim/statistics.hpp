// Estimators over runs and samples, each with its formula and source. Pure functions on plain
// numbers; an infinite sample stands for "never".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Inverted empirical distribution: the least value that at least the share p (0..1] of the samples
/// does not exceed; p = 0 gives the least sample. `sorted` must be sorted and not empty (checked).
/// Definition 1 of Hyndman & Fan, "Sample quantiles in statistical packages", 1996.
double quantile_sorted(std::span<const double> sorted, double p);

double mean(std::span<const double> samples);
/// Sample standard deviation (n - 1); needs two samples.
double standard_deviation(std::span<const double> samples);

/// Student's interval for the mean of independent samples; none below two samples.
std::optional<Interval> student_interval(std::span<const double> samples, double confidence = 0.95);

/// Exact interval (Clopper-Pearson 1934) for the probability behind `hits` of `trials`.
Interval binomial_interval(std::int64_t hits, std::int64_t trials, double confidence = 0.95);

/// Distribution-free interval for the p-quantile by order statistics of independent samples
/// (David & Nagaraja, Order Statistics, 7.1); none if no pair of order statistics reaches the
/// confidence. Infinite samples are allowed.
std::optional<Interval> quantile_interval(std::span<const double> sorted, double p,
                                          double confidence = 0.95);

/// Pearson's correlation of paired samples; none below two pairs or without variation.
std::optional<double> correlation(std::span<const double> a, std::span<const double> b);

}  // namespace pullsim
