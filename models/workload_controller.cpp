// Scale-outs that were asked for; see the header.
#include "models/workload_controller.hpp"

#include <utility>

namespace pullsim {

WorkloadController::WorkloadController(Context& context, std::size_t workload, TokenBucket& client,
                                       ControllerHooks hooks)
    : context_(context),
      workload_(workload),
      spec_(context.scenario.workloads[workload]),
      client_(client),
      hooks_(std::move(hooks)) {}

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

void WorkloadController::scale_out_wants(std::int64_t replicas) {
  if (scale_out_open()) scale_outs_.back().pods_wanted = replicas;
}

}  // namespace pullsim
