// Settings against the time of a single pod on a fresh node: deadlines, windows and quiet times
// that are shorter; see the header.
#include "models/scenario_warnings.hpp"

#include "models/decisions/karpenter_disruption.hpp"
#include "models/decisions/scheduling_objects.hpp"
#include "models/horizontal_pod_autoscaler.hpp"
#include "models/metrics_server.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace pullsim {

namespace {

class StartWarnings {
 public:
  StartWarnings(const Scenario& scenario, std::vector<ScenarioProblem>* found)
      : scenario_(scenario), found_(found) {}

  void find() {
    for (std::size_t w = 0; w < scenario_.workloads.size(); ++w) {
      progress_deadline(w);
      scale_down_window(w);
      backlog(w);
    }
    if (scenario_.node_autoscaler.kind == NodeAutoscalerKind::karpenter) consolidation();
  }

 private:
  using Key = std::tuple<std::size_t, std::size_t, std::size_t>;

  /// A pod of the workload with the image in its first container, on a fresh node of the pool.
  const std::optional<SinglePod>& alone(std::size_t pool, std::size_t workload, std::size_t image) {
    const auto [known, added] = times_.try_emplace(Key{pool, workload, image});
    if (added && fits_pool(scenario_, workload, pool)) {
      Scenario changed = scenario_;
      changed.workloads[workload].image = image;
      known->second = pod_alone(changed, pool, workload);
    }
    return known->second;
  }

  /// On the pool where it starts soonest, so that what is said holds on the others, too.
  std::optional<Duration> soonest(std::size_t workload, std::size_t image) {
    std::optional<Duration> best;
    for (std::size_t p = 0; p < scenario_.node_pools.size(); ++p) {
      const std::optional<SinglePod>& pod = alone(p, workload, image);
      if (pod && (!best || pod->ready < *best)) best = pod->ready;
    }
    return best;
  }

  void progress_deadline(std::size_t workload);
  void scale_down_window(std::size_t workload);
  void backlog(std::size_t workload);
  void consolidation();

  const Scenario& scenario_;
  std::vector<ScenarioProblem>* found_;
  std::map<Key, std::optional<SinglePod>> times_;
};

// Nothing progresses before the first new pod is Ready.
void StartWarnings::progress_deadline(std::size_t workload) {
  const WorkloadSpec& spec = scenario_.workloads[workload];
  if (spec.kind != WorkloadKind::deployment) return;
  for (const std::size_t image : first_images(scenario_, workload)) {
    const std::optional<Duration> ready = soonest(workload, image);
    if (!ready || *ready <= spec.progress_deadline) continue;
    found_->push_back({"PS8001", "workloads." + spec.name + ".progressDeadlineSeconds",
                       "a roll-out of " + quoted(spec.name) + " to image " +
                           quoted(scenario_.images[image].name) +
                           " counts as failed before its first pod can be ready",
                       "the deadline is " + seconds_text(spec.progress_deadline) +
                           "; on a fresh node a pod needs at least " + seconds_text(*ready),
                       "raise `progressDeadlineSeconds`"});
  }
}

// A pod that has just become ready counts as idle until its use fills a window of metrics-server.
void StartWarnings::scale_down_window(std::size_t workload) {
  const WorkloadSpec& spec = scenario_.workloads[workload];
  if (!spec.autoscaler || !spec.autoscaler->behavior) return;
  const std::optional<Duration> window = spec.autoscaler->behavior->down.stabilization_window;
  if (!window) return;
  for (const std::size_t image : first_images(scenario_, workload)) {
    const std::optional<Duration> ready = soonest(workload, image);
    if (!ready) continue;
    const Duration carries = *ready + 2 * kMetricResolution;
    if (carries <= *window) continue;
    found_->push_back({"PS8004",
                       "workloads." + spec.name +
                           ".horizontalPodAutoscaler.behavior.scaleDown.stabilizationWindowSeconds",
                       "the autoscaler of " + quoted(spec.name) +
                           " may take pods away that it has just asked for",
                       "it remembers " + seconds_text(*window) + "; with image " +
                           quoted(scenario_.images[image].name) +
                           " a pod on a fresh node shows its use after " + seconds_text(carries) +
                           " at the earliest, of which " + seconds_text(2 * kMetricResolution) +
                           " are metrics",
                       "raise `stabilizationWindowSeconds`"});
  }
}

/// Replicas that the default limits allow after `passes` of doubling.
std::int64_t doubled(std::int64_t replicas, std::int64_t passes, std::int64_t max) {
  for (std::int64_t i = 0; i < passes && replicas < max; ++i) {
    replicas = std::max<std::int64_t>(2 * replicas, 4);
  }
  return std::min(replicas, max);
}

// A backlog asks for pods whether or not those asked for work already.
void StartWarnings::backlog(std::size_t workload) {
  const WorkloadSpec& spec = scenario_.workloads[workload];
  std::int64_t min = 0;
  std::int64_t max = 0;
  if (spec.scaled_object) {
    const auto& triggers = spec.scaled_object->triggers;
    const bool counts = std::any_of(triggers.begin(), triggers.end(), [](const auto& trigger) {
      return trigger.metric == kQueueLength;
    });
    if (!counts || spec.scaled_object->behavior) return;
    min = spec.scaled_object->min_replicas;
    max = spec.scaled_object->max_replicas;
  } else if (spec.autoscaler && !spec.autoscaler->behavior) {
    const auto& metrics = spec.autoscaler->metrics;
    const bool counts = std::any_of(metrics.begin(), metrics.end(),
                                    [](const auto& metric) { return metric.name == kQueueLength; });
    if (!counts) return;
    min = spec.autoscaler->min_replicas;
    max = spec.autoscaler->max_replicas;
  } else {
    return;
  }
  for (const std::size_t image : first_images(scenario_, workload)) {
    const std::optional<Duration> ready = soonest(workload, image);
    if (!ready) continue;
    const std::int64_t reached =
        doubled(std::max<std::int64_t>(min, 1), *ready / kHpaSyncPeriod, max);
    if (reached < max || *ready < 2 * kHpaSyncPeriod) continue;
    found_->push_back({"PS8004", "workloads." + spec.name,
                       "the autoscaler of " + quoted(spec.name) + " may ask for all " +
                           std::to_string(max) + " pods before the first of them works",
                       "what waits grows for the " + seconds_text(*ready) +
                           " that a pod with image " + quoted(scenario_.images[image].name) +
                           " needs on a fresh node; a pass every 15 s may double the replicas",
                       "slow it down by `behavior.scaleUp`, or shorten the start"});
  }
}

void StartWarnings::consolidation() {
  std::vector<KarpenterPoolSpec> pools = scenario_.node_autoscaler.node_pools;
  const bool written = !pools.empty();
  if (!written) {
    pools.emplace_back();
    for (std::size_t p = 0; p < scenario_.node_pools.size(); ++p) pools[0].pools.push_back(p);
  }
  for (const KarpenterPoolSpec& pool : pools) {
    const DisruptionSettings& settings = pool.disruption;
    const bool moves = settings.policy == ConsolidationPolicy::when_empty_or_underutilized;
    if (!settings.consolidate_after || !moves) continue;
    std::optional<std::pair<Duration, std::size_t>> slowest;  // and its workload
    for (std::size_t w = 0; w < scenario_.workloads.size(); ++w) {
      if (scenario_.workloads[w].kind == WorkloadKind::daemon_set) continue;
      for (const std::size_t image : first_images(scenario_, w)) {
        for (const std::size_t p : pool.pools) {
          const std::optional<SinglePod>& pod = alone(p, w, image);
          if (pod && (!slowest || pod->ready > slowest->first)) slowest = {pod->ready, w};
        }
      }
    }
    if (!slowest) continue;
    const Duration left = *settings.consolidate_after + kConsolidationValidation;
    if (slowest->first <= left) continue;
    const std::string path = "nodeAutoscaler.nodePools." + pool.name + ".disruption";
    found_->push_back(
        {"PS8003", written ? path + ".consolidateAfter" : "nodeAutoscaler",
         "Karpenter may take nodes of " + quoted(pool.name) + " away while their pods still pull",
         "a node is left alone for " + seconds_text(left) +
             " after its last pod, its second look "
             "included; a pod of " +
             quoted(scenario_.workloads[slowest->second].name) +
             " on a fresh node is ready after " + seconds_text(slowest->first),
         "raise `consolidateAfter` above that"});
  }
}

}  // namespace

void find_start_warnings(const Scenario& scenario, std::vector<ScenarioProblem>* found) {
  StartWarnings(scenario, found).find();
}

}  // namespace pullsim
