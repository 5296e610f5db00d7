// As many runs as are needed: what the pilot decides, and what uses no budget up. What intervals
// then cover is in tests/coverage.
#include "tests/support/catch.hpp"
#include "tests/support/known_chance.hpp"

using namespace pullsim;
using namespace pullsim::test;

TEST_CASE("Runs that do not vary end with the pilot, without room for one all runs are made") {
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
