// Joins the parts and chooses the runs; see the header.
#include "tools/report/evidence.hpp"

#include "tools/explain/explanation.hpp"
#include "tools/output/summary_parts.hpp"
#include "tools/report/evidence_parts.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kTypicalShare = 0.95;
constexpr std::size_t kAlternativesKept = 12;
/// Events that all runs of all alternatives may take together: about a second. Assumed.
constexpr std::int64_t kAlternativeEventsMost = 4'000'000;

bool small_enough(const RunSummary* run) {
  return run != nullptr && run->counters.events <= kEvidenceEventsMost;
}

/// A setting costs nothing but the change; everything else is machines or bandwidth to be paid for.
bool is_setting(const std::vector<std::string>& sets) {
  return std::all_of(sets.begin(), sets.end(), [](const std::string& set) {
    const std::string path = set.substr(0, set.find('='));
    const auto has = [&](const char* part) { return path.find(part) != std::string::npos; };
    return has(".runtime.") || has(".kubelet.") || has(".readinessProbe.") || has(".cached");
  });
}

Json alternative_json(const TriedChange& tried) {
  Json json;
  json["change"] = tried.change.text;
  json["set"] = tried.change.sets;
  json["kind"] = is_setting(tried.change.sets) ? "setting" : "capacity";
  const Estimate& difference = tried.p95.difference;
  json["p95_difference_seconds"] = *difference.value;
  if (difference.interval) {
    json["interval95"] = {difference.interval->low, difference.interval->high};
  }
  return json;
}

/// The course of one run that was made with its paths kept.
void add_course(const Scenario& scenario, const RunResult& run, Json* json) {
  const EvidenceWindow window = evidence_window(run);
  (*json)["run"] = run.run;
  (*json)["pods"] = evidence_pods(scenario, run);
  const Json pull = evidence_pull(scenario, run);
  if (!pull.is_null()) (*json)["pull"] = pull;
  (*json)["images"] = evidence_images(scenario, run);
  (*json)["window"] = {
      {"from_seconds", window.from}, {"to_seconds", window.to}, {"bins", kEvidenceBins}};
  (*json)["replicas"] = evidence_replicas(run, window);
  (*json)["resources"] = evidence_resources(scenario, run, window);
  (*json)["links"] = evidence_links(scenario, run, window);
  (*json)["held_up"] = evidence_held_up(run, window);
  (*json)["rows"] = evidence_rows(scenario, run);
}

}  // namespace

void gather_evidence(const Study& study, const ReplicationOptions& options, StudyResult* result) {
  for (std::size_t v = 0; v < result->variants.size(); ++v) {
    VariantResult& variant = result->variants[v];
    Json json;
    json["ready_curve"] = evidence_ready_curve(variant);
    json["phases_at_p95"] = evidence_phases(variant);
    const RunSummary* middle = middle_run(variant);
    if (small_enough(middle)) {
      Scenario scenario = study.variants[v].of_run(middle->run);
      scenario.keep_paths = true;
      add_course(scenario, options.run_one(scenario, middle->run), &json);
    }
    variant.evidence = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

std::string alternatives_json(const Study& study, const StudyResult& result,
                              const ReplicationOptions& options) {
  const auto shown = shown_variants(result);
  if (shown.empty()) return "";
  const auto& base = *shown.front();
  const RunSummary* middle = middle_run(base);
  if (middle == nullptr || middle->counters.events * kAlternativesKept >
                               static_cast<std::uint64_t>(kAlternativeEventsMost)) {
    return "";
  }
  Study one = study;
  one.thresholds.clear();
  one.variants = {study.variants[static_cast<std::size_t>(&base - result.variants.data())]};
  Explanation explanation;
  explanation.variant = base.name;
  explanation.seed = study.seed;
  explanation.run = middle->run;
  explanation.scenario = one.variants.front().of_run(middle->run);
  explanation.scenario.keep_paths = true;
  explanation.result = options.run_one(explanation.scenario, middle->run);
  const auto pod = counted_pod_at(explanation.result, kTypicalShare);
  if (!pod) return "";
  explanation.pod = *pod;
  fill_in(one, options, &explanation, kAlternativeEventsMost);
  Json json;
  json["variant"] = base.name;
  json["runs"] = explanation.runs_compared;
  json["changes"] = Json::array();
  for (const TriedChange& tried : explanation.changes) {
    if (tried.why_not || !tried.p95.difference.value) continue;
    if (json["changes"].size() < kAlternativesKept) {
      json["changes"].push_back(alternative_json(tried));
    }
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pullsim
