// Tables of `nodeAutoscaler`: the keys of both kinds stand side by side, so that variants can
// compare them by `kind` alone.
#include "tools/input/scenario_draft.hpp"

#include <utility>

namespace pullsim {

namespace {

constexpr std::int64_t kCountMax = 1'000'000;
constexpr std::int64_t kWeightMax = 100;  // Karpenter's

// In the order of the enumerators.
const std::vector<std::string> kExpanders = {"random",      "most-pods", "least-nodes",
                                             "least-waste", "price",     "priority"};

using Draft = NodeAutoscalerDraft;

void read_kind(Reader& reader, const YamlNode& node, Draft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"none", "ClusterAutoscaler", "Karpenter"}, &index)) return;
  out.kind = static_cast<NodeAutoscalerKind>(index);
}

void read_expander(Reader& reader, const YamlNode& node, Draft& out) {
  out.expander.clear();
  out.expander_place = node.place;
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    std::size_t index = 0;
    if (!read_word(reader, item, kExpanders, &index)) return;
    out.expander.push_back(static_cast<Expander>(index));
  });
}

template <class T>
void read_pools(Reader& reader, const YamlNode& node, T& out) {
  read_references(reader, node, out.pool_names);
}

const FieldTable<PriorityDraft>& priority_table() {
  static const FieldTable<PriorityDraft> table = [] {
    FieldTable<PriorityDraft> t;
    t.about("What the `priority` expander prefers, as its ConfigMap has it.");
    t.add("priority", &PriorityDraft::priority, "The highest wins.",
          {.required = true, .max = kCountMax});
    t.custom({"pools", "list of names", "required", "Node pools of this priority."}, true,
             read_pools<PriorityDraft>);
    return t;
  }();
  return table;
}

const FieldTable<PodPrices>& pod_prices_table() {
  static const FieldTable<PodPrices> table = [] {
    FieldTable<PodPrices> t;
    t.about(
        "What the `price` expander holds against the price of nodes. Defaults: the autoscaler's "
        "model of Compute Engine, not verified.");
    t.add("cpu", &PodPrices::per_core, "Price of a requested core for an hour.");
    t.add("memory", &PodPrices::per_gibibyte, "Price of a requested GiB for an hour.");
    return t;
  }();
  return table;
}

void add_scale_up(FieldTable<Draft>& t) {
  t.add("scanInterval", &Draft::scan_interval, "Between looks at pending pods.");
  t.add("frequentLoopsEnabled", &Draft::frequent_loops,
        "A scan follows at once on a scale-up and on a pod that fits nowhere.");
  t.custom({"expander",
            "list of `random`, `most-pods`, `least-nodes`, `least-waste`, `price`, "
            "`priority`",
            "[least-waste]",
            "How one of several pools is chosen: filters in their order, a draw "
            "among what is left."},
           false, read_expander);
  t.custom<PriorityDraft>(
      {"priorities", "list of blocks", "none", "Steps of the `priority` expander."}, false,
      [](Reader& reader, const YamlNode& node, Draft& out) {
        read_list(reader, node, [&](const YamlNode& item, std::size_t) {
          priority_table().read(reader, item, out.priority_drafts.emplace_back());
        });
      },
      priority_table, "[]");
  t.block("podPrices", &Draft::pod_prices, pod_prices_table, "see below",
          "For the `price` expander.");
  t.add("maxNodeProvisionTime", &Draft::max_node_provision_time,
        "A node that is not there after so long is given up, and its pool backs off.");
  t.add("maxNodesTotal", &Draft::max_nodes_total, "Nodes of all pools together; 0: no limit.",
        {.max = kCountMax});
  t.add("newPodScaleUpDelay", &Draft::new_pod_scale_up_delay, "Younger pods are not looked at.",
        {.zero = true});
  t.add("balanceSimilarNodeGroups", &Draft::balance_similar_node_groups,
        "New nodes are split among pools that are alike.");
  t.add(
      "initialNodeGroupBackoffDuration",
      [](Draft & spec) -> auto& { return spec.group_backoff.initial; },
      "How long a pool whose request failed is left alone; doubles with each failure.");
  t.add(
      "maxNodeGroupBackoffDuration", [](Draft & spec) -> auto& { return spec.group_backoff.max; },
      "At most.");
  t.add(
      "nodeGroupBackoffResetTimeout",
      [](Draft & spec) -> auto& { return spec.group_backoff.reset; },
      "After so long without a failure it begins anew.");
}

// Time of a scale-down; zero is taken.
void add_delay(FieldTable<Draft>& t, const char* key, Duration ScaleDownSettings::*member,
               const char* meaning) {
  t.add(key, [member](Draft & spec) -> auto& { return spec.scale_down.*member; }, meaning,
        {.zero = true});
}

void add_scale_down(FieldTable<Draft>& t) {
  t.add("scaleDownEnabled", &Draft::scale_down_enabled, "Nodes are taken away.");
  add_delay(t, "scaleDownUnneededTime", &ScaleDownSettings::unneeded_time,
            "How long a node has to be unneeded.");
  add_delay(t, "scaleDownUnreadyTime", &ScaleDownSettings::unready_time,
            "The same for a node that is not Ready.");
  add_delay(t, "scaleDownDelayAfterAdd", &ScaleDownSettings::delay_after_add,
            "After a scale-up nothing is taken away for so long.");
  add_delay(t, "scaleDownDelayAfterDelete", &ScaleDownSettings::delay_after_delete,
            "The same after a deletion; 0: the scan interval.");
  add_delay(t, "scaleDownDelayAfterFailure", &ScaleDownSettings::delay_after_failure,
            "The same after a deletion that failed.");
  t.add("scaleDownUtilizationThreshold",
        [](Draft & spec) -> auto& { return spec.scale_down.utilization_threshold; },
        "A node with a smaller share of its CPU and memory requested may go.", {.max = 1});
  t.add("maxScaleDownParallelism",
        [](Draft & spec) -> auto& { return spec.scale_down.parallelism_max; },
        "Nodes that are taken away at once.", {.min = 1, .max = kCountMax});
  t.add("maxDrainParallelism", [](Draft & spec) -> auto& { return spec.scale_down.drains_max; },
        "Of these, nodes with pods that have to move.", {.min = 1, .max = kCountMax});
}

void read_policy(Reader& reader, const YamlNode& node, DisruptionSettings& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"WhenEmptyOrUnderutilized", "WhenEmpty"}, &index)) return;
  out.policy = static_cast<ConsolidationPolicy>(index);
}

void read_consolidate_after(Reader& reader, const YamlNode& node, DisruptionSettings& out) {
  if (node.kind == YamlNode::Kind::scalar && node.text == "Never") {
    out.consolidate_after.reset();
    return;
  }
  Duration after{0};
  if (TimeCodec::read(reader, node, after, {.zero = true})) out.consolidate_after = after;
}

const FieldTable<IntOrPercent>& budget_table() {
  static const FieldTable<IntOrPercent> table = [] {
    FieldTable<IntOrPercent> t;
    t.add<CountOrShareCodec>(
        "nodes", [](IntOrPercent& budget) -> IntOrPercent& { return budget; },
        "Nodes that may be on their way out at once; per cent of the pool, rounded up.",
        {.required = true});
    return t;
  }();
  return table;
}

void read_budgets(Reader& reader, const YamlNode& node, DisruptionSettings& out) {
  out.budgets.clear();
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    budget_table().read(reader, item, out.budgets.emplace_back());
  });
}

const FieldTable<DisruptionSettings>& disruption_table() {
  static const FieldTable<DisruptionSettings> table = [] {
    FieldTable<DisruptionSettings> t;
    t.about("Which nodes Karpenter takes away or replaces. Defaults are its own.");
    t.custom({"consolidationPolicy", "`WhenEmptyOrUnderutilized`, `WhenEmpty`",
              "WhenEmptyOrUnderutilized", "Which nodes may go."},
             false, read_policy);
    t.custom({"consolidateAfter", "time or `Never`", "0s",
              "How long no pod has come or gone before a node may go."},
             false, read_consolidate_after);
    t.custom<IntOrPercent>(
        {"budgets", "list of blocks", "[{nodes: 10%}]", "The least of them counts."}, false,
        read_budgets, budget_table, "[]");
    return t;
  }();
  return table;
}

const FieldTable<KarpenterPoolDraft>& limits_table() {
  static const FieldTable<KarpenterPoolDraft> table = [] {
    FieldTable<KarpenterPoolDraft> t;
    t.about("Of the capacity of all nodes of the NodePool.");
    t.add("cpu", &KarpenterPoolDraft::cpu_limit, "Cores.");
    t.add<OptionalMemoryCodec>("memory", &KarpenterPoolDraft::memory_limit, "Memory.",
                               {.fallback = "none"});
    return t;
  }();
  return table;
}

const FieldTable<KarpenterPoolDraft>& karpenter_pool_table() {
  static const FieldTable<KarpenterPoolDraft> table = [] {
    FieldTable<KarpenterPoolDraft> t;
    t.about(
        "NodePools of Karpenter. A node pool of the scenario is an instance type with its `price`, "
        "and `nodes.max` what the cloud has of it.");
    t.add<NameCodec>("name", &KarpenterPoolDraft::name, "Name, for people.", {.required = true});
    t.add("weight", &KarpenterPoolDraft::weight, "The highest is tried first.",
          {.max = kWeightMax});
    t.custom({"pools", "list of names", "all pools", "Instance types: node pools."}, false,
             read_pools<KarpenterPoolDraft>);
    t.block("disruption", &KarpenterPoolDraft::disruption, disruption_table, "see below",
            "How nodes go.");
    t.block(
        "limits", [](KarpenterPoolDraft& pool) -> KarpenterPoolDraft& { return pool; },
        limits_table, "none", "No node is added beyond them.");
    return t;
  }();
  return table;
}

void add_karpenter(FieldTable<Draft>& t) {
  t.add("batchIdleDuration", &Draft::batch_idle_duration,
        "Karpenter: pods are looked at so long after the last new one.");
  t.add("batchMaxDuration", &Draft::batch_max_duration,
        "Karpenter: and at the latest so long after the first.");
  t.custom<KarpenterPoolDraft>(
      {"nodePools", "list of blocks", "one over all pools", "Karpenter's NodePools."}, false,
      [](Reader& reader, const YamlNode& node, Draft& out) {
        read_named_list(reader, node, karpenter_pool_table(), "NodePools", out.pool_drafts,
                        [&](const YamlNode& item, KarpenterPoolDraft& pool) {
                          pool.place = place_of_key(item, "name");
                          return true;
                        });
      },
      karpenter_pool_table, "[]");
}

}  // namespace

const FieldTable<NodeAutoscalerDraft>& node_autoscaler_table() {
  static const FieldTable<NodeAutoscalerDraft> table = [] {
    FieldTable<NodeAutoscalerDraft> t;
    t.about(
        "Keys have the names of the Cluster Autoscaler's flags and of Karpenter's settings, and "
        "their defaults. Those of the kind that does not run say nothing.");
    t.custom({"kind", "`none`, `ClusterAutoscaler`, `Karpenter`", "none", "Which one runs."}, true,
             read_kind);
    add_scale_up(t);
    add_scale_down(t);
    add_karpenter(t);
    return t;
  }();
  return table;
}

}  // namespace pullsim
