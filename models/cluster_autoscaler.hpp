// The Cluster Autoscaler, scale-up side: every scan interval it takes the pods that fit nowhere,
// leaves out those that fit existing or upcoming nodes, estimates by packing how many nodes of one
// group the rest needs, and asks for them (control-plane facts 4). Leaves out expanders over
// several groups (the first pool with room and fit is taken), scale-down, back-off of failing
// groups and failing requests.
#pragma once

#include "models/context.hpp"
#include "models/decisions/node_scale.hpp"
#include "models/node.hpp"
#include "models/pod.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace pullsim {

/// Room that DaemonSets take of a node.
struct DaemonLoad {
  Resources request;
  std::int64_t pods = 0;
};

struct AutoscalerHooks {
  std::function<Pod&(PodId)> pod;
  std::function<const std::vector<PodId>&()> unschedulable;
  std::function<std::int64_t(std::size_t pool)> nodes_of;  ///< existing and upcoming
  std::function<void(std::size_t pool, std::int64_t count)> request_nodes;
  std::function<DaemonLoad()> daemons;                     ///< of a new node
  std::function<DaemonLoad(NodeId node)> missing_daemons;  ///< of those that are still to come
};

class ClusterAutoscaler {
 public:
  ClusterAutoscaler(Context& context, const std::vector<std::unique_ptr<Node>>& nodes,
                    AutoscalerHooks hooks);
  /// Something fits nowhere: the next scan will look. Scans without such pods decide nothing and
  /// are not made.
  void look();

 private:
  void scan();
  void scale_up();
  std::vector<NodeRoom> room() const;

  Context& context_;
  const std::vector<std::unique_ptr<Node>>& nodes_;
  AutoscalerHooks hooks_;
  Duration phase_;
  bool scan_pending_ = false;
};

}  // namespace pullsim
