// Scale-outs that were asked for; see the header.
#include "models/workload_controller.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

WorkloadController::WorkloadController(Context& context, std::size_t workload, TokenBucket& client,
                                       ControllerHooks hooks)
    : context_(context),
      workload_(workload),
      spec_(context.scenario.workloads[workload]),
      client_(client),
      hooks_(std::move(hooks)) {}

void WorkloadController::scale(std::int64_t replicas) {
  if (replicas == this->replicas()) return;
  begin_scale_out(replicas > this->replicas(), context_.engine.now(), replicas);
  scale_out_wants(replicas);
  hooks_.wanted(replicas);
  resize_to(replicas);
}

void WorkloadController::scale_for_load(std::int64_t replicas, SimTime since) {
  if (replicas == this->replicas()) return;
  continue_scale_out(replicas > this->replicas(), since, replicas);
  scale_out_wants(replicas);
  hooks_.wanted(replicas);
  resize_to(replicas);
}

// A later scale-out or roll-out supersedes one that is not done: what was asked for then is no
// longer wanted. Asking for fewer pods asks for nothing new: one under way is done when these are
// ready.
void WorkloadController::begin_scale_out(bool measured, SimTime since, std::int64_t replicas) {
  if (!measured) return;
  if (scale_out_open()) scale_outs_.pop_back();
  scale_outs_.push_back({workload_, since, std::nullopt, replicas});
}

void WorkloadController::continue_scale_out(bool more, SimTime since, std::int64_t replicas) {
  if (!more || scale_outs_.empty() || scale_outs_.back().started != since) {
    begin_scale_out(more, since, replicas);
    return;
  }
  scale_outs_.back().done.reset();
  scale_outs_.back().pods_wanted = replicas;
}

std::vector<ScaleOut> WorkloadController::scale_outs() const {
  std::vector<ScaleOut> wanted;
  for (std::size_t i = 0; i < scale_outs_.size(); ++i) {
    const bool given_up = std::find(given_up_.begin(), given_up_.end(), i) != given_up_.end();
    if (!given_up) wanted.push_back(scale_outs_[i]);
  }
  return wanted;
}

std::size_t WorkloadController::begin_measure(SimTime since, std::int64_t pods) {
  scale_outs_.push_back({workload_, since, std::nullopt, pods});
  return scale_outs_.size() - 1;
}

void WorkloadController::scale_out_wants(std::int64_t replicas) {
  if (scale_out_open()) scale_outs_.back().pods_wanted = replicas;
}

}  // namespace pullsim
