// Tables of a workload's `scaledObject`, in the spelling of keda.sh/v1alpha1 as far as a trigger's
// scaler does not matter, and of the series that autoscalers may look at.
#include "tools/input/scenario_draft.hpp"

namespace pullsim {

namespace {

const FieldTable<KedaTriggerSpec>& trigger_table() {
  static const FieldTable<KedaTriggerSpec> table = [] {
    FieldTable<KedaTriggerSpec> t;
    t.about("What the workload is scaled by.");
    t.add("metric", &KedaTriggerSpec::metric,
          "`requests_per_second`, `queue_length`, or a series of `metrics`.", {.required = true});
    t.add<QuantityCodec>("threshold", &KedaTriggerSpec::threshold, "Target for each pod.",
                         {.required = true});
    t.add<QuantityCodec>("activationThreshold", &KedaTriggerSpec::activation,
                         "Above it the trigger is active.", {.zero = true});
    return t;
  }();
  return table;
}

void read_triggers(Reader& reader, const YamlNode& node, ScaledObjectSpec& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    trigger_table().read(reader, item, out.triggers.emplace_back());
  });
  if (node.kind != YamlNode::Kind::sequence || !node.items.empty()) return;
  reader.error("PS3013", node.place, fmt::format("`{}` is empty", reader.path()),
               {"", "give at least one trigger", ""});
}

ScaledObjectSpec& same(ScaledObjectSpec& spec) { return spec; }

const FieldTable<ScaledObjectSpec>& keda_autoscaler_table() {
  static const FieldTable<ScaledObjectSpec> table = [] {
    FieldTable<ScaledObjectSpec> t;
    t.block("behavior", &ScaledObjectSpec::behavior, behavior_table, "none",
            "As of an autoscaler.");
    return t;
  }();
  return table;
}

const FieldTable<ScaledObjectSpec>& advanced_table() {
  static const FieldTable<ScaledObjectSpec> table = [] {
    FieldTable<ScaledObjectSpec> t;
    t.block("horizontalPodAutoscalerConfig", same, keda_autoscaler_table, "none",
            "Of the autoscaler that KEDA makes.");
    return t;
  }();
  return table;
}

// The series

const FieldTable<MetricStep>& metric_step_table() {
  static const FieldTable<MetricStep> table = [] {
    FieldTable<MetricStep> t;
    t.add("at", &MetricStep::at, "From when on, from the start.",
          {.required = true, .zero = true, .fixed = true});
    t.add<QuantityCodec>("value", &MetricStep::value, "What is reported.",
                         {.required = true, .zero = true});
    return t;
  }();
  return table;
}

void read_series_steps(Reader& reader, const YamlNode& node, MetricSeriesDraft& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    metric_step_table().read(reader, item, out.values.emplace_back());
    out.step_places.push_back(place_of_key(item, "at"));
  });
}

}  // namespace

const FieldTable<ScaledObjectSpec>& scaled_object_table() {
  static const FieldTable<ScaledObjectSpec> table = [] {
    using Spec = ScaledObjectSpec;
    FieldTable<Spec> t;
    t.about("KEDA: from and to no pods at all at a poll, in between as an autoscaler does.");
    t.add("minReplicaCount", &Spec::min_replicas, "Fewest pods.", {.max = INT32_MAX});
    t.add("maxReplicaCount", &Spec::max_replicas, "Most pods.", {.min = 1, .max = INT32_MAX});
    t.add("idleReplicaCount", &Spec::idle_replicas,
          "Pods while no trigger is active; KEDA takes 0 alone.", {.min = 0, .max = 0});
    t.add<BareSecondsCodec>("pollingInterval", &Spec::polling_interval, "Between polls.",
                            {.min = 1});
    t.add<BareSecondsCodec>("cooldownPeriod", &Spec::cooldown,
                            "From the last poll with an active trigger to no pods.");
    t.add<BareSecondsCodec>("initialCooldownPeriod", &Spec::initial_cooldown,
                            "From the start, while no trigger has been active.");
    t.custom<KedaTriggerSpec>({"triggers", "list of blocks", "required", "What is looked at."},
                              true, read_triggers, trigger_table, "[]");
    t.block("advanced", same, advanced_table, "none", "Further settings.");
    return t;
  }();
  return table;
}

const FieldTable<MetricSeriesDraft>& metric_series_table() {
  static const FieldTable<MetricSeriesDraft> table = [] {
    FieldTable<MetricSeriesDraft> t;
    t.about("What something outside the cluster reports, for autoscalers to scale by.");
    t.add("name", &MetricSeriesDraft::name, "Name, as autoscalers know it.", {.required = true});
    t.custom<MetricStep>({"values", "list of blocks", "required", "Value over time, by time."},
                         true, read_series_steps, metric_step_table, "[]");
    return t;
  }();
  return table;
}

}  // namespace pullsim
