// What follows the start of a container: the end of an init container, startup and readiness
// probes, restarts, and the status updates that make a pod Ready. See kubelet.hpp.
#include "models/decisions/readiness.hpp"
#include "models/kubelet.hpp"
#include "models/recorder.hpp"

#include <algorithm>

namespace pullsim {

namespace {
using Role = PodContainer::Role;
}

// `seen`: the status update that sees the container running.
void Kubelet::watch(PodId id, Worker& worker, std::size_t index, SimTime seen) {
  const PodContainer& container = worker.container(index);
  if (container.role == Role::init) {
    const double u = context_.stream(key_of(id, container), "run-time").at(0);
    context_.engine.in(draw(container.run_time, u), "init container exits",
                       [this, id, index] { init_exited(id, index); });
    return;
  }
  if (!container.startup_probe && container.role == Role::sidecar) {
    context_.engine.at(seen, "sidecar started", [this, id, index] { sidecar_started(id, index); });
  }
  start_up(id, worker, index, seen);
}

// The process needs its time on a core, more of it where cores are short, and then the rest of its
// start. Nobody waits for it who does not ask.
void Kubelet::start_up(PodId id, Worker& worker, std::size_t index, SimTime seen) {
  const PodContainer& container = worker.container(index);
  ContainerState& state = worker.edit_state(index);
  const auto starts = static_cast<std::uint64_t>(state.exits);
  const double u = context_.stream(key_of(id, container), "startup").at(starts);
  const ImageSpec& image = context_.scenario.images[container.image];
  const Duration startup = draw(image.startup, u);
  const Duration work = startup * image.startup_cpu_percent / 100;
  const Duration rest = startup - work;
  const bool asked = container.startup_probe || container.readiness_probe;
  if (work > Duration{0} && asked) {
    const auto done = [this, id, index, seen, rest](const Completion&) {
      Worker* present = worker_of(id);
      if (present == nullptr) return;
      present->edit_state(index).able_to_answer = context_.engine.now() + rest;
      begin_probes(id, *present, index, seen);
    };
    context_.network.start_work(site_.host, to_seconds(work), 0, done);
    return;
  }
  if (work > Duration{0}) {
    context_.network.start_work(site_.host, to_seconds(work), 0, [](const Completion&) {});
  }
  state.able_to_answer = state.started_at + startup;
  begin_probes(id, worker, index, seen);
}

void Kubelet::begin_probes(PodId id, Worker& worker, std::size_t index, SimTime seen) {
  const PodContainer& container = worker.container(index);
  const ContainerState& state = worker.state(index);
  if (!container.startup_probe) {
    await_ready(id, worker, index, seen);
    return;
  }
  const double jitter = context_.stream(key_of(id, container), "probe-jitter").at(0);
  StartupInput input;
  input.started = state.started_at;
  input.seen = seen;
  input.able_to_answer = state.able_to_answer;
  input.probe = *container.startup_probe;
  input.ticker = first_probe_tick(worker.added, kubelet_started_, input.probe.period, jitter);
  const StartupOutcome outcome = startup_outcome(input);
  if (outcome.started) {
    context_.engine.at(outcome.at, "startup probe succeeds",
                       [this, id, index] { startup_succeeded(id, index); });
  } else {
    // One that gives up on a process still at work is heard when the work has ended.
    context_.engine.at(std::max(outcome.at, context_.engine.now()), "startup probe fails for good",
                       [this, id, index] { startup_failed(id, index); });
  }
}

// The relist that sees the exit lets the next one begin.
void Kubelet::init_exited(PodId id, std::size_t index) {
  if (worker_of(id) == nullptr) return;
  const SimTime seen = next_tick(context_.engine.now(), relist_phase_, kRelistPeriod);
  context_.engine.at(seen, "init container done", [this, id, index] {
    Worker* worker = worker_of(id);
    if (worker == nullptr) return;
    worker->edit_state(index).running = false;
    worker->edit_state(index).passed = true;
    sync(id);
  });
}

void Kubelet::sidecar_started(PodId id, std::size_t index) {
  Worker* worker = worker_of(id);
  if (worker == nullptr) return;
  worker->edit_state(index).passed = true;
  sync(id);
}

// The result of the probe brings a sync along, whose status triggers the readiness probe.
void Kubelet::startup_succeeded(PodId id, std::size_t index) {
  Worker* worker = worker_of(id);
  if (worker == nullptr) return;
  await_ready(id, *worker, index, context_.engine.now());
  if (worker->container(index).role == Role::sidecar) sidecar_started(id, index);
}

void Kubelet::startup_failed(PodId id, std::size_t index) {
  if (worker_of(id) == nullptr) return;
  context_.engine.in(workload_of(id).termination, "container killed",
                     [this, id, index] { killed(id, index); });
}

void Kubelet::killed(PodId id, std::size_t index) {
  Worker* worker = worker_of(id);
  if (worker == nullptr) return;
  ContainerState& state = worker->edit_state(index);
  state.running = false;
  ++state.exits;
  state.exited_at = context_.engine.now();
  sync(id);
}

// The worker's own syncs, as far as they can find a container ready that was not before.
std::vector<SimTime> Kubelet::resyncs(PodId id, const PodContainer& container, SimTime seen,
                                      SimTime able_to_answer) {
  std::vector<SimTime> syncs;
  if (!container.readiness_probe) return syncs;
  const RandomStream stream = context_.stream(key_of(id, container), "resync");
  const ReadinessProbeSpec& probe = *container.readiness_probe;
  const SimTime end = std::min(kSimStart + context_.scenario.duration,
                               std::max(able_to_answer, seen + probe.initial_delay) +
                                   repeated(probe.period, probe.success_threshold));
  for (SimTime next = seen + resync_wait(stream.at(0)); next <= end;) {
    syncs.push_back(next);
    next += resync_wait(stream.at(syncs.size()));
  }
  return syncs;
}

void Kubelet::await_ready(PodId id, Worker& worker, std::size_t index, SimTime seen) {
  ReadinessInput input;
  input.started = worker.state(index).started_at;
  input.able_to_answer = worker.state(index).able_to_answer;
  input.seen = seen;
  input.probe = worker.container(index).readiness_probe;
  input.syncs = resyncs(id, worker.container(index), seen, worker.state(index).able_to_answer);
  context_.engine.at(ready_time(input), "container ready",
                     [this, id, index] { container_ready(id, index); });
}

void Kubelet::container_ready(PodId id, std::size_t index) {
  Worker* worker = worker_of(id);
  if (worker == nullptr) return;
  worker->edit_state(index).ready = true;
  for (std::size_t i = 0; i < worker->size(); ++i) {
    if (worker->container(i).role != Role::init && !worker->state(i).ready) return;
  }
  const auto wait = hooks_.readiness_gate ? hooks_.readiness_gate(id) : std::nullopt;
  if (wait) {
    context_.engine.in(*wait, "readiness gate met", [this, id] { all_ready(id); });
  } else {
    all_ready(id);
  }
}

void Kubelet::all_ready(PodId id) {
  if (worker_of(id) == nullptr) return;
  const SimTime known = status_update();
  if (known == context_.engine.now()) {
    became_ready(id);
  } else {
    context_.engine.at(known, "pod ready", [this, id] { became_ready(id); });
  }
}

// One goroutine sends the updates of all pods one after the other, each a PATCH within the client's
// rate; gives the moment from which the API server knows.
SimTime Kubelet::status_update() { return api_.reserve(context_.engine.now()); }

// From the start of the container that started last; the relist that sees the end, and the status
// update after it, tell the API server.
void Kubelet::run_to_end(PodId id) {
  const double u = context_.stream(name_of(id), "run-time").at(0);
  const Duration run_time = draw(workload_of(id).run_time, u);
  context_.engine.in(run_time, "containers exit", [this, id] {
    const SimTime seen = next_tick(context_.engine.now(), relist_phase_, kRelistPeriod);
    context_.engine.at(seen, "exit seen", [this, id] { ran_to_end(id); });
  });
}

void Kubelet::ran_to_end(PodId id) {
  if (stopped_ || hooks_.pod(id).phase == PodPhase::gone) return;
  const SimTime known = status_update();
  context_.engine.at(known, "pod finished", [this, id] {
    if (!stopped_ && hooks_.pod(id).phase != PodPhase::gone) hooks_.finished(id);
  });
}

void Kubelet::became_ready(PodId id) {
  if (worker_of(id) == nullptr) return;
  Pod& pod = hooks_.pod(id);
  advance_phase(pod, PodPhase::ready);
  row(id).ready = context_.engine.now();
  row(id).outcome = Outcome::ok;
  resident_of(id)->worker.reset();
  hooks_.ready(id);
}

}  // namespace pullsim
