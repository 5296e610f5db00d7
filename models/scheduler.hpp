// The scheduler: one pod at a time in order of arrival, filter and score, bind at the client's
// rate; what fits nowhere waits with back-off until a node becomes Ready or room appears
// (control-plane facts 2.2 to 2.7). Leaves out priorities, preemption, spreading, affinity, taints
// and the sampling of nodes in large clusters; a scheduling cycle itself takes no time.
#pragma once

#include "models/context.hpp"
#include "models/image_table.hpp"
#include "models/node.hpp"
#include "models/pod.hpp"
#include "sim/token_bucket.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace pullsim {

struct SchedulerHooks {
  std::function<Pod&(PodId)> pod;
  std::function<void(PodId)> bound;           ///< the pod is on its node now
  std::function<void()> found_unschedulable;  ///< at least one pod fits nowhere
};

class Scheduler {
 public:
  Scheduler(Context& context, const ImageTable& images,
            const std::vector<std::unique_ptr<Node>>& nodes, SchedulerHooks hooks);

  void add(PodId pod);
  /// The pod was deleted before it was bound.
  void forget(PodId pod);
  /// A node became Ready.
  void node_ready(NodeId node);
  /// A pod's resources on a node became free.
  void room_appeared(NodeId node);
  /// The cluster itself put a pod on a node (initial replicas).
  void room_taken(NodeId node) { look_at(node); }
  /// Its taints changed.
  void node_changed(NodeId node);
  /// There is no such node any more.
  void node_deleted(NodeId node);
  /// The images in a node's status change at `when`.
  void images_change(NodeId node, SimTime when) { image_changes_.emplace(when, node); }
  /// Pods that were tried and fit nowhere, oldest first.
  const std::vector<PodId>& unschedulable() const { return unschedulable_; }

 private:
  struct Entry {
    std::int64_t attempts = 0;
    SimTime last_attempt{};
    std::optional<SimTime> first_unschedulable;
    bool in_backoff = false;
    bool active = false;  // in active_
    bool listed = false;  // in unschedulable_
  };
  void wake();
  void run_queue();
  void try_pod(PodId id);
  void bind(PodId id);
  std::optional<NodeId> choose(const Pod& pod, std::int64_t attempt);
  std::optional<NodeId> fits_there(const WorkloadSpec& workload, const PodToPlace& pod,
                                   NodeId node) const;
  void activate(PodId id);
  void try_again();
  void look_at(NodeId node);
  void take_in_image_changes();
  void record_queue();

  Context& context_;
  const ImageTable& images_;
  const std::vector<std::unique_ptr<Node>>& nodes_;
  SchedulerHooks hooks_;
  TokenBucket binds_;
  Duration flush_phase_;
  std::deque<PodId> active_;
  bool woken_ = false;
  std::vector<PodId> unschedulable_;
  std::unordered_map<PodId, Entry> entries_;
  // Ready nodes by number, as the decisions see them, and which images each of them has.
  std::vector<NodeId> ids_;
  std::vector<NodeView> views_;
  std::vector<std::vector<bool>> has_image_;  // by image, then node
  std::multimap<SimTime, NodeId> image_changes_;
  std::optional<std::size_t> viewed_image_;  // the one that views_ tell of
  std::uint16_t queue_series_;
};

}  // namespace pullsim
