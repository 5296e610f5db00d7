// See the header.
#include "models/horizontal_pod_autoscaler.hpp"

#include "models/decisions/readiness.hpp"
#include "models/recorder.hpp"

#include <array>
#include <utility>

namespace pullsim {

namespace {
/// Initial pods have been ready for so long that no rule about young pods concerns them.
constexpr SimTime kLongAgo = kSimStart - std::chrono::hours(1);
}  // namespace

std::optional<std::int64_t> measured_cpu_request(const WorkloadSpec& workload) {
  std::int64_t sum = workload.cpu_request.count;
  bool all = sum > 0;
  const auto add = [&](const ContainerSpec& container) {
    sum += container.cpu_request.count;
    all = all && container.cpu_request.count > 0;
  };
  for (const ContainerSpec& container : workload.more_containers) add(container);
  for (const ContainerSpec& container : workload.init_containers) {
    if (container.sidecar) add(container);
  }
  return all ? std::optional(sum) : std::nullopt;
}

HorizontalPodAutoscaler::HorizontalPodAutoscaler(Context& context, std::size_t workload,
                                                 HpaHooks hooks)
    : context_(context),
      spec_(context.scenario.workloads[workload]),
      hooks_(std::move(hooks)),
      phase_(
          duration_up(context.stream(spec_.name, "autoscaler").at(0) * to_seconds(kHpaSyncPeriod))),
      utilization_series_(context.recorder.add_series("cpu_utilization", spec_.name, "percent")) {
  settings_.bounds = {static_cast<std::int32_t>(spec_.autoscaler->min_replicas),
                      static_cast<std::int32_t>(spec_.autoscaler->max_replicas)};
}

void HorizontalPodAutoscaler::start() {
  const SimTime first = next_tick(kSimStart + Duration{1}, phase_, kHpaSyncPeriod);
  memory_.started = true;
  memory_.recommendations = {
      {static_cast<std::int32_t>(hooks_.replicas()), first - kHpaSyncPeriod}};
  next_pass();
}

void HorizontalPodAutoscaler::next_pass() {
  const SimTime next = next_tick(context_.engine.now() + Duration{1}, phase_, kHpaSyncPeriod);
  if (next > kSimStart + context_.scenario.duration) return;
  context_.engine.at(next, "autoscaler pass", [this] { pass(); });
}

// A pod has a start time once its kubelet has seen it; the Ready condition is False from then on.
HpaPod HorizontalPodAutoscaler::view_of(PodId id) const {
  const Pod& pod = hooks_.pod(id);
  HpaPod view;
  const bool running = pod.phase == PodPhase::running || pod.phase == PodPhase::ready;
  view.phase = running ? HpaPod::Phase::running : HpaPod::Phase::pending;
  view.ready = pod.phase == PodPhase::ready ? HpaPod::Ready::yes : HpaPod::Ready::no;
  view.start.reset();
  if (pod.initial) {
    view.start = kLongAgo;
    view.ready_transition = kLongAgo;
  } else {
    view.start = context_.recorder.result().pods[pod.row].scheduled;
    view.ready_transition =
        pod.phase == PodPhase::ready ? pod.ready_since : view.start.value_or(pod.created);
  }
  view.request = measured_cpu_request(spec_);
  view.sample = hooks_.sample(id);
  return view;
}

void HorizontalPodAutoscaler::pass() {
  const SimTime now = context_.engine.now();
  std::vector<HpaPod> pods;
  for (const PodId id : hooks_.pods()) pods.push_back(view_of(id));
  HpaView view;
  view.pods = pods;
  view.replicas = static_cast<std::int32_t>(hooks_.replicas());
  view.now = now;
  const auto percent = static_cast<std::int32_t>(spec_.autoscaler->target_cpu_utilization);
  const auto proposal = propose_by_utilization(view, HpaMetric::cpu, percent);
  std::array<std::optional<std::int32_t>, 1> proposals;
  if (proposal) {
    proposals[0] = proposal->replicas;
    context_.recorder.record(utilization_series_, now, proposal->utilization);
  }
  const HpaOutcome outcome = hpa_pass(settings_, view.replicas,
                                      combine_proposals(view.replicas, proposals), now, &memory_);
  if (outcome.replicas != view.replicas) hooks_.scale(outcome.replicas);
  next_pass();
}

}  // namespace pullsim
