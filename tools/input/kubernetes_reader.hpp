// One file of Kubernetes objects as blocks of the scenario's short form; see kubernetes_objects.hpp
// for what that means. Leaves out how workloads and autoscalers of several files come together.
#pragma once

#include "tools/input/reader.hpp"

#include <map>
#include <string>
#include <vector>

namespace pullsim {

/// Names of the scenario's images by the long form of the reference that Kubernetes objects use.
using ImageRefs = std::map<std::string, std::string>;

/// A HorizontalPodAutoscaler in the short form, until its workload is found.
struct Autoscaler {
  std::string target;
  std::string warning_place;  ///< "k8s/api.yaml:3: HorizontalPodAutoscaler web"
  YamlNode block;
};

struct KubernetesObjects {
  std::vector<YamlNode> workloads;  ///< of `workloads`, at their places in the file
  std::vector<Autoscaler> autoscalers;
};

/// `file` is how warnings name it; `warnings` gets what would matter and is not simulated.
KubernetesObjects read_kubernetes_objects(Reader& reader, const std::vector<YamlNode>& documents,
                                          const ImageRefs& images, const std::string& file,
                                          std::vector<std::string>& warnings);

/// The reference in its long form: registry, repository and tag or digest ("nginx" is
/// "docker.io/library/nginx:latest").
std::string normal_image_ref(const std::string& ref);

/// The value of a key that is there and not null.
const YamlNode* child(const YamlNode& node, std::string_view key);
/// Its text; empty without it.
std::string text_at(const YamlNode& node, std::string_view key);
/// Adds a key to a block of the short form, at the place of its value.
void put(YamlNode& block, const std::string& key, YamlNode value);

}  // namespace pullsim
