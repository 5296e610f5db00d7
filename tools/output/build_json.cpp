// The same as JSON. Times in seconds, sizes in bytes, names as in the scenario.
#include "tools/output/build_report.hpp"
#include "tools/run/metrics.hpp"

#include <nlohmann/json.hpp>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

const char* state_text(BuildStepState state) {
  if (state == BuildStepState::run) return "run";
  return state == BuildStepState::cached ? "cached" : "not needed";
}

Json step_json(const CommitResult& commit, std::size_t i) {
  const BuildStep& step = commit.graph->steps[i];
  const BuildDecision& decision = commit.outcome.decisions[i];
  Json out;
  out["step"] = step.name;
  out["stage"] = step.stage;
  out["line"] = step.line;
  out["text"] = step.text;
  out["state"] = state_text(decision.state);
  if (decision.state != BuildStepState::run) return out;
  out["because"] = cause_text(decision);
  out["start_seconds"] = to_seconds(commit.outcome.times[i].start);
  out["finish_seconds"] = to_seconds(commit.outcome.times[i].finish);
  return out;
}

Json commit_json(const CommitResult& commit) {
  const BuildOutcome& outcome = commit.outcome;
  Json out;
  out["commit"] = commit.commit->name;
  out["share"] = commit.commit->share;
  out["total_seconds"] = to_seconds(outcome.total());
  out["steps_seconds"] = to_seconds(outcome.steps);
  out["export_seconds"] = to_seconds(outcome.exported);
  out["push_seconds"] = to_seconds(outcome.push);
  out["pushed_bytes"] = outcome.pushed_bytes.count;
  out["image_layers"] = outcome.layers;
  out["pushed_layers"] = Json::array();
  for (const std::size_t i : outcome.pushed) {
    const BuildStep& step = commit.graph->steps[i];
    out["pushed_layers"].push_back({{"step", step.name},
                                    {"size_bytes", step.size.count},
                                    {"unpacked_bytes", step.unpacked.count}});
  }
  out["steps"] = Json::array();
  for (std::size_t i = 0; i < commit.graph->steps.size(); ++i) {
    out["steps"].push_back(step_json(commit, i));
  }
  return out;
}

Json threshold_json(const BuildJudged& judged) {
  const Threshold& threshold = *judged.threshold;
  Json out;
  out["name"] = threshold.name;
  out["variant"] = judged.variant;
  out["condition"] = threshold.text;
  out["value"] = judged.value;
  out["limit"] = judged.limit;
  out["unit"] = metric_unit(threshold.metric);
  out["outcome"] = judged.holds ? "PASS" : "FAIL";
  out["severity"] = threshold.warn_only ? "warn" : "fail";
  if (!threshold.because.empty()) out["because"] = threshold.because;
  return out;
}

}  // namespace

std::string build_json(const Study& study, const BuildAnswers& answers,
                       const BuildReportOptions& options) {
  Json root;
  root["apiVersion"] = "pullsim/v1";
  root["kind"] = "Builds";
  root["scenario"] = {{"name", study.name}, {"file", study.file}, {"sha256", study.sha256}};
  root["inputs"] = Json::array();
  for (const InputFile& input : study.inputs) {
    root["inputs"].push_back({{"file", input.file}, {"sha256", input.sha256}});
  }
  root["verdict"] = answers.judged.empty() ? "none" : answers.failed ? "FAIL" : "PASS";
  root["thresholds"] = Json::array();
  for (const BuildJudged& judged : answers.judged) {
    root["thresholds"].push_back(threshold_json(judged));
  }
  root["builds"] = Json::array();
  for (const BuildResult& result : answers.builds) {
    if (!options.build.empty() && options.build != result.build->name) continue;
    Json build;
    build["variant"] = result.variant;
    build["build"] = result.build->name;
    build["expected_seconds"] = result.expected_seconds;
    build["expected_pushed_bytes"] = result.expected_pushed_bytes;
    build["commits"] = Json::array();
    for (const CommitResult& commit : result.commits) {
      if (!options.commit.empty() && options.commit != commit.commit->name) continue;
      build["commits"].push_back(commit_json(commit));
    }
    root["builds"].push_back(std::move(build));
  }
  return root.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pullsim
