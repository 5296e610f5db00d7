// A Deployment with its replica sets, one for each image it has run: scale events, roll-outs by
// maxSurge and maxUnavailable, creation and deletion at the controller manager's client rate
// (control-plane facts 3). Going back to an earlier image uses the earlier replica set again, as a
// rollback does. Leaves out proportional scaling (a scale event during a roll-out goes to the new
// set), progress deadlines, slow start of creation batches (they take no time here) and API
// latency.
#pragma once

#include "models/decisions/scale_down_victims.hpp"
#include "models/workload_controller.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace pullsim {

class Deployment final : public WorkloadController {
 public:
  using WorkloadController::WorkloadController;

  void start_with(const std::vector<PodId>& pods) override;
  bool started() const override { return !sets_.empty(); }
  void scale(std::int64_t replicas) override;
  void scale_for_load(std::int64_t replicas, SimTime since) override;
  void set_image(std::size_t image) override;
  std::int64_t replicas() const override { return replicas_; }
  std::vector<PodId> pods() const override;
  void pod_ready(PodId pod) override;
  void pod_failed(PodId pod) override;

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
  void check_scale_out();

  std::vector<ReplicaSet> sets_;    // in order of first use
  std::vector<std::size_t> order_;  // revisions, oldest first; the last is the new set
  std::int64_t replicas_ = 0;
  bool sync_pending_ = false;
};

}  // namespace pullsim
