// Kubernetes objects that scale workloads, in the scenario's short form.
#pragma once

#include "tools/input/kubernetes_context.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// A HorizontalPodAutoscaler or ScaledObject in the short form, until its workload is found.
struct Autoscaler {
  std::string target;
  std::string warning_place;  ///< "k8s/api.yaml:3: HorizontalPodAutoscaler web"
  std::string key;            ///< of the short form: "horizontalPodAutoscaler", "scaledObject"
  YamlNode block;
};

// Each adds the autoscaler, or a warning why it is left out.

void read_pod_autoscaler(ObjectContext& from, const YamlNode& object, std::vector<Autoscaler>& out);
void read_scaled_object(ObjectContext& from, const YamlNode& object, std::vector<Autoscaler>& out);

/// Gives each autoscaler to its workload, without the metrics that the scenario `root` does not
/// report: CPU and the figures of requests need `traffic`, others a series of `metrics`.
void attach_autoscalers(std::vector<Autoscaler> autoscalers, const YamlNode& root,
                        std::vector<YamlNode>& workloads, std::vector<std::string>& warnings);

}  // namespace pullsim
