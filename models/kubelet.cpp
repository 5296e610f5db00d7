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

PodRow& Kubelet::row(PodId id) { return context_.recorder.result().pods[hooks_.pod(id).row]; }

PullRow& Kubelet::pull_of(const Work& work) { return context_.recorder.result().pulls[work.pull]; }

bool Kubelet::deleted(PodId id) const { return hooks_.pod(id).phase == PodPhase::gone; }

void Kubelet::admit(PodId id) {
  Pod& pod = hooks_.pod(id);
  const Duration time = draw(spec_.sandbox, context_.stream(pod.name, "sandbox").at(0));
  context_.engine.in(time, "sandbox ready", [this, id] { sandbox_ready(id); });
}

void Kubelet::forget(PodId id) {
  const auto found = work_.find(id);
  if (found == work_.end()) return;
  PullRow& pull = pull_of(found->second);
  if (found->second.ticket && pull_slots_.cancel(*found->second.ticket)) {
    pull.outcome = Outcome::deleted;
    work_.erase(found);
    record_queue();
  } else if (pull.outcome == Outcome::back_off) {
    pull.outcome = Outcome::deleted;  // its worker finds out when it wakes up
  }
}

void Kubelet::sandbox_ready(PodId id) {
  if (deleted(id)) return;
  row(id).sandbox = context_.engine.now();
  ensure_image(id);
}

void Kubelet::ensure_image(PodId id) {
  const Pod& pod = hooks_.pod(id);
  if (image_is_enough(pod)) {
    start_container(id);
  } else if (context_.scenario.workloads[pod.workload].pull_policy == PullPolicy::never) {
    row(id).outcome = Outcome::failed;  // ErrImageNeverPull
  } else {
    RunResult& result = context_.recorder.result();
    row(id).pull = result.pulls.size();
    PullRow pull;
    pull.node = site_.node;
    pull.image = pod.image;
    pull.requested = context_.engine.now();
    work_[id].pull = result.pulls.size();
    result.pulls.push_back(pull);
    enqueue(id);
  }
}

bool Kubelet::image_is_enough(const Pod& pod) const {
  return context_.scenario.workloads[pod.workload].pull_policy != PullPolicy::always &&
         site_.store->has_image(pod.image);
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
  pull_of(work).outcome = Outcome::pending;
  PodRow& pod_row = row(id);
  pod_row.pull_started = context_.engine.now();
  pod_row.outcome = Outcome::pending;
  pulls_.push_back(std::make_unique<ImagePull>(context_, site_, work.pull, hooks_.pod(id).image));
  const ImagePull* pull = pulls_.back().get();
  pulls_.back()->start([this, id, pull] { pull_ended(id, *pull); });
}

void Kubelet::pull_ended(PodId id, const ImagePull& pull) {
  pull_slots_.release();
  if (pull.failure()) {
    pull_failed(id);
  } else {
    pulled(id);
  }
}

// "pull QPS exceeded", or the runtime gave up: the pod's worker comes back by its own clock, and
// tries again once the back-off of this pod and image has passed.
void Kubelet::pull_failed(PodId id) {
  Work& work = work_.at(id);
  PullRow& pull = pull_of(work);
  pull.started.reset();
  if (deleted(id)) {
    pull.outcome = Outcome::deleted;
    work_.erase(id);
    return;
  }
  ++work.failures;
  pull.outcome = Outcome::back_off;
  PodRow& pod_row = row(id);
  pod_row.pull_started.reset();
  pod_row.outcome = Outcome::back_off;
  work.failed_at = context_.engine.now();
  wait_to_retry(id);
}

void Kubelet::wait_to_retry(PodId id) {
  Work& work = work_.at(id);
  const Duration left = work.failed_at + pull_backoff(work.failures) - context_.engine.now();
  const RandomStream stream = context_.stream(hooks_.pod(id).name, "requeue");
  const Duration wait = worker_requeue(left, stream.at(work.wakeups++));
  context_.engine.in(wait, "pod worker wakes up", [this, id] { retry(id); });
}

void Kubelet::retry(PodId id) {
  const Work& work = work_.at(id);
  const SimTime now = context_.engine.now();
  PullRow& pull = pull_of(work);
  if (deleted(id)) {
    work_.erase(id);
    return;
  }
  if (image_is_enough(hooks_.pod(id))) {
    pull.back_off += now - work.failed_at;
    image_appeared(id);
  } else if (now < work.failed_at + pull_backoff(work.failures)) {
    wait_to_retry(id);
  } else {
    pull.back_off += now - work.failed_at;
    ++pull.attempts;
    enqueue(id);
  }
}

// Another pod's pull has brought the image in the meantime: there is nothing left to ask for.
void Kubelet::image_appeared(PodId id) {
  const SimTime now = context_.engine.now();
  PullRow& pull = pull_of(work_.at(id));
  pull.started = pull.finished = now;
  pull.outcome = Outcome::ok;
  explain_wait(&pull, now, context_.scenario.keep_paths);
  pull.bottleneck = longest_cause(pull);
  work_.erase(id);
  PodRow& pod_row = row(id);
  pod_row.pull_started = pod_row.pull_finished = now;
  pod_row.outcome = Outcome::pending;
  start_container(id);
}

void Kubelet::pulled(PodId id) {
  work_.erase(id);
  if (deleted(id)) return;
  row(id).pull_finished = context_.engine.now();
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
  row(id).started = now;
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
  row(id).ready = context_.engine.now();
  row(id).outcome = Outcome::ok;
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
