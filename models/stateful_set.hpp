// A StatefulSet: one pod for each ordinal, made in order and removed in reverse, each after the one
// before is available, or all at once; roll-outs from the highest ordinal down to the partition,
// waiting until the old pod is gone before its successor of the same name is made
// (decisions/stateful_set_step.hpp). Leaves out volume claims, OnDelete and start ordinals.
#pragma once

#include "models/decisions/stateful_set_step.hpp"
#include "models/workload_controller.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace pullsim {

class StatefulSet final : public WorkloadController {
 public:
  using WorkloadController::WorkloadController;

  void start_with(const std::vector<PodId>& pods) override;
  bool started() const override { return started_; }
  void set_image(std::size_t image) override;
  std::int64_t replicas() const override { return replicas_; }
  std::vector<PodId> pods() const override;
  void pod_ready(PodId pod) override;
  void pod_failed(PodId pod, End end) override;
  void pod_terminated(PodId pod) override;

 private:
  struct Slot {
    std::optional<PodId> pod;
    bool creating = false;  // the call waits for the client's rate
    bool terminating = false;
    bool ready = false;
    std::size_t image = 0;
  };

  void resize_to(std::int64_t replicas) override;
  void request_sync();
  void sync();
  bool is_available(const Slot& slot) const;
  std::size_t image_for(std::size_t ordinal) const;
  void create(std::size_t ordinal);
  void created(std::size_t ordinal);
  void remove(std::size_t ordinal);
  void removed(PodId pod);
  void check_scale_out();
  Slot* slot_of(PodId pod);

  std::vector<Slot> slots_;  // by ordinal
  std::size_t old_image_ = 0;
  std::size_t image_ = 0;
  std::int64_t replicas_ = 0;
  bool started_ = false;
  bool sync_pending_ = false;
};

}  // namespace pullsim
