// A Job, or a CronJob and the Jobs that it makes: pods that run to their end, as many at a time as
// `parallelism` says, until `completions` have succeeded; failed ones are replaced after a back-off
// up to `backoffLimit` (decisions/job_step.hpp). Its measure is from the Job's creation to its
// completion. Leaves out slow-start batches (the client's rate limits creations), indexed Jobs,
// suspension, deadlines, and containers that exit with an error.
#pragma once

#include "models/decisions/job_step.hpp"
#include "models/workload_controller.hpp"

#include <cstdint>
#include <vector>

namespace pullsim {

class Job final : public WorkloadController {
 public:
  using WorkloadController::WorkloadController;

  /// A Job begins at the start; a CronJob's first one at the next time of its schedule.
  void start_with(const std::vector<PodId>& pods) override;
  bool started() const override { return started_; }
  void scale(std::int64_t) override {}                    // refused by the reader
  void scale_for_load(std::int64_t, SimTime) override {}  // the same
  /// Of Jobs that are made from now on.
  void set_image(std::size_t image) override { image_ = image; }
  std::int64_t replicas() const override { return static_cast<std::int64_t>(pods().size()); }
  std::vector<PodId> pods() const override;
  void pod_ready(PodId) override {}
  void pod_failed(PodId pod, End end) override;
  void pod_finished(PodId pod) override;

 private:
  struct Run {
    std::size_t image = 0;
    std::vector<PodId> active;
    std::int64_t creating = 0;
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;
    bool ended = false;
    bool waits = false;  // for the end of a back-off
    std::size_t measure = 0;
  };

  void next_time();
  void on_schedule();
  void begin();
  void sync(std::size_t run);
  void created(std::size_t run);
  void end(std::size_t run);
  Run& run_of(PodId pod);

  std::vector<Run> runs_;
  bool missed_ = false;  ///< one was due while another ran, with `Forbid`
  std::size_t image_ = 0;
  bool started_ = false;
};

}  // namespace pullsim
