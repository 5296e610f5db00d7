// The result as JSON, part by part, keys in a fixed order.
#include "tools/output/result_json.hpp"

#include "tools/output/json_stream.hpp"
#include "tools/output/result_run_json.hpp"
#include "tools/output/result_verdict_json.hpp"
#include "tools/output/summary_parts.hpp"

#include <algorithm>

namespace pullsim {
namespace {

Json spread_json(const Spread& spread) {
  Json object;
  object["figure"] = "pod_ready_p95";
  object["unit"] = "s";
  object["chance"] = estimate_json(spread.chance);
  object["unknown"] = estimate_json(spread.unknown);
  object["together"] = estimate_json(spread.together);
  return object;
}

Json metrics_json(const VariantResult& variant, IntervalOf of) {
  Json metrics = Json::object();
  for (std::size_t m = 0; m < kMeasuredMetrics.size(); ++m) {
    const Metric metric = kMeasuredMetrics[m];
    Json object;
    std::int64_t count = 0;
    std::int64_t never = 0;
    for (const RunSummary& run : variant.runs) {
      count += run.metrics[m].count;
      never += run.metrics[m].never;
    }
    object["unit"] = metric_unit(metric);
    object["count"] = count;
    object["never"] = never;
    for (std::size_t a = 0; a < kSummaryAggregates; ++a) {
      const auto which = static_cast<SummaryAggregate>(a);
      const Estimate joined = estimate(per_run(variant, metric, which), of);
      if (joined.value) object[std::string(summary_name(which))] = estimate_json(joined);
    }
    metrics[std::string(metric_name(metric))] = std::move(object);
  }
  return metrics;
}

/// Where each second went until service was restored; null if demand never outgrew the pods.
Json restoration_json(const VariantResult& variant, IntervalOf of) {
  std::int64_t count = 0;
  std::int64_t never = 0;
  for (const RunSummary& run : variant.runs) {
    count += run.outgrown ? 1 : 0;
    never += run.outgrown && !run.load_answer ? 1 : 0;
  }
  if (count == 0) return nullptr;
  Json object;
  object["unit"] = "s";
  object["count"] = count;
  object["never"] = never;
  const Estimate all = estimate(restoration(variant, std::nullopt), of);
  if (!all.value) return object;
  object["total"] = estimate_json(all);
  for (std::size_t i = 0; i < kAnswerParts; ++i) {
    const auto part = static_cast<AnswerPart>(i);
    object["parts"][std::string(answer_part_key(part))] =
        estimate_json(estimate(restoration(variant, part), of));
  }
  return object;
}

/// What was lost, by objective; null where the scenario has none.
Json losses_json(const VariantResult& variant, IntervalOf of) {
  Json list;
  const std::size_t objectives = variant.runs.empty() ? 0 : variant.runs[0].lost_requests.size();
  for (std::size_t o = 0; o < objectives; ++o) {
    const ServiceObjective& objective = variant.runs[0].lost_requests[o].objective;
    Json object;
    object["workload"] = objective.workload;
    object["availability"] = objective.budget.availability;
    object["window_seconds"] = to_seconds(objective.budget.window);
    object["mean_rate"] = objective.budget.mean_rate;
    object["budget_requests"] = budget_requests(objective.budget);
    object["budget_of_window_seconds"] = budget_seconds(objective.budget);
    if (objective.value_per_request) {
      object["value_per_request"] = objective.value_per_request->amount;
      object["currency"] = objective.value_per_request->currency;
    }
    for (std::size_t i = 0; i < kLossFigures; ++i) {
      const auto figure = static_cast<LossFigure>(i);
      const Estimate joined = estimate(losses(variant, o, figure), of);
      if (joined.value) object[std::string(loss_key(figure))] = estimate_json(joined);
    }
    list.push_back(std::move(object));
  }
  return list;
}

Json counters_json(const VariantResult& variant) {
  RunCounters sum;
  for (const RunSummary& run : variant.runs) add_counters(run.counters, &sum);
  return counters_json(sum);
}

/// Every variant against the first, for what a reader of a comparison asks first.
Json comparisons_json(const StudyResult& result) {
  struct Compared {
    Metric metric;
    SummaryAggregate which;
  };
  constexpr std::array<Compared, 8> kCompared = {
      Compared{Metric::pod_ready, SummaryAggregate::p50},
      Compared{Metric::pod_ready, SummaryAggregate::p95},
      Compared{Metric::pod_ready, SummaryAggregate::max},
      Compared{Metric::pod_served, SummaryAggregate::p95},
      Compared{Metric::pull_time, SummaryAggregate::max},
      Compared{Metric::scaleout_done, SummaryAggregate::max},
      Compared{Metric::registry_egress, SummaryAggregate::mean},
      Compared{Metric::unserved, SummaryAggregate::mean}};
  Json comparisons = Json::array();
  for (std::size_t v = 1; v < result.variants.size(); ++v) {
    for (const Compared& compared : kCompared) {
      const auto paired = paired_difference(
          per_run(result.variants[0], compared.metric, compared.which),
          per_run(result.variants[v], compared.metric, compared.which), result.interval_of);
      if (paired.runs == 0) continue;
      Json object;
      object["variant"] = result.variants[v].name;
      object["against"] = result.variants[0].name;
      object["metric"] = metric_name(compared.metric);
      object["aggregate"] = summary_name(compared.which);
      object["unit"] = metric_unit(compared.metric);
      object["runs"] = paired.runs;
      if (paired.difference.value) object["difference"] = estimate_json(paired.difference);
      set_finite(&object, "correlation", paired.correlation);
      comparisons.push_back(std::move(object));
    }
  }
  return comparisons;
}

Json runs_found_json(const RunsFound& found) {
  Json object;
  object["least"] = found.least;
  object["most"] = found.most;
  if (found.precision) object["precision"] = *found.precision;
  object["pilot"] = found.pilot;
  object["looks"] = found.looks;
  object["reached"] = found.reached;
  return object;
}

Json compared_json(const ComparedGroup& group) {
  Json object;
  object["predicted_by"] = predicted_by_word(group.by);
  object["measured"] = group.measured;
  object["median"] = group.median;
  object["p90"] = group.p90;
  object["cases"] = Json::array();
  for (const ComparedCase& one : group.cases) {
    object["cases"].push_back({{"id", one.id},
                               {"predicted_seconds", one.predicted_seconds},
                               {"measured_seconds", one.measured_seconds}});
  }
  return object;
}

/// What the runs drew beside chance; without it intervals cover chance only.
Json unknowns_json(const Study& study) {
  Json object;
  object["ranges"] = study.ranges;
  object["interval_of"] = interval_of(study) == IntervalOf::one_run ? "one run" : "mean of runs";
  object["profiles"] = Json::array();
  for (const UsedProfile& profile : study.profiles) {
    Json one;
    one["file"] = profile.file;
    one["parameters"] = profile.parameters;
    if (!profile.fitted_file.empty()) {
      one["fitted_on"] = {{"file", profile.fitted_file}, {"cases", profile.fitted_cases}};
    }
    if (profile.median) {
      one["error"] = {
          {"held_back", profile.held_back}, {"median", *profile.median}, {"p90", *profile.p90}};
    }
    for (const ComparedGroup& group : profile.compared) {
      one["compared"].push_back(compared_json(group));
    }
    object["profiles"].push_back(std::move(one));
  }
  return object;
}

void write_variant(const VariantResult& variant, IntervalOf of, JsonStream* out) {
  out->begin_object();
  out->member("name", variant.name);
  out->member("metrics", metrics_json(variant, of));
  out->key("runs");
  out->begin_array();
  for (const RunSummary& run : variant.runs) out->value(run_json(run));
  out->end_array();
  out->member("counters", counters_json(variant));
  const Json restored = restoration_json(variant, of);
  if (!restored.is_null()) out->member("restoration", restored);
  if (variant.spread) out->member("spread", spread_json(*variant.spread));
  const Json lost = losses_json(variant, of);
  if (!lost.is_null()) out->member("lost_requests", lost);
  if (!variant.bill.empty()) out->member("bill", Json::parse(variant.bill));
  if (!variant.evidence.empty()) out->member("evidence", Json::parse(variant.evidence));
  out->end_object();
}

/// Which study it was, and how it was run.
Json origin_json(const Study& study, const StudyResult& result) {
  Json root;
  root["apiVersion"] = "pullsim/v1";
  root["kind"] = "Result";
  root["version"] = PULLSIM_VERSION;
  root["scenario"] = {{"name", study.name}, {"file", study.file}, {"sha256", study.sha256}};
  if (!study.question.empty()) root["scenario"]["question"] = study.question;
  const std::string happens = what_happens(study);
  if (!happens.empty()) root["scenario"]["happens"] = happens;
  root["inputs"] = Json::array();
  for (const InputFile& input : study.inputs) {
    root["inputs"].push_back({{"file", input.file}, {"sha256", input.sha256}});
  }
  root["seed"] = study.seed;
  root["replications"] = study.replications;
  if (study.first_run > 0) root["first_run"] = study.first_run;
  if (study.budget) root["runs_found"] = runs_found_json(*study.budget);
  if (!result.command.empty()) root["command"] = result.command;
  if (result.partial) root["partial"] = true;
  return root;
}

/// What follows from all variants together, and how far it can be trusted.
Json conclusion_json(const Study& study, const StudyResult& result) {
  Json root;
  root["comparisons"] = comparisons_json(result);
  if (!result.alternatives.empty()) root["alternatives"] = Json::parse(result.alternatives);
  if (!result.outlook.empty()) root["outlook"] = Json::parse(result.outlook);
  root["digest"] = hex(result.digest);
  root["warnings"] = study.warnings;
  for (std::string& text : all_warnings(study, result)) root["warnings"].push_back(std::move(text));
  root["unknowns"] = unknowns_json(study);
  if (!study.resolved_json.empty()) root["resolved"] = Json::parse(study.resolved_json);
  return root;
}

}  // namespace

std::vector<std::string> all_warnings(const Study& study, const StudyResult& result) {
  struct Seen {
    std::string text;
    std::string variant;
    std::size_t variants = 1;
  };
  std::vector<Seen> seen;
  const auto add = [&](const std::string& variant, const std::vector<std::string>& warnings) {
    for (const std::string& text : warnings) {
      const auto same = [&](const Seen& one) { return one.text == text; };
      const auto found = std::find_if(seen.begin(), seen.end(), same);
      if (found == seen.end()) {
        seen.push_back({text, variant, 1});
      } else {
        ++found->variants;
      }
    }
  };
  for (const Variant& variant : study.variants) add(variant.name, variant.warnings);
  for (const VariantResult& variant : result.variants) add(variant.name, variant.warnings);
  std::vector<std::string> texts;
  for (const Seen& one : seen) {
    const bool of_one = one.variants == 1 && study.variants.size() > 1;
    texts.push_back(of_one ? one.variant + ": " + one.text : one.text);
  }
  return texts;
}

std::string result_json(const Study& study, const StudyResult& result) {
  std::string text;
  write_result_json(study, result, [&text](std::string_view piece) { text += piece; });
  return text;
}

// What there is for each run is written run by run.
void write_result_json(const Study& study, const StudyResult& result, const TextSink& sink) {
  JsonStream out(sink);
  out.begin_object();
  out.members(origin_json(study, result));
  out.member("verdict", verdict_json(result));
  out.key("thresholds");
  out.begin_array();
  for (const Judged& judged : result.thresholds) write_threshold(judged, &out);
  out.end_array();
  out.key("conditions");
  out.begin_array();
  for (const Threshold& threshold : study.thresholds) out.value(condition_json(threshold));
  out.end_array();
  out.key("variants");
  out.begin_array();
  for (const VariantResult& variant : result.variants) {
    write_variant(variant, result.interval_of, &out);
  }
  out.end_array();
  out.members(conclusion_json(study, result));
  out.end_object();
  out.end_document();
}

}  // namespace pullsim
