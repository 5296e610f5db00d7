// A DaemonSet: one pod for each node that it may run on, made when the node is registered, at most
// 250 in a sync and at the controller manager's client rate; a roll-out replaces them node by node
// (control-plane facts 3.4). A node that keeps its pods off, by a taint that they do not tolerate,
// gets one when the taint goes. Leaves out surge, OnDelete, and the history of revisions.
#pragma once

#include "models/workload_controller.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace pullsim {

/// Creations and deletions in one sync at most (BurstReplicas of the DaemonSet controller).
inline constexpr std::int64_t kDaemonBurst = 250;
/// First and longest wait before a failed pod is replaced, doubled in between (failedPodsBackoff).
inline constexpr Duration kFailedDaemonBackoff = std::chrono::seconds(1);
inline constexpr Duration kFailedDaemonBackoffMax = std::chrono::minutes(15);

struct DaemonSetHooks {
  /// Makes a pod with the image that may run on this node alone; now.
  std::function<PodId(std::size_t image, NodeId node)> create;
  /// There is such a node, and nothing about it keeps the set's pods off.
  std::function<bool(NodeId)> runs_on;
};

class DaemonSet final : public WorkloadController {
 public:
  DaemonSet(Context& context, std::size_t workload, TokenBucket& client, ControllerHooks hooks,
            DaemonSetHooks nodes);

  void start_with(const std::vector<PodId>& pods) override;
  bool started() const override { return started_; }
  void scale(std::int64_t) override {}                    // its nodes say how many
  void scale_for_load(std::int64_t, SimTime) override {}  // the same
  void set_image(std::size_t image) override;
  std::int64_t replicas() const override;
  std::vector<PodId> pods() const override;
  void pod_ready(PodId pod) override;
  void pod_failed(PodId pod, End end) override;
  void pod_terminated(PodId pod) override;
  void node_changed(NodeId node) override;

 private:
  /// A node with a pod of the set, or that is to have one.
  struct Place {
    bool wanted = false;
    bool asked = false;        // for a pod, which waits for the client's rate
    std::optional<PodId> pod;  // until its containers are gone
    bool leaving = false;      // it was deleted, or has failed
    std::int64_t failures = 0;
    SimTime not_before{};
  };

  void request_sync();
  void sync();
  void manage();
  void roll_out();
  void ask_for_pod(NodeId node);
  void create(NodeId node);
  void remove(NodeId node);
  void count_wanted();
  bool available(const Place& place) const;
  void check_scale_out();

  DaemonSetHooks nodes_;
  std::map<NodeId, Place> places_;
  std::map<PodId, NodeId> place_of_;
  std::size_t image_ = 0;
  std::int64_t wanted_ = 0;
  bool started_ = false;
  bool sync_pending_ = false;
};

}  // namespace pullsim
