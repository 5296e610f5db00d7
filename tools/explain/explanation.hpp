// One pod of one run explained: its path, what held it up in all, and what one change at a time
// would have saved. Every saving is the difference of two simulated runs with the same chance.
// Written by explain_text (for people) and explain_json.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include "tools/explain/changes.hpp"
#include "tools/explain/pod_path.hpp"
#include "tools/run/replications.hpp"
#include "tools/run/study_result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// A change with what it did.
struct TriedChange {
  Change change;
  double pod_ready = 0;                ///< of the same pod in the same run; infinite: never
  PairedDifference p95;                ///< changed minus unchanged pod_ready p(95), by run
  std::optional<std::string> why_not;  ///< the changed scenario cannot run

  /// Seconds that pods are ready later (negative: sooner) at p95, or the pod where there is no p95
  /// in every run.
  double effect(double pod_ready_before) const {
    return p95.difference.value.value_or(pod_ready - pod_ready_before);
  }
};

struct Explanation {
  std::string variant;
  std::uint64_t seed = 0;
  std::uint32_t run = 0;
  std::string why;      ///< how the pod was chosen: "the pod at p95 of the middle run"
  std::size_t pod = 0;  ///< index of its row
  Scenario scenario;    ///< as simulated
  RunResult result;
  std::vector<PodStep> path;
  double pod_ready = 0;
  std::int64_t runs_compared = 0;    ///< runs behind each p95 of `changes`
  std::vector<TriedChange> changes;  ///< by their effect, what saves most first
};

/// Events that all runs of all changes may take together: some tens of seconds. Assumed.
inline constexpr std::int64_t kExplainEventsMost = 100'000'000;

/// Tries every change that possible_changes() names: on the pod's own run, and on as many of the
/// study's runs as the budget of events allows. The explanation has scenario, result and pod;
/// `study` is what it was made from.
void fill_in(const Study& study, const ReplicationOptions& options, Explanation* explanation,
             std::int64_t events_most = kExplainEventsMost);

struct ExplainTextOptions {
  std::size_t width = 100;
  bool utf8 = true;
  std::string command;                      ///< that gives the same numbers again
  std::string run_command;                  ///< that a change is added to
  std::vector<std::string> other_variants;  ///< that were not explained
};
std::string explain_text(const Explanation& explanation, const ExplainTextOptions& options);
std::string explain_json(const Explanation& explanation);

}  // namespace pullsim
