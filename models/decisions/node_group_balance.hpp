// How the Cluster Autoscaler splits new nodes among groups that are alike: with
// --balance-similar-node-groups each node goes to the smallest group that may still grow.
//
// Facts: kubernetes/autoscaler cluster-autoscaler 1.34,
// processors/nodegroupset/{balancing_processor,compare_nodegroups}.go. The tolerances are general
// knowledge that was not re-read. Leaves out the comparison of labels beside those of the zone.
#pragma once

#include "models/decisions/binpacking.hpp"

#include <cstdint>
#include <vector>

namespace pullsim {

struct GroupTemplate {
  NodeRoom capacity;
  NodeRoom allocatable;
};

/// Equal cores, memory within 1.5 %, and what pods may request within 5 %.
bool are_similar(const GroupTemplate& a, const GroupTemplate& b);

struct GroupSize {
  std::int64_t nodes = 0;
  std::int64_t max = 0;
};

/// Nodes to add to each group: `count`, or as many as the groups may still take.
std::vector<std::int64_t> balance_scale_up(const std::vector<GroupSize>& groups,
                                           std::int64_t count);

}  // namespace pullsim
