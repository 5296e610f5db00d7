// Replica sets of one deployment; see the header.
#include "models/deployment.hpp"

#include "models/decisions/rolling_update.hpp"
#include "models/decisions/scale_down_victims.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace pullsim {

namespace {
constexpr double kUidRange = 9007199254740992.0;  // 2^53: all bits of a draw
}

void Deployment::start_with(const std::vector<PodId>& pods) {
  ReplicaSet set;
  set.image = spec_.image;
  set.wanted = static_cast<std::int64_t>(pods.size());
  sets_.push_back(std::move(set));
  for (const PodId id : pods) {
    adopt(0, id);
    hooks_.pod(id).available = true;
  }
  sets_[0].ready = sets_[0].available = static_cast<std::int64_t>(pods.size());
  order_ = {0};
  replicas_ = static_cast<std::int64_t>(pods.size());
}

void Deployment::scale(std::int64_t replicas) {
  if (replicas == replicas_) return;
  begin_scale_out(replicas > replicas_, context_.engine.now(), replicas);
  resize_to(replicas);
}

void Deployment::scale_for_load(std::int64_t replicas, SimTime since) {
  if (replicas == replicas_) return;
  continue_scale_out(replicas > replicas_, since, replicas);
  resize_to(replicas);
}

void Deployment::resize_to(std::int64_t replicas) {
  replicas_ = replicas;
  hooks_.wanted(replicas);
  scale_out_wants(replicas);
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
  begin_scale_out(true, context_.engine.now(), replicas_);
  request_sync();
}

void Deployment::pod_ready(PodId id) {
  const std::size_t set = hooks_.pod(id).replica_set;
  ++sets_[set].ready;
  if (spec_.min_ready > Duration{0}) {
    context_.engine.in(spec_.min_ready, "pod available", [this, id] { pod_available(id); });
  } else {
    pod_available(id);
  }
  if (set == order_.back()) check_scale_out();
  request_sync();
}

void Deployment::pod_failed(PodId id) {
  Pod& pod = hooks_.pod(id);
  ReplicaSet& set = sets_[pod.replica_set];
  if (pod.phase == PodPhase::ready) --set.ready;
  if (pod.available && !pod.leaving) --set.available;
  set.pods.erase(std::find(set.pods.begin(), set.pods.end(), id));
  if (!pod.leaving) create_one(pod.replica_set);
  pod.available = false;
  request_sync();
}

void Deployment::pod_available(PodId id) {
  Pod& pod = hooks_.pod(id);
  if (pod.phase != PodPhase::gone && !pod.leaving) {
    pod.available = true;
    ++sets_[pod.replica_set].available;
  }
  request_sync();
}

void Deployment::check_scale_out() {
  if (scale_out_open() && sets_[order_.back()].ready >= replicas_) scale_out_done();
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
  const auto size_of = [](const ReplicaSet& set) {
    return ReplicaSetSize{set.wanted, set.available};
  };
  RolloutState state;
  state.replicas = replicas_;
  state.fenceposts = rollout_fenceposts(DeploymentStrategy::rolling_update, spec_.max_surge,
                                        spec_.max_unavailable, replicas_);
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
  set.creations.pop_front();  // client calls come back in order
  adopt(index, hooks_.create(set.image, index));
}

void Deployment::adopt(std::size_t index, PodId id) {
  Pod& pod = hooks_.pod(id);
  pod.uid = static_cast<std::uint64_t>(context_.stream(pod.name, "uid").at(0) * kUidRange);
  sets_[index].pods.push_back(id);
}

VictimView Deployment::victim_view(PodId id) const {
  const Pod& pod = hooks_.pod(id);
  VictimView view;
  view.assigned = pod.phase > PodPhase::pending;
  view.phase =
      pod.phase >= PodPhase::running ? VictimView::Phase::running : VictimView::Phase::pending;
  view.ready = pod.phase == PodPhase::ready;
  view.ready_since = pod.ready_since;
  view.created = pod.created;
  view.uid = pod.uid;
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
  if (count == 0) return;
  std::unordered_map<NodeId, std::int64_t> on_node;
  for (const PodId id : set.pods) {
    if (hooks_.pod(id).node) ++on_node[*hooks_.pod(id).node];
  }
  std::vector<PodId> candidates;
  std::vector<VictimView> views;
  for (const PodId id : set.pods) {
    if (hooks_.pod(id).leaving) continue;
    candidates.push_back(id);
    views.push_back(victim_view(id));
    if (views.back().assigned) views.back().siblings_on_node = on_node[*hooks_.pod(id).node];
  }
  PULLSIM_CHECK(count <= static_cast<std::int64_t>(views.size()),
                "only pods of the set are deleted");
  for (const std::size_t victim :
       scale_down_order(views, context_.engine.now(), static_cast<std::size_t>(count))) {
    const PodId id = candidates[victim];
    Pod& pod = hooks_.pod(id);
    pod.leaving = true;
    if (pod.available) --set.available;
    const SimTime when = client_.reserve(context_.engine.now());
    const auto which = static_cast<std::uint32_t>(index);
    context_.engine.at(when, "pod deleted", [this, which, id] { delete_now(which, id); });
  }
}

void Deployment::delete_now(std::size_t index, PodId id) {
  if (hooks_.pod(id).phase == PodPhase::gone) return;  // it failed meanwhile
  ReplicaSet& set = sets_[index];
  if (hooks_.pod(id).phase == PodPhase::ready) --set.ready;
  set.pods.erase(std::find(set.pods.begin(), set.pods.end(), id));
  hooks_.remove(id);
  request_sync();
}

}  // namespace pullsim
