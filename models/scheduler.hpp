// The scheduler: the most important pod first, one at a time; filters, scores and their sampling of
// nodes as kube-scheduler has them, bind at the client's rate. What fits nowhere makes pods of
// lower priority give way, or waits with back-off until a node becomes Ready or room appears, or
// for five minutes (control-plane facts 2). Leaves out volumes, queueing hints and scheduling
// gates; a scheduling cycle itself takes no time.
#pragma once

#include "models/context.hpp"
#include "models/decisions/preemption.hpp"
#include "models/image_table.hpp"
#include "models/node.hpp"
#include "models/pod.hpp"
#include "models/scheduler_cache.hpp"
#include "sim/token_bucket.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace pullsim {

struct SchedulerHooks {
  std::function<Pod&(PodId)> pod;
  std::function<void(PodId)> bound;           ///< the pod is on its node now
  std::function<void()> found_unschedulable;  ///< at least one pod fits nowhere
  std::function<void(PodId)> preempt;         ///< the pod is deleted to make room
  /// Disruption budgets that select a pod, by number, and how many disruptions one allows now.
  /// Either none: there are no budgets.
  std::function<std::vector<std::size_t>(PodId)> budgets_of;
  std::function<std::vector<std::int64_t>()> disruptions_allowed;
};

class Scheduler {
 public:
  Scheduler(Context& context, const ImageTable& images,
            const std::vector<std::unique_ptr<Node>>& nodes, SchedulerHooks hooks);

  void add(PodId pod);
  /// The pod was deleted before it was bound.
  void forget(PodId pod);
  /// The cluster itself put a pod on a node (initial replicas).
  void placed(PodId pod);
  /// The deletion of a pod that was bound began; its containers are gone, and its room is free.
  void pod_terminating(PodId pod);
  void pod_ended(PodId pod);

  /// A node was registered.
  void node_added(NodeId node);
  /// There is no such node any more, nor any pod on it.
  void node_deleted(NodeId node);
  /// Its taints changed.
  void node_changed(NodeId node);
  /// The images in a node's status change at `when`.
  void images_change(NodeId node, SimTime when) { image_changes_.emplace(when, node); }
  /// Pods that were tried and fit nowhere, oldest first; not those for which victims give way, nor
  /// those that belong on one node, whom no other helps.
  const std::vector<PodId>& unschedulable();

 private:
  using Class = SchedulerCache::Class;

  struct Entry {
    Class of = 0;
    std::int64_t attempts = 0;
    SimTime queued{};  // created, or tried for the last time
    std::uint64_t number = 0;
    std::optional<SimTime> first_unschedulable;
    bool in_backoff = false;
    bool active = false;        // in active_
    bool parked = false;        // in parked_; waiting_ counts these and those in back-off
    bool listed = false;        // in unschedulable_
    std::uint64_t listing = 0;  // number of its entry there
  };
  /// By priority, then by the time of entering the queue.
  using QueueKey = std::tuple<std::int64_t, SimTime, std::uint64_t, PodId>;
  struct Placed {
    static constexpr NodeId kNowhere = ~NodeId{0};
    Class of = 0;
    NodeId node = kNowhere;
    bool terminating = false;
  };

  // scheduler.cpp: the queue
  QueueKey key_of(PodId pod, const Entry& entry) const;
  void activate(PodId pod);
  void leave_queues(PodId pod, Entry& entry);
  void list(PodId pod, Entry& entry, bool wants_node);
  void wake();
  void run_queue();
  void try_pod(PodId pod);
  void park(PodId pod, Entry& entry);
  void bind(PodId pod);
  void release(PodId pod);
  void release_affine(Class of);
  void try_again();
  void flush_later();
  void flush();
  void record_queue();
  // scheduler_nodes.cpp: what it knows of the cluster
  Class class_of(const Pod& pod);
  std::int32_t priority_of(PodId pod) const;
  void assume(PodId pod, NodeId node);
  bool is_placed(PodId pod) const {
    return pod < placed_.size() && placed_[pod].node != Placed::kNowhere;
  }
  void take_off(PodId pod);
  void take_in_image_changes();
  void take_in_images(NodeId node);
  std::vector<Taint> taints_of(const Node& node) const;
  std::optional<NodeId> choose(PodId pod, const Entry& entry);
  // scheduler_preemption.cpp
  bool preempt(PodId pod, const Entry& entry);
  bool may_preempt(PodId pod, Class of) const;
  std::optional<PreemptionVictims> victims_on(NodeId node, PodId pod, Class of,
                                              const std::vector<std::int64_t>& allowed,
                                              std::vector<PodId>* lower);
  PreemptionPod preemption_view(PodId pod) const;
  void lose_nomination(PodId pod);
  void make_way(PodId pod, Class of, NodeId node, const std::vector<PodId>& victims);

  Context& context_;
  const ImageTable& images_;
  const std::vector<std::unique_ptr<Node>>& nodes_;
  SchedulerHooks hooks_;
  TokenBucket binds_;
  Duration flush_phase_;
  Duration leftover_phase_;
  std::set<QueueKey> active_;
  std::uint64_t next_number_ = 0;
  bool woken_ = false;
  bool flush_pending_ = false;
  std::vector<PodId> parked_;  // tried, not in back-off
  struct Listing {
    PodId pod = 0;
    std::uint64_t number = 0;
  };
  std::vector<PodId> unschedulable_;  // tried, in back-off or active again or not
  std::vector<Listing> listings_;     // the same, with their numbers
  bool listings_stale_ = false;       // some in both have left
  std::uint64_t next_listing_ = 0;
  std::int64_t waiting_ = 0;
  std::unordered_map<PodId, Entry> entries_;

  SchedulerCache cache_;
  std::map<std::tuple<std::size_t, std::size_t, std::size_t>, Class> classes_;
  bool affinity_between_pods_ = false;  // required by some class
  // By class, what the cache had counted when no node could take it, and when no victims helped.
  std::vector<std::optional<std::uint64_t>> failed_;
  std::vector<std::optional<std::uint64_t>> unhelped_;
  std::vector<Placed> placed_;  // by pod
  std::set<PodId> doomed_;      // victims whose deletion waits for the client
  std::vector<std::vector<PodId>> on_node_;
  std::map<std::int32_t, std::int64_t> priorities_;  // of the pods on nodes
  std::vector<std::vector<bool>> has_image_;         // by node, then image
  std::multimap<SimTime, NodeId> image_changes_;
  std::uint16_t queue_series_;
};

}  // namespace pullsim
