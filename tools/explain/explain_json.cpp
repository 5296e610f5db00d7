// An explanation for programs: every step, nothing joined, nothing rounded away.
#include "tools/explain/explanation.hpp"
#include "tools/output/csv_files.hpp"
#include "tools/run/pod_phases.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

Json seconds_or_null(double seconds) { return std::isinf(seconds) ? Json() : Json(seconds); }

Json estimate_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json step_json(const Explanation& e, const PodStep& step) {
  Json json;
  json["step"] = step_word(step.kind);
  const PodRow& pod = e.result.pods[e.pod];
  const std::size_t image = step.pull ? e.result.pulls[*step.pull].image : pod.image;
  if (step.pull) json["image"] = e.scenario.images[image].name;
  if (step.layer) {
    const LayerSpec& layer = e.scenario.images[image].layers.at(*step.layer);
    json["layer"] = *step.layer;
    json["digest"] = layer.digest;
    json["compressed_bytes"] = layer.size.count;
    json["unpacked_bytes"] = layer.unpacked.count;
  }
  json["begin_seconds"] = to_seconds(step.begin);
  json["end_seconds"] = to_seconds(step.end);
  json["held_up_by_seconds"] = Json::object();
  for (const auto& [cause, time] : step.held_up_by) {
    json["held_up_by_seconds"][std::string(bottleneck_word(cause))] = to_seconds(time);
  }
  return json;
}

Json change_json(const TriedChange& tried) {
  Json json;
  json["change"] = tried.change.text;
  json["set"] = tried.change.sets;
  if (tried.why_not) {
    json["cannot_run"] = *tried.why_not;
    return json;
  }
  json["pod_ready_seconds"] = seconds_or_null(tried.pod_ready);
  json["p95_difference_seconds"] = estimate_json(tried.p95.difference.value);
  const auto& interval = tried.p95.difference.interval;
  json["interval95"] = interval ? Json::array({interval->low, interval->high}) : Json();
  return json;
}

}  // namespace

std::string explain_json(const Explanation& e) {
  const PodRow& pod = e.result.pods[e.pod];
  Json json;
  json["apiVersion"] = "pullsim/v1";
  json["pod"] = pod_name(e.scenario, pod);
  json["chosen"] = e.why;
  json["variant"] = e.variant;
  json["seed"] = e.seed;
  json["run"] = e.run;
  json["node"] = pod.node ? Json(e.result.nodes[*pod.node].name) : Json();
  json["image"] = e.scenario.images[pod.image].name;
  json["outcome"] = outcome_text(pod.outcome);
  json["created_seconds"] = to_seconds(pod.created);
  json["pod_ready_seconds"] = seconds_or_null(e.pod_ready);
  json["steps"] = Json::array();
  for (const PodStep& step : e.path) json["steps"].push_back(step_json(e, step));
  json["runs_compared"] = e.runs_compared;
  json["changes"] = Json::array();
  for (const TriedChange& tried : e.changes) json["changes"].push_back(change_json(tried));
  return json.dump(1) + "\n";
}

}  // namespace pullsim
