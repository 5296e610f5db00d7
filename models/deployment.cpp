// Replica sets of one deployment; see the header.
#include "models/deployment.hpp"

#include "models/decisions/rolling_update.hpp"
#include "models/decisions/scale_down_victims.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {
constexpr double kUidRange = 9007199254740992.0;  // 2^53: all bits of a draw
}

Deployment::Deployment(Context& context, std::size_t workload, TokenBucket& client,
                       DeploymentHooks hooks)
    : context_(context),
      workload_(workload),
      spec_(context.scenario.workloads[workload]),
      client_(client),
      hooks_(std::move(hooks)) {}

void Deployment::start_with(const std::vector<PodId>& pods) {
  ReplicaSet set;
  set.image = spec_.image;
  set.wanted = static_cast<std::int64_t>(pods.size());
  set.pods = pods;
  sets_.push_back(std::move(set));
  order_ = {0};
  replicas_ = static_cast<std::int64_t>(pods.size());
}

void Deployment::scale(std::int64_t replicas) {
  if (replicas == replicas_) return;
  const bool more = replicas > replicas_;
  replicas_ = replicas;
  hooks_.wanted(replicas);
  begin_scale_out(more);
  request_sync();
}

void Deployment::set_image(std::size_t image) {
  if (sets_[order_.back()].image == image) return;
  const auto same = [&](const ReplicaSet& set) { return set.image == image; };
  const auto known = std::find_if(sets_.begin(), sets_.end(), same);
  const auto index = static_cast<std::size_t>(known - sets_.begin());
  if (known == sets_.end()) {
    ReplicaSet set;
    set.image = image;
    sets_.push_back(std::move(set));
  } else {
    order_.erase(std::find(order_.begin(), order_.end(), index));
  }
  order_.push_back(index);
  begin_scale_out(true);
  request_sync();
}

// A later request supersedes one that is not done: what was asked for then is no longer wanted.
void Deployment::begin_scale_out(bool measured) {
  if (!scale_outs_.empty() && !scale_outs_.back().done) scale_outs_.pop_back();
  if (measured) {
    scale_outs_.push_back({workload_, context_.engine.now(), std::nullopt, replicas_});
  }
}

void Deployment::pod_ready(PodId id) {
  if (spec_.min_ready > Duration{0}) {
    context_.engine.in(spec_.min_ready, "pod available", [this] { request_sync(); });
  }
  if (hooks_.pod(id).replica_set == order_.back()) check_scale_out();
  request_sync();
}

void Deployment::check_scale_out() {
  if (scale_outs_.empty() || scale_outs_.back().done) return;
  const ReplicaSet& set = sets_[order_.back()];
  const auto ready = std::count_if(set.pods.begin(), set.pods.end(), [this](PodId pod) {
    return hooks_.pod(pod).phase == PodPhase::ready;
  });
  if (ready >= replicas_) scale_outs_.back().done = context_.engine.now();
}

std::int64_t Deployment::available(const ReplicaSet& set) {
  const SimTime now = context_.engine.now();
  return std::count_if(set.pods.begin(), set.pods.end(), [&](PodId id) {
    const Pod& pod = hooks_.pod(id);
    return pod.phase == PodPhase::ready &&
           std::find(set.deletions.begin(), set.deletions.end(), id) == set.deletions.end() &&
           (pod.initial || pod.ready_since + spec_.min_ready <= now);
  });
}

void Deployment::request_sync() {
  if (sync_pending_) return;
  sync_pending_ = true;
  context_.engine.in(Duration{0}, "deployment sync", [this] { sync(); });
}

// One action for each sync, as the controller does it; an action asks for the next sync.
void Deployment::sync() {
  sync_pending_ = false;
  check_scale_out();
  if (step()) request_sync();
}

bool Deployment::step() {
  const auto size_of = [this](const ReplicaSet& set) {
    return ReplicaSetSize{set.wanted, available(set)};
  };
  RolloutState state;
  state.replicas = replicas_;
  state.fenceposts = resolve_fenceposts(spec_.max_surge, spec_.max_unavailable, replicas_);
  state.new_set = size_of(sets_[order_.back()]);
  for (std::size_t i = 0; i + 1 < order_.size(); ++i) {
    state.old_sets.push_back(size_of(sets_[order_[i]]));
  }
  const RolloutStep next = next_rollout_step(state);
  if (next.kind == RolloutStep::Kind::none) return false;
  resize(order_.back(), next.new_set);
  for (std::size_t i = 0; i + 1 < order_.size(); ++i) resize(order_[i], next.old_sets[i]);
  return true;
}

void Deployment::resize(std::size_t index, std::int64_t wanted) {
  ReplicaSet& set = sets_[index];
  const std::int64_t change = wanted - set.wanted;
  set.wanted = wanted;
  for (std::int64_t i = 0; i < change; ++i) create_one(index);
  if (change < 0) delete_pods(index, -change);
}

void Deployment::create_one(std::size_t index) {
  const SimTime when = client_.reserve(context_.engine.now());
  const auto set = static_cast<std::uint32_t>(index);
  sets_[index].creations.push_back(
      context_.engine.at(when, "pod created", [this, set] { created(set); }));
}

void Deployment::created(std::size_t index) {
  ReplicaSet& set = sets_[index];
  set.creations.erase(set.creations.begin());  // client calls come back in order
  set.pods.push_back(hooks_.create(set.image, index));
}

VictimView Deployment::victim_view(const ReplicaSet& set, PodId id) const {
  const Pod& pod = hooks_.pod(id);
  VictimView view;
  view.assigned = pod.phase > PodPhase::pending;
  view.phase =
      pod.phase >= PodPhase::running ? VictimView::Phase::running : VictimView::Phase::pending;
  view.ready = pod.phase == PodPhase::ready;
  view.siblings_on_node = std::count_if(set.pods.begin(), set.pods.end(), [&](PodId other) {
    return view.assigned && hooks_.pod(other).node == pod.node;
  });
  view.ready_since = pod.ready_since;
  view.created = pod.created;
  view.uid = static_cast<std::uint64_t>(context_.stream(pod.name, "uid").at(0) * kUidRange);
  return view;
}

// Creations that still wait for the client are given up first, then pods in the order of victims.
void Deployment::delete_pods(std::size_t index, std::int64_t count) {
  ReplicaSet& set = sets_[index];
  while (count > 0 && !set.creations.empty()) {
    context_.engine.cancel(set.creations.back());
    set.creations.pop_back();
    --count;
  }
  std::vector<PodId> candidates;
  std::vector<VictimView> views;
  for (const PodId id : set.pods) {
    if (std::find(set.deletions.begin(), set.deletions.end(), id) != set.deletions.end()) continue;
    candidates.push_back(id);
    views.push_back(victim_view(set, id));
  }
  const std::vector<std::size_t> order = scale_down_order(views, context_.engine.now());
  PULLSIM_CHECK(count <= static_cast<std::int64_t>(order.size()),
                "only pods of the set are deleted");
  for (std::int64_t i = 0; i < count; ++i) {
    const PodId id = candidates[order[static_cast<std::size_t>(i)]];
    set.deletions.push_back(id);
    const SimTime when = client_.reserve(context_.engine.now());
    const auto which = static_cast<std::uint32_t>(index);
    context_.engine.at(when, "pod deleted", [this, which, id] { delete_now(which, id); });
  }
}

void Deployment::delete_now(std::size_t index, PodId id) {
  ReplicaSet& set = sets_[index];
  set.deletions.erase(std::find(set.deletions.begin(), set.deletions.end(), id));
  set.pods.erase(std::find(set.pods.begin(), set.pods.end(), id));
  hooks_.remove(id);
  request_sync();
}

}  // namespace pullsim
