// Kubernetes objects that own pods, as workloads of the scenario's short form.
#pragma once

#include "tools/input/kubernetes_context.hpp"

#include <vector>

namespace pullsim {

/// Adds the workload, or an error of what it lacks.
void read_deployment(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out);
void read_daemon_set(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out);

}  // namespace pullsim
