// Kubernetes objects that scale workloads, in the scenario's short form.
#pragma once

#include "tools/input/kubernetes_context.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// A HorizontalPodAutoscaler in the short form, until its workload is found.
struct Autoscaler {
  std::string target;
  std::string warning_place;  ///< "k8s/api.yaml:3: HorizontalPodAutoscaler web"
  YamlNode block;
};

/// Adds the autoscaler, or a warning why it is left out.
void read_pod_autoscaler(ObjectContext& from, const YamlNode& object, std::vector<Autoscaler>& out);

}  // namespace pullsim
