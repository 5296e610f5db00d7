// The pods and pulls of a run one by one, as a trace shows them: all of them, or evenly chosen
// ones.
#include "tools/report/evidence_parts.hpp"
#include "tools/run/pod_phases.hpp"

#include <algorithm>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRowsMost = 1500;  // of each kind: a trace of some megabytes. Assumed

double seconds_of(SimTime time) { return to_seconds(time.time_since_epoch()); }

/// Every n-th, so that at most kRowsMost are left.
std::size_t step_for(std::size_t rows) { return rows / (kRowsMost + 1) + 1; }

Json pull_json(const Scenario& scenario, const RunResult& run, const PullRow& pull) {
  Json json;
  json["node"] = run.nodes.at(pull.node).name;
  json["image"] = scenario.images.at(pull.image).name;
  json["requested_seconds"] = seconds_of(pull.requested);
  json["started_seconds"] = seconds_of(*pull.started);
  json["finished_seconds"] = seconds_of(*pull.finished);
  json["resolve_seconds"] = to_seconds(pull.work->resolve);
  json["download_seconds"] = to_seconds(pull.work->download);
  json["unpack_seconds"] = to_seconds(pull.work->unpack);
  json["bytes"] = pull.work->bytes_fetched.count;
  json["bottleneck"] = bottleneck_text(pull.bottleneck);
  return json;
}

Json pod_json(const Scenario& scenario, const RunResult& run, const PodRow& pod,
              const PodPhases& phases) {
  Json json;
  json["pod"] = pod_name(scenario, pod);
  json["node"] = run.nodes.at(*pod.node).name;
  json["created_seconds"] = seconds_of(pod.created);
  json["phases_seconds"] = Json::array();
  for (const Duration time : phases.time) json["phases_seconds"].push_back(to_seconds(time));
  return json;
}

}  // namespace

nlohmann::ordered_json evidence_rows(const Scenario& scenario, const RunResult& run) {
  Json json;
  json["pods_of_run"] = run.pods.size();
  json["pulls_of_run"] = run.pulls.size();
  json["pods"] = Json::array();
  for (std::size_t i = 0; i < run.pods.size(); i += step_for(run.pods.size())) {
    const auto phases = phases_of(run.pods[i], run);
    if (!phases || !run.pods[i].node) continue;
    json["pods"].push_back(pod_json(scenario, run, run.pods[i], *phases));
  }
  json["pulls"] = Json::array();
  for (std::size_t i = 0; i < run.pulls.size(); i += step_for(run.pulls.size())) {
    const PullRow& pull = run.pulls[i];
    if (pull.started && pull.finished) json["pulls"].push_back(pull_json(scenario, run, pull));
  }
  return json;
}

}  // namespace pullsim
