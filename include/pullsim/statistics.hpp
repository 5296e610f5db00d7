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

/// Infinite if a sample is. Needs a sample (checked).
double mean(std::span<const double> samples);
/// Sample standard deviation (n - 1); infinite if a sample is. Needs two samples (checked).
double standard_deviation(std::span<const double> samples);

/// Student's interval for the mean of independent samples; none below two samples or with an
/// infinite one, which leaves no mean to enclose.
std::optional<Interval> student_interval(std::span<const double> samples, double confidence = 0.95);

/// Half the width that it has for `samples` of them with this standard deviation (two or more,
/// checked).
double student_half_width(double deviation, std::int64_t samples, double confidence = 0.95);

/// Student's interval for one further sample of the same kind; absent below two samples or with an
/// infinite one. Does not shrink to nothing with more samples.
std::optional<Interval> prediction_interval(std::span<const double> samples,
                                            double confidence = 0.95);

/// Exact interval (Clopper-Pearson 1934) for the probability behind `hits` of `trials`; all of
/// [0, 1] without a trial.
Interval binomial_interval(std::int64_t hits, std::int64_t trials, double confidence = 0.95);

/// Distribution-free interval for the p-quantile by order statistics of independent samples
/// (David & Nagaraja, Order Statistics, 7.1): the pair with the fewest ranks between them that
/// reaches the confidence, none if no pair does. Infinite samples are allowed; `sorted` as above.
std::optional<Interval> quantile_interval(std::span<const double> sorted, double p,
                                          double confidence = 0.95);

/// Pearson's correlation of paired samples; none below two pairs, without variation, or with an
/// infinite sample. Equal lengths (checked).
std::optional<double> correlation(std::span<const double> a, std::span<const double> b);

}  // namespace pullsim
