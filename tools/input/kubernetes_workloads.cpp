// Deployments and DaemonSets as blocks of the short form; see the header.
#include "tools/input/kubernetes_workloads.hpp"

#include "tools/input/kubernetes_pod_template.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace pullsim {

namespace {

void read_strategy(ObjectContext& from, const YamlNode& spec, YamlNode& workload) {
  const YamlNode* given = child(spec, "strategy");
  if (given == nullptr) return;
  if (text_at(*given, "type") == "Recreate") {
    from.warn(given->place,
              "has strategy `Recreate`, which is not simulated: it rolls out by the "
              "defaults of RollingUpdate");
    return;
  }
  put(workload, "strategy", *given);
}

void read_update_strategy(ObjectContext& from, const YamlNode& spec, YamlNode& workload) {
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
  copy_key(*rolling, "maxUnavailable", inner);
  YamlNode block = block_at(given->place);
  put(block, "rollingUpdate", std::move(inner));
  put(workload, "updateStrategy", std::move(block));
}

/// What an object that owns pods must have, and the start of its workload.
struct Owner {
  const YamlNode* spec = nullptr;
  const YamlNode* pod = nullptr;
  YamlNode workload;
};

std::optional<Owner> owner_of(ObjectContext& from, const YamlNode& object,
                              const ObjectFields& fields) {
  const YamlNode* metadata = child(object, "metadata");
  Owner owner;
  owner.spec = child(object, "spec");
  const YamlNode* pod_template = owner.spec != nullptr ? child(*owner.spec, "template") : nullptr;
  owner.pod = pod_template != nullptr ? child(*pod_template, "spec") : nullptr;
  if (metadata == nullptr || child(*metadata, "name") == nullptr || owner.pod == nullptr) {
    from.reader.error(
        "PS2002", object.place,
        fmt::format("a {} lacks its name or its pod template", text_at(object, "kind")),
        {"", "it needs `metadata.name` and `spec.template.spec`", ""});
    return std::nullopt;
  }
  if (!from.reader.is_mapping(*owner.spec) || !from.reader.is_mapping(*owner.pod)) {
    return std::nullopt;
  }
  from.look_through(*owner.spec, fields, "spec.");
  owner.workload = block_at(object.place);
  copy_key(*metadata, "name", owner.workload);
  copy_key(object, "kind", owner.workload);
  copy_key(*owner.spec, "minReadySeconds", owner.workload);
  if (const YamlNode* of_pods = child(*pod_template, "metadata")) {
    copy_key(*of_pods, "labels", owner.workload);
  }
  return owner;
}

}  // namespace

void read_deployment(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out) {
  auto owner = owner_of(from, object, kDeploymentFields);
  if (!owner) return;
  copy_key(*owner->spec, "replicas", owner->workload);
  read_strategy(from, *owner->spec, owner->workload);
  read_pod_template(from, *owner->pod, owner->workload);
  out.push_back(std::move(owner->workload));
}

void read_daemon_set(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out) {
  auto owner = owner_of(from, object, kDaemonSetFields);
  if (!owner) return;
  read_update_strategy(from, *owner->spec, owner->workload);
  read_pod_template(from, *owner->pod, owner->workload);
  out.push_back(std::move(owner->workload));
}

}  // namespace pullsim
