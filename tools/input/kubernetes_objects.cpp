// Files of objects into the scenario's tree; see the header.
#include "tools/input/kubernetes_objects.hpp"

#include "tools/input/kubernetes_pod_template.hpp"
#include "tools/input/kubernetes_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

bool has_traffic(const YamlNode& root, const std::string& workload) {
  const YamlNode* traffic = child(root, "traffic");
  return traffic != nullptr &&
         std::any_of(traffic->items.begin(), traffic->items.end(),
                     [&](const YamlNode& item) { return text_at(item, "workload") == workload; });
}

/// Gives each autoscaler to its workload, if the scenario says what load there is.
void attach(std::vector<Autoscaler> autoscalers, const YamlNode& root,
            std::vector<YamlNode>& workloads, std::vector<std::string>& warnings) {
  for (Autoscaler& autoscaler : autoscalers) {
    const auto target = std::find_if(
        workloads.begin(), workloads.end(),
        [&](const YamlNode& workload) { return text_at(workload, "name") == autoscaler.target; });
    if (target == workloads.end() || !has_traffic(root, autoscaler.target)) {
      warnings.push_back(
          fmt::format("{} is left out: the scenario has no {} `{}`", autoscaler.warning_place,
                      target == workloads.end() ? "workload" : "`traffic` for", autoscaler.target));
    } else {
      put(*target, "horizontalPodAutoscaler", std::move(autoscaler.block));
    }
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
  std::vector<YamlNode> expanded;
  std::vector<Autoscaler> autoscalers;
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
      std::vector<YamlNode> found = std::move(read.workloads);
      if (found.empty() && reader.errors() == 0) {
        reader.error("PS3013", name.place, fmt::format("`{}` holds no Deployment", name.name),
                     {"", "name a file with the objects as they were applied", ""});
      }
      for (YamlNode& workload : found) expanded.push_back(std::move(workload));
    }
  }
  attach(std::move(autoscalers), root, expanded, warnings);
  workloads->value.items = std::move(expanded);
}

}  // namespace pullsim
