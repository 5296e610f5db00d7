// What the controllers of all kinds of workloads have in common: they own pods, hear what becomes
// of them, and make and delete others through the controller manager's client. One file for each
// kind (deployment.hpp, ...). Keeps the scale-outs and roll-outs that were asked for, as they are
// the same thing to every kind.
#pragma once

#include <pullsim/result.hpp>

#include "models/context.hpp"
#include "models/pod.hpp"
#include "sim/token_bucket.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace pullsim {

/// The controllers add a second to the times at which they look again, against clocks that differ
/// (deployment/progress.go, replicaset/replica_set.go).
inline constexpr Duration kControllerSkew = std::chrono::seconds(1);

struct ControllerHooks {
  std::function<Pod&(PodId)> pod;
  /// Makes a pod of this workload with the image, in the replica set; now.
  std::function<PodId(std::size_t image, std::size_t replica_set)> create;
  std::function<void(PodId)> remove;
  std::function<void(std::int64_t)> wanted;  ///< the number of wanted replicas changed
};

class WorkloadController {
 public:
  /// `client` is the controller manager's rate limit, shared by all controllers.
  WorkloadController(Context& context, std::size_t workload, TokenBucket& client,
                     ControllerHooks hooks);
  virtual ~WorkloadController() = default;
  WorkloadController(const WorkloadController&) = delete;
  WorkloadController& operator=(const WorkloadController&) = delete;

  /// Pods that are ready and served at the start.
  virtual void start_with(const std::vector<PodId>& pods) = 0;
  /// Pods made from now on are not initial ones.
  virtual bool started() const = 0;
  virtual void scale(std::int64_t replicas);
  /// As scale(), in answer to a load that rose at `since`: several such steps are one scale-out.
  virtual void scale_for_load(std::int64_t replicas, SimTime since);
  virtual void set_image(std::size_t image) = 0;
  virtual std::int64_t replicas() const = 0;
  /// Those chosen for deletion are left out.
  virtual std::vector<PodId> pods() const = 0;
  virtual void pod_ready(PodId pod) = 0;
  /// The pod counts no more, and another takes its place: it has failed, or it was deleted by
  /// somebody else and keeps its name until its processes have ended (pod_terminated). To be called
  /// while it still has its phase.
  enum class End : std::uint8_t { failed, deleted };
  virtual void pod_failed(PodId pod, End end) = 0;
  /// The processes of a pod that was deleted or has failed have ended; it is gone from its node.
  virtual void pod_terminated(PodId) {}
  /// A node was registered, its taints changed, or it was deleted.
  virtual void node_changed(NodeId) {}
  /// A pod of a Job has run to its end; its room is free.
  virtual void pod_finished(PodId) {}

  /// The scale-outs and roll-outs that were asked for and not superseded, oldest first.
  std::vector<ScaleOut> scale_outs() const;

 protected:
  /// The controller's part of a change of its replicas.
  virtual void resize_to(std::int64_t) {}
  /// A scale-out or roll-out to `replicas`; only a measured one is kept.
  void begin_scale_out(bool measured, SimTime since, std::int64_t replicas);
  /// A step of the answer to a load that rose at `since`; `more`: it adds pods.
  void continue_scale_out(bool more, SimTime since, std::int64_t replicas);
  /// What is under way wants so many pods from now on.
  void scale_out_wants(std::int64_t replicas);
  bool scale_out_open() const { return !scale_outs_.empty() && !scale_outs_.back().done; }
  void scale_out_done() { scale_outs_.back().done = context_.engine.now(); }
  /// Of what may go on beside others, none of which supersedes it: Jobs.
  std::size_t begin_measure(SimTime since, std::int64_t pods);
  void end_measure(std::size_t measure) { scale_outs_[measure].done = context_.engine.now(); }
  /// It is no longer wanted.
  void give_up_measure(std::size_t measure) { given_up_.push_back(measure); }

  Context& context_;
  std::size_t workload_;
  const WorkloadSpec& spec_;
  TokenBucket& client_;
  ControllerHooks hooks_;

 private:
  std::vector<ScaleOut> scale_outs_;
  std::vector<std::size_t> given_up_;
};

}  // namespace pullsim
