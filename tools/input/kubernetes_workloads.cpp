// Owners of pods as blocks of the short form; see the header.
#include "tools/input/kubernetes_workloads.hpp"

#include "tools/input/kubernetes_pod_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace pullsim {

namespace {

void copy_keys(const YamlNode& from, std::initializer_list<const char*> keys, YamlNode& to) {
  for (const char* key : keys) copy_key(from, key, to);
}

// Objects with Recreate may carry an empty `rollingUpdate`, as `kubectl get` prints it.
void read_strategy(const YamlNode& spec, YamlNode& workload) {
  const YamlNode* given = child(spec, "strategy");
  if (given == nullptr) return;
  YamlNode strategy = block_at(given->place);
  copy_key(*given, "type", strategy);
  if (text_at(*given, "type") != "Recreate") copy_key(*given, "rollingUpdate", strategy);
  put(workload, "strategy", std::move(strategy));
}

/// `partition` of a StatefulSet, `maxUnavailable` of a DaemonSet.
void read_update_strategy(ObjectContext& from, const YamlNode& spec, const char* used,
                          YamlNode& workload) {
  const YamlNode* given = child(spec, "updateStrategy");
  if (given == nullptr) return;
  if (text_at(*given, "type") == "OnDelete") {
    from.warn(given->place,
              "has update strategy `OnDelete`, which is not simulated: it rolls out by the "
              "defaults of RollingUpdate");
    return;
  }
  const YamlNode* rolling = child(*given, "rollingUpdate");
  if (rolling == nullptr) return;
  const std::string surge = text_at(*rolling, "maxSurge");
  if (!surge.empty() && surge != "0" && surge != "0%") {
    from.warn(rolling->place,
              "has `spec.updateStrategy.rollingUpdate.maxSurge`, which is not simulated");
    return;
  }
  YamlNode inner = block_at(rolling->place);
  copy_key(*rolling, used, inner);
  YamlNode strategy = block_at(given->place);
  put(strategy, "rollingUpdate", std::move(inner));
  put(workload, "updateStrategy", std::move(strategy));
}

const ObjectFields& fields_of(const std::string& kind) {
  if (kind == "StatefulSet") return kStatefulSetFields;
  if (kind == "DaemonSet") return kDaemonSetFields;
  if (kind == "CronJob") return kCronJobFields;
  return kind == "Job" ? kJobFields : kDeploymentFields;
}

/// Where the pods are described: `spec`, or the Job's within a CronJob. Null if it is not there.
const YamlNode* owner_of_template(const YamlNode& spec, const std::string& kind) {
  if (kind != "CronJob") return &spec;
  const YamlNode* job = child(spec, "jobTemplate");
  return job != nullptr ? child(*job, "spec") : nullptr;
}

}  // namespace

void read_workload(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out) {
  const std::string kind = text_at(object, "kind");
  const YamlNode* metadata = child(object, "metadata");
  const YamlNode* spec = child(object, "spec");
  const YamlNode* owner = spec != nullptr ? owner_of_template(*spec, kind) : nullptr;
  const YamlNode* pod_template = owner != nullptr ? child(*owner, "template") : nullptr;
  const YamlNode* pod = pod_template != nullptr ? child(*pod_template, "spec") : nullptr;
  if (metadata == nullptr || child(*metadata, "name") == nullptr || pod == nullptr) {
    from.reader.error("PS2002", object.place,
                      fmt::format("a {} lacks its name or its pod template", kind),
                      {"",
                       fmt::format("it needs `metadata.name` and `spec.{}template.spec`",
                                   kind == "CronJob" ? "jobTemplate.spec." : ""),
                       ""});
    return;
  }
  if (!from.reader.is_mapping(*spec) || !from.reader.is_mapping(*pod)) return;
  from.look_through(*spec, fields_of(kind), "spec.");
  if (owner != spec) from.look_through(*owner, kJobFields, "spec.jobTemplate.spec.");
  YamlNode workload = block_at(object.place);
  copy_key(*metadata, "name", workload);
  copy_key(object, "kind", workload);
  if (kind == "Deployment" || kind == "StatefulSet") {
    copy_keys(*spec, {"replicas", "minReadySeconds"}, workload);
  }
  if (kind == "Deployment") {
    copy_key(*spec, "progressDeadlineSeconds", workload);
    read_strategy(*spec, workload);
  } else if (kind == "StatefulSet") {
    copy_key(*spec, "podManagementPolicy", workload);
    read_update_strategy(from, *spec, "partition", workload);
  } else if (kind == "DaemonSet") {
    copy_key(*spec, "minReadySeconds", workload);
    read_update_strategy(from, *spec, "maxUnavailable", workload);
  } else {
    if (text_at(*spec, "suspend") == "true" || text_at(*owner, "suspend") == "true") {
      from.warn(object.place, "is suspended and is left out");
      return;
    }
    copy_keys(*spec, {"schedule", "concurrencyPolicy"}, workload);
    copy_keys(*owner, {"completions", "parallelism", "backoffLimit"}, workload);
  }
  if (const YamlNode* of_pods = child(*pod_template, "metadata")) {
    copy_key(*of_pods, "labels", workload);
  }
  read_pod_template(from, *pod, workload);
  if (kind == "StatefulSet") read_volume_claims(from, *spec, workload);
  out.push_back(std::move(workload));
}

}  // namespace pullsim
