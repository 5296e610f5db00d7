// Who adds and removes nodes, and by which settings. Part of scenario.hpp.
#pragma once

#include <pullsim/scenario_workloads.hpp>
#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

enum class NodeAutoscalerKind : std::uint8_t { none, cluster_autoscaler, karpenter };

/// What the Cluster Autoscaler chooses a node group by, in the words of its --expander.
enum class Expander : std::uint8_t { random, most_pods, least_nodes, least_waste, price, priority };

/// Prices of resources for an hour, for the price expander. Defaults: those of the autoscaler's
/// model of Compute Engine, general knowledge that was not re-read.
struct PodPrices {
  double per_core = 0.033174;
  double per_gibibyte = 0.004446;
};

/// Node groups that the priority expander puts on one step; the highest step wins.
struct ExpanderPriority {
  std::int64_t priority = 0;
  std::vector<std::size_t> pools;
};

/// Back-off of a node group. Defaults: Cluster Autoscaler's.
struct GroupBackoffSettings {
  Duration initial = std::chrono::minutes(5);
  Duration max = std::chrono::minutes(30);
  Duration reset = std::chrono::hours(3);  ///< after the last failure
};

/// Defaults: Cluster Autoscaler's.
struct ScaleDownSettings {
  double utilization_threshold = 0.5;
  Duration unneeded_time = std::chrono::minutes(10);
  Duration unready_time = std::chrono::minutes(20);  ///< for nodes that are not Ready
  Duration delay_after_add = std::chrono::minutes(10);
  Duration delay_after_delete{0};  ///< the scan interval
  Duration delay_after_failure = std::chrono::minutes(3);
  std::int64_t parallelism_max = 10;
  std::int64_t drains_max = 1;
};

enum class ConsolidationPolicy : std::uint8_t { when_empty_or_underutilized, when_empty };

/// Defaults: Karpenter's.
struct DisruptionSettings {
  ConsolidationPolicy policy = ConsolidationPolicy::when_empty_or_underutilized;
  std::optional<Duration> consolidate_after = Duration{0};  ///< none: never
  std::vector<IntOrPercent> budgets = {IntOrPercent{10, true}};
};

/// A NodePool of Karpenter: machine types, each a node pool of the scenario.
struct KarpenterPoolSpec {
  std::string name = "default";
  std::int64_t weight = 0;  ///< higher first
  std::vector<std::size_t> pools;
  DisruptionSettings disruption;
  std::optional<MilliCpu> cpu_limit;  ///< of the capacity of its nodes together; none: no limit
  std::optional<Bytes> memory_limit;
};

struct NodeAutoscalerSpec {
  NodeAutoscalerKind kind = NodeAutoscalerKind::none;

  // Cluster Autoscaler; defaults are its own.
  Duration scan_interval = std::chrono::seconds(10);
  bool frequent_loops = false;  ///< its default up to 1.34
  std::vector<Expander> expander = {Expander::least_waste};
  std::vector<ExpanderPriority> priorities;
  PodPrices pod_prices;
  Duration max_node_provision_time = std::chrono::minutes(15);
  std::int64_t max_nodes_total = 0;  ///< 0: no limit
  Duration new_pod_scale_up_delay{0};
  bool balance_similar_node_groups = false;
  GroupBackoffSettings group_backoff;
  bool scale_down_enabled = true;
  ScaleDownSettings scale_down;

  // Karpenter; defaults are its own.
  Duration batch_idle_duration = std::chrono::seconds(1);
  Duration batch_max_duration = std::chrono::seconds(10);
  std::vector<KarpenterPoolSpec> node_pools;  ///< none: one over all pools of the scenario
};

}  // namespace pullsim
