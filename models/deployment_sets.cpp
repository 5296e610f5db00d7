// Pods of a Deployment's replica sets: created in slow-start batches, deleted in the order of
// victims, both at the client's rate. See deployment.hpp.
#include "models/decisions/scale_down_victims.hpp"
#include "models/decisions/slow_start.hpp"
#include "models/deployment.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <unordered_map>

namespace pullsim {

namespace {
constexpr double kUidRange = 9007199254740992.0;  // 2^53: all bits of a draw
}

void Deployment::resize(std::size_t index, std::int64_t wanted) {
  ReplicaSet& set = sets_[index];
  const std::int64_t change = wanted - set.wanted;
  if (change == 0) return;
  set.wanted = wanted;
  set.desired = replicas_;
  set.most = replicas_ + fenceposts().surge;
  if (change < 0) {
    delete_pods(index, -change);
    return;
  }
  if (context_.scenario.control_plane.api_latency == Duration{0}) {
    for (std::int64_t i = 0; i < change; ++i) create_one(index);  // batches follow at once
    return;
  }
  set.unasked += change;
  ++set.bursts;
  create_batch(index, kSlowStartFirstBatch, kBurstReplicas);
}

// A batch is asked for at once; the next, twice as large, when all of it is answered. After
// `left_in_sync` creations the sync is over, and the next one begins with one pod again.
void Deployment::create_batch(std::size_t index, std::int64_t batch, std::int64_t left_in_sync) {
  ReplicaSet& set = sets_[index];
  const std::int64_t size = std::min({batch, left_in_sync, set.unasked});
  if (size <= 0) return;
  set.unasked -= size;
  SimTime last{};
  for (std::int64_t i = 0; i < size; ++i) {
    create_one(index);
    last = set.creations.back();
  }
  const std::int64_t left = left_in_sync - size;
  const std::int64_t next = left > 0 ? 2 * batch : kSlowStartFirstBatch;
  const std::int64_t in_sync = left > 0 ? left : kBurstReplicas;
  context_.engine.at(last + context_.scenario.control_plane.api_latency, "batch answered",
                     [this, index, next, in_sync, burst = set.bursts] {
                       if (sets_[index].bursts == burst) create_batch(index, next, in_sync);
                     });
}

// There may be very many: only the next instant has an event.
void Deployment::create_one(std::size_t index) {
  ReplicaSet& set = sets_[index];
  set.creations.push_back(client_.reserve(context_.engine.now()));
  await_creation(index);
}

void Deployment::await_creation(std::size_t index) {
  ReplicaSet& set = sets_[index];
  if (set.creations.empty() || context_.engine.pending(set.creation)) return;
  const auto which = static_cast<std::uint32_t>(index);
  set.creation = context_.engine.at(set.creations.front(), "pods created",
                                    [this, which] { create_due(which); });
}

// Client calls come back in order.
void Deployment::create_due(std::size_t index) {
  const SimTime now = context_.engine.now();
  ReplicaSet& set = sets_[index];
  while (!set.creations.empty() && set.creations.front() <= now) {
    set.creations.pop_front();
    adopt(index, hooks_.create(set.image, index));
    follow_progress();
  }
  await_creation(index);
}

void Deployment::adopt(std::size_t index, PodId id) { sets_[index].pods.push_back(id); }

VictimView Deployment::victim_view(PodId id) const {
  const Pod& pod = hooks_.pod(id);
  VictimView view;
  view.assigned = pod.phase > PodPhase::pending;
  view.phase =
      pod.phase >= PodPhase::running ? VictimView::Phase::running : VictimView::Phase::pending;
  view.ready = pod.phase == PodPhase::ready;
  view.ready_since = ready_since(pod, context_.recorder.result());
  view.created = created_at(pod, context_.recorder.result());
  const double uid = context_.stream(name_of(context_.scenario, pod), "uid").at(0);
  view.uid = static_cast<std::uint64_t>(uid * kUidRange);
  return view;
}

// Creations that have not been asked for are given up first, then those that wait for the client,
// then pods in the order of victims.
void Deployment::delete_pods(std::size_t index, std::int64_t count) {
  ReplicaSet& set = sets_[index];
  const std::int64_t unasked = std::min(count, set.unasked);
  set.unasked -= unasked;
  count -= unasked;
  while (count > 0 && !set.creations.empty()) {
    set.creations.pop_back();
    --count;
  }
  if (set.creations.empty()) context_.engine.cancel(set.creation);
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
  std::erase(set.waiting, id);
  if (hooks_.pod(id).phase > PodPhase::pending) set.terminating.push_back(id);
  hooks_.remove(id);
  request_sync();
}

}  // namespace pullsim
