// Which nodes the Cluster Autoscaler takes away: nodes that are little used, that it has not needed
// for long enough, whose pods have a place elsewhere, when no delay forbids it. Leaves out pods
// that block a node by annotation or controller (say so in `movable`), soft taints, atomic groups
// and the order of nodes by other keys than the time for which they were not needed.
//
// Facts: kubernetes/autoscaler cluster-autoscaler 1.34, core/scaledown and
// core/static_autoscaler.go; option defaults of control-plane facts 4. That a utilization equal to
// the threshold is not below it is general knowledge that was not re-read.
#pragma once

#include <pullsim/scenario.hpp>

#include "models/decisions/binpacking.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace pullsim {

/// Latest times of what delays scaling down; none: never.
struct ScaleDownHistory {
  std::optional<SimTime> added;
  std::optional<SimTime> deleted;
  std::optional<SimTime> failed;
};

/// When the last of the delays is over.
SimTime cooldown_ends(const ScaleDownHistory& history, const ScaleDownSettings& settings);
bool in_cooldown(const ScaleDownHistory& history, const ScaleDownSettings& settings, SimTime now);

/// The greater of the requested shares of CPU and memory.
double node_utilization(const NodeRoom& requested, const NodeRoom& allocatable);

struct NodeToKeep {
  NodeRoom allocatable;
  std::vector<NodeRoom> pods;  ///< those that would have to move
  bool movable = true;         ///< none of them forbids it
  bool ready = true;
  std::size_t group = 0;
  std::optional<SimTime> unneeded_since;       ///< from the scans before
  NodeRoom staying{MilliCpu{0}, Bytes{0}, 0};  ///< of pods that do not move: DaemonSets'
};

struct ScaleDownPlan {
  std::vector<std::size_t> unneeded;  ///< nodes that no pod needs now
  std::vector<std::size_t> removed;   ///< those of them to be taken away now
};

/// When an unneeded node has been so for long enough.
SimTime removable_from(const NodeToKeep& node, const ScaleDownSettings& settings);

/// One scan. Pods of nodes that are taken away, or may be, are placed in thought on the others,
/// each place once. `group_spare`: nodes that each group has above its minimum.
ScaleDownPlan plan_scale_down(const std::vector<NodeToKeep>& nodes,
                              std::vector<std::int64_t> group_spare, bool cooldown,
                              const ScaleDownSettings& settings, SimTime now,
                              const KindTable& kinds = {});

}  // namespace pullsim
