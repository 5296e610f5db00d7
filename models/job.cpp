// See the header.
#include "models/job.hpp"

#include "models/recorder.hpp"

#include <algorithm>

namespace pullsim {

namespace {
/// The controller looks this long after a time of the schedule (cronjob_controllerv2.go,
/// nextScheduleDelta).
constexpr Duration kScheduleDelta = std::chrono::milliseconds(100);
}  // namespace

void Job::start_with(const std::vector<PodId>&) {
  started_ = true;
  image_ = spec_.image;
  if (spec_.kind == WorkloadKind::cron_job) {
    next_time();
  } else {
    context_.engine.at(kSimStart, "job created", [this] { begin(); });
  }
}

void Job::next_time() {
  constexpr Duration kDay = std::chrono::hours(24);
  const SimTime now = context_.engine.now();
  const Duration of_day = (context_.scenario.time_of_day + (now - kSimStart)) % kDay;
  const Duration wait = until_next(spec_.cron_job.schedule, of_day);
  if (wait > context_.scenario.duration - (now - kSimStart)) return;
  context_.engine.in(wait, "job scheduled", [this] {
    context_.engine.in(kScheduleDelta, "job created", [this] { on_schedule(); });
    next_time();
  });
}

void Job::on_schedule() {
  const auto running = [](const Run& run) { return !run.ended; };
  const bool any = std::any_of(runs_.begin(), runs_.end(), running);
  if (any && spec_.cron_job.concurrency == ConcurrencyPolicy::forbid) {
    missed_ = true;
    return;
  }
  if (spec_.cron_job.concurrency == ConcurrencyPolicy::replace) {
    for (std::size_t run = 0; run < runs_.size(); ++run) {
      if (runs_[run].ended) continue;
      give_up_measure(runs_[run].measure);
      end(run);
    }
  }
  begin();
}

void Job::begin() {
  Run run;
  run.image = image_;
  run.measure = begin_measure(context_.engine.now(), spec_.job.completions);
  runs_.push_back(run);
  sync(runs_.size() - 1);
}

std::vector<PodId> Job::pods() const {
  std::vector<PodId> all;
  for (const Run& run : runs_) {
    for (const PodId id : run.active) {
      if (!hooks_.pod(id).leaving) all.push_back(id);
    }
  }
  return all;
}

void Job::sync(std::size_t index) {
  Run& run = runs_[index];
  if (run.ended || run.waits) return;
  const JobStatus status{static_cast<std::int64_t>(run.active.size()) + run.creating, run.succeeded,
                         run.failed};
  const JobStep step = job_step(spec_.job, status);
  if (step.kind == JobStep::Kind::complete) end_measure(run.measure);
  if (step.kind == JobStep::Kind::fail) {
    context_.recorder.warn("Job " + spec_.name + ": more pods failed than backoffLimit allows");
  }
  if (step.kind == JobStep::Kind::complete || step.kind == JobStep::Kind::fail) {
    end(index);
    return;
  }
  for (std::int64_t i = 0; i < step.create; ++i) {
    ++run.creating;
    const SimTime when = client_.reserve(context_.engine.now());
    context_.engine.at(when, "pod created", [this, index] { created(index); });
  }
}

void Job::created(std::size_t index) {
  --runs_[index].creating;
  if (runs_[index].ended) return;
  const PodId id = hooks_.create(runs_[index].image, index);
  runs_[index].active.push_back(id);
}

Job::Run& Job::run_of(PodId id) { return runs_[hooks_.pod(id).replica_set]; }

void Job::pod_failed(PodId id, End) {
  const std::size_t index = hooks_.pod(id).replica_set;
  Run& run = run_of(id);
  std::erase(run.active, id);
  if (run.ended) return;
  ++run.failed;
  run.waits = run.failed <= spec_.job.backoff_limit;
  if (!run.waits) {
    sync(index);
    return;
  }
  context_.engine.in(job_backoff(run.failed), "job backed off", [this, index] {
    runs_[index].waits = false;
    sync(index);
  });
}

void Job::pod_finished(PodId id) {
  const std::size_t index = hooks_.pod(id).replica_set;
  Run& run = run_of(id);
  std::erase(run.active, id);
  if (run.ended) return;
  ++run.succeeded;
  sync(index);
}

// Pods that still run are deleted with their Job. One that was due meanwhile begins now.
void Job::end(std::size_t index) {
  runs_[index].ended = true;
  if (missed_) {
    missed_ = false;
    context_.engine.in(Duration{0}, "job created", [this] { on_schedule(); });
  }
  const std::vector<PodId> left = std::move(runs_[index].active);
  runs_[index].active.clear();
  for (const PodId id : left) {
    hooks_.pod(id).leaving = true;
    const SimTime when = client_.reserve(context_.engine.now());
    context_.engine.at(when, "pod deleted", [this, id] {
      if (hooks_.pod(id).phase != PodPhase::gone) hooks_.remove(id);
    });
  }
}

}  // namespace pullsim
