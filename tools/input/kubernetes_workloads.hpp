// Kubernetes objects that own pods, as workloads of the scenario's short form.
#pragma once

#include "tools/input/kubernetes_context.hpp"

#include <vector>

namespace pullsim {

/// Adds the workload, or an error of what it lacks: a Deployment, StatefulSet, DaemonSet, Job or
/// CronJob.
void read_workload(ObjectContext& from, const YamlNode& object, std::vector<YamlNode>& out);

}  // namespace pullsim
