// Runs the changed scenarios and ranks what they save; see the header.
#include "tools/explain/explanation.hpp"

#include <pullsim/simulate.hpp>

#include "tools/run/study_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace pullsim {
namespace {

double ready_of(const PodRow& pod) {
  return pod.ready ? to_seconds(*pod.ready - pod.created) : std::numeric_limits<double>::infinity();
}

/// The same pod in another run: by workload and ordinal. Absent if it was never created there.
const PodRow* same_pod(const PodRow& pod, const RunResult& result) {
  const auto found = std::find_if(result.pods.begin(), result.pods.end(), [&](const PodRow& other) {
    return other.workload == pod.workload && other.ordinal == pod.ordinal;
  });
  return found == result.pods.end() ? nullptr : &*found;
}

Scenario changed_scenario(const Explanation& explanation, const Change& change) {
  Scenario changed = explanation.scenario;
  changed.keep_paths = false;
  change.apply(changed);
  return changed;
}

TriedChange tried_on_pod(const ReplicationOptions& options, const Explanation& explanation,
                         Change change) {
  TriedChange result;
  result.change = std::move(change);
  const Scenario changed = changed_scenario(explanation, result.change);
  const auto problems = find_problems(changed);
  if (!problems.empty()) {
    result.why_not = problems.front().text;
    return result;
  }
  const RunResult run = options.run_one(changed, explanation.run);
  const PodRow* pod = same_pod(explanation.result.pods[explanation.pod], run);
  if (pod == nullptr) {
    result.why_not = "the pod is not created then";
    return result;
  }
  result.pod_ready = ready_of(*pod);
  return result;
}

/// Unchanged and changed scenarios as variants of one study: they meet the same chance.
void compare_runs(const Study& study, const ReplicationOptions& options, Explanation* explanation,
                  std::int64_t events_most) {
  Study all;
  all.seed = study.seed;
  const Variant& original = study.variants.front();
  const auto add_variant = [&](const Change* change) {
    Variant variant;
    variant.name = fmt::format("{:04}", all.variants.size());  // names sort as they are added
    variant.scenario = original.scenario;
    if (change != nullptr) change->apply(variant.scenario);
    if (original.drawn) {
      variant.drawn = [&original, change](std::uint32_t run) {
        Scenario scenario = original.drawn(run);
        if (change != nullptr) change->apply(scenario);
        return scenario;
      };
    }
    all.variants.push_back(std::move(variant));
  };
  add_variant(nullptr);
  std::vector<TriedChange*> changes;
  for (TriedChange& tried : explanation->changes) {
    if (tried.why_not) continue;
    changes.push_back(&tried);
    add_variant(&tried.change);
  }
  const auto events = static_cast<std::int64_t>(explanation->result.counters.events + 1) *
                      static_cast<std::int64_t>(all.variants.size());
  all.replications = std::clamp(events_most / events, std::int64_t{1}, study.replications);
  StudyResult result;
  run_replications(all, options, [&](std::size_t variant, RunResult&& run) {
    add_run(all, variant, run, &result);
  });
  const auto p95_of = [&result](std::size_t variant) {
    return per_run(result.variants[variant], Metric::pod_ready, SummaryAggregate::p95);
  };
  explanation->runs_compared = all.replications;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    changes[i]->p95 = paired_difference(p95_of(0), p95_of(i + 1), interval_of(study));
  }
}

}  // namespace

void fill_in(const Study& study, const ReplicationOptions& options, Explanation* explanation,
             std::int64_t events_most) {
  const PodRow& pod = explanation->result.pods[explanation->pod];
  explanation->path = pod_path(pod, explanation->result);
  explanation->pod_ready = ready_of(pod);
  if (!pod.node) return;
  for (Change& change : possible_changes(explanation->scenario, explanation->result, pod)) {
    explanation->changes.push_back(tried_on_pod(options, *explanation, std::move(change)));
  }
  compare_runs(study, options, explanation, events_most);
  const auto rank = [&](const TriedChange& change) {
    return std::tuple(change.why_not.has_value(), change.effect(explanation->pod_ready));
  };
  std::stable_sort(explanation->changes.begin(), explanation->changes.end(),
                   [&](const TriedChange& a, const TriedChange& b) { return rank(a) < rank(b); });
}

}  // namespace pullsim
