// Studies of known chance for tests of how many runs are made: the p95 of pod_ready of a run is a
// draw, and so is the value of its threshold, if there is one.
#pragma once

#include "tools/run/run_budget.hpp"

#include <pullsim/random.hpp>

#include <cmath>
#include <string>

namespace pullsim::test {

struct Chance {
  const char* name;
  double (*draw)(double u);
  double mean;
  double precision;  ///< wanted; asks for a few hundred runs
};

inline double normal(double u) {
  return std::log(quantile(Distribution{Distribution::Kind::lognormal, 0, 1, {}}, u));
}
inline double bell(double u) { return 100 + 10 * normal(u); }
inline double skewed(double u) { return 10 - std::log(1 - u); }  // exponential above 10: mean 11
inline double two_summits(double u) { return u < 0.8 ? 60 + 5 * (u / 0.8) : 90 + 25 * (u - 0.8); }
inline double greatest(double u) { return 20 - 2 * std::log(-std::log(u)); }  // Gumbel
inline constexpr double kEuler = 0.57721566490153286;

inline const Chance kChances[] = {{"bell", bell, 100, 0.015},
                                  {"skewed", skewed, 11, 0.01},
                                  {"two summits", two_summits, 0.8 * 62.5 + 0.2 * 92.5, 0.02},
                                  {"greatest of many", greatest, 20 + 2 * kEuler, 0.015}};

/// Runs of one study: the p95 of pod_ready is a draw, and so is the value of the threshold, if any.
inline MakeRuns made_of(const Chance& chance, int number) {
  return [&chance, number](const Study& study, StudyResult* result) {
    const RandomStream stream(static_cast<std::uint64_t>(number), 0, "study", chance.name);
    if (result->variants.empty()) result->variants.push_back({"only", {}, {}});
    for (std::int64_t i = 0; i < study.replications; ++i) {
      RunSummary run;
      run.run = study.first_run + static_cast<std::uint32_t>(i);
      run.digest = run.run;
      const double value = chance.draw(stream.at(run.run));
      run.metrics[0].count = 1;
      run.metrics[0].values.fill(value);
      if (!study.thresholds.empty()) run.thresholds = {value};
      result->variants[0].runs.push_back(std::move(run));
    }
    return true;
  };
}

inline Study empty_study() {
  Study study;
  study.variants.resize(1);
  study.variants[0].name = "only";
  return study;
}

inline Threshold below(double limit, Across across) {
  Threshold threshold;
  threshold.name = threshold.text = "pod_ready p(95) < limit";
  threshold.aggregate = {Aggregate::Kind::percentile, 95, ""};
  threshold.limit.value = limit;
  threshold.across = across;
  return threshold;
}

}  // namespace pullsim::test
