// The steps of a pod on its node; see the header.
#include "models/kubelet.hpp"

#include "models/decisions/readiness.hpp"
#include "models/decisions/retry_backoff.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <utility>

namespace pullsim {

namespace {

std::int64_t pull_slots(const KubeletSpec& spec) {
  if (spec.serialize_image_pulls) return 1;
  return spec.max_parallel_image_pulls.value_or(SlotPool::kUnlimited);
}

}  // namespace

Kubelet::Kubelet(Context& context, PullSite& site, const KubeletSpec& spec, const std::string& node,
                 KubeletHooks hooks)
    : context_(context),
      site_(site),
      spec_(spec),
      hooks_(std::move(hooks)),
      pull_slots_(context.engine, pull_slots(spec), "pull leaves the queue"),
      relist_phase_(duration_up(context.stream(node, "relist").at(0) * to_seconds(kRelistPeriod))),
      node_(node) {
  if (spec.registry_pull_qps > 0) {
    pull_rate_.emplace(spec.registry_pull_qps, static_cast<double>(spec.registry_burst));
  }
}

PodRow* Kubelet::row(const Pod& pod) {
  return pod.row == Pod::kNoRow ? nullptr : &context_.recorder.result().pods[pod.row];
}

bool Kubelet::deleted(PodId id) const { return hooks_.pod(id).phase == PodPhase::gone; }

void Kubelet::admit(PodId id) {
  Pod& pod = hooks_.pod(id);
  const Duration time = draw(spec_.sandbox, context_.stream(pod.name, "sandbox").at(0));
  context_.engine.in(time, "sandbox ready", [this, id] { sandbox_ready(id); });
}

void Kubelet::forget(PodId id) {
  const auto found = work_.find(id);
  if (found == work_.end()) return;
  if (found->second.ticket && pull_slots_.cancel(*found->second.ticket)) {
    context_.recorder.result().pulls[found->second.pull].outcome = Outcome::deleted;
    work_.erase(found);
    record_queue();
  }
}

void Kubelet::sandbox_ready(PodId id) {
  if (deleted(id)) return;
  row(hooks_.pod(id))->sandbox = context_.engine.now();
  ensure_image(id);
}

void Kubelet::ensure_image(PodId id) {
  const Pod& pod = hooks_.pod(id);
  const PullPolicy policy = context_.scenario.workloads[pod.workload].pull_policy;
  const bool present = site_.store->has_image(pod.image);
  if (policy != PullPolicy::always && present) {
    start_container(id);
  } else if (policy == PullPolicy::never) {
    row(pod)->outcome = Outcome::failed;  // ErrImageNeverPull
  } else {
    RunResult& result = context_.recorder.result();
    row(pod)->pull = result.pulls.size();
    PullRow pull;
    pull.node = site_.node;
    pull.image = pod.image;
    pull.requested = context_.engine.now();
    work_[id].pull = result.pulls.size();
    result.pulls.push_back(pull);
    enqueue(id);
  }
}

void Kubelet::enqueue(PodId id) {
  work_[id].ticket = pull_slots_.acquire([this, id] { leave_queue(id); });
  record_queue();
}

void Kubelet::leave_queue(PodId id) {
  Work& work = work_.at(id);
  work.ticket.reset();
  record_queue();
  if (pull_rate_ && !pull_rate_->try_take(context_.engine.now())) {
    pull_slots_.release();
    pull_failed(id);
    return;
  }
  if (PodRow* pod_row = row(hooks_.pod(id))) pod_row->pull_started = context_.engine.now();
  pulls_.push_back(std::make_unique<ImagePull>(context_, site_, work.pull, hooks_.pod(id).image));
  pulls_.back()->start([this, id] { pulled(id); });
}

// "pull QPS exceeded": the pod's worker comes back by its own clock, and tries again once the
// back-off of this pod and image has passed.
void Kubelet::pull_failed(PodId id) {
  Work& work = work_.at(id);
  PullRow& pull = context_.recorder.result().pulls[work.pull];
  ++work.failures;
  ++pull.attempts;
  pull.outcome = Outcome::back_off;
  if (PodRow* pod_row = row(hooks_.pod(id))) pod_row->outcome = Outcome::back_off;
  work.failed_at = context_.engine.now();
  retry(id);
}

void Kubelet::retry(PodId id) {
  Work& work = work_.at(id);
  const SimTime now = context_.engine.now();
  const Duration delay = pull_backoff(work.failures);
  const SimTime earliest = work.failed_at + delay;
  if (deleted(id)) {
    context_.recorder.result().pulls[work.pull].outcome = Outcome::deleted;
    work_.erase(id);
    return;
  }
  if (now >= earliest) {
    context_.recorder.result().pulls[work.pull].back_off += now - work.failed_at;
    enqueue(id);
    return;
  }
  const RandomStream stream = context_.stream(hooks_.pod(id).name, "requeue");
  const Duration wait = worker_requeue(earliest - now, stream.at(work.wakeups++));
  context_.engine.in(wait, "pod worker wakes up", [this, id] { retry(id); });
}

void Kubelet::pulled(PodId id) {
  pull_slots_.release();
  work_.erase(id);
  if (deleted(id)) return;
  row(hooks_.pod(id))->pull_finished = context_.engine.now();
  row(hooks_.pod(id))->outcome = Outcome::pending;
  start_container(id);
}

void Kubelet::start_container(PodId id) {
  const Duration time =
      draw(spec_.container_start, context_.stream(hooks_.pod(id).name, "container-start").at(0));
  context_.engine.in(time, "container started", [this, id] { started(id); });
}

void Kubelet::started(PodId id) {
  if (deleted(id)) return;
  Pod& pod = hooks_.pod(id);
  advance_phase(pod, PodPhase::running);
  const SimTime now = context_.engine.now();
  row(pod)->started = now;
  const ImageSpec& image = context_.scenario.images[pod.image];
  ReadinessInput input;
  input.started = now;
  input.able_to_answer = now + draw(image.startup, context_.stream(pod.name, "startup").at(0));
  input.relist_phase = relist_phase_;
  input.probe = context_.scenario.workloads[pod.workload].readiness_probe;
  context_.engine.at(ready_time(input), "pod ready", [this, id] { became_ready(id); });
}

void Kubelet::became_ready(PodId id) {
  if (deleted(id)) return;
  Pod& pod = hooks_.pod(id);
  advance_phase(pod, PodPhase::ready);
  pod.ready_since = context_.engine.now();
  row(pod)->ready = context_.engine.now();
  row(pod)->outcome = Outcome::ok;
  hooks_.ready(id);
}

void Kubelet::record_queue() {
  if (!context_.watch_nodes) return;
  if (!queue_series_) {
    queue_series_ = context_.recorder.add_series("pull_queue", node_, "pulls");
  }
  context_.recorder.record(*queue_series_, context_.engine.now(),
                           static_cast<double>(pull_slots_.waiting()));
}

void Kubelet::write_unfinished() {
  for (const auto& pull : pulls_) pull->write_unfinished();
}

double Kubelet::bytes_under_way() {
  double bytes = 0;
  for (const auto& pull : pulls_) bytes += pull->bytes_under_way();
  return bytes;
}

}  // namespace pullsim
