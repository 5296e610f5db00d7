// How many nodes of one group a list of pods needs, as the Cluster Autoscaler estimates it: equal
// pods in groups, the largest first, on simulated copies of a node template. It is a heuristic and
// can ask for more nodes than a perfect packing. It leaves out what a template settles for a whole
// group (taints, node affinity: groups that do not match are not given), affinity between pods,
// spread over other pods than the group's own, the time limit, and the fast path of later releases.
//
// Facts: kubernetes/autoscaler cluster-autoscaler 1.34, estimator/binpacking_estimator.go,
// decreasing_pod_orderer.go and simulator/clustersnapshot (a search for a node goes on behind the
// node found last, also from one group to the next; here each estimate begins at the first node).
#pragma once

#include <pullsim/units.hpp>

#include "models/decisions/scheduling_view.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

/// Room for pods, or what one pod takes of it (then pods = 1).
struct NodeRoom {
  MilliCpu cpu;
  Bytes memory;
  std::int64_t pods = 1;
};

/// A hard topology spread over the pods of the group itself.
struct GroupSpread {
  std::string key;  ///< of a node's topology, or kHostnameKey
  std::int64_t max_skew = 1;
  std::int64_t min_domains = 1;
};

/// Equal pods.
struct PodGroup {
  NodeRoom pod;
  std::int64_t count = 0;
  std::vector<std::int32_t> host_ports;
  std::optional<GroupSpread> spread;
};

struct PackingNode {
  NodeRoom room;
  std::vector<std::pair<std::string, std::string>> topology;  ///< labels, the hostname left out
};

struct PackingInput {
  PackingNode node_template;          ///< DaemonSet pods already taken off its room
  std::vector<PackingNode> existing;  ///< domains of a spread; none is packed at first
  std::vector<PodGroup> groups;
  std::int64_t nodes_max = std::numeric_limits<std::int64_t>::max();
};

struct Packing {
  std::int64_t nodes = 0;  ///< that hold at least one of the pods, as the autoscaler counts them
  std::vector<std::int64_t> scheduled;  ///< pods of each group, in the order given
};

/// Indices of the groups by CPU and memory shares of the template, largest first; equal ones in the
/// order given.
std::vector<std::size_t> packing_order(const NodeRoom& node, const std::vector<PodGroup>& groups);

Packing estimate_nodes(const PackingInput& input);

}  // namespace pullsim
