// The parts of evidence, by subject. Moments and lengths are seconds, sizes bytes.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include "tools/run/study_result.hpp"

#include <nlohmann/json.hpp>

namespace pullsim {

/// The time that is shown, cut into bins of equal width.
struct EvidenceWindow {
  double from = 0;
  double to = 0;
  double width() const;
  std::size_t bin_of(double time) const;  ///< the last one for times at or after the end
};

/// From the first scale-out to the last thing that happened to a pod.
EvidenceWindow evidence_window(const RunResult& run);

/// pod_ready of the pods over all runs: at each share the mean, the least and the greatest of the
/// runs. Ends where a run never gets there.
nlohmann::ordered_json evidence_ready_curve(const VariantResult& variant);
/// Phases of the pods at p95, means over runs; the last one is the way to traffic.
nlohmann::ordered_json evidence_phases(const VariantResult& variant);

/// The pods at p50, p95 and the last one, cut into phases.
nlohmann::ordered_json evidence_pods(const Scenario& scenario, const RunResult& run);
/// The pull that the pod at p95 waited for, layer by layer; null if it waited for none.
nlohmann::ordered_json evidence_pull(const Scenario& scenario, const RunResult& run);
/// Pods and pulls one by one, all or evenly chosen ones.
nlohmann::ordered_json evidence_rows(const Scenario& scenario, const RunResult& run);
/// Every image that a workload of the scenario runs.
nlohmann::ordered_json evidence_images(const Scenario& scenario, const RunResult& run);

/// Replicas and demand of each workload in steps.
nlohmann::ordered_json evidence_replicas(const RunResult& run, const EvidenceWindow& window);
/// How full the registries and the fullest node are, as shares by bin.
nlohmann::ordered_json evidence_resources(const Scenario& scenario, const RunResult& run,
                                          const EvidenceWindow& window);
/// Bytes per second of every registry's egress, zone's uplink and node's interface, by bin.
nlohmann::ordered_json evidence_links(const Scenario& scenario, const RunResult& run,
                                      const EvidenceWindow& window);
/// Pulls under way by what held them up, by bin.
nlohmann::ordered_json evidence_held_up(const RunResult& run, const EvidenceWindow& window);

}  // namespace pullsim
