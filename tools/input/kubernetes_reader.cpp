// From objects to blocks; see the header.
#include "tools/input/kubernetes_reader.hpp"

#include "tools/input/kubernetes_priorities.hpp"
#include "tools/input/kubernetes_workloads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

bool owned_by(const YamlNode* metadata, const char* kind) {
  const YamlNode* owners = metadata != nullptr ? child(*metadata, "ownerReferences") : nullptr;
  if (owners == nullptr) return false;
  return std::any_of(owners->items.begin(), owners->items.end(),
                     [&](const YamlNode& owner) { return text_at(owner, "kind") == kind; });
}

/// One file's objects, one after the other.
class Objects {
 public:
  explicit Objects(ObjectContext from) : from_(std::move(from)) {}

  std::vector<YamlNode> workloads;
  std::vector<Autoscaler> autoscalers;
  std::vector<SelectingBudget> budgets;
  std::vector<NodePoolObject> node_pools;
  std::vector<YamlNode> priority_classes;

  void take(const YamlNode& object) {
    if (!from_.reader.is_mapping(object)) return;
    const std::string kind = text_at(object, "kind");
    const YamlNode* items = child(object, "items");
    if (items != nullptr && kind.size() >= 4 && kind.substr(kind.size() - 4) == "List") {
      if (!from_.reader.is_list(*items)) return;
      for (const YamlNode& item : items->items) take(item);
      return;
    }
    if (kind.empty() || child(object, "apiVersion") == nullptr) {
      from_.reader.error("PS2016", object.place, "this is not a Kubernetes object",
                         {"", "an object has `apiVersion`, `kind` and `metadata`", ""});
      return;
    }
    take_kind(object, kind);
  }

 private:
  void take_kind(const YamlNode& object, const std::string& kind) {
    const YamlNode* metadata = child(object, "metadata");
    const std::string name = metadata != nullptr ? text_at(*metadata, "name") : "";
    const bool owned = metadata != nullptr && child(*metadata, "ownerReferences") != nullptr;
    from_.object = fmt::format("{} {}", kind, name);
    // What a ScaledObject or a CronJob made comes with `kubectl get all`.
    if (kind == "HorizontalPodAutoscaler" && owned_by(metadata, "ScaledObject")) return;
    if (kind == "Job" && owned_by(metadata, "CronJob")) return;
    if (kind == "HorizontalPodAutoscaler") {
      read_pod_autoscaler(from_, object, autoscalers);
      return;
    }
    if (kind == "ScaledObject") {
      read_scaled_object(from_, object, autoscalers);
      return;
    }
    if (kind == "PodDisruptionBudget") {
      read_disruption_budget(from_, object, budgets);
      return;
    }
    if (kind == "NodePool") {
      read_node_pool(from_, object, node_pools);
      return;
    }
    if (kind == "PriorityClass") {
      read_priority_class(from_, object, priority_classes);
      return;
    }
    switch (use_of_kind(kind)) {
      case ObjectUse::workload:
        read_workload(from_, object, workloads);
        break;
      case ObjectUse::idle:
        break;
      case ObjectUse::missing:
        // Pods and ReplicaSets of a Deployment come with `kubectl get all`.
        if (!owned) from_.warn(object.place, "is not simulated and is left out");
        break;
      case ObjectUse::unknown:
        from_.warn(object.place, "is of a kind that is not known here and is left out");
        break;
    }
  }

  ObjectContext from_;
};

}  // namespace

KubernetesObjects read_kubernetes_objects(Reader& reader, const std::vector<YamlNode>& documents,
                                          const ImageRefs& images, const std::string& file,
                                          std::vector<std::string>& warnings) {
  Objects objects({reader, images, file, warnings, ""});
  for (const YamlNode& document : documents) objects.take(document);
  return {std::move(objects.workloads), std::move(objects.autoscalers), std::move(objects.budgets),
          std::move(objects.node_pools), std::move(objects.priority_classes)};
}

}  // namespace pullsim
