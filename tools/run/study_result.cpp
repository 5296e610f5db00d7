// Reduces runs to what outputs need, judges the thresholds over all of them.
#include "tools/run/study_result.hpp"

#include "tools/run/run_bill.hpp"

#include "sim/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pullsim {
namespace {

constexpr double kTypicalShare = 0.95;

MetricSummary summary_of(Metric metric, const Scenario& scenario, const RunResult& result) {
  MetricSummary summary;
  const auto values = samples(metric, scenario, result);
  summary.count = static_cast<std::int64_t>(values.size());
  summary.never =
      std::count_if(values.begin(), values.end(), [](double value) { return std::isinf(value); });
  for (std::size_t i = 0; i < kSummaryAggregates; ++i) {
    const auto how = aggregate_of(static_cast<SummaryAggregate>(i));
    summary.values[i] = metric == Metric::cache_hits && how.kind == Aggregate::Kind::mean
                            ? measure(metric, how, scenario, result)
                            : aggregate(how, values);
  }
  return summary;
}

std::vector<double> ready_curve(const Scenario& scenario, const RunResult& result) {
  const auto values = samples(Metric::pod_ready, scenario, result);
  std::vector<double> curve;
  for (std::size_t i = 1; i <= kReadyShares && !values.empty(); ++i) {
    curve.push_back(quantile_sorted(values, static_cast<double>(i) / kReadyShares));
  }
  return curve;
}

std::optional<double> half_ready(const RunResult& result) {
  if (result.scale_outs.size() != 1 || result.pods.empty()) return std::nullopt;
  std::vector<double> moments;
  for (const PodRow& pod : result.pods) {
    moments.push_back(pod.ready ? to_seconds(*pod.ready - result.scale_outs[0].started)
                                : std::numeric_limits<double>::infinity());
  }
  std::sort(moments.begin(), moments.end());
  return quantile_sorted(moments, 0.5);
}

std::size_t variant_index(const Study& study, const std::string& name) {
  for (std::size_t i = 0; i < study.variants.size(); ++i) {
    if (study.variants[i].name == name) return i;
  }
  PULLSIM_CHECK(false, "a threshold names a variant of its study");
  return 0;
}

bool has_variant(const Study& study, const std::string& name) {
  return std::any_of(study.variants.begin(), study.variants.end(),
                     [&](const Variant& variant) { return variant.name == name; });
}

std::vector<std::optional<double>> threshold_values(const VariantResult& variant,
                                                    std::size_t threshold) {
  std::vector<std::optional<double>> values;
  for (const RunSummary& run : variant.runs) values.push_back(run.thresholds.at(threshold));
  return values;
}

bool identical_runs(const VariantResult& variant) {
  return variant.runs.size() > 1 &&
         std::all_of(variant.runs.begin(), variant.runs.end(), [&](const RunSummary& run) {
           return run.digest == variant.runs.front().digest;
         });
}

ThresholdRuns runs_for(const Study& study, const StudyResult& result, std::size_t threshold,
                       std::size_t variant) {
  const auto& other = study.thresholds[threshold].limit.variant;
  ThresholdRuns runs;
  runs.interval_of = interval_of(study);
  runs.values = threshold_values(result.variants[variant], threshold);
  runs.runs_identical = identical_runs(result.variants[variant]);
  if (other.empty()) return runs;
  if (!has_variant(study, other)) {
    runs.others.resize(runs.values.size());
    return runs;
  }
  const auto index = variant_index(study, other);
  runs.others = threshold_values(result.variants[index], threshold);
  // A stopped study may have more runs of one variant than of the other.
  const auto pairs = std::min(runs.values.size(), runs.others.size());
  runs.values.resize(pairs);
  runs.others.resize(pairs);
  runs.runs_identical = runs.runs_identical && identical_runs(result.variants[index]);
  return runs;
}

void judge_thresholds(const Study& study, StudyResult* result) {
  for (std::size_t t = 0; t < study.thresholds.size(); ++t) {
    const Threshold& threshold = study.thresholds[t];
    const std::string& other = threshold.limit.variant;
    if (other == "baseline" && !has_variant(study, other)) continue;  // judged by `compare` only
    for (std::size_t v = 0; v < study.variants.size(); ++v) {
      const std::string& name = study.variants[v].name;
      if (!threshold.variant.empty() && threshold.variant != name) continue;
      if (threshold.variant.empty() && other == name) continue;
      Judged judged{&threshold, runs_for(study, *result, t, v), {}};
      judged.result = judge(threshold, name, judged.runs, result->level);
      if (!other.empty() && !has_variant(study, other)) {
        judged.result.reason = fmt::format("variant `{}` was not run", other);
      }
      result->thresholds.push_back(std::move(judged));
    }
  }
}

constexpr std::uint64_t kFnvOffset = 14695981039346656037ULL;  // FNV-1a, 64 bits
constexpr std::uint64_t kFnvPrime = 1099511628211ULL;

std::uint64_t digest_of(const StudyResult& result) {
  std::uint64_t digest = kFnvOffset;
  for (const VariantResult& variant : result.variants) {
    for (const RunSummary& run : variant.runs) {
      for (int byte = 0; byte < 8; ++byte) {
        digest = (digest ^ ((run.digest >> (8 * byte)) & 0xFF)) * kFnvPrime;
      }
    }
  }
  return digest;
}

}  // namespace

std::string_view summary_name(SummaryAggregate which) {
  constexpr std::array<std::string_view, kSummaryAggregates> names = {"mean", "p50", "p90",
                                                                      "p95",  "p99", "max"};
  return names[static_cast<std::size_t>(which)];
}

Aggregate aggregate_of(SummaryAggregate which) {
  using Kind = Aggregate::Kind;
  switch (which) {
    case SummaryAggregate::mean:
      return {Kind::mean, 0, ""};
    case SummaryAggregate::p50:
      return {Kind::percentile, 50, ""};
    case SummaryAggregate::p90:
      return {Kind::percentile, 90, ""};
    case SummaryAggregate::p95:
      return {Kind::percentile, 95, ""};
    case SummaryAggregate::p99:
      return {Kind::percentile, 99, ""};
    case SummaryAggregate::max:
      break;
  }
  return {Kind::max, 0, ""};
}

RunSummary summarise(const Study& study, std::size_t variant, const RunResult& result) {
  const Variant& of = study.variants.at(variant);
  return of.drawn ? summarise(study, variant, of.drawn(result.run), result)
                  : summarise(study, variant, of.scenario, result);
}

RunSummary summarise(const Study& study, std::size_t variant, const Scenario& scenario,
                     const RunResult& result) {
  RunSummary run;
  run.run = result.run;
  run.digest = result.digest;
  run.ended = result.ended;
  run.counters = result.counters;
  run.node_seconds = result.node_seconds;
  run.cost = measure(Metric::cost, {Aggregate::Kind::total, 0, ""}, scenario, result);
  run.waiting_node_seconds = waiting_node_seconds(scenario, result);
  for (std::size_t i = 0; i < kMeasuredMetrics.size(); ++i) {
    run.metrics[i] = summary_of(kMeasuredMetrics[i], scenario, result);
  }
  for (const Threshold& threshold : study.thresholds) {
    run.thresholds.push_back(
        measure(threshold.metric, threshold.aggregate, scenario, result, threshold.where));
  }
  if (const auto pod = pod_at(result, kTypicalShare)) {
    const PodRow& row = result.pods[*pod];
    run.pod_at_p95 = phases_of(row, result);
    run.pod_at_p95_name = pod_name(scenario, row);
    if (row.served) run.to_traffic_at_p95 = to_seconds(*row.served - *row.ready);
  }
  run.half_ready = half_ready(result);
  run.ready_curve = ready_curve(scenario, result);
  run.load_answer = load_answer(result);
  run.lost_requests = lost_requests(study.variants.at(variant).objectives, scenario, result);
  run.outgrown = outgrown(result);
  run.pods_created = static_cast<std::int64_t>(result.pods.size());
  run.nodes_added = std::count_if(result.nodes.begin(), result.nodes.end(),
                                  [](const NodeRow& node) { return !node.initial; });
  return run;
}

void add_run(const Study& study, std::size_t variant, const RunResult& result,
             StudyResult* study_result) {
  add_run(study, variant, summarise(study, variant, result), result.warnings, study_result);
}

void add_run(const Study& study, std::size_t variant, RunSummary summary,
             const std::vector<std::string>& warnings, StudyResult* study_result) {
  auto& variants = study_result->variants;
  if (variants.empty()) {
    for (const Variant& each : study.variants) variants.push_back({each.name, {}, {}, {}, {}, {}});
  }
  VariantResult& here = variants.at(variant);
  here.runs.push_back(std::move(summary));
  for (const std::string& warning : warnings) {
    if (std::find(here.warnings.begin(), here.warnings.end(), warning) == here.warnings.end()) {
      here.warnings.push_back(warning);
    }
  }
}

void finish(const Study& study, bool strict, StudyResult* result) {
  if (result->variants.empty()) {
    for (const Variant& each : study.variants)
      result->variants.push_back({each.name, {}, {}, {}, {}, {}});
  }
  result->interval_of = interval_of(study);
  result->thresholds.clear();
  judge_thresholds(study, result);
  OverallOptions options;
  options.strict = strict;
  options.level = result->level;
  options.warnings = static_cast<std::int64_t>(study.warnings.size());
  for (const Variant& variant : study.variants) {
    options.warnings += static_cast<std::int64_t>(variant.warnings.size());
  }
  for (const VariantResult& variant : result->variants) {
    options.warnings += static_cast<std::int64_t>(variant.warnings.size());
  }
  result->overall = judge_all(result->thresholds, options);
  result->digest = digest_of(*result);
}

std::vector<std::optional<double>> per_run(const VariantResult& variant, Metric metric,
                                           SummaryAggregate which) {
  const auto place = std::find(kMeasuredMetrics.begin(), kMeasuredMetrics.end(), metric);
  PULLSIM_CHECK(place != kMeasuredMetrics.end(), "only measured metrics are summarised");
  const auto index = static_cast<std::size_t>(place - kMeasuredMetrics.begin());
  std::vector<std::optional<double>> values;
  for (const RunSummary& run : variant.runs) {
    values.push_back(run.metrics[index].values[static_cast<std::size_t>(which)]);
  }
  return values;
}

std::vector<std::optional<double>> restoration(const VariantResult& variant,
                                               std::optional<AnswerPart> part) {
  std::vector<std::optional<double>> values;
  for (const RunSummary& run : variant.runs) {
    std::optional<double> value;
    if (run.load_answer) {
      value = to_seconds(part ? (*run.load_answer)[static_cast<std::size_t>(*part)]
                              : total(*run.load_answer));
    } else if (run.outgrown) {
      value = std::numeric_limits<double>::infinity();
    }
    values.push_back(value);
  }
  return values;
}

std::vector<std::optional<double>> losses(const VariantResult& variant, std::size_t objective,
                                          LossFigure figure) {
  std::vector<std::optional<double>> values;
  for (const RunSummary& run : variant.runs) {
    const bool measured = objective < run.lost_requests.size();
    values.push_back(measured ? loss_of(run.lost_requests[objective], figure) : std::nullopt);
  }
  return values;
}

Estimate estimate(const std::vector<std::optional<double>>& values, IntervalOf of) {
  std::vector<double> finite;
  for (const auto& value : values) {
    if (!value || std::isinf(*value)) return {};
    finite.push_back(*value);
  }
  if (finite.empty()) return {};
  return {mean(finite), interval_of(finite, of)};
}

PairedDifference paired_difference(const std::vector<std::optional<double>>& base,
                                   const std::vector<std::optional<double>>& candidate,
                                   IntervalOf of) {
  PairedDifference paired;
  std::vector<double> a;
  std::vector<double> b;
  std::vector<std::optional<double>> differences;
  for (std::size_t i = 0; i < std::min(base.size(), candidate.size()); ++i) {
    if (!base[i] || !candidate[i] || std::isinf(*base[i]) || std::isinf(*candidate[i])) continue;
    a.push_back(*base[i]);
    b.push_back(*candidate[i]);
    differences.emplace_back(*candidate[i] - *base[i]);
  }
  paired.runs = static_cast<std::int64_t>(differences.size());
  // A difference of only the runs that ended well would favour the variant that ends less often.
  if (differences.size() == base.size() && differences.size() == candidate.size()) {
    paired.difference = estimate(differences, of);
    paired.correlation = correlation(a, b);
  }
  return paired;
}

}  // namespace pullsim
