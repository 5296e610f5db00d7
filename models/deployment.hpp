// A Deployment with its replica sets, one for each image it has run: scale events, proportional in
// the middle of a roll-out; roll-outs by maxSurge and maxUnavailable, or Recreate; progress and its
// deadline; creation in slow-start batches and deletion at the controller manager's client rate
// (control-plane facts 3). Going back to an earlier image uses the earlier replica set again, as a
// rollback does. Leaves out paused Deployments and revisionHistoryLimit.
#pragma once

#include "models/decisions/deployment_progress.hpp"
#include "models/decisions/rolling_update.hpp"
#include "models/decisions/scale_down_victims.hpp"
#include "models/workload_controller.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace pullsim {

class Deployment final : public WorkloadController {
 public:
  using WorkloadController::WorkloadController;

  void start_with(const std::vector<PodId>& pods) override;
  bool started() const override { return !sets_.empty(); }
  void set_image(std::size_t image) override;
  std::int64_t replicas() const override { return replicas_; }
  std::vector<PodId> pods() const override;
  void pod_ready(PodId pod) override;
  void pod_failed(PodId pod, End end) override;
  void pod_terminated(PodId pod) override;

 private:
  struct ReplicaSet {
    std::size_t image = 0;
    std::int64_t wanted = 0;  // spec.replicas
    std::vector<PodId> pods;
    std::int64_t unasked = 0;       // creations of later slow-start batches
    std::uint64_t bursts = 0;       // resizes upwards: an older one's batches are void
    std::deque<SimTime> creations;  // asked for, waiting for the client's rate: when it comes
    EventHandle creation;           // of the first of them
    std::int64_t ready = 0;
    std::int64_t available = 0;
    std::vector<PodId> terminating;  // deleted, processes not ended
    std::vector<PodId> waiting;      // ready, not yet for minReadySeconds
    // Annotations: the Deployment's replicas when the set was last scaled, and these plus surge.
    std::optional<std::int64_t> desired;
    std::int64_t most = 0;
  };

  void request_sync();
  void sync();
  bool step();
  bool scale_proportionally();
  bool step_of_recreate();
  void resize_to(std::int64_t replicas) override;
  void check_scale_out();
  DeploymentStrategy strategy() const;
  Fenceposts fenceposts() const;
  ReplicaSet& new_set() { return sets_[newest_]; }
  std::vector<std::size_t> old_sets() const;  // by creation

  // Progress
  DeploymentStatus status() const;
  void begin_roll_out();
  void follow_progress();
  void pod_available(PodId pod);
  void look_at_waiting();

  // Replica sets: deployment_sets.cpp
  void resize(std::size_t set, std::int64_t wanted);
  void create_batch(std::size_t set, std::int64_t batch, std::int64_t left_in_sync);
  void create_one(std::size_t set);
  void await_creation(std::size_t set);
  void create_due(std::size_t set);
  void delete_pods(std::size_t set, std::int64_t count);
  VictimView victim_view(PodId pod) const;
  void delete_now(std::size_t set, PodId pod);
  void adopt(std::size_t set, PodId pod);

  std::vector<ReplicaSet> sets_;  // in order of creation
  std::size_t newest_ = 0;        // the set of the current image
  std::int64_t replicas_ = 0;
  bool sync_pending_ = false;
  Progress progress_{SimTime{}, true, false};
  DeploymentStatus last_status_;
  EventHandle deadline_;
  std::optional<std::uint16_t> deadline_series_;
};

}  // namespace pullsim
