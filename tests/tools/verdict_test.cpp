// The verdict rules, with the arithmetic behind the borders.
#include "tools/run/verdict.hpp"

#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>

using namespace pullsim;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
using Values = std::vector<std::optional<double>>;

Threshold below(double limit, Across across = {}) {
  Threshold threshold;
  threshold.name = "t";
  threshold.aggregate = {Aggregate::Kind::percentile, 95, ""};
  threshold.limit.value = limit;
  threshold.across = across;
  return threshold;
}

/// `good` runs near 10 and `bad` runs near 100, no two alike.
ThresholdRuns runs(int good, int bad) {
  ThresholdRuns all;
  for (int i = 0; i < good; ++i) all.values.emplace_back(10 + 0.01 * i);
  for (int i = 0; i < bad; ++i) all.values.emplace_back(100 + 0.01 * i);
  return all;
}

Verdict share_verdict(int good, int bad) { return judge(below(50), "v", runs(good, bad)).outcome; }

const Across kEvery{Across::Kind::every_run, 1, true};
const Across kMean{Across::Kind::mean_of_runs, 0, true};

}  // namespace

TEST_CASE("80 % of runs: 14 clean runs pass, 13 do not") {
  // One-sided exact 95 % bound of the share after n clean runs: 0.05^(1/n).
  CHECK(std::pow(0.05, 1 / 13.0) == Approx(0.7942).margin(1e-4));
  CHECK(std::pow(0.05, 1 / 14.0) == Approx(0.8074).margin(1e-4));
  // The two-sided interval would ask for more: 0.025^(1/14) = 0.768, 0.025^(1/17) = 0.805.
  CHECK(std::pow(0.025, 1 / 14.0) < 0.8);
  const auto passed = judge(below(50), "v", runs(14, 0));
  CHECK(passed.outcome == Verdict::pass);
  CHECK(passed.share->low == Approx(0.8074).margin(1e-4));
  const auto short_of_one = judge(below(50), "v", runs(13, 0));
  CHECK(short_of_one.outcome == Verdict::unsure);
  CHECK(short_of_one.reason == "13 of 13 runs meet it; the rule needs 14 runs");
}

TEST_CASE("80 % of runs: outcomes between") {
  // One-sided lower bounds: 19 of 20 gives 0.784, 21 of 22 gives 0.802.
  CHECK(share_verdict(20, 0) == Verdict::pass);
  CHECK(share_verdict(19, 1) == Verdict::unsure);
  CHECK(share_verdict(21, 1) == Verdict::pass);
  // FAIL: P(X <= hits | n, 0.8) < 0.05. n = 20: P(X <= 12) = 0.0321, P(X <= 13) = 0.0867.
  CHECK(share_verdict(12, 8) == Verdict::fail);
  CHECK(share_verdict(13, 7) == Verdict::unsure);
  // Two runs that both miss: 0.2^2 = 0.04 < 0.05.
  CHECK(share_verdict(0, 2) == Verdict::fail);
  CHECK(share_verdict(0, 1) == Verdict::unsure);
  CHECK(judge(below(50), "v", runs(19, 1)).reason ==
        "19 of 20 runs meet it: too close to 80 % to tell");
}

TEST_CASE("A written share sets the number of runs that are needed") {
  const Across ninety_five{Across::Kind::share_of_runs, 0.95, true};
  // 0.05^(1/58) = 0.9497, 0.05^(1/59) = 0.9505.
  CHECK(judge(below(50, ninety_five), "v", runs(58, 0)).outcome == Verdict::unsure);
  CHECK(judge(below(50, ninety_five), "v", runs(59, 0)).outcome == Verdict::pass);
  const Across all{Across::Kind::share_of_runs, 1, true};
  CHECK(judge(below(50, all), "v", runs(20, 1)).outcome == Verdict::fail);
  CHECK(judge(below(50, all), "v", runs(20, 0)).outcome == Verdict::pass);
}

TEST_CASE("Every run: one bad run fails, a pass says what stands behind it") {
  CHECK(judge(below(50, kEvery), "v", runs(58, 1)).outcome == Verdict::fail);
  const auto passed = judge(below(50, kEvery), "v", runs(59, 0));
  CHECK(passed.outcome == Verdict::pass);
  CHECK(passed.reason == "0 of 59 runs miss it");
}

TEST_CASE("Mean of runs: Student's interval against the limit") {
  // Mean 11, s = 1, n = 4: 11 +- 3.1824 * 1 / 2 = [9.409, 12.591].
  ThresholdRuns four;
  four.values = {10.0, 10.5, 11.5, 12.0};
  const double half = 3.182446305 * std::sqrt(2.5 / 3) / 2;
  CHECK(judge(below(11 + half + 0.01, kMean), "v", four).outcome == Verdict::pass);
  CHECK(judge(below(11 + half - 0.01, kMean), "v", four).outcome == Verdict::unsure);
  CHECK(judge(below(11 - half + 0.01, kMean), "v", four).outcome == Verdict::unsure);
  CHECK(judge(below(11 - half - 0.01, kMean), "v", four).outcome == Verdict::fail);
  const auto result = judge(below(20, kMean), "v", four);
  CHECK(*result.value == 11.0);
  CHECK(result.interval->low == Approx(11 - half));
  CHECK(judge(below(20, kMean), "v", runs(1, 0)).reason == "1 run; the rule needs 2 runs");
}

TEST_CASE("Never ready is above every limit and meets none, not even `>`") {
  ThresholdRuns all;
  all.values.assign(20, kNever);
  CHECK(judge(below(1e9), "v", all).outcome == Verdict::fail);
  CHECK(judge(below(1e9, kMean), "v", all).outcome == Verdict::fail);
  auto above = below(5);
  above.op = Operator::greater;
  CHECK(judge(above, "v", all).outcome == Verdict::fail);
  auto one_of_twenty = runs(19, 0);
  one_of_twenty.values.emplace_back(kNever);
  CHECK(judge(below(50, kMean), "v", one_of_twenty).outcome == Verdict::fail);
  const auto result = judge(below(50), "v", one_of_twenty);
  CHECK(result.outcome == Verdict::unsure);
  CHECK(result.runs_never == 1);
  CHECK_FALSE(result.interval.has_value());
}

TEST_CASE("Nothing measured is not a pass") {
  CHECK(judge(below(50), "v", {}).outcome == Verdict::unsure);
  ThresholdRuns none;
  none.values.resize(20);
  for (const Across& across : {Across{}, kEvery, kMean}) {
    const auto result = judge(below(50, across), "v", none);
    CHECK(result.outcome == Verdict::unsure);
    CHECK(result.reason == "nothing measured");
  }
  auto one_missing = runs(19, 0);
  one_missing.values.emplace_back();
  CHECK(judge(below(50), "v", one_missing).outcome == Verdict::unsure);
  CHECK(judge(below(50, kEvery), "v", one_missing).outcome == Verdict::unsure);
  CHECK(judge(below(50, kMean), "v", one_missing).outcome == Verdict::unsure);
}

TEST_CASE("Runs that do not vary: the value decides, from two runs on") {
  ThresholdRuns same;
  same.values = {12.0, 12.0};
  CHECK(judge(below(50), "v", same).outcome == Verdict::pass);
  CHECK(judge(below(12), "v", same).outcome == Verdict::fail);
  CHECK(judge(below(50), "v", same).same_in_every_run);
  same.values = {12.0};
  CHECK(judge(below(50), "v", same).outcome == Verdict::unsure);
}

TEST_CASE("A share that is the same in all runs is an accident unless the runs are identical") {
  auto threshold = below(0.99);
  threshold.op = Operator::greater_equal;
  threshold.aggregate = {Aggregate::Kind::fraction, 60, "<"};
  ThresholdRuns same;
  same.values.assign(5, 1.0);
  CHECK(judge(threshold, "v", same).outcome == Verdict::unsure);
  same.runs_identical = true;
  CHECK(judge(threshold, "v", same).outcome == Verdict::pass);
}

TEST_CASE("Against another variant the runs are paired") {
  auto threshold = below(0);
  threshold.op = Operator::less_equal;
  threshold.limit.variant = "large";
  threshold.limit.factor = 0.6;
  ThresholdRuns pairs;
  // Run by run 1 to 3 s under the limit, though the values spread over 100 s.
  for (int i = 0; i < 6; ++i) {
    pairs.others.emplace_back(100.0 + 20 * i);
    pairs.values.emplace_back(0.6 * (100.0 + 20 * i) - 2 + (i % 2 == 0 ? 1 : -1));
  }
  const auto result = judge(threshold, "slim", pairs);
  CHECK(result.outcome == Verdict::pass);
  CHECK(*result.limit == Approx(90));
  CHECK(result.difference->high < 0);
  SECTION("a written share of runs needs its number of runs") {
    threshold.across = {Across::Kind::share_of_runs, 0.8, true};
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::unsure);
  }
  SECTION("every run") {
    threshold.across = kEvery;
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::pass);
    pairs.values[3] = 1000.0;
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::fail);
  }
  SECTION("an offset moves the limit") {
    threshold.limit.offset = -2;
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::unsure);
    threshold.limit.offset = -4;
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::fail);
  }
  SECTION("never ready against anything is a failure, even against never ready") {
    pairs.values[0] = kNever;
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::fail);
    pairs.others[0] = kNever;
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::fail);
  }
  SECTION("the other variant is never ready: no mean difference exists") {
    pairs.others[0] = kNever;
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::unsure);
    threshold.across = kEvery;
    CHECK(judge(threshold, "slim", pairs).outcome == Verdict::pass);
  }
}

TEST_CASE("All thresholds: FAIL beats UNSURE, warnings do not count unless strict") {
  const auto fails = below(50);
  auto warns = below(50);
  warns.warn_only = true;
  const auto judged = [](const Threshold& threshold, const ThresholdRuns& all) {
    return Judged{&threshold, all, judge(threshold, "v", all)};
  };
  const auto good = judged(fails, runs(20, 0));
  const auto bad = judged(fails, runs(0, 20));
  const auto open = judged(fails, runs(5, 0));
  const auto warn = judged(warns, runs(0, 20));
  CHECK(judge_all({}, {}).outcome == Verdict::pass);
  CHECK(judge_all({good, good}, {}).outcome == Verdict::pass);
  CHECK(judge_all({good, open}, {}).outcome == Verdict::unsure);
  CHECK(judge_all({open, bad, good}, {}).outcome == Verdict::fail);
  CHECK(judge_all({good, warn}, {}).outcome == Verdict::pass);
  CHECK(judge_all({good, warn}, {}).judged == 1);
  CHECK(judge_all({good, warn}, {true, 0}).outcome == Verdict::fail);
  CHECK(judge_all({good}, {true, 2}).outcome == Verdict::fail);
  CHECK(judge_all({good}, {false, 2}).outcome == Verdict::pass);
}

TEST_CASE("A single FAIL must survive Holm's correction to fail the whole") {
  const auto threshold = below(50);
  // 12 of 20: p = 0.0321, a FAIL alone (0.05) and not among two (0.025).
  const Judged weak{&threshold, runs(12, 8), judge(threshold, "v", runs(12, 8))};
  const Judged good{&threshold, runs(20, 0), judge(threshold, "v", runs(20, 0))};
  REQUIRE(weak.result.outcome == Verdict::fail);
  CHECK(judge_all({weak}, {}).outcome == Verdict::fail);
  const auto both = judge_all({weak, good}, {});
  CHECK(both.outcome == Verdict::unsure);
  CHECK(both.failed == 1);
  CHECK(both.reason == "no FAIL survives Holm's correction for 2 thresholds");
}

TEST_CASE("Exit codes of verdicts") {
  CHECK(exit_code_of(Verdict::pass) == 0);
  CHECK(exit_code_of(Verdict::fail) == 1);
  CHECK(exit_code_of(Verdict::unsure) == 3);
}

TEST_CASE("where runs draw what is not known, a mean is judged by the interval of one run") {
  ThresholdRuns all;
  for (int i = 0; i < 40; ++i) all.values.emplace_back(10 + i % 5);  // mean 12, 9.1 to 14.9
  CHECK(judge(below(13, kMean), "v", all).outcome == Verdict::pass);
  all.interval_of = IntervalOf::one_run;
  CHECK(judge(below(13, kMean), "v", all).outcome == Verdict::unsure);
  CHECK(judge(below(16, kMean), "v", all).outcome == Verdict::pass);
  CHECK(judge(below(8, kMean), "v", all).outcome == Verdict::fail);
  CHECK(judge(below(16, kMean), "v", all).interval->high == Approx(14.9).margin(0.1));
  Study study;
  CHECK(interval_of(study) == IntervalOf::mean_of_runs);
  study.ranges = {"registries.main.egress"};
  CHECK(interval_of(study) == IntervalOf::one_run);
  study.ranges.clear();
  study.profiles.push_back({"p.yaml", "", 0});
  CHECK(interval_of(study) == IntervalOf::one_run);
}
