// Scaling, roll-outs and their progress; see the header. What happens to the pods of a replica set
// is in deployment_sets.cpp.
#include "models/deployment.hpp"

#include "models/decisions/proportional_scale.hpp"
#include "models/recorder.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace pullsim {

void Deployment::start_with(const std::vector<PodId>& pods) {
  ReplicaSet set;
  set.image = spec_.image;
  set.wanted = static_cast<std::int64_t>(pods.size());
  sets_.push_back(std::move(set));
  for (const PodId id : pods) {
    adopt(0, id);
    hooks_.pod(id).available = true;
  }
  replicas_ = static_cast<std::int64_t>(pods.size());
  sets_[0].ready = sets_[0].available = replicas_;
  sets_[0].desired = replicas_;
  sets_[0].most = replicas_ + fenceposts().surge;
  last_status_ = status();
}

void Deployment::resize_to(std::int64_t replicas) {
  replicas_ = replicas;
  request_sync();
}

std::vector<PodId> Deployment::pods() const {
  std::vector<PodId> all;
  for (const ReplicaSet& set : sets_) {
    for (const PodId id : set.pods) {
      if (!hooks_.pod(id).leaving) all.push_back(id);
    }
  }
  return all;
}

void Deployment::set_image(std::size_t image) {
  if (new_set().image == image) return;
  const auto same = [&](const ReplicaSet& set) { return set.image == image; };
  const auto known = std::find_if(sets_.begin(), sets_.end(), same);
  newest_ = static_cast<std::size_t>(known - sets_.begin());
  if (known == sets_.end()) {
    ReplicaSet set;
    set.image = image;
    sets_.push_back(std::move(set));
  }
  begin_scale_out(true, context_.engine.now(), replicas_);
  begin_roll_out();
  request_sync();
}

void Deployment::pod_ready(PodId id) {
  const std::size_t set = hooks_.pod(id).replica_set;
  ++sets_[set].ready;
  if (spec_.min_ready > Duration{0}) {
    sets_[set].waiting.push_back(id);
    context_.engine.in(spec_.min_ready + kControllerSkew, "pod available",
                       [this] { request_sync(); });
  } else {
    pod_available(id);
  }
  if (set == newest_) check_scale_out();
  request_sync();
}

void Deployment::pod_failed(PodId id, End end) {
  Pod& pod = hooks_.pod(id);
  ReplicaSet& set = sets_[pod.replica_set];
  if (pod.phase == PodPhase::ready) --set.ready;
  if (pod.available && !pod.leaving) --set.available;
  set.pods.erase(std::find(set.pods.begin(), set.pods.end(), id));
  std::erase(set.waiting, id);
  const bool goes_on = end == End::deleted && pod.phase > PodPhase::pending;
  if (goes_on) set.terminating.push_back(id);
  if (!pod.leaving) create_one(pod.replica_set);
  pod.available = false;
  request_sync();
}

// Recreate waits until the last process of the old pods has ended.
void Deployment::pod_terminated(PodId id) {
  ReplicaSet& set = sets_[hooks_.pod(id).replica_set];
  if (std::erase(set.terminating, id) > 0 && spec_.recreate) request_sync();
}

void Deployment::pod_available(PodId id) {
  Pod& pod = hooks_.pod(id);
  if (pod.phase == PodPhase::gone || pod.leaving) return;
  pod.available = true;
  ++sets_[pod.replica_set].available;
}

void Deployment::look_at_waiting() {
  const SimTime now = context_.engine.now();
  for (ReplicaSet& set : sets_) {
    const auto available = [&](PodId id) {
      return is_available(ready_since(hooks_.pod(id), context_.recorder.result()), spec_.min_ready,
                          now);
    };
    for (const PodId id : set.waiting) {
      if (available(id)) pod_available(id);
    }
    std::erase_if(set.waiting, available);
  }
}

void Deployment::check_scale_out() {
  if (scale_out_open() && new_set().ready >= replicas_) scale_out_done();
}

void Deployment::request_sync() {
  if (sync_pending_) return;
  sync_pending_ = true;
  context_.engine.in(Duration{0}, "deployment sync", [this] { sync(); });
}

// One action for each sync, as the controller does it; an action asks for the next sync.
void Deployment::sync() {
  sync_pending_ = false;
  look_at_waiting();
  check_scale_out();
  if (step()) request_sync();
  follow_progress();
}

DeploymentStrategy Deployment::strategy() const {
  return spec_.recreate ? DeploymentStrategy::recreate : DeploymentStrategy::rolling_update;
}

Fenceposts Deployment::fenceposts() const {
  return rollout_fenceposts(strategy(), spec_.max_surge, spec_.max_unavailable, replicas_);
}

std::vector<std::size_t> Deployment::old_sets() const {
  std::vector<std::size_t> old;
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    if (i != newest_) old.push_back(i);
  }
  return old;
}

bool Deployment::step() {
  const bool scaling = std::any_of(sets_.begin(), sets_.end(), [this](const ReplicaSet& set) {
    return set.wanted > 0 && set.desired != replicas_;
  });
  if (scaling) return scale_proportionally();
  if (spec_.recreate) return step_of_recreate();
  const auto size_of = [](const ReplicaSet& set) {
    return ReplicaSetSize{set.wanted, set.available};
  };
  const std::vector<std::size_t> old = old_sets();
  RolloutState state;
  state.replicas = replicas_;
  state.fenceposts = fenceposts();
  state.new_set = size_of(new_set());
  for (const std::size_t i : old) state.old_sets.push_back(size_of(sets_[i]));
  const RolloutStep next = next_rollout_step(state);
  if (next.kind == RolloutStep::Kind::none) return false;
  resize(newest_, next.new_set);
  for (std::size_t i = 0; i < old.size(); ++i) resize(old[i], next.old_sets[i]);
  return true;
}

bool Deployment::scale_proportionally() {
  std::vector<ScaledSet> sets;
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    const ReplicaSet& set = sets_[i];
    ScaledSet view;
    view.name = std::to_string(i);
    view.is_new = i == newest_;
    view.replicas = static_cast<std::int32_t>(set.wanted);
    if (set.desired) {
      view.desired_annotation = static_cast<std::int32_t>(*set.desired);
      view.max_annotation = static_cast<std::int32_t>(set.most);
    }
    view.available = static_cast<std::int32_t>(set.available);
    view.age_rank = static_cast<std::int64_t>(sets_.size() - 1 - i);
    sets.push_back(std::move(view));
  }
  ScalingDeployment deployment;
  deployment.strategy = strategy();
  deployment.replicas = static_cast<std::int32_t>(replicas_);
  deployment.surge = static_cast<std::int32_t>(fenceposts().surge);
  deployment.status_replicas = static_cast<std::int32_t>(status().replicas);
  const std::vector<std::int32_t> sizes = scaled_sizes(deployment, sets);
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    const bool active = sets_[i].wanted > 0;
    resize(i, sizes[i]);
    if (!active) continue;
    sets_[i].desired = replicas_;
    sets_[i].most = replicas_ + deployment.surge;
  }
  return true;
}

// All old pods go; when the last one's process has ended, all new ones are made.
bool Deployment::step_of_recreate() {
  bool any = false;
  bool running = false;
  for (const std::size_t i : old_sets()) {
    any = any || sets_[i].wanted > 0;
    resize(i, 0);
    running = running || !sets_[i].pods.empty() || !sets_[i].terminating.empty();
  }
  if (any) return true;
  if (running || new_set().wanted == replicas_) return false;
  resize(newest_, replicas_);
  return true;
}

DeploymentStatus Deployment::status() const {
  DeploymentStatus status;
  for (const ReplicaSet& set : sets_) {
    status.replicas += static_cast<std::int64_t>(set.pods.size());
    status.ready += set.ready;
    status.available += set.available;
  }
  status.updated = static_cast<std::int64_t>(sets_[newest_].pods.size());
  return status;
}

void Deployment::begin_roll_out() {
  progress_ = {context_.engine.now(), false, false};
  last_status_ = status();
}

void Deployment::follow_progress() {
  if (progress_.complete) return;
  const SimTime now = context_.engine.now();
  const DeploymentStatus after = status();
  const bool was_out = progress_.timed_out;
  progress_ =
      next_progress(progress_, replicas_, last_status_, after, spec_.progress_deadline, now);
  last_status_ = after;
  if (progress_.timed_out != was_out) {
    Recorder& recorder = context_.recorder;
    if (!deadline_series_) {
      deadline_series_ = recorder.add_series("progress_deadline_exceeded", spec_.name, "1");
      recorder.record(*deadline_series_, kSimStart, 0);
    }
    recorder.record(*deadline_series_, now, progress_.timed_out ? 1 : 0);
    if (progress_.timed_out) {
      ++recorder.result().counters.deadlines_exceeded;
      recorder.warn("Deployment " + spec_.name +
                    ": a roll-out made no progress for progressDeadlineSeconds and counts as "
                    "failed (ProgressDeadlineExceeded); it goes on");
    }
  }
  context_.engine.cancel(deadline_);
  if (progress_.complete || progress_.timed_out) return;
  deadline_ = context_.engine.at(
      std::max(now, progress_.updated + spec_.progress_deadline) + kControllerSkew,
      "progress deadline", [this] { follow_progress(); });
}

}  // namespace pullsim
