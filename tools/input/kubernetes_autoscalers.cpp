// HorizontalPodAutoscalers (autoscaling/v1 and v2) and KEDA's ScaledObjects as blocks of the short
// form. What cannot be computed here is left out by name: memory, metrics that nobody reports.
#include "tools/input/kubernetes_autoscalers.hpp"

#include <pullsim/scenario_autoscaling.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pullsim {

namespace {

constexpr std::array<std::string_view, 6> kHpaUsed = {
    "scaleTargetRef", "minReplicas", "maxReplicas",
    "metrics",        "behavior",    "targetCPUUtilizationPercentage"};
constexpr ObjectFields kHpaFields = {kHpaUsed, {}, {}};
constexpr std::array<std::string_view, 9> kKedaUsed = {
    "scaleTargetRef",  "minReplicaCount",       "maxReplicaCount", "idleReplicaCount", "triggers",
    "pollingInterval", "initialCooldownPeriod", "cooldownPeriod",  "advanced"};
constexpr std::array<std::string_view, 1> kKedaMissing = {"fallback"};
constexpr ObjectFields kKedaFields = {kKedaUsed, {}, kKedaMissing};
constexpr std::array<std::string_view, 3> kTriggerUsed = {"type", "name", "metadata"};
constexpr std::array<std::string_view, 2> kTriggerIdle = {"authenticationRef", "useCachedMetrics"};
constexpr std::array<std::string_view, 1> kTriggerMissing = {"metricType"};
constexpr ObjectFields kTriggerFields = {kTriggerUsed, kTriggerIdle, kTriggerMissing};

/// The name of the metric of an entry of `metrics`: "cpu", "requests_per_second".
std::string metric_name(const YamlNode& metric) {
  for (const char* resource : {"resource", "containerResource"}) {
    if (const YamlNode* block = child(metric, resource)) return text_at(*block, "name");
  }
  for (const char* custom : {"pods", "object", "external"}) {
    const YamlNode* block = child(metric, custom);
    const YamlNode* name = block != nullptr ? child(*block, "metric") : nullptr;
    if (name != nullptr) return text_at(*name, "name");
  }
  return "";
}

bool is_resource(const YamlNode& metric) {
  return child(metric, "resource") != nullptr || child(metric, "containerResource") != nullptr;
}

/// The object's target if it is a kind that can be scaled here.
const YamlNode* target_of(ObjectContext& from, const YamlNode& object, bool deployment_if_absent) {
  const YamlNode* spec = child(object, "spec");
  const YamlNode* target = spec != nullptr ? child(*spec, "scaleTargetRef") : nullptr;
  const std::string kind = target != nullptr ? text_at(*target, "kind") : "";
  const bool known = kind == "Deployment" || kind == "StatefulSet";
  if (target != nullptr && (known || (kind.empty() && deployment_if_absent))) return target;
  from.warn(object.place, "scales no Deployment or StatefulSet and is left out");
  return nullptr;
}

Autoscaler autoscaler_for(const ObjectContext& from, const YamlNode& object, const YamlNode& target,
                          const char* key) {
  return {text_at(target, "name"),
          fmt::format("{}:{}: {}", from.file, object.place.line, from.object), key,
          block_at(object.place)};
}

// Scalers whose figure is a number of things that wait, with the key of the target for each pod.
struct Scaler {
  std::string_view type;
  const char* threshold;
  const char* activation;
  bool of_queue;
};
constexpr Scaler kScalers[] = {
    {"rabbitmq", "value", "activationValue", true},
    {"aws-sqs-queue", "queueLength", "activationQueueLength", true},
    {"kafka", "lagThreshold", "activationLagThreshold", true},
    {"azure-servicebus", "messageCount", "activationMessageCount", true},
    {"azure-queue", "queueLength", "activationQueueLength", true},
    {"redis", "listLength", "activationListLength", true},
    {"prometheus", "threshold", "activationThreshold", false},
    {"metrics-api", "targetValue", "activationTargetValue", false},
};

/// A trigger in the short form; none, with a warning, where nothing stands in for its figure.
std::optional<YamlNode> trigger_block(ObjectContext& from, const YamlNode& trigger) {
  from.look_through(trigger, kTriggerFields, "spec.triggers[].");
  const std::string type = text_at(trigger, "type");
  const auto* scaler = std::find_if(std::begin(kScalers), std::end(kScalers),
                                    [&](const Scaler& one) { return one.type == type; });
  const YamlNode* metadata = child(trigger, "metadata");
  if (scaler == std::end(kScalers) || metadata == nullptr) {
    from.warn(trigger.place,
              fmt::format("has a trigger of type `{}`, which is not simulated", type));
    return std::nullopt;
  }
  std::string metric = text_at(trigger, "name");
  if (metric.empty()) metric = text_at(*metadata, "metricName");
  if (metric.empty() && scaler->of_queue) metric = kQueueLength;
  if (metric.empty()) metric = kRequestsPerSecond;
  YamlNode block = block_at(trigger.place);
  put(block, "metric", text_node(metric, trigger.place));
  const YamlNode* threshold = child(*metadata, scaler->threshold);
  if (threshold == nullptr) {
    from.warn(trigger.place,
              fmt::format("has a trigger without `{}`, which is left out", scaler->threshold));
    return std::nullopt;
  }
  put(block, "threshold", *threshold);
  if (const YamlNode* activation = child(*metadata, scaler->activation)) {
    put(block, "activationThreshold", *activation);
  }
  return block;
}

bool has_traffic(const YamlNode& root, const std::string& workload) {
  const YamlNode* traffic = child(root, "traffic");
  return traffic != nullptr &&
         std::any_of(traffic->items.begin(), traffic->items.end(),
                     [&](const YamlNode& item) { return text_at(item, "workload") == workload; });
}

/// Why the scenario does not report a metric; empty if it does.
std::string missing(const YamlNode& root, const std::string& workload, const std::string& name,
                    bool resource) {
  const bool of_traffic = resource || name == kRequestsPerSecond || name == kQueueLength;
  if (of_traffic) {
    return has_traffic(root, workload)
               ? ""
               : fmt::format("the scenario has no `traffic` for `{}`", workload);
  }
  const YamlNode* series = child(root, "metrics");
  const bool given = series != nullptr && std::any_of(series->items.begin(), series->items.end(),
                                                      [&](const YamlNode& item) {
                                                        return text_at(item, "name") == name;
                                                      });
  return given ? "" : "the scenario's `metrics` have no series of that name";
}

/// Takes out what is not reported; false if nothing is left to scale by.
bool keep_reported(Autoscaler& autoscaler, const YamlNode& root,
                   std::vector<std::string>& warnings) {
  const bool keda = autoscaler.key == "scaledObject";
  YamlEntry* list = autoscaler.block.find(keda ? "triggers" : "metrics");
  if (list == nullptr) {  // the CPU target alone
    const std::string why = missing(root, autoscaler.target, "cpu", true);
    if (!why.empty()) warnings.push_back(autoscaler.warning_place + " is left out: " + why);
    return why.empty();
  }
  std::vector<YamlNode>& items = list->value.items;
  std::string why;
  std::erase_if(items, [&](const YamlNode& item) {
    const std::string name = keda ? text_at(item, "metric") : metric_name(item);
    const std::string reason = missing(root, autoscaler.target, name, !keda && is_resource(item));
    if (reason.empty()) return false;
    why = reason;
    warnings.push_back(fmt::format("{} scales by `{}`, which is left out: {}",
                                   autoscaler.warning_place, name, reason));
    return true;
  });
  if (!items.empty()) return true;
  if (why.empty()) why = "none of its metrics is simulated";
  warnings.push_back(autoscaler.warning_place + " is left out: " + why);
  return false;
}

}  // namespace

void read_pod_autoscaler(ObjectContext& from, const YamlNode& object,
                         std::vector<Autoscaler>& out) {
  const YamlNode* target = target_of(from, object, false);
  if (target == nullptr) return;
  const YamlNode& spec = *child(object, "spec");
  from.look_through(spec, kHpaFields, "spec.");
  Autoscaler found = autoscaler_for(from, object, *target, "horizontalPodAutoscaler");
  copy_key(spec, "minReplicas", found.block);
  copy_key(spec, "maxReplicas", found.block);
  copy_key(spec, "targetCPUUtilizationPercentage", found.block);
  if (const YamlNode* metrics = child(spec, "metrics")) {
    YamlNode kept = list_at(metrics->place);
    for (const YamlNode& metric : metrics->items) {
      if (is_resource(metric) && metric_name(metric) != "cpu") {
        from.warn(metric.place,
                  fmt::format("scales by `{}`, which is not simulated", metric_name(metric)));
      } else {
        kept.items.push_back(metric);
      }
    }
    if (kept.items.empty() && !metrics->items.empty()) {
      from.warn(object.place, "scales by metrics that are not simulated and is left out");
      return;
    }
    if (!kept.items.empty()) put(found.block, "metrics", std::move(kept));
  }
  copy_key(spec, "behavior", found.block);
  out.push_back(std::move(found));
}

void read_scaled_object(ObjectContext& from, const YamlNode& object, std::vector<Autoscaler>& out) {
  const YamlNode* target = target_of(from, object, true);
  if (target == nullptr) return;
  const YamlNode& spec = *child(object, "spec");
  from.look_through(spec, kKedaFields, "spec.");
  Autoscaler found = autoscaler_for(from, object, *target, "scaledObject");
  for (const char* key : {"minReplicaCount", "maxReplicaCount", "idleReplicaCount",
                          "pollingInterval", "cooldownPeriod", "initialCooldownPeriod"}) {
    copy_key(spec, key, found.block);
  }
  YamlNode triggers = list_at(object.place);
  if (const YamlNode* given = child(spec, "triggers")) {
    triggers.place = given->place;
    for (const YamlNode& trigger : given->items) {
      if (auto block = trigger_block(from, trigger)) triggers.items.push_back(std::move(*block));
    }
  }
  put(found.block, "triggers", std::move(triggers));
  const YamlNode* advanced = child(spec, "advanced");
  const YamlNode* config =
      advanced != nullptr ? child(*advanced, "horizontalPodAutoscalerConfig") : nullptr;
  if (advanced != nullptr && child(*advanced, "scalingModifiers") != nullptr) {
    from.warn(advanced->place, "has `spec.advanced.scalingModifiers`, which is not simulated");
  }
  if (config != nullptr && child(*config, "behavior") != nullptr) {
    YamlNode inner = block_at(config->place);
    copy_key(*config, "behavior", inner);
    YamlNode outer = block_at(advanced->place);
    put(outer, "horizontalPodAutoscalerConfig", std::move(inner));
    put(found.block, "advanced", std::move(outer));
  }
  out.push_back(std::move(found));
}

void attach_autoscalers(std::vector<Autoscaler> autoscalers, const YamlNode& root,
                        std::vector<YamlNode>& workloads, std::vector<std::string>& warnings) {
  for (Autoscaler& autoscaler : autoscalers) {
    const auto target = std::find_if(
        workloads.begin(), workloads.end(),
        [&](const YamlNode& workload) { return text_at(workload, "name") == autoscaler.target; });
    if (target == workloads.end()) {
      warnings.push_back(fmt::format("{} is left out: the scenario has no workload `{}`",
                                     autoscaler.warning_place, autoscaler.target));
    } else if (keep_reported(autoscaler, root, warnings)) {
      put(*target, autoscaler.key, std::move(autoscaler.block));
    }
  }
}

}  // namespace pullsim
