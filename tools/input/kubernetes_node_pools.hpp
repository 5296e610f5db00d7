// Karpenter's NodePool objects as items of the scenario's `nodeAutoscaler.nodePools`. A machine
// type that a NodePool may launch is a node pool of the scenario; requirements on the machine type
// and the zone are matched with `machineType` and `zones` of those. Leaves out what a NodeClass
// says, and schedules of budgets.
#pragma once

#include "tools/input/kubernetes_context.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// A NodePool in the short form, until the scenario's pools are matched with it.
struct NodePoolObject {
  std::string warning_place;  ///< "k8s/pool.yaml:3: NodePool general"
  YamlNode block;             ///< name, weight, disruption, limits
  struct Requirement {
    std::string key;
    bool among = true;  ///< In; else NotIn
    std::vector<std::string> values;
  };
  std::vector<Requirement> requirements;
  std::vector<YamlNode> startup_taints;
};

/// Adds the NodePool; what of it would matter and is not simulated becomes a warning.
void read_node_pool(ObjectContext& from, const YamlNode& object, std::vector<NodePoolObject>& out);

/// Puts them into the scenario's tree, each with the names of the pools that it may launch, and its
/// startup taints at those pools if a workload takes them away. A warning for one without any pool,
/// or if the scenario has no node autoscaler.
void attach_node_pools(std::vector<NodePoolObject> objects, YamlNode& root,
                       std::vector<std::string>& warnings);

}  // namespace pullsim
