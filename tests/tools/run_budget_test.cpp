// Runs to a precision and to a verdict: what intervals cover and verdicts claim, over 20,000
// studies with a known answer for each kind of chance.
#include "tools/run/run_budget.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/result_builder.hpp"

#include <cmath>

using namespace pullsim;
using namespace pullsim::test;

namespace {

constexpr int kStudies = 20'000;

struct Chance {
  const char* name;
  double (*draw)(double u);
  double mean;
  double precision;  ///< wanted; asks for a few hundred runs
};

double normal(double u) {
  return std::log(quantile(Distribution{Distribution::Kind::lognormal, 0, 1, {}}, u));
}
double bell(double u) { return 100 + 10 * normal(u); }
double skewed(double u) { return 10 - std::log(1 - u); }  // exponential above 10: mean 11
double two_summits(double u) { return u < 0.8 ? 60 + 5 * (u / 0.8) : 90 + 25 * (u - 0.8); }
double greatest(double u) { return 20 - 2 * std::log(-std::log(u)); }  // Gumbel
constexpr double kEuler = 0.57721566490153286;

const Chance kChances[] = {{"bell", bell, 100, 0.015},
                           {"skewed", skewed, 11, 0.01},
                           {"two summits", two_summits, 0.8 * 62.5 + 0.2 * 92.5, 0.02},
                           {"greatest of many", greatest, 20 + 2 * kEuler, 0.015}};

/// Runs of one study: the p95 of pod_ready is a draw, and so is the value of the threshold, if any.
MakeRuns made_of(const Chance& chance, int number) {
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

Study empty_study() {
  Study study;
  study.variants.resize(1);
  study.variants[0].name = "only";
  return study;
}

Threshold below(double limit, Across across) {
  Threshold threshold;
  threshold.name = threshold.text = "pod_ready p(95) < limit";
  threshold.aggregate = {Aggregate::Kind::percentile, 95, ""};
  threshold.limit.value = limit;
  threshold.across = across;
  return threshold;
}

struct Outcomes {
  int pass = 0;
  int fail = 0;
  double runs = 0;
};

Outcomes judged(const Chance& chance, double limit, Across across) {
  Outcomes outcomes;
  for (int number = 0; number < kStudies; ++number) {
    Study study = empty_study();
    study.thresholds = {below(limit, across)};
    const StudyResult result = run_to_budget(&study, made_of(chance, number), {20, 160, {}}, false);
    outcomes.pass += result.overall.outcome == Verdict::pass ? 1 : 0;
    outcomes.fail += result.overall.outcome == Verdict::fail ? 1 : 0;
    outcomes.runs += static_cast<double>(study.replications) / kStudies;
  }
  return outcomes;
}

}  // namespace

TEST_CASE("Early-stopped studies: 95 % intervals cover the mean in 94.5 to 95.5 % of them") {
  for (const Chance& chance : kChances) {
    int covered = 0;
    double runs = 0;
    int reached = 0;
    for (int number = 0; number < kStudies; ++number) {
      Study study = empty_study();
      const RunBudget budget{20, 1000, chance.precision};
      const StudyResult result = run_to_budget(&study, made_of(chance, number), budget, false);
      const Estimate found =
          estimate(per_run(result.variants[0], Metric::pod_ready, SummaryAggregate::p95));
      covered += found.interval->low <= chance.mean && chance.mean <= found.interval->high ? 1 : 0;
      runs += static_cast<double>(study.replications) / kStudies;
      reached += study.budget->reached ? 1 : 0;
    }
    INFO(chance.name << ": " << runs << " runs on average, " << reached << " reached");
    const double share = static_cast<double>(covered) / kStudies;
    CHECK(share >= 0.945);
    CHECK(share <= 0.955);
    CHECK(reached > 0.9 * kStudies);
    CHECK(runs < 600);  // stopped early
  }
}

TEST_CASE("Wrong PASS and wrong FAIL of the mean rule: each in at most 2.5 % of studies") {
  for (const Chance& chance : {kChances[0], kChances[2], kChances[3]}) {
    INFO(chance.name);
    const Across across{Across::Kind::mean_of_runs, 0, true};
    // The limit is a little under, or over, the true mean: nearly as hard as it gets.
    CHECK(judged(chance, chance.mean * 0.9999, across).pass <= 0.025 * kStudies);
    CHECK(judged(chance, chance.mean * 1.0001, across).fail <= 0.025 * kStudies);
  }
}

TEST_CASE("Wrong PASS and wrong FAIL of the share rule: each in at most 2.5 % of studies") {
  const Across across{Across::Kind::share_of_runs, 0.8, true};
  // 79 % and 81 % of runs are below the limit: FAIL and PASS are right, in this order.
  CHECK(judged(kChances[0], bell(0.79), across).pass <= 0.025 * kStudies);
  CHECK(judged(kChances[0], bell(0.81), across).fail <= 0.025 * kStudies);
  // Far from the limit it is decided nearly always, and by few runs.
  const Outcomes clear = judged(kChances[0], bell(0.995), across);
  CHECK(clear.pass > 0.95 * kStudies);
  CHECK(clear.runs < 60);
}

TEST_CASE("Runs that do not vary end with the pilot; without room for one all runs are made") {
  const auto constant = [](const Study& study, StudyResult* result) {
    if (result->variants.empty()) result->variants.push_back({"only", {}, {}});
    for (std::int64_t i = 0; i < study.replications; ++i) result->variants[0].runs.emplace_back();
    return true;
  };
  Study study = empty_study();
  run_to_budget(&study, constant, {20, 500, 0.02}, false);
  CHECK(study.replications == 20);
  CHECK(study.first_run == 0);
  CHECK(study.budget->pilot == 0);
  Study narrow = empty_study();
  run_to_budget(&narrow, made_of(kChances[0], 1), {20, 30, 0.02}, false);
  CHECK(narrow.replications == 30);
  CHECK(narrow.budget->pilot == 0);
}

TEST_CASE("Near zero the wanted width is absolute") {
  CHECK(wanted_half_width(100, "s", 0.02) == 2);
  CHECK(wanted_half_width(0, "s", 0.02) == 0.01);
  CHECK(wanted_half_width(1e9, "bytes", 0.02) == 2e7);
  CHECK(wanted_half_width(0, "bytes", 0.02) == 1e6);
  CHECK(wanted_half_width(0.001, "share", 0.02) == 0.001);
  CHECK(wanted_half_width(3, "count", 0.02) == 0.5);
}

TEST_CASE("What no number of runs can settle does not use the budget up") {
  const auto never = [](const Study& study, StudyResult* result) {
    if (result->variants.empty()) result->variants.push_back({"only", {}, {}});
    for (std::int64_t i = 0; i < study.replications; ++i) {
      RunSummary run;
      run.digest = study.first_run + static_cast<std::uint32_t>(i);
      run.thresholds = {std::nullopt};
      result->variants[0].runs.push_back(std::move(run));
    }
    return true;
  };
  Study study = empty_study();
  study.thresholds = {below(10, {})};
  const StudyResult result = run_to_budget(&study, never, {20, 1000, 0.02}, false);
  CHECK(result.overall.outcome == Verdict::unsure);
  CHECK(study.replications <= 40);
}
