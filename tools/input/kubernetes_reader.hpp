// One file of Kubernetes objects as blocks of the scenario's short form; see kubernetes_objects.hpp
// for what that means. Leaves out how workloads and autoscalers of several files come together.
#pragma once

#include "tools/input/kubernetes_autoscalers.hpp"
#include "tools/input/kubernetes_budgets.hpp"
#include "tools/input/kubernetes_context.hpp"
#include "tools/input/kubernetes_node_pools.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct KubernetesObjects {
  std::vector<YamlNode> workloads;  ///< of `workloads`, at their places in the file
  std::vector<Autoscaler> autoscalers;
  std::vector<SelectingBudget> budgets;
  std::vector<NodePoolObject> node_pools;
  std::vector<YamlNode> priority_classes;  ///< of `priorityClasses`
};

/// `file` is how warnings name it; `warnings` gets what would matter and is not simulated.
KubernetesObjects read_kubernetes_objects(Reader& reader, const std::vector<YamlNode>& documents,
                                          const ImageRefs& images, const std::string& file,
                                          std::vector<std::string>& warnings);

}  // namespace pullsim
