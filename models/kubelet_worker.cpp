// The worker of a pod: one sync goes through the containers that have to be started, and what
// failed in it decides when the next one comes. See kubelet.hpp.
#include "models/decisions/readiness.hpp"
#include "models/decisions/retry_backoff.hpp"
#include "models/kubelet.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

using Role = PodContainer::Role;

// The stream of a container's draw of one kind; restarts draw further numbers.
Duration draw_for(const Context& context, const std::string& container, const char* purpose,
                  const Distribution& distribution, std::int64_t restarts) {
  return draw(distribution,
              context.stream(container, purpose).at(static_cast<std::uint64_t>(restarts)));
}

}  // namespace

Kubelet::Worker* Kubelet::worker_of(PodId id) {
  const Resident* resident = resident_of(id);
  return resident == nullptr ? nullptr : resident->worker.get();
}

Kubelet::Worker& Kubelet::worker_at(PodId id) {
  Worker* worker = worker_of(id);
  PULLSIM_CHECK(worker != nullptr, "a pod whose sync goes on has a worker");
  return *worker;
}

void Kubelet::sandbox_ready(PodId id) {
  if (worker_of(id) == nullptr) return;
  row(id).sandbox = context_.engine.now();
  sync(id);
}

// A sync that something else asks for while one is under way follows it.
void Kubelet::sync(PodId id) {
  Worker* worker = worker_of(id);
  if (worker == nullptr) return;
  if (worker->in_sync) {
    worker->again = true;
    return;
  }
  context_.engine.cancel(worker->retry->wakeup);
  worker->in_sync = true;
  worker->again = false;
  worker->go_to(0);
  worker->failed = false;
  if (worker->retry->at) worker->retry.edit().at.reset();
  go_on(id);
}

void Kubelet::go_on(PodId id) {
  Worker& worker = worker_at(id);
  while (worker.cursor < worker.size()) {
    if (take_next(id, worker)) return;
  }
  end_sync(id);
}

// Deals with the container that the sync is at. True: the sync waits for it, or has ended.
bool Kubelet::take_next(PodId id, Worker& worker) {
  const std::size_t index = worker.cursor;
  const PodContainer& container = worker.container(index);
  const ContainerState& state = worker.state(index);
  const ContainerId key{id, static_cast<std::uint32_t>(index)};
  const SimTime now = context_.engine.now();
  const bool waits_here = container.role != Role::main;  // nothing after it may begin
  if (state.running || state.passed) {
    if (state.passed || !waits_here) {
      ++worker.cursor;
      return false;
    }
    worker.go_to(worker.size());
    return false;
  }
  const bool present =
      container.pull_policy != PullPolicy::always && puller_.has_image(container.image);
  SimTime earliest = state.exited_at + crash_backoff(state.exits);
  if (!present) earliest = std::max(earliest, puller_.backed_off_until(key).value_or(earliest));
  if (now < earliest) {
    worker.retry.edit().at = std::min(worker.retry->at.value_or(earliest), earliest);
    row(id).outcome = Outcome::back_off;
  } else if (present) {
    if (puller_.found(key)) image_is_there(id, worker, index);
    create(id, index);
    return true;
  } else if (container.pull_policy == PullPolicy::never) {  // ErrImageNeverPull
    row(id).outcome = Outcome::failed;
  } else {
    const std::size_t pull = puller_.request(key, container.image);
    if (!worker.first_pull) worker.first_pull = pull;
    if (!row(id).pull) row(id).pull = pull;
    context_.recorder.result().pulls[pull].pod = hooks_.pod(id).row;
    return true;
  }
  worker.go_to(waits_here ? worker.size() : index + 1);
  return false;
}

void Kubelet::pull_started(ContainerId id) {
  PodRow& pod = row(id.pod);
  if (!pod.pull_started) pod.pull_started = context_.engine.now();
  pod.outcome = Outcome::pending;
}

void Kubelet::pull_ended(ContainerId id, std::size_t pull, bool pulled) {
  Worker& worker = worker_at(id.pod);
  PodRow& pod = row(id.pod);
  if (pulled) {
    const RunResult& result = context_.recorder.result();
    const auto length = [&result](std::size_t index) {
      return *result.pulls[index].finished - result.pulls[index].requested;
    };
    if (!pod.started && (!result.pulls[*pod.pull].finished || length(pull) > length(*pod.pull))) {
      pod.pull = pull;
    }
    image_is_there(id.pod, worker, id.container);
    create(id.pod, id.container);
    return;
  }
  worker.failed = true;
  pod.outcome = Outcome::back_off;
  if (!pod.started && !worker.pulled && pull == worker.first_pull) pod.pull_started.reset();
  const bool waits_here = worker.container(id.container).role != Role::main;
  worker.go_to(waits_here ? worker.size() : id.container + 1);
  go_on(id.pod);
}

// The pod's moments of pulling: from the first image that was pulled for it to the last.
void Kubelet::image_is_there(PodId id, Worker& worker, std::size_t index) {
  PodRow& pod = row(id);
  if (pod.started) return;  // pulled again for a restart
  worker.pulled = context_.engine.now();
  if (!pod.pull_started) pod.pull_started = worker.pulled;
  if (index + 1 == worker.size()) pod.pull_finished = worker.pulled;
}

void Kubelet::create(PodId id, std::size_t index) {
  Worker& worker = worker_at(id);
  if (row(id).outcome == Outcome::back_off) row(id).outcome = Outcome::pending;
  const PodContainer& container = worker.container(index);
  const std::int64_t exits = worker.state(index).exits;
  if (exits == 0) use_image(*resident_of(id), container.image);
  const Duration time =
      draw_for(context_, key_of(id, container), "container-start", spec_.container_start, exits);
  context_.engine.in(time, "container started", [this, id, index] { started(id, index); });
}

void Kubelet::started(PodId id, std::size_t index) {
  Worker* worker = worker_of(id);
  if (worker == nullptr) return;
  ContainerState& state = worker->edit_state(index);
  state.running = true;
  state.started_at = context_.engine.now();
  const auto more = more_.find(id);
  const bool first = more == more_.end() || more->second.images.empty();
  if (first && state.exits == 0) take_disk(id);
  state.fresh = true;
  const bool waits_here = worker->container(index).role != Role::main;
  worker->go_to(waits_here ? worker->size() : index + 1);
  go_on(id);
}

// What was started shows up in the pod's status at the first relist after the sync: the worker had
// no time before.
void Kubelet::end_sync(PodId id) {
  Worker& worker = worker_at(id);
  worker.in_sync = false;
  const SimTime now = context_.engine.now();
  const SimTime seen = next_tick(now, relist_phase_, kRelistPeriod);
  const auto all = [&worker](auto holds) {
    for (std::size_t i = 0; i < worker.size(); ++i) {
      if (!holds(worker.container(i), worker.state(i))) return false;
    }
    return true;
  };
  const bool complete = all([](const PodContainer& container, const ContainerState& state) {
    return state.passed || (container.role == Role::main && state.running);
  });
  if (complete) all_started(id, worker);
  bool any_fresh = false;
  for (std::size_t index = 0; index < worker.size(); ++index) {
    if (!worker.state(index).fresh) continue;
    worker.edit_state(index).fresh = false;
    any_fresh = true;
    watch(id, worker, index, seen);
  }
  if (any_fresh) status_update();
  const bool waits = worker.failed || worker.retry->at;
  if (waits) {
    if (row(id).outcome == Outcome::pending) row(id).outcome = Outcome::back_off;
    std::optional<Duration> left;
    Retry& retry = worker.retry.edit();
    if (retry.at) left = *retry.at - now;
    const RandomStream stream = context_.stream(name_of(id), "requeue");
    const Duration wait = worker_requeue(left, stream.at(retry.wakeups++));
    retry.wakeup = context_.engine.in(wait, "pod worker wakes up", [this, id] { sync(id); });
  }
  if (worker.again) {
    sync(id);
  } else if (waits && any_fresh) {  // the relist that sees them wakes the worker too
    context_.engine.at(seen, "pod worker wakes up", [this, id] { sync(id); });
  }
}

void Kubelet::all_started(PodId id, Worker& worker) {
  PodRow& pod = row(id);
  if (pod.started) return;  // after a restart
  pod.started = context_.engine.now();
  if (pod.pull_started) pod.pull_finished = worker.pulled;
  advance_phase(hooks_.pod(id), PodPhase::running);
  if (runs_to_end(workload_of(id))) run_to_end(id);
}

}  // namespace pullsim
