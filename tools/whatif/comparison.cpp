// See the header.
#include "tools/whatif/comparison.hpp"

#include "tools/output/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace pullsim {
namespace {

bool one_each(const Side& base, const Side& candidate) {
  return base.result->variants.size() == 1 && candidate.result->variants.size() == 1;
}

const VariantResult* find_variant(const StudyResult& result, const std::string& name) {
  for (const VariantResult& variant : result.variants) {
    if (variant.name == name) return &variant;
  }
  return nullptr;
}

std::int64_t common_runs(const VariantResult& a, const VariantResult& b) {
  return std::count_if(a.runs.begin(), a.runs.end(), [&](const RunSummary& run) {
    return std::any_of(b.runs.begin(), b.runs.end(),
                       [&](const RunSummary& other) { return other.run == run.run; });
  });
}

/// Both with the runs that both have, by number.
std::pair<VariantResult, VariantResult> paired_runs(const VariantResult& base,
                                                    const VariantResult& candidate) {
  std::map<std::uint32_t, const RunSummary*> by_number;
  for (const RunSummary& run : base.runs) by_number[run.run] = &run;
  std::pair<VariantResult, VariantResult> both{{base.name, {}, {}}, {candidate.name, {}, {}}};
  for (const RunSummary& run : candidate.runs) {
    const auto found = by_number.find(run.run);
    if (found == by_number.end()) continue;
    both.first.runs.push_back(*found->second);
    both.second.runs.push_back(run);
  }
  return both;
}

std::int64_t never_in(const std::vector<std::optional<double>>& values) {
  return std::count_if(values.begin(), values.end(),
                       [](const auto& value) { return value && std::isinf(*value); });
}

std::vector<ComparedFigure> compare_figures(const VariantResult& base,
                                            const VariantResult& candidate, IntervalOf of) {
  std::vector<ComparedFigure> figures;
  for (std::size_t f = 0; f < all_figures().size(); ++f) {
    const auto a = figure_runs(base, f);
    const auto b = figure_runs(candidate, f);
    const auto measured = [](const auto& values) {
      return std::any_of(values.begin(), values.end(), [](const auto& v) { return v.has_value(); });
    };
    if (!measured(a) && !measured(b)) continue;
    ComparedFigure figure;
    figure.figure = f;
    figure.base = estimate(a, of);
    figure.candidate = estimate(b, of);
    figure.base_never = never_in(a);
    figure.candidate_never = never_in(b);
    figure.paired = paired_difference(a, b, of);
    figures.push_back(figure);
  }
  return figures;
}

/// The base's values of a threshold of the candidate: of the same threshold, if it has that, else
/// of the figure that says the same; absent where there is neither.
std::vector<std::optional<double>> base_values(const Study& base_study, const VariantResult& base,
                                               const Threshold& threshold) {
  const auto same = [&](const Threshold& other) {
    return other.metric == threshold.metric && other.where == threshold.where &&
           aggregate_text(other.aggregate) == aggregate_text(threshold.aggregate);
  };
  const auto& all = base_study.thresholds;
  const auto found = std::find_if(all.begin(), all.end(), same);
  std::vector<std::optional<double>> values;
  for (const RunSummary& run : base.runs) {
    if (found != all.end()) {
      values.push_back(run.thresholds.at(static_cast<std::size_t>(found - all.begin())));
      continue;
    }
    std::optional<double> value;
    for (std::size_t a = 0; a < kSummaryAggregates && threshold.where.empty(); ++a) {
      const auto which = static_cast<SummaryAggregate>(a);
      if (aggregate_text(aggregate_of(which)) != aggregate_text(threshold.aggregate)) continue;
      VariantResult one{base.name, {run}, {}};
      value = per_run(one, threshold.metric, which).front();
    }
    values.push_back(value);
  }
  return values;
}

std::optional<ThresholdResult> outcome_of_base(const Threshold& threshold, const Judged& judged,
                                               const std::vector<std::optional<double>>& values,
                                               const std::string& variant) {
  if (!threshold.limit.variant.empty()) return std::nullopt;
  if (std::none_of(values.begin(), values.end(), [](const auto& v) { return v.has_value(); })) {
    return std::nullopt;
  }
  ThresholdRuns runs = judged.runs;
  runs.values = values;
  return judge(threshold, variant, runs);
}

std::vector<ComparedThreshold> compare_thresholds(const Side& base_side, const Side& side,
                                                  const VariantResult& base,
                                                  const VariantResult& candidate) {
  std::vector<ComparedThreshold> list;
  for (std::size_t t = 0; t < side.study->thresholds.size(); ++t) {
    const Threshold& threshold = side.study->thresholds[t];
    if (!threshold.variant.empty() && threshold.variant != candidate.name) continue;
    const auto own = base_values(*base_side.study, base, threshold);
    ComparedThreshold one;
    if (threshold.limit.variant == "baseline") {
      one.judged.threshold = &threshold;
      one.judged.runs.interval_of = side.result->interval_of;
      for (const RunSummary& run : candidate.runs) {
        one.judged.runs.values.push_back(run.thresholds.at(t));
      }
      one.judged.runs.others = own;
      one.judged.result = judge(threshold, candidate.name, one.judged.runs);
      list.push_back(std::move(one));
      continue;
    }
    const auto& judged = side.result->thresholds;
    const auto found = std::find_if(judged.begin(), judged.end(), [&](const Judged& j) {
      return j.threshold == &threshold && j.result.variant == candidate.name;
    });
    if (found == judged.end()) continue;
    one.judged = *found;
    one.base = outcome_of_base(threshold, one.judged, own, base.name);
    one.regression = !one.base || one.base->outcome != Verdict::fail;
    list.push_back(std::move(one));
  }
  return list;
}

bool is_time_to_ready(Metric metric) {
  return metric == Metric::pod_ready || metric == Metric::pod_started ||
         metric == Metric::pod_served || metric == Metric::scaleout_done;
}

/// Starting a node alone, in the pod at p95 of the middle run.
std::optional<double> node_start_of(const VariantResult& variant) {
  std::vector<double> starts;
  for (const RunSummary& run : variant.runs) {
    if (!run.pod_at_p95) continue;
    starts.push_back(
        to_seconds(run.pod_at_p95->time[static_cast<std::size_t>(PodStage::node_start)]));
  }
  if (starts.empty()) return std::nullopt;
  std::sort(starts.begin(), starts.end());
  return quantile_sorted(starts, 0.5);
}

}  // namespace

std::string cannot_compare(const Side& base, const Side& candidate) {
  if (base.study->seed != candidate.study->seed) {
    return fmt::format("the base has seed {} and the candidate {}: their runs meet another chance",
                       base.study->seed, candidate.study->seed);
  }
  if (one_each(base, candidate)) {
    return common_runs(base.result->variants[0], candidate.result->variants[0]) > 0
               ? ""
               : "the two have no run in common";
  }
  bool any = false;
  for (const VariantResult& variant : candidate.result->variants) {
    const VariantResult* other = find_variant(*base.result, variant.name);
    any = any || (other != nullptr && common_runs(*other, variant) > 0);
  }
  return any ? "" : "the two have no variant in common";
}

Comparison compare(const Side& base, const Side& candidate, const CompareOptions& options) {
  Comparison comparison;
  if (base.version != candidate.version) {
    comparison.warnings.push_back(
        fmt::format("the base was made by version {} and the candidate by {}: the model may differ",
                    base.version, candidate.version));
  }
  const IntervalOf of = candidate.result->interval_of;
  std::vector<Judged> counted;
  for (const VariantResult& variant : candidate.result->variants) {
    const VariantResult* other = one_each(base, candidate)
                                     ? &base.result->variants.front()
                                     : find_variant(*base.result, variant.name);
    if (other == nullptr) {
      comparison.warnings.push_back(fmt::format("the base has no variant {}", variant.name));
      continue;
    }
    const auto [a, b] = paired_runs(*other, variant);
    ComparedVariant compared{a.name, b.name, compare_figures(a, b, of),
                             compare_thresholds(base, candidate, a, b),
                             static_cast<std::int64_t>(b.runs.size())};
    for (const ComparedThreshold& one : compared.thresholds) {
      if (options.regressions_only && !one.regression) continue;
      counted.push_back(one.judged);
    }
    comparison.variants.push_back(std::move(compared));
  }
  OverallOptions overall;
  overall.strict = options.strict;
  comparison.overall = judge_all(counted, overall);
  return comparison;
}

void find_beyond_images(const Side& candidate, const StudyResult* without, Comparison* comparison) {
  for (ComparedVariant& variant : comparison->variants) {
    for (ComparedThreshold& one : variant.thresholds) {
      const Threshold& threshold = *one.judged.threshold;
      const ThresholdResult& result = one.judged.result;
      if (result.outcome != Verdict::fail || !is_time_to_ready(threshold.metric) ||
          !threshold.limit.variant.empty() || !result.limit) {
        continue;
      }
      const VariantResult* own = find_variant(*candidate.result, variant.candidate);
      const auto start = node_start_of(*own);
      if (start && *start > *result.limit) {
        one.beyond_images = "node start alone takes " + quantity_text(*start, "s");
      }
      if (without == nullptr) continue;
      one.beyond_images.clear();
      for (const Judged& judged : without->thresholds) {
        if (judged.threshold->text != threshold.text ||
            judged.threshold->where != threshold.where ||
            judged.result.variant != variant.candidate || judged.result.outcome != Verdict::fail ||
            !judged.result.value) {
          continue;
        }
        one.beyond_images =
            start && *start > *result.limit
                ? "node start alone takes " + quantity_text(*start, "s")
                : "without any pull it is still " + quantity_text(*judged.result.value, "s");
      }
    }
  }
}

}  // namespace pullsim
