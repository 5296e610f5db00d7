// Files of objects into the scenario's tree; see the header.
#include "tools/input/kubernetes_objects.hpp"

#include "tools/input/kubernetes_pod_template.hpp"
#include "tools/input/kubernetes_priorities.hpp"
#include "tools/input/kubernetes_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

/// A readiness gate that nothing of the scenario meets would keep its pods from being Ready.
void drop_unmet_gates(const YamlNode& root, std::vector<YamlNode>& workloads,
                      std::vector<std::string>& warnings) {
  if (child(root, "loadBalancer") != nullptr) return;
  for (YamlNode& workload : workloads) {
    if (workload.place.source == root.place.source) continue;  // the table refuses its own
    const auto dropped = std::erase_if(
        workload.entries, [](const YamlEntry& entry) { return entry.key == "readinessGate"; });
    if (dropped == 0) continue;
    warnings.push_back(fmt::format(
        "`readinessGates` of {} are left out: the scenario has no `loadBalancer` that meets them",
        text_at(workload, "name")));
  }
}

ImageRefs image_refs(const YamlNode& root) {
  ImageRefs refs;
  const YamlNode* images = child(root, "images");
  if (images == nullptr) return refs;
  for (const YamlEntry& image : images->entries) {
    const std::string ref = text_at(image.value, "ref");
    refs.emplace(normal_image_ref(ref.empty() ? image.key : ref), image.key);
  }
  return refs;
}

}  // namespace

void expand_objects(Reader& reader, YamlNode& root, ConfigFiles& files,
                    std::vector<std::string>& sources, std::vector<std::string>& warnings) {
  YamlEntry* workloads = root.find("workloads");
  if (workloads == nullptr || workloads->value.kind != YamlNode::Kind::sequence) return;
  const ImageRefs images = image_refs(root);
  const Reader::Scope scope(reader, "workloads");
  const std::size_t own_sources = sources.size();
  std::vector<YamlNode> expanded;
  std::vector<Autoscaler> autoscalers;
  std::vector<SelectingBudget> budgets;
  std::vector<NodePoolObject> node_pools;
  std::vector<YamlNode> classes;
  for (YamlNode& item : workloads->value.items) {
    const YamlEntry* objects = item.find("objects");
    if (objects == nullptr || item.entries.size() > 1) {
      expanded.push_back(std::move(item));  // keys beside `objects` are the table's to refuse
      continue;
    }
    std::vector<Reference> names;
    read_references(reader, objects->value, names);
    for (const Reference& name : names) {
      const auto text = files.text(reader, name);
      if (!text) continue;
      const std::string path = files.path_of(name.name);
      const auto index = static_cast<int>(sources.size());
      sources.push_back(path);
      const auto documents = read_yaml_documents(*text, {path, index, true}, reader.diagnostics());
      if (!documents) continue;
      KubernetesObjects read = read_kubernetes_objects(reader, *documents, images, path, warnings);
      for (Autoscaler& one : read.autoscalers) autoscalers.push_back(std::move(one));
      const bool others =
          !read.budgets.empty() || !read.node_pools.empty() || !read.priority_classes.empty();
      for (SelectingBudget& one : read.budgets) budgets.push_back(std::move(one));
      for (NodePoolObject& one : read.node_pools) node_pools.push_back(std::move(one));
      for (YamlNode& one : read.priority_classes) classes.push_back(std::move(one));
      std::vector<YamlNode> found = std::move(read.workloads);
      if (found.empty() && !others && reader.errors() == 0) {
        reader.error("PS3013", name.place, fmt::format("`{}` holds no workload", name.name),
                     {"", "name a file with the objects as they were applied", ""});
      }
      for (YamlNode& workload : found) expanded.push_back(std::move(workload));
    }
  }
  attach_autoscalers(std::move(autoscalers), root, expanded, warnings);
  drop_unmet_gates(root, expanded, warnings);
  workloads->value.items = std::move(expanded);
  add_disruption_budgets(root, std::move(budgets), warnings);
  attach_node_pools(std::move(node_pools), root, warnings);
  add_priority_classes(root, std::move(classes));
  for (YamlNode& workload : root.find("workloads")->value.items) {
    const int source = workload.place.source;
    if (source < static_cast<int>(own_sources)) continue;
    drop_unknown_priority(root, sources[static_cast<std::size_t>(source)], workload, warnings);
  }
}

}  // namespace pullsim
