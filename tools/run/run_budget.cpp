// Pilot, batch, looks; see the header.
#include "tools/run/run_budget.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

constexpr double kReserve = 1.4;
constexpr double kStep = 1.25;  // between the numbers of runs that are tried

/// The runs over and over until there are `count`.
template <class T>
std::vector<T> repeated(const std::vector<T>& values, std::int64_t count) {
  std::vector<T> out;
  if (values.empty()) return out;
  out.reserve(static_cast<std::size_t>(count));
  while (out.size() < static_cast<std::size_t>(count)) {
    out.push_back(values[out.size() % values.size()]);
  }
  return out;
}

/// More runs can bring a verdict: every run measured something.
bool can_be_decided(const Judged& judged) {
  const auto& values = judged.runs.values;
  return !values.empty() && std::all_of(values.begin(), values.end(),
                                        [](const auto& value) { return value.has_value(); });
}

bool decided(const Judged& judged, std::int64_t runs) {
  if (!can_be_decided(judged)) return true;
  ThresholdRuns more = judged.runs;
  more.values = repeated(judged.runs.values, runs);
  more.others = repeated(judged.runs.others, runs);
  const auto& again = judge(*judged.threshold, judged.result.variant, more, kLookLevel);
  return again.outcome != Verdict::unsure;
}

/// The half width at `runs` runs of the spread of these is narrow enough; also where no mean
/// exists.
bool precise(const std::vector<std::optional<double>>& values, std::string_view unit,
             std::int64_t runs, double precision) {
  std::vector<double> finite;
  for (const auto& value : values) {
    if (!value || std::isinf(*value)) return true;  // more runs do not make it finite
    finite.push_back(*value);
  }
  if (finite.size() < 2) return finite.empty();
  const double half = student_half_width(standard_deviation(finite), runs);
  return half <= wanted_half_width(mean(finite), unit, precision);
}

bool all_precise(const StudyResult& result, std::int64_t runs, double precision) {
  for (const Judged& judged : result.thresholds) {
    const auto unit = aggregate_unit(judged.threshold->metric, judged.threshold->aggregate);
    if (!precise(judged.runs.values, unit, runs, precision)) return false;
  }
  if (!result.thresholds.empty()) return true;
  return std::all_of(result.variants.begin(), result.variants.end(),
                     [&](const VariantResult& variant) {
                       return precise(per_run(variant, Metric::pod_ready, SummaryAggregate::p95),
                                      "s", runs, precision);
                     });
}

bool settled_with(const StudyResult& result, const RunBudget& budget, std::int64_t runs) {
  return std::all_of(result.thresholds.begin(), result.thresholds.end(),
                     [&](const Judged& judged) { return decided(judged, runs); }) &&
         (!budget.precision || all_precise(result, runs, *budget.precision));
}

std::int64_t runs_of(const StudyResult& result) {
  return result.variants.empty() ? 0
                                 : static_cast<std::int64_t>(result.variants.front().runs.size());
}

bool all_equal(const StudyResult& result) {
  return std::all_of(result.variants.begin(), result.variants.end(), [](const VariantResult& v) {
    return v.runs.size() > 1 &&
           std::all_of(v.runs.begin(), v.runs.end(),
                       [&](const RunSummary& run) { return run.digest == v.runs.front().digest; });
  });
}

/// One study in the making.
class Budgeted {
 public:
  Budgeted(Study* study, const MakeRuns& make, const RunBudget& budget, bool strict)
      : study_(study), make_(make), budget_(budget), strict_(strict) {}

  StudyResult make() {
    found_ = {budget_.least, budget_.most, budget_.precision};
    const std::int64_t left = budget_.most - budget_.least;
    if (left < budget_.least) {  // no room for a pilot: all runs at once, looked at once
      make_runs(0, budget_.most);
      return close(0, 1);
    }
    make_runs(0, budget_.least);
    if (ended_ || all_equal(result_)) return close(0, 1);
    judge(kLookLevel);
    const std::int64_t first = runs_needed(result_, budget_, left);
    result_ = {};
    found_.pilot = budget_.least;
    std::int64_t wanted = std::max(first, std::min(left, budget_.least));
    for (std::int64_t look = 1;; ++look) {
      make_runs(found_.pilot + runs_of(result_), wanted - runs_of(result_));
      judge(kLookLevel);
      const bool last = ended_ || wanted == left || look == kLooksMost;
      if (last || is_settled(result_, budget_)) return close(found_.pilot, look);
      const std::int64_t more = runs_needed(result_, budget_, left);
      wanted = look + 1 == kLooksMost ? left : std::clamp(more, wanted + 1, left);
    }
  }

 private:
  void make_runs(std::int64_t first, std::int64_t count) {
    study_->first_run = static_cast<std::uint32_t>(first);
    study_->replications = count;
    ended_ = count > 0 && !make_(*study_, &result_);
  }

  void judge(double level) {
    result_.level = level;
    finish(*study_, strict_, &result_);
  }

  /// Where it ended in the midst of a run's variants, that run does not count for any.
  void drop_odd_runs() {
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const auto& variant : result_.variants) least = std::min(least, variant.runs.size());
    for (auto& variant : result_.variants) variant.runs.resize(least);
  }

  StudyResult close(std::int64_t pilot, std::int64_t looks) {
    drop_odd_runs();
    study_->first_run = static_cast<std::uint32_t>(pilot);
    study_->replications = std::max<std::int64_t>(runs_of(result_), 1);
    found_.pilot = pilot;
    found_.looks = looks;
    judge(pilot > 0 ? kLookLevel : kErrorLevel);
    found_.reached = !ended_ && is_settled(result_, budget_);
    study_->budget = found_;
    return std::move(result_);
  }

  Study* study_;
  const MakeRuns& make_;
  const RunBudget& budget_;
  bool strict_;
  StudyResult result_;
  RunsFound found_;
  bool ended_ = false;
};

}  // namespace

double wanted_half_width(double value, std::string_view unit, double precision) {
  const double least = unit == "s"                            ? 0.01
                       : unit == "bytes" || unit == "bytes/s" ? 1e6
                       : unit == "share"                      ? 0.001
                                                              : 0.5;
  return std::max(precision * std::abs(value), least);
}

bool is_settled(const StudyResult& result, const RunBudget& budget) {
  return settled_with(result, budget, runs_of(result));
}

std::int64_t runs_needed(const StudyResult& result, const RunBudget& budget, std::int64_t most) {
  for (double runs = static_cast<double>(std::max<std::int64_t>(runs_of(result), 2));
       runs * kReserve < static_cast<double>(most); runs *= kStep) {
    const auto count = static_cast<std::int64_t>(runs);
    if (settled_with(result, budget, count)) {
      return std::min(most, static_cast<std::int64_t>(std::ceil(runs * kReserve)));
    }
  }
  return most;
}

StudyResult run_to_budget(Study* study, const MakeRuns& make, const RunBudget& budget,
                          bool strict) {
  return Budgeted(study, make, budget, strict).make();
}

StudyResult run_to_budget(Study* study, const ReplicationOptions& options, const RunBudget& budget,
                          bool strict, const RunWatch& watch) {
  ReplicationOptions by_run = options;
  by_run.by_run = true;
  bool ended = false;
  const MakeRuns make = [&](const Study& of, StudyResult* result) {
    const auto all = of.replications * static_cast<std::int64_t>(of.variants.size());
    const auto done = run_and_summarise(
        of, by_run, [&](std::size_t variant, RunResult&& run, RunSummary&& summary) {
          add_run(of, variant, std::move(summary), run.warnings, result);
          if (watch) watch(variant, result->variants[variant].runs.back());
        });
    ended = done < all;
    return !ended;
  };
  StudyResult result = run_to_budget(study, make, budget, strict);
  result.partial = ended && options.stop != nullptr && options.stop->load() != 0;
  return result;
}

}  // namespace pullsim
