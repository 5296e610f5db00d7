// Deployments as blocks of the short form; see the header.
#include "tools/input/kubernetes_workloads.hpp"

#include "tools/input/kubernetes_pod_template.hpp"

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

}  // namespace

void read_deployment(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out) {
  const YamlNode* metadata = child(object, "metadata");
  const YamlNode* spec = child(object, "spec");
  const YamlNode* pod_template = spec != nullptr ? child(*spec, "template") : nullptr;
  const YamlNode* pod = pod_template != nullptr ? child(*pod_template, "spec") : nullptr;
  if (metadata == nullptr || child(*metadata, "name") == nullptr || pod == nullptr) {
    from.reader.error("PS2002", object.place, "a Deployment lacks its name or its pod template",
                      {"", "it needs `metadata.name` and `spec.template.spec`", ""});
    return;
  }
  if (!from.reader.is_mapping(*spec) || !from.reader.is_mapping(*pod)) return;
  from.look_through(*spec, kDeploymentFields, "spec.");
  YamlNode workload = block_at(object.place);
  copy_key(*metadata, "name", workload);
  copy_key(object, "kind", workload);
  copy_key(*spec, "replicas", workload);
  copy_key(*spec, "minReadySeconds", workload);
  read_strategy(from, *spec, workload);
  read_pod_template(from, *pod, workload);
  out.push_back(std::move(workload));
}

}  // namespace pullsim
