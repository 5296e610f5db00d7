// See the header.
#include "tools/output/result_verdict_json.hpp"

#include <fmt/format.h>

#include <cmath>

namespace pullsim {
namespace {

std::string across_text(const Threshold& threshold) {
  const Across& across = threshold.across;
  if (across.kind == Across::Kind::every_run) return "every run";
  if (across.kind == Across::Kind::mean_of_runs) return "mean of runs";
  if (!threshold.limit.variant.empty() && !across.given) return "mean of differences";
  return fmt::format("{:g}% of runs", across.share * 100);
}

Json threshold_json(const Judged& judged) {
  const Threshold& threshold = *judged.threshold;
  const ThresholdResult& result = judged.result;
  Json object;
  object["name"] = result.name;
  object["variant"] = result.variant;
  object["condition"] = threshold.text;
  object["metric"] = metric_name(threshold.metric);
  object["aggregate"] = aggregate_text(threshold.aggregate);
  object["unit"] = aggregate_unit(threshold.metric, threshold.aggregate);
  object["across"] = across_text(threshold);
  object["severity"] = threshold.warn_only ? "warn" : "fail";
  object["outcome"] = verdict_word(result.outcome);
  if (!result.reason.empty()) object["reason"] = result.reason;
  if (!threshold.because.empty()) object["because"] = threshold.because;
  set_finite(&object, "value", result.value);
  set_interval(&object, "interval", result.interval);
  set_finite(&object, "limit", result.limit);
  if (!threshold.limit.variant.empty()) object["against"] = threshold.limit.variant;
  set_interval(&object, "difference_interval", result.difference);
  object["runs"] = result.runs;
  object["runs_met"] = result.runs_met;
  object["runs_never"] = result.runs_never;
  object["runs_unmeasured"] = result.runs_unmeasured;
  set_interval(&object, "share_bounds", result.share);
  return object;
}

Json judged_run_json(const ThresholdRuns& runs, std::size_t i) {
  Json run;
  run["run"] = i;
  const auto& value = runs.values[i];
  set_finite(&run, "value", value);
  if (value && std::isinf(*value)) run["never"] = true;
  if (i < runs.others.size()) {
    const auto& other = runs.others[i];
    set_finite(&run, "other", other);
    if (other && std::isinf(*other)) run["other_never"] = true;
  }
  return run;
}

}  // namespace

Json condition_json(const Threshold& threshold) {
  Json object;
  object["name"] = threshold.name;
  object["condition"] = threshold.text;
  if (!threshold.variant.empty()) object["variant"] = threshold.variant;
  if (!threshold.where.empty()) object["where"] = threshold.where;
  object["across"] = across_text(threshold);
  object["severity"] = threshold.warn_only ? "warn" : "fail";
  if (!threshold.because.empty()) object["because"] = threshold.because;
  object["file"] = threshold.place.file;
  object["line"] = threshold.place.line;
  object["column"] = threshold.place.column;
  return object;
}

void write_threshold(const Judged& judged, JsonStream* out) {
  out->begin_object();
  out->members(threshold_json(judged));
  out->key("per_run");
  out->begin_array();
  for (std::size_t i = 0; i < judged.runs.values.size(); ++i) {
    out->value(judged_run_json(judged.runs, i));
  }
  out->end_array();
  out->member("file", judged.threshold->place.file);
  out->member("line", judged.threshold->place.line);
  out->end_object();
}

Json verdict_json(const StudyResult& result) {
  Json object;
  if (result.thresholds.empty()) {
    object["reason"] = "no thresholds";
  } else {
    object["outcome"] = verdict_word(result.overall.outcome);
    if (!result.overall.reason.empty()) object["reason"] = result.overall.reason;
  }
  if (result.level != kErrorLevel) object["level"] = result.level;
  object["judged"] = result.overall.judged;
  object["failed"] = result.overall.failed;
  object["unsure"] = result.overall.unsure;
  return object;
}

}  // namespace pullsim
