// From the per-run values of a threshold to PASS, FAIL or UNSURE, and from all thresholds to one
// verdict. Pure: numbers in, words out. The rules with their sources are in docs/statistics.md.
//
// One threshold, error level 5 %:
//  * `N% of runs` (default 80 %): each run meets the limit or not. One-sided exact bounds
//    (Clopper-Pearson) for the share of runs that do, 95 % on each side: PASS when the lower bound
//    is not under N %, FAIL when the upper bound is under it. 14 clean runs make a PASS of the
//    default (0.05^(1/14) = 0.807), 13 do not (0.794).
//  * `every run`: one bad run is a FAIL; a PASS says how many runs stand behind it.
//  * `mean of runs`: Student's two-sided interval for the mean over runs against the limit.
//  * Against another variant: the same on per-run differences value - (other * factor + offset)
//    with the limit 0; without a written `across`, Student's interval of the mean difference.
//  * Runs that do not vary (at least two, one value in all): the value decides.
//  * Where runs draw what is not known (ranges, profiles), intervals are of the value of one run
//    (a prediction interval) in the place of that of the mean.
//  * Nothing measured, or fewer runs than the rule needs: UNSURE with the reason.
//  * An infinite value is above every limit and never meets one.
#pragma once

#include <pullsim/statistics.hpp>

#include "tools/input/study.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

bool meets_limit(Operator op, double value, double limit);

enum class Verdict : std::uint8_t { pass, fail, unsure };
std::string_view verdict_word(Verdict verdict);  ///< "PASS", "FAIL", "UNSURE"

inline constexpr double kErrorLevel = 0.05;

/// What an interval over runs is of. Where runs draw what is not known, the true figures are those
/// of one of them and not of their mean: the interval is of the value of one run.
enum class IntervalOf : std::uint8_t { mean_of_runs, one_run };
IntervalOf interval_of(const Study& study);
std::optional<Interval> interval_of(std::span<const double> samples, IntervalOf of,
                                    double confidence = 0.95);

/// What the runs gave for one threshold and one variant, by run.
struct ThresholdRuns {
  std::vector<std::optional<double>> values;  ///< the aggregate; infinite: never
  std::vector<std::optional<double>> others;  ///< of the other variant; empty for a plain limit
  /// At least two runs were equal event for event (their digests): a count or share that is the
  /// same in all runs then is no accident.
  bool runs_identical = false;
  IntervalOf interval_of = IntervalOf::mean_of_runs;
};

struct ThresholdResult {
  std::string name;
  std::string variant;
  Verdict outcome = Verdict::unsure;
  std::string reason;           ///< why UNSURE, or what stands behind a PASS; may be empty
  std::optional<double> value;  ///< mean over runs; infinite if one run is; absent: not measured
  std::optional<Interval> interval;    ///< Student's, of the mean value
  std::optional<double> limit;         ///< the number, or mean of other * factor + offset
  std::optional<Interval> difference;  ///< Student's, of the paired differences
  std::int64_t runs = 0;
  std::int64_t runs_met = 0;
  std::int64_t runs_never = 0;       ///< value infinite
  std::int64_t runs_unmeasured = 0;  ///< nothing to measure in the run
  std::optional<Interval> share;     ///< one-sided bounds of the share of runs that meet the limit
  bool same_in_every_run = false;
  bool warn_only = false;
};

/// `level` is the error level; the outcome users see is at kErrorLevel, smaller ones serve Holm's
/// correction.
ThresholdResult judge(const Threshold& threshold, const std::string& variant,
                      const ThresholdRuns& runs, double level = kErrorLevel);

struct Judged {
  const Threshold* threshold = nullptr;  ///< of the study, which lives longer
  ThresholdRuns runs;
  ThresholdResult result;
};

struct OverallOptions {
  bool strict = false;         ///< warnings count as failures
  std::int64_t warnings = 0;   ///< number of warnings of the scenario and the runs
  double level = kErrorLevel;  ///< of all thresholds together
};

struct Overall {
  Verdict outcome = Verdict::pass;
  std::string reason;
  std::int64_t judged = 0;  ///< thresholds that count
  std::int64_t failed = 0;  ///< of these, single outcomes
  std::int64_t unsure = 0;
};

/// All thresholds together. PASS needs every one to PASS: that all hold is wrong with at most 5 %
/// however many there are (intersection-union test), so nothing is corrected. FAIL says that at
/// least one does not hold, which many tests find by accident: it needs one that still FAILs at
/// 5 % / number of judged thresholds (Holm's first step). FAIL beats UNSURE; `severity: warn` does
/// not count unless strict.
Overall judge_all(const std::vector<Judged>& all, const OverallOptions& options);

/// Exit code of user-experience.md section 5: 0, 1 or 3.
int exit_code_of(Verdict verdict);

}  // namespace pullsim
