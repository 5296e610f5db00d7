// See the header.
#include "tools/whatif/sweep.hpp"

#include "tools/output/result_run_json.hpp"
#include "tools/run/ordered_pipeline.hpp"
#include "tools/whatif/figures.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>

namespace pullsim {
namespace {

Json settings_json(const Point& point) {
  Json settings = Json::object();
  for (const Setting& setting : point) settings[setting.path] = setting.value;
  return settings;
}

Json interval_json(const Interval& interval) { return {interval.low, interval.high}; }

bool is_finite(const std::optional<Interval>& interval) {
  return interval && std::isfinite(interval->low) && std::isfinite(interval->high);
}

Json threshold_json(const Judged& judged) {
  const ThresholdResult& result = judged.result;
  Json object;
  object["name"] = result.name;
  object["variant"] = result.variant;
  object["outcome"] = verdict_word(result.outcome);
  if (!result.reason.empty()) object["reason"] = result.reason;
  set_finite(&object, "value", result.value);
  if (is_finite(result.interval)) object["interval"] = interval_json(*result.interval);
  set_finite(&object, "limit", result.limit);
  object["unit"] = aggregate_unit(judged.threshold->metric, judged.threshold->aggregate);
  object["runs_met"] = result.runs_met;
  object["runs"] = result.runs;
  return object;
}

Json variant_json(const StudyResult& result, const VariantResult& variant) {
  Json object;
  object["name"] = variant.name;
  object["figures"] = Json::object();
  for (std::size_t f = 0; f < all_figures().size(); ++f) {
    if (!is_measured(result, f)) continue;
    const auto runs = figure_runs(variant, f);
    const Estimate joined = estimate(runs, result.interval_of);
    Json figure;
    if (joined.value) figure["value"] = *joined.value;
    if (is_finite(joined.interval)) figure["interval95"] = interval_json(*joined.interval);
    const auto never = std::count_if(runs.begin(), runs.end(),
                                     [](const auto& value) { return value && std::isinf(*value); });
    if (never > 0) figure["runs_never"] = never;
    figure["unit"] = all_figures()[f].unit;
    object["figures"][std::string(all_figures()[f].key)] = std::move(figure);
  }
  object["runs"] = Json::array();
  for (const RunSummary& run : variant.runs) {
    Json one;
    one["run"] = run.run;
    one["digest"] = hex(run.digest);
    one["pods_created"] = run.pods_created;
    one["nodes_added"] = run.nodes_added;
    for (std::size_t f = 0; f < all_figures().size(); ++f) {
      set_finite(&one, all_figures()[f].key.data(), figure_of(run, f));
    }
    object["runs"].push_back(std::move(one));
  }
  return object;
}

Json base_json(std::int64_t number, const Point& point) {
  Json object;
  object["point"] = number;
  object["settings"] = settings_json(point);
  return object;
}

struct Job {
  std::int64_t number = 0;
  std::string line;
  std::exception_ptr failure;
};

void make_point(const SweepPlan& plan, const Question& question, Job* job) {
  try {
    const Point point = plan.design.point(job->number);
    Diagnostics findings;
    auto study = study_at(question, point, findings);
    if (!study) {
      job->line = refused_line(job->number, point, findings);
      return;
    }
    const Evaluated evaluated = evaluate(question, std::move(*study));
    job->line = point_line(job->number, point, evaluated);
  } catch (...) {
    job->failure = std::current_exception();
  }
}

}  // namespace

std::string sweep_header(const SweepPlan& plan, const Study& base) {
  Json header;
  header["apiVersion"] = "pullsim/v1";
  header["kind"] = "Sweep";
  header["version"] = PULLSIM_VERSION;
  header["scenario"] = {{"name", base.name}, {"file", base.file}, {"sha256", base.sha256}};
  header["inputs"] = Json::array();
  for (const InputFile& input : base.inputs) {
    header["inputs"].push_back({{"file", input.file}, {"sha256", input.sha256}});
  }
  header["seed"] = base.seed;
  if (plan.question.runs) {
    const RunBudget& runs = *plan.question.runs;
    header["replications"] = {{"least", runs.least}, {"most", runs.most}};
    if (runs.precision) header["replications"]["precision"] = *runs.precision;
  } else {
    header["replications"] = base.replications;
  }
  header["sets"] = plan.question.options.sets;
  if (!plan.question.options.until.empty()) header["until"] = plan.question.options.until;
  header["variants"] = Json::array();
  for (const Variant& variant : base.variants) header["variants"].push_back(variant.name);
  header["thresholds"] = Json::array();
  for (const Threshold& threshold : base.thresholds) header["thresholds"].push_back(threshold.name);
  header["strict"] = plan.question.strict;
  header["design"] = design_name(plan.design.kind());
  header["vary"] = Json::array();
  for (const Vary& vary : plan.design.varies()) {
    Json one;
    one["path"] = vary.path;
    if (vary.is_range()) {
      one["low"] = value_text(*vary.low);
      one["high"] = value_text(*vary.high);
    } else {
      one["values"] = vary.values;
    }
    header["vary"].push_back(std::move(one));
  }
  header["points"] = plan.design.size();
  if (plan.shard.count > 1) header["shard"] = {plan.shard.index, plan.shard.count};
  return header.dump();
}

std::string whole_header(const std::string& header) {
  Json json = Json::parse(header);
  json.erase("shard");
  return json.dump();
}

std::string point_line(std::int64_t number, const Point& point, const Evaluated& evaluated) {
  const StudyResult& result = evaluated.result;
  Json object = base_json(number, point);
  if (!result.thresholds.empty()) object["outcome"] = verdict_word(result.overall.outcome);
  if (!result.overall.reason.empty()) object["reason"] = result.overall.reason;
  object["thresholds"] = Json::array();
  for (const Judged& judged : result.thresholds) {
    object["thresholds"].push_back(threshold_json(judged));
  }
  object["variants"] = Json::array();
  for (const VariantResult& variant : result.variants) {
    object["variants"].push_back(variant_json(result, variant));
  }
  object["digest"] = hex(result.digest);
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string refused_line(std::int64_t number, const Point& point, const Diagnostics& findings) {
  Json object = base_json(number, point);
  object["refused"] = Json::array();
  for (const Diagnostic& finding : findings.list()) {
    if (finding.severity != Severity::error) continue;
    object["refused"].push_back({{"code", finding.code}, {"text", finding.text}});
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool run_sweep(const SweepPlan& plan, SweepLines* lines,
               const std::function<void(std::int64_t point)>& after) {
  const auto threads = static_cast<std::size_t>(std::max(plan.question.execution.threads, 1));
  const std::atomic<int>* stop = plan.question.execution.stop;
  std::int64_t next = 0;
  bool stopped = false;
  Question one_thread = plan.question;
  one_thread.execution.threads = 1;
  one_thread.execution.stop = nullptr;  // a point is made whole, or not begun

  const auto begin = [&]() -> std::shared_ptr<Job> {
    while (next < plan.design.size() && (!plan.shard.holds(next) || lines->has(next))) ++next;
    stopped = stopped || (stop != nullptr && stop->load() != 0);
    if (next == plan.design.size() || stopped) return nullptr;
    auto job = std::make_shared<Job>();
    job->number = next++;
    return job;
  };
  const auto finish_point = [&](const std::shared_ptr<Job>& job) {
    if (job->failure) std::rethrow_exception(job->failure);
    lines->add(job->number, job->line);
    if (after) after(job->number);
  };
  run_in_order(
      threads, begin, [&](Job* job) { make_point(plan, one_thread, job); }, finish_point);
  return !stopped;
}

}  // namespace pullsim
