// Table of a workload's `horizontalPodAutoscaler`, in the spelling of autoscaling/v2.
#include "tools/input/scenario_draft.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

using Source = HpaMetricSpec::Source;
using Target = HpaMetricSpec::Target;

constexpr std::int64_t kWindowMax = 3600;        // seconds; Kubernetes' validation
constexpr std::int64_t kPolicyPeriodMax = 1800;  // seconds; Kubernetes' validation
constexpr std::int64_t kMilli = 1000;

// Behaviour

void read_select(Reader& reader, const YamlNode& node, ScalingRules& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"Max", "Min", "Disabled"}, &index)) {
    out.select = static_cast<SelectPolicy>(index);
  }
}

void read_window(Reader& reader, const YamlNode& node, ScalingRules& out) {
  Duration window{0};
  const Rule rule{.max = kWindowMax};
  if (BareSecondsCodec::read(reader, node, window, rule)) out.stabilization_window = window;
}

void read_tolerance(Reader& reader, const YamlNode& node, ScalingRules& out) {
  std::int64_t milli = 0;
  if (QuantityCodec::read(reader, node, milli, {.zero = true})) {
    out.tolerance = static_cast<double>(milli) / kMilli;
  }
}

void read_policy_type(Reader& reader, const YamlNode& node, ScalingPolicy& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"Pods", "Percent"}, &index)) {
    out.type = static_cast<ScalingPolicy::Type>(index);
  }
}

void read_policy_value(Reader& reader, const YamlNode& node, ScalingPolicy& out) {
  std::int64_t value = 0;
  if (CountCodec::read(reader, node, value, {.min = 1, .max = INT32_MAX})) {
    out.value = static_cast<std::int32_t>(value);
  }
}

const FieldTable<ScalingPolicy>& policy_table() {
  static const FieldTable<ScalingPolicy> table = [] {
    FieldTable<ScalingPolicy> t;
    t.about("How far replicas may go in a time.");
    t.custom({"type", "`Pods`, `Percent`", "required", "What `value` counts."}, true,
             read_policy_type);
    t.custom({"value", "whole number from 1", "required", "Pods, or per cent of the replicas."},
             true, read_policy_value);
    t.add<BareSecondsCodec>("periodSeconds", &ScalingPolicy::period, "The time.",
                            {.required = true, .min = 1, .max = kPolicyPeriodMax});
    return t;
  }();
  return table;
}

void read_policies(Reader& reader, const YamlNode& node, ScalingRules& out) {
  if (!reader.is_list(node)) return;
  out.policies.clear();
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    policy_table().read(reader, item, out.policies.emplace_back());
  });
  if (!node.items.empty()) return;
  reader.error("PS3013", node.place, fmt::format("`{}` is empty", reader.path()),
               {"", "give a policy, or leave the key out for Kubernetes' own", ""});
}

const FieldTable<ScalingRules>& rules_table() {
  static const FieldTable<ScalingRules> table = [] {
    FieldTable<ScalingRules> t;
    t.about("One direction. What is left out is as Kubernetes fills it in.");
    t.custom({"stabilizationWindowSeconds", "seconds, whole number 0 to 3600", "up 0, down 300",
              "The least of the recommendations of so long is followed up, the "
              "greatest down."},
             false, read_window);
    t.custom({"selectPolicy", "`Max`, `Min`, `Disabled`", "Max",
              "Which of the policies counts: the one that changes most, least, or no change."},
             false, read_select);
    t.custom<ScalingPolicy>(
        {"policies", "list of blocks", "up 4 pods and 100 per cent, down 100 per cent, in 15 s",
         "How far replicas may go."},
        false, read_policies, policy_table, "[]");
    t.custom({"tolerance", "quantity", "0.1", "Distance from the target that changes nothing."},
             false, read_tolerance);
    return t;
  }();
  return table;
}

// Metrics

HpaMetricDraft& itself(HpaMetricDraft& metric) { return metric; }

void read_target_type(Reader& reader, const YamlNode& node, HpaMetricDraft& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"Utilization", "Value", "AverageValue"}, &index)) {
    out.target = static_cast<Target>(index);
  }
}

template <std::optional<std::int64_t> HpaMetricDraft::*Member>
void read_target_quantity(Reader& reader, const YamlNode& node, HpaMetricDraft& out) {
  std::int64_t value = 0;
  if (QuantityCodec::read(reader, node, value, {})) out.*Member = value;
}

const FieldTable<HpaMetricDraft>& target_table() {
  static const FieldTable<HpaMetricDraft> table = [] {
    FieldTable<HpaMetricDraft> t;
    t.about("What the metric is compared with: the key that `type` names.");
    t.custom({"type", "`Utilization`, `Value`, `AverageValue`", "required", "How."}, true,
             read_target_type);
    t.add("averageUtilization", &HpaMetricDraft::utilization_written, "Per cent of the request.",
          {.min = 1, .max = INT32_MAX});
    t.custom({"averageValue", "quantity", "none", "For each pod."}, false,
             read_target_quantity<&HpaMetricDraft::average_written>);
    t.custom({"value", "quantity", "none", "In all."}, false,
             read_target_quantity<&HpaMetricDraft::value_written>);
    return t;
  }();
  return table;
}

void read_resource_name(Reader& reader, const YamlNode& node, HpaMetricDraft& out) {
  std::size_t index = 0;
  if (!read_word(reader, node, {"cpu", "memory"}, &index)) return;
  out.name = node.text;
  if (index == 0) return;
  reader.not_supported(node.place, "a metric of `memory`", "scale by `cpu`, or leave it out");
}

const FieldTable<HpaMetricDraft>& resource_metric_table() {
  static const FieldTable<HpaMetricDraft> table = [] {
    FieldTable<HpaMetricDraft> t;
    t.custom({"name", "`cpu`", "required", "Resource."}, true, read_resource_name);
    t.block("target", itself, target_table, "required", "Target.");
    return t;
  }();
  return table;
}

const FieldTable<HpaMetricDraft>& container_metric_table() {
  static const FieldTable<HpaMetricDraft> table = [] {
    FieldTable<HpaMetricDraft> t;
    t.custom({"name", "`cpu`", "required", "Resource."}, true, read_resource_name);
    t.add<NameCodec>("container", &HpaMetricDraft::container,
                     "Container of the pods, whose load grows with its request.",
                     {.required = true});
    t.block("target", itself, target_table, "required", "Target.");
    return t;
  }();
  return table;
}

void skip(Reader&, const YamlNode&, HpaMetricDraft&) {}

const FieldTable<HpaMetricDraft>& metric_name_table() {
  static const FieldTable<HpaMetricDraft> table = [] {
    FieldTable<HpaMetricDraft> t;
    t.about(
        "`requests_per_second` and `queue_length` follow from the workload's `traffic`; any other "
        "is a series of the scenario's `metrics`.");
    t.add("name", &HpaMetricDraft::name, "Name of the metric.", {.required = true});
    t.custom({"selector", "block", "none", "Not looked at."}, false, skip);
    return t;
  }();
  return table;
}

const FieldTable<HpaMetricDraft>& custom_metric_table() {
  static const FieldTable<HpaMetricDraft> table = [] {
    FieldTable<HpaMetricDraft> t;
    t.block("metric", itself, metric_name_table, "required", "What is measured.");
    t.custom({"describedObject", "block", "none", "Not looked at."}, false, skip);
    t.block("target", itself, target_table, "required", "Target.");
    return t;
  }();
  return table;
}

constexpr const char* kMetricBlocks[] = {"resource", "containerResource", "pods", "object",
                                         "external"};

void read_metric_type(Reader& reader, const YamlNode& node, HpaMetricDraft& out) {
  std::size_t index = 0;
  if (read_word(reader, node, {"Resource", "ContainerResource", "Pods", "Object", "External"},
                &index)) {
    out.source = static_cast<Source>(index);
  }
}

const FieldTable<HpaMetricDraft>& metric_table() {
  static const FieldTable<HpaMetricDraft> table = [] {
    FieldTable<HpaMetricDraft> t;
    t.about("One metric: `type`, and the block of that name. The greatest proposal counts.");
    t.custom({"type", "`Resource`, `ContainerResource`, `Pods`, `Object`, `External`", "required",
              "Which of the blocks below says what is measured."},
             true, read_metric_type);
    t.block("resource", itself, resource_metric_table, "none", "CPU of the pods.");
    t.block("containerResource", itself, container_metric_table, "none", "CPU of a container.");
    t.block("pods", itself, custom_metric_table, "none", "A value of each pod.");
    t.block("object", itself, custom_metric_table, "none", "A value of one object.");
    t.block("external", itself, custom_metric_table, "none", "A value from outside the cluster.");
    return t;
  }();
  return table;
}

bool takes(Source source, Target target) {
  switch (source) {
    case Source::resource:
    case Source::container_resource:
      return target != Target::value;
    case Source::pods:
      return target == Target::average_value;
    case Source::object:
    case Source::external:
      return target != Target::utilization;
  }
  return false;
}

/// The target that its type names; none: it is missing, or the metric cannot have it.
std::optional<HpaMetricSpec> finished(Reader& reader, const YamlNode& item,
                                      const HpaMetricDraft& draft) {
  const char* wanted = kMetricBlocks[static_cast<std::size_t>(draft.source)];
  for (const char* block : kMetricBlocks) {
    const bool given = item.find(block) != nullptr;
    if (given == (block == std::string_view(wanted))) continue;
    reader.error(given ? "PS2011" : "PS2002", item.place,
                 fmt::format("the metric {} `{}`", given ? "has" : "lacks", block),
                 {"", fmt::format("its `type` says `{}`", wanted), ""});
    return std::nullopt;
  }
  const std::optional<std::int64_t>& value =
      draft.target == Target::utilization ? draft.utilization_written
      : draft.target == Target::value     ? draft.value_written
                                          : draft.average_written;
  if (!takes(draft.source, draft.target) || !value) {
    reader.error("PS2011", item.place, "the target of the metric does not say what it needs",
                 {"",
                  "CPU: `Utilization` and `averageUtilization`, or `AverageValue` and "
                  "`averageValue`; pods: `AverageValue`; object, external: `Value` and `value`, or "
                  "`AverageValue`",
                  ""});
    return std::nullopt;
  }
  HpaMetricSpec metric = draft;
  metric.value = *value;
  return metric;
}

void read_metrics(Reader& reader, const YamlNode& node, HorizontalPodAutoscalerSpec& out) {
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    HpaMetricDraft draft;
    const std::size_t before = reader.errors();
    metric_table().read(reader, item, draft);
    if (reader.errors() > before) return;
    if (const auto metric = finished(reader, item, draft)) out.metrics.push_back(*metric);
  });
}

}  // namespace

const FieldTable<ScalingBehavior>& behavior_table() {
  static const FieldTable<ScalingBehavior> table = [] {
    FieldTable<ScalingBehavior> t;
    t.about(
        "Absent: at most the greater of 4 pods and twice the replicas in a pass, and the greatest "
        "recommendation of 5 min on the way down.");
    t.block("scaleUp", &ScalingBehavior::up, rules_table, "see below", "Adding pods.");
    t.block("scaleDown", &ScalingBehavior::down, rules_table, "see below", "Removing pods.");
    return t;
  }();
  return table;
}

const FieldTable<HorizontalPodAutoscalerSpec>& pod_autoscaler_table() {
  static const FieldTable<HorizontalPodAutoscalerSpec> table = [] {
    using Spec = HorizontalPodAutoscalerSpec;
    FieldTable<Spec> t;
    t.about("Looks at its metrics every 15 s. CPU needs `traffic` and `requests.cpu`.");
    t.add("minReplicas", &Spec::min_replicas, "Fewest pods.", {.min = 1, .max = INT32_MAX});
    t.add("maxReplicas", &Spec::max_replicas, "Most pods.",
          {.required = true, .min = 1, .max = INT32_MAX});
    t.add("targetCPUUtilizationPercentage", &Spec::target_cpu_utilization,
          "Wanted use of the CPU request, in per cent. Without `metrics`.",
          {.min = 1, .max = INT32_MAX});
    t.custom<HpaMetricDraft>({"metrics", "list of blocks", "the CPU target above",
                              "What the replicas are computed from, instead of the CPU target."},
                             false, read_metrics, metric_table, "[]");
    t.block("behavior", &Spec::behavior, behavior_table, "none", "How fast replicas may change.");
    return t;
  }();
  return table;
}

}  // namespace pullsim
