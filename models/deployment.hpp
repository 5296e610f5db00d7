// A Deployment with its replica sets, one for each image it has run: scale events, roll-outs by
// maxSurge and maxUnavailable, creation and deletion at the controller manager's client rate
// (control-plane facts 3). Going back to an earlier image uses the earlier replica set again, as a
// rollback does. Leaves out proportional scaling (a scale event during a roll-out goes to the new
// set), progress deadlines, slow start of creation batches (they take no time here) and API
// latency.
#pragma once

#include <pullsim/result.hpp>

#include "models/context.hpp"
#include "models/decisions/scale_down_victims.hpp"
#include "models/pod.hpp"
#include "sim/token_bucket.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace pullsim {

struct DeploymentHooks {
  std::function<Pod&(PodId)> pod;
  /// Makes a pod of this workload with the image, in the replica set; now.
  std::function<PodId(std::size_t image, std::size_t replica_set)> create;
  std::function<void(PodId)> remove;
  std::function<void(std::int64_t)> wanted;  ///< the number of wanted replicas changed
};

class Deployment {
 public:
  /// `client` is the controller manager's rate limit, shared by all deployments.
  Deployment(Context& context, std::size_t workload, TokenBucket& client, DeploymentHooks hooks);

  void start_with(const std::vector<PodId>& pods);
  bool started() const { return !sets_.empty(); }
  void scale(std::int64_t replicas);
  /// As scale(), in answer to a load that rose at `since`: several such steps are one scale-out.
  void scale_for_load(std::int64_t replicas, SimTime since);
  std::int64_t replicas() const { return replicas_; }
  /// Pods of all its sets; those chosen for deletion are left out.
  std::vector<PodId> pods() const;
  void set_image(std::size_t image);
  void pod_ready(PodId pod);
  /// The pod has failed and counts no more: another takes its place. To be called while it still
  /// has its phase.
  void pod_failed(PodId pod);
  /// The scale-outs and roll-outs that were asked for and not superseded, oldest first.
  const std::vector<ScaleOut>& scale_outs() const { return scale_outs_; }

 private:
  struct ReplicaSet {
    std::size_t image = 0;
    std::int64_t wanted = 0;  // spec.replicas
    std::vector<PodId> pods;
    std::deque<EventHandle> creations;  // asked for, waiting for the client's rate
    std::int64_t ready = 0;
    std::int64_t available = 0;
  };

  void request_sync();
  void sync();
  bool step();
  void resize(std::size_t set, std::int64_t wanted);
  void create_one(std::size_t set);
  void created(std::size_t set);
  void delete_pods(std::size_t set, std::int64_t count);
  VictimView victim_view(PodId pod) const;
  void delete_now(std::size_t set, PodId pod);
  void adopt(std::size_t set, PodId pod);
  void pod_available(PodId pod);
  void resize_to(std::int64_t replicas);
  void begin_scale_out(bool measured, SimTime since);
  void check_scale_out();

  Context& context_;
  std::size_t workload_;
  const WorkloadSpec& spec_;
  TokenBucket& client_;
  DeploymentHooks hooks_;
  std::vector<ReplicaSet> sets_;    // in order of first use
  std::vector<std::size_t> order_;  // revisions, oldest first; the last is the new set
  std::int64_t replicas_ = 0;
  bool sync_pending_ = false;
  std::vector<ScaleOut> scale_outs_;
};

}  // namespace pullsim
