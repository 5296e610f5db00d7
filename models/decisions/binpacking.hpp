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
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace pullsim {

/// Room for pods, or what one pod takes of it (then pods = 1).
struct NodeRoom {
  MilliCpu cpu;
  Bytes memory;
  std::int64_t pods = 1;
  std::size_t kind = 0;  ///< of the pod or of the node, see KindTable
};

/// Whether everything that the pod requests fits.
bool holds(const NodeRoom& room, const NodeRoom& pod);
/// The sum and the difference of the figures, of the kind of the first.
NodeRoom operator+(NodeRoom a, const NodeRoom& b);
NodeRoom operator-(NodeRoom a, const NodeRoom& b);

/// Which kinds of pods nodes of which kinds may take at all: taints, selectors. By pod, then node.
struct KindTable {
  std::vector<std::vector<bool>> takes;  ///< empty: every node every pod

  bool admits(const NodeRoom& pod, const NodeRoom& node) const {
    return takes.empty() || takes[pod.kind][node.kind];
  }
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

/// What makes pods equal.
using PodShape = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::size_t>;
inline PodShape shape_of(const NodeRoom& pod) {
  return {pod.cpu.count, pod.memory.count, pod.pods, pod.kind};
}

/// Equal pods together, in the order in which they first appear.
std::vector<PodGroup> groups_of(std::span<const NodeRoom> pods);

/// Indices of the groups by CPU and memory shares of the template, largest first; equal ones in the
/// order given.
std::vector<std::size_t> packing_order(const NodeRoom& node, const std::vector<PodGroup>& groups);

Packing estimate_nodes(const PackingInput& input);

}  // namespace pullsim
