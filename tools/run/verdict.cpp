// The verdict rules, one function for each way of joining runs. Reasons: the header.
#include "tools/run/verdict.hpp"

#include "sim/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// What is compared in each run, and with what: the value with the limit, or the difference with 0.
struct Compared {
  std::vector<std::optional<double>> values;
  double limit = 0;
};

Compared compared(const Threshold& threshold, const ThresholdRuns& runs) {
  if (threshold.limit.variant.empty()) return {runs.values, threshold.limit.value};
  PULLSIM_CHECK(runs.others.size() == runs.values.size(), "paired runs come in pairs");
  Compared differences;
  for (std::size_t i = 0; i < runs.values.size(); ++i) {
    const auto& value = runs.values[i];
    const auto& other = runs.others[i];
    if (!value || !other) {
      differences.values.emplace_back();
    } else if (std::isinf(*value)) {
      differences.values.emplace_back(kInfinite);
    } else {
      const double limit = *other * threshold.limit.factor + threshold.limit.offset;
      differences.values.emplace_back(*value - limit);
    }
  }
  return differences;
}

struct Counts {
  std::int64_t runs = 0;
  std::int64_t met = 0;
  std::int64_t unmeasured = 0;
  std::int64_t infinite = 0;  // of either sign
  std::vector<double> measured;
};

Counts count(const Compared& data, Operator op) {
  Counts counts;
  counts.runs = static_cast<std::int64_t>(data.values.size());
  for (const auto& value : data.values) {
    if (!value) {
      ++counts.unmeasured;
      continue;
    }
    counts.measured.push_back(*value);
    const bool never = *value == kInfinite;
    if (std::isinf(*value)) ++counts.infinite;
    if (!never && meets_limit(op, *value, data.limit)) ++counts.met;
  }
  return counts;
}

bool all_equal(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
}

/// Counts and shares take few values, so equal ones may be an accident; times and sizes do not.
bool discrete(const Aggregate& aggregate) {
  return aggregate.kind == Aggregate::Kind::fraction || aggregate.kind == Aggregate::Kind::count;
}

struct Finding {
  Verdict outcome = Verdict::unsure;
  std::string reason;
};

std::int64_t clean_runs_needed(double share, double level) {
  return static_cast<std::int64_t>(std::ceil(std::log(level) / std::log(share)));
}

Finding judge_share(const Counts& counts, double share, double level) {
  // A run in which nothing was measured counts against whatever is to be shown.
  const double confidence = 1 - 2 * level;
  const auto hits_most = counts.met + counts.unmeasured;
  if (binomial_interval(counts.met, counts.runs, confidence).low >= share) {
    return {Verdict::pass, ""};
  }
  if (binomial_interval(hits_most, counts.runs, confidence).high < share) {
    return {Verdict::fail, fmt::format("{} of {} runs meet it", counts.met, counts.runs)};
  }
  const auto needed = clean_runs_needed(share, level);
  if (counts.unmeasured > 0) {
    return {Verdict::unsure,
            fmt::format("nothing measured in {} of {} runs", counts.unmeasured, counts.runs)};
  }
  if (counts.runs < needed) {
    return {Verdict::unsure, fmt::format("{} of {} runs meet it; the rule needs {} runs",
                                         counts.met, counts.runs, needed)};
  }
  return {Verdict::unsure, fmt::format("{} of {} runs meet it: too close to {:g} % to tell",
                                       counts.met, counts.runs, share * 100)};
}

Finding judge_every(const Counts& counts) {
  const auto bad = counts.runs - counts.met - counts.unmeasured;
  if (bad > 0) return {Verdict::fail, fmt::format("{} of {} runs miss it", bad, counts.runs)};
  if (counts.unmeasured > 0) {
    return {Verdict::unsure,
            fmt::format("nothing measured in {} of {} runs", counts.unmeasured, counts.runs)};
  }
  return {Verdict::pass, fmt::format("0 of {} runs miss it", counts.runs)};
}

Finding judge_mean(const Counts& counts, Operator op, double limit, double level, IntervalOf of) {
  if (std::count(counts.measured.begin(), counts.measured.end(), kInfinite) > 0) {
    return {Verdict::fail, "not done by the end of at least one run: above every limit"};
  }
  if (counts.infinite > 0) {
    return {Verdict::unsure, "the other variant is not done by the end of at least one run"};
  }
  if (counts.unmeasured > 0) {
    return {Verdict::unsure,
            fmt::format("nothing measured in {} of {} runs", counts.unmeasured, counts.runs)};
  }
  const auto interval = interval_of(counts.measured, of, 1 - level);
  if (!interval) return {Verdict::unsure, "1 run; the rule needs 2 runs"};
  const bool low = meets_limit(op, interval->low, limit);
  const bool high = meets_limit(op, interval->high, limit);
  if (low && high) return {Verdict::pass, ""};
  if (!low && !high && (op != Operator::equal || interval->low > limit || interval->high < limit)) {
    return {Verdict::fail, ""};
  }
  return {Verdict::unsure, "the interval reaches across the limit"};
}

void describe(const ThresholdRuns& runs, const Threshold& threshold, ThresholdResult* result) {
  std::vector<double> values;
  for (const auto& value : runs.values) {
    if (value) values.push_back(*value);
  }
  if (!values.empty()) {
    result->value = mean(values);
    result->same_in_every_run =
        values.size() == runs.values.size() && values.size() > 1 && all_equal(values);
    if (std::isfinite(*result->value)) result->interval = interval_of(values, runs.interval_of);
  }
  result->runs_never = std::count(values.begin(), values.end(), kInfinite);
  if (threshold.limit.variant.empty()) {
    result->limit = threshold.limit.value;
    return;
  }
  std::vector<double> limits;
  for (const auto& other : runs.others) {
    if (other) limits.push_back(*other * threshold.limit.factor + threshold.limit.offset);
  }
  if (!limits.empty()) result->limit = mean(limits);
}

Finding decide(const Threshold& threshold, const ThresholdRuns& runs, const Compared& data,
               const Counts& counts, double level) {
  if (counts.runs == 0) return {Verdict::unsure, "no run was finished"};
  if (counts.measured.empty()) return {Verdict::unsure, "nothing measured"};
  const Across& across = threshold.across;
  const bool share = across.kind == Across::Kind::share_of_runs;
  if (across.kind == Across::Kind::every_run || (share && across.share >= 1)) {
    return judge_every(counts);
  }
  const bool certain = counts.runs > 1 && counts.unmeasured == 0 && all_equal(counts.measured) &&
                       (runs.runs_identical || !discrete(threshold.aggregate));
  if (certain) {
    return {counts.met > 0 ? Verdict::pass : Verdict::fail, "same in every run: the value decides"};
  }
  const bool paired = !threshold.limit.variant.empty();
  if (share && !(paired && !across.given)) return judge_share(counts, across.share, level);
  return judge_mean(counts, threshold.op, data.limit, level, runs.interval_of);
}

}  // namespace

bool meets_limit(Operator op, double value, double limit) {
  switch (op) {
    case Operator::less:
      return value < limit;
    case Operator::less_equal:
      return value <= limit;
    case Operator::greater:
      return value > limit;
    case Operator::greater_equal:
      return value >= limit;
    case Operator::equal:
      return value == limit;
  }
  return false;
}

IntervalOf interval_of(const Study& study) {
  const bool drawn = !study.ranges.empty() || !study.profiles.empty();
  return drawn ? IntervalOf::one_run : IntervalOf::mean_of_runs;
}

std::optional<Interval> interval_of(std::span<const double> samples, IntervalOf of,
                                    double confidence) {
  return of == IntervalOf::one_run ? prediction_interval(samples, confidence)
                                   : student_interval(samples, confidence);
}

std::string_view verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "PASS";
    case Verdict::fail:
      return "FAIL";
    case Verdict::unsure:
      break;
  }
  return "UNSURE";
}

ThresholdResult judge(const Threshold& threshold, const std::string& variant,
                      const ThresholdRuns& runs, double level) {
  const Compared data = compared(threshold, runs);
  const Counts counts = count(data, threshold.op);
  const Finding finding = decide(threshold, runs, data, counts, level);
  ThresholdResult result;
  result.name = threshold.name;
  result.variant = variant;
  result.outcome = finding.outcome;
  result.reason = finding.reason;
  result.runs = counts.runs;
  result.runs_met = counts.met;
  result.runs_unmeasured = counts.unmeasured;
  result.warn_only = threshold.warn_only;
  describe(runs, threshold, &result);
  if (counts.runs > 0) {
    result.share = binomial_interval(counts.met, counts.runs, 1 - 2 * level);
  }
  if (!threshold.limit.variant.empty() && counts.infinite == 0) {
    result.difference = interval_of(counts.measured, runs.interval_of, 1 - level);
  }
  return result;
}

Overall judge_all(const std::vector<Judged>& all, const OverallOptions& options) {
  Overall overall;
  for (const Judged& one : all) {
    if (one.threshold->warn_only && !options.strict) continue;
    ++overall.judged;
    if (one.result.outcome == Verdict::fail) ++overall.failed;
    if (one.result.outcome == Verdict::unsure) ++overall.unsure;
  }
  if (options.strict && options.warnings > 0) {
    overall.outcome = Verdict::fail;
    overall.reason = fmt::format("{} warnings, and --strict counts them", options.warnings);
    return overall;
  }
  if (overall.failed > 0) {
    const double level = options.level / static_cast<double>(overall.judged);
    for (const Judged& one : all) {
      if (one.threshold->warn_only && !options.strict) continue;
      if (one.result.outcome != Verdict::fail) continue;
      const auto again = judge(*one.threshold, one.result.variant, one.runs, level);
      if (again.outcome == Verdict::fail) {
        overall.outcome = Verdict::fail;
        return overall;
      }
    }
    overall.outcome = Verdict::unsure;
    overall.reason =
        fmt::format("no FAIL survives Holm's correction for {} thresholds", overall.judged);
  } else if (overall.unsure > 0) {
    overall.outcome = Verdict::unsure;
  }
  return overall;
}

int exit_code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return 0;
    case Verdict::fail:
      return 1;
    case Verdict::unsure:
      break;
  }
  return 3;
}

}  // namespace pullsim
