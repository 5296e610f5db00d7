// What a study's outputs need of its runs once their rows are written: per-run aggregates, one pod
// taken apart, counters. Made run by run, so that a RunResult can go as soon as it is read.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/statistics.hpp>

#include "tools/input/study.hpp"
#include "tools/run/load_answer.hpp"
#include "tools/run/lost_requests.hpp"
#include "tools/run/metrics.hpp"
#include "tools/run/pod_phases.hpp"
#include "tools/run/verdict.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// The aggregates of a metric that result files hold. An index into kSummaryAggregates.
enum class SummaryAggregate : std::uint8_t { mean, p50, p90, p95, p99, max };
inline constexpr std::size_t kSummaryAggregates = 6;
std::string_view summary_name(SummaryAggregate which);
Aggregate aggregate_of(SummaryAggregate which);

/// Points of the distribution of pod_ready that are kept of every run.
inline constexpr std::size_t kReadyShares = 100;

struct MetricSummary {
  std::int64_t count = 0;  ///< samples, those that never happened included
  std::int64_t never = 0;
  std::array<std::optional<double>, kSummaryAggregates> values;  ///< infinite: never
};

struct RunSummary {
  std::uint32_t run = 0;
  std::uint64_t digest = 0;
  SimTime ended{};
  RunCounters counters;
  double node_seconds = 0;
  /// Price of the nodes from request to removal or the scenario's duration; absent unless every
  /// pool with nodes has a price.
  std::optional<double> cost;
  double waiting_node_seconds = 0;                             ///< run_bill.hpp
  std::array<MetricSummary, kMeasuredMetrics.size()> metrics;  ///< by kMeasuredMetrics
  std::vector<std::optional<double>> thresholds;  ///< by Study::thresholds: the aggregate here
  std::optional<PodPhases> pod_at_p95;            ///< of the pods that became ready
  std::string pod_at_p95_name;
  std::optional<double> to_traffic_at_p95;  ///< of the same pod: served - ready, in seconds
  /// From the only scale-out to half of the created pods ready, in seconds; absent with several.
  std::optional<double> half_ready;
  std::optional<LoadAnswer> load_answer;
  std::vector<LostRequests> lost_requests;  ///< of each objective of the variant
  bool outgrown = false;                    ///< demand outgrew the pods of a workload
  std::int64_t pods_created = 0;
  std::int64_t nodes_added = 0;
  /// pod_ready at the shares 1/kReadyShares, 2/kReadyShares, ..., 1; infinite: never.
  std::vector<double> ready_curve;
};

/// A mean over runs with its interval; absent unless every run has a finite value.
struct Estimate {
  std::optional<double> value;
  std::optional<Interval> interval;
};

/// Standard deviations of the p95 of pod_ready over runs, in seconds (tools/run/spread.hpp).
struct Spread {
  Estimate chance;    ///< with figures as they are
  Estimate unknown;   ///< of figures that nobody knows better than their range or profile
  Estimate together;  ///< the root of the sum of both squares
};

struct VariantResult {
  std::string name;
  std::vector<RunSummary> runs;       ///< by run
  std::vector<std::string> warnings;  ///< of the models, once each, in order of appearance
  std::string evidence;               ///< of its middle run, a JSON object; empty: not gathered
  std::optional<Spread> spread;       ///< absent: nothing unknown is drawn, or not found
  std::string bill;                   ///< a JSON object; empty: without prices
};

struct StudyResult {
  std::vector<VariantResult> variants;  ///< in the study's order
  std::vector<Judged> thresholds;       ///< by threshold, then variant
  Overall overall;
  bool partial = false;  ///< stopped by a signal
  /// Error level of each threshold; smaller where the runs were looked at several times.
  double level = kErrorLevel;
  IntervalOf interval_of = IntervalOf::mean_of_runs;
  std::uint64_t digest = 0;  ///< over the digests of all runs
  std::string command;       ///< that gives the same numbers again; empty: not known
  std::string alternatives;  ///< to slimming, a JSON object; empty: not tried
  std::string outlook;       ///< tools/whatif/outlook.hpp, a JSON object; empty: not looked at
};

RunSummary summarise(const Study& study, std::size_t variant, const RunResult& result);
/// The same where the scenario of the run is at hand.
RunSummary summarise(const Study& study, std::size_t variant, const Scenario& scenario,
                     const RunResult& result);

/// Adds a run to its variant.
void add_run(const Study& study, std::size_t variant, const RunResult& result,
             StudyResult* study_result);
void add_run(const Study& study, std::size_t variant, RunSummary summary,
             const std::vector<std::string>& warnings, StudyResult* study_result);

/// Judges the thresholds at `result->level` and closes the result; needs all runs to be added.
void finish(const Study& study, bool strict, StudyResult* result);

/// The per-run values of one aggregate, by run.
std::vector<std::optional<double>> per_run(const VariantResult& variant, Metric metric,
                                           SummaryAggregate which);

/// Time until service was restored, in seconds by run: one part, or all of them. Infinite where it
/// was not; absent where demand never outgrew the pods.
std::vector<std::optional<double>> restoration(const VariantResult& variant,
                                               std::optional<AnswerPart> part);

/// What the requests of an objective that were lost come to, by run.
std::vector<std::optional<double>> losses(const VariantResult& variant, std::size_t objective,
                                          LossFigure figure);

Estimate estimate(const std::vector<std::optional<double>>& values,
                  IntervalOf of = IntervalOf::mean_of_runs);

/// candidate - base, by run, of the runs both have, with the correlation of the two.
struct PairedDifference {
  std::int64_t runs = 0;
  Estimate difference;
  std::optional<double> correlation;
};
PairedDifference paired_difference(const std::vector<std::optional<double>>& base,
                                   const std::vector<std::optional<double>>& candidate,
                                   IntervalOf of = IntervalOf::mean_of_runs);

}  // namespace pullsim
