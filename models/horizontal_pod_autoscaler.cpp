// See the header.
#include "models/horizontal_pod_autoscaler.hpp"

#include "models/decisions/readiness.hpp"
#include "models/recorder.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

using Source = HpaMetricSpec::Source;
using Target = HpaMetricSpec::Target;

/// Initial pods have been ready for so long that no rule about young pods concerns them.
constexpr SimTime kLongAgo = kSimStart - std::chrono::hours(1);

bool is_cpu(const HpaMetricSpec& metric) {
  return metric.source == Source::resource || metric.source == Source::container_resource;
}

std::vector<HpaMetricSpec> metrics_of(const HorizontalPodAutoscalerSpec& spec) {
  if (!spec.metrics.empty()) return spec.metrics;
  HpaMetricSpec cpu;
  cpu.value = spec.target_cpu_utilization;
  return {cpu};
}

PassReason reason_of(const HpaOutcome& outcome, std::int32_t before, const HpaSettings& settings) {
  if (before == 0 && settings.bounds.min != 0) return PassReason::off;
  if (outcome.metrics_failed) return PassReason::metrics_failed;
  switch (outcome.reason) {
    case LimitReason::scale_up_limit:
      return PassReason::scale_up_limit;
    case LimitReason::too_many_replicas:
      return PassReason::too_many_replicas;
    case LimitReason::scale_down_limit:
      return PassReason::scale_down_limit;
    case LimitReason::too_few_replicas:
      return PassReason::too_few_replicas;
    case LimitReason::desired_within_range:
      break;
  }
  return PassReason::desired_within_range;
}

/// A container's part of what its pod uses: load uses all of them in step with their requests.
MetricSample share_of(MetricSample sample, std::int64_t part, std::int64_t whole) {
  sample.value = (sample.value * part + whole - 1) / whole;  // as quantities round: up
  return sample;
}

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

std::optional<std::int64_t> container_cpu_request(const WorkloadSpec& workload,
                                                  const std::string& name) {
  std::int64_t request = name.empty() ? workload.cpu_request.count : std::int64_t{0};
  const auto look = [&](const ContainerSpec& container) {
    if (container.name == name) request = container.cpu_request.count;
  };
  for (const ContainerSpec& container : workload.more_containers) look(container);
  for (const ContainerSpec& container : workload.init_containers) {
    if (container.sidecar) look(container);
  }
  return request > 0 ? std::optional(request) : std::nullopt;
}

HorizontalPodAutoscaler::HorizontalPodAutoscaler(Context& context, std::size_t workload,
                                                 const HorizontalPodAutoscalerSpec& spec,
                                                 HpaHooks hooks)
    : context_(context),
      workload_(workload),
      spec_(context.scenario.workloads[workload]),
      metrics_(metrics_of(spec)),
      hooks_(std::move(hooks)),
      phase_(duration_up(context.stream(spec_.name, "autoscaler").at(0) *
                         to_seconds(kHpaSyncPeriod))) {
  settings_.bounds = {static_cast<std::int32_t>(spec.min_replicas),
                      static_cast<std::int32_t>(spec.max_replicas)};
  settings_.behavior = spec.behavior;
  const auto shown = [](const HpaMetricSpec& metric) {
    return is_cpu(metric) && metric.target == Target::utilization;
  };
  if (std::any_of(metrics_.begin(), metrics_.end(), shown)) {
    utilization_series_ = context.recorder.add_series("cpu_utilization", spec_.name, "percent");
  }
}

bool HorizontalPodAutoscaler::looks_at_pods() const {
  return std::any_of(metrics_.begin(), metrics_.end(), [](const HpaMetricSpec& metric) {
    return is_cpu(metric) || metric.source == Source::pods;
  });
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
    const RunResult& result = context_.recorder.result();
    view.start = result.pods[pod.row].scheduled;
    view.ready_transition = pod.phase == PodPhase::ready
                                ? ready_since(pod, result)
                                : view.start.value_or(created_at(pod, result));
  }
  return view;
}

std::vector<HpaPod> HorizontalPodAutoscaler::pods_for(const HpaMetricSpec& metric,
                                                      const std::vector<PodId>& ids) const {
  const std::optional<std::int64_t> whole = measured_cpu_request(spec_);
  const bool of_container = metric.source == Source::container_resource;
  const std::optional<std::int64_t> part =
      of_container ? container_cpu_request(spec_, metric.container) : whole;
  std::vector<HpaPod> pods;
  for (const PodId id : ids) {
    HpaPod& view = pods.emplace_back(view_of(id));
    if (metric.source == Source::pods) {
      view.sample = hooks_.pod_value(metric.name, id);
    } else if (is_cpu(metric)) {
      view.request = part;
      view.sample = hooks_.cpu(id);
      if (of_container && view.sample && part && whole) {
        view.sample = share_of(*view.sample, *part, *whole);
      }
    }
  }
  return pods;
}

std::optional<ReplicaProposal> HorizontalPodAutoscaler::propose(const HpaMetricSpec& metric,
                                                                const std::vector<PodId>& ids,
                                                                Proposals* out) const {
  // Their states count for all but a value that is shared among all of them.
  const bool shared = (metric.source == Source::object || metric.source == Source::external) &&
                      metric.target != Target::value;
  const std::vector<HpaPod> pods = shared ? std::vector<HpaPod>{} : pods_for(metric, ids);
  HpaView view;
  view.pods = pods;
  view.replicas = static_cast<std::int32_t>(hooks_.replicas());
  view.tolerance = tolerance_of(settings_);
  view.now = context_.engine.now();
  if (metric.source == Source::object || metric.source == Source::external) {
    const std::optional<std::int64_t> value = hooks_.value(metric.name);
    if (!value) return std::nullopt;
    const std::vector<std::int64_t> values = {*value};
    if (metric.target == Target::value) return propose_by_value(view, values, metric.value);
    return propose_by_value_per_replica(values, metric.value, static_cast<std::int32_t>(ids.size()),
                                        view.tolerance);
  }
  for (const HpaPod& pod : pods) {
    if (pod.sample) out->measured = std::max(out->measured, pod.sample->at);
  }
  const HpaMetric kind = is_cpu(metric) ? HpaMetric::cpu : HpaMetric::other;
  if (metric.target == Target::average_value) return propose_by_average(view, kind, metric.value);
  auto proposal = propose_by_utilization(view, kind, static_cast<std::int32_t>(metric.value));
  if (proposal && utilization_series_) {
    context_.recorder.record(*utilization_series_, view.now, proposal->utilization);
  }
  return proposal;
}

HorizontalPodAutoscaler::Proposals HorizontalPodAutoscaler::propose_all() const {
  const std::vector<PodId> ids = hooks_.pods();
  Proposals proposals;
  for (const HpaMetricSpec& metric : metrics_) {
    const auto proposal = propose(metric, ids, &proposals);
    proposals.replicas.push_back(proposal ? std::optional(proposal->replicas) : std::nullopt);
  }
  return proposals;
}

void HorizontalPodAutoscaler::pass() {
  const SimTime now = context_.engine.now();
  const auto before = static_cast<std::int32_t>(hooks_.replicas());
  const Proposals proposals = propose_all();
  const std::optional<std::int32_t> proposal = combine_proposals(before, proposals.replicas);
  const HpaOutcome outcome = hpa_pass(settings_, before, proposal, now, &memory_);
  context_.recorder.result().passes.push_back(
      {workload_, now, before, proposal.value_or(before), outcome.replicas,
       reason_of(outcome, before, settings_), proposals.measured});
  if (outcome.replicas != before) hooks_.scale(outcome.replicas);
  next_pass();
}

}  // namespace pullsim
