// Runs to a precision and to a verdict: what intervals cover and verdicts claim, over 20,000
// studies with a known answer for each kind of chance. Minutes of computing: of the label full.
#include "tests/support/catch.hpp"
#include "tests/support/known_chance.hpp"

using namespace pullsim;
using namespace pullsim::test;

namespace {

constexpr int kStudies = 20'000;

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
