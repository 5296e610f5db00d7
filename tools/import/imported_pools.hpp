// Nodes of a cluster as node pools: which nodes are alike, and what pods may use of them.
#pragma once

#include "tools/import/imported_scenario.hpp"

#include <set>
#include <string>
#include <vector>

namespace pullsim {

/// Names of the nodes that become part of a pool: ready, not cordoned, without a taint that keeps
/// pods off.
std::set<std::string> usable_nodes(const ClusterDump& dump);

/// Nodes of one group, instance type and runtime are a pool; its figures are those of its least
/// node. Nodes that are not usable are named in `left_out`.
std::vector<ImportedPool> import_pools(const ClusterDump& dump, std::vector<std::string>& left_out);

}  // namespace pullsim
