// How many nodes the Cluster Autoscaler asks for: pods that neither existing nor upcoming nodes can
// take, packed into copies of one node template (binpacking.hpp). It leaves out the choice among
// several node groups (expander.hpp), everything but CPU, memory and the count of pods, and scaling
// down (node_scale_down.hpp).
//
// Facts: kubernetes/autoscaler cluster-autoscaler 1.34, core/podlistprocessor.
#pragma once

#include "models/decisions/binpacking.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace pullsim {

struct ScaleUpInput {
  std::vector<NodeRoom> unschedulable;  ///< requests of the pods, in the order of the queue
  std::vector<NodeRoom> room;           ///< free on existing and upcoming nodes
  NodeRoom node_template;               ///< free on a new node
  std::int64_t nodes = 0;               ///< in the group, upcoming ones included
  std::int64_t nodes_max = std::numeric_limits<std::int64_t>::max();
  /// max-nodes-per-scaleup; Cluster Autoscaler's default.
  std::int64_t nodes_per_scale_up_max = 1000;
  KindTable kinds;
};

/// Place of each unschedulable pod in the room that is there; none: it takes none of the room.
std::vector<std::optional<std::size_t>> places_of_pods(const ScaleUpInput& input);

/// Indices of those without a place, in order.
std::vector<std::size_t> pods_without_room(const ScaleUpInput& input);

/// Nodes to add now, within both limits; 0 if every pod has a place or none fits an empty node.
std::int64_t nodes_to_add(const ScaleUpInput& input);

}  // namespace pullsim
