// Pods by node; see the header.
#include "models/daemon_set.hpp"

#include "models/decisions/daemon_set_update.hpp"
#include "models/decisions/slow_start.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

DaemonSet::DaemonSet(Context& context, std::size_t workload, TokenBucket& client,
                     ControllerHooks hooks, DaemonSetHooks nodes)
    : WorkloadController(context, workload, client, std::move(hooks)),
      nodes_(std::move(nodes)),
      image_(spec_.image) {}

void DaemonSet::start_with(const std::vector<PodId>& pods) {
  for (const PodId id : pods) {
    Pod& pod = hooks_.pod(id);
    pod.available = true;
    pod.only_node = pod.node;
    Place& place = places_[*pod.node];
    place.wanted = true;
    place.pod = id;
    place_of_[id] = *pod.node;
  }
  wanted_ = static_cast<std::int64_t>(pods.size());
  started_ = true;
}

std::int64_t DaemonSet::replicas() const { return wanted_; }

std::vector<PodId> DaemonSet::pods() const {
  std::vector<PodId> all;
  for (const auto& [node, place] : places_) {
    if (place.pod && !place.leaving) all.push_back(*place.pod);
  }
  return all;
}

void DaemonSet::set_image(std::size_t image) {
  if (image == image_) return;
  image_ = image;
  begin_scale_out(true, context_.engine.now(), wanted_);
  request_sync();
}

void DaemonSet::node_changed(NodeId node) {
  const bool wanted = nodes_.runs_on(node);
  const auto found = places_.find(node);
  if (found == places_.end() && !wanted) return;
  Place& place = places_[node];
  if (place.wanted == wanted) return;
  place.wanted = wanted;
  count_wanted();
  request_sync();
}

void DaemonSet::count_wanted() {
  wanted_ = std::count_if(places_.begin(), places_.end(),
                          [](const auto& entry) { return entry.second.wanted; });
  hooks_.wanted(wanted_);
  scale_out_wants(wanted_);
}

void DaemonSet::pod_ready(PodId id) {
  if (spec_.min_ready > Duration{0}) {
    context_.engine.in(spec_.min_ready, "pod available", [this, id] {
      hooks_.pod(id).available = true;
      request_sync();
    });
  } else {
    hooks_.pod(id).available = true;
  }
  request_sync();
}

// The controller deletes a failed pod, and waits before it makes another on that node.
void DaemonSet::pod_failed(PodId id, End) {
  Place& place = places_.at(place_of_.at(id));
  place.leaving = true;
  hooks_.pod(id).available = false;
  Duration wait = kFailedDaemonBackoff;
  for (std::int64_t i = 0; i < place.failures && wait < kFailedDaemonBackoffMax; ++i) wait *= 2;
  ++place.failures;
  place.not_before = context_.engine.now() + std::min(wait, kFailedDaemonBackoffMax);
}

void DaemonSet::pod_terminated(PodId id) {
  const NodeId node = place_of_.at(id);
  place_of_.erase(id);
  Place& place = places_.at(node);
  place.pod.reset();
  place.leaving = false;
  if (!place.wanted && !place.asked) {
    places_.erase(node);
    return;
  }
  const SimTime when = std::max(context_.engine.now(), place.not_before);
  context_.engine.at(when, "daemon set sync due", [this] { request_sync(); });
}

void DaemonSet::request_sync() {
  if (sync_pending_) return;
  sync_pending_ = true;
  context_.engine.in(Duration{0}, "daemon set sync", [this] { sync(); });
}

void DaemonSet::sync() {
  sync_pending_ = false;
  check_scale_out();
  manage();
  roll_out();
}

// As many pods at once as one sync makes; what is left comes with the next. A taint that comes
// later makes no pod leave.
void DaemonSet::manage() {
  std::vector<NodeId> lacking;
  const SimTime now = context_.engine.now();
  for (auto& [node, place] : places_) {
    if (place.wanted && !place.pod && !place.asked && now >= place.not_before) {
      lacking.push_back(node);
    }
  }
  const auto count = std::min(static_cast<std::int64_t>(lacking.size()), kDaemonBurst);
  std::size_t next = 0;
  for (const std::int64_t batch : slow_start_batches(count)) {
    for (std::int64_t i = 0; i < batch; ++i) ask_for_pod(lacking[next++]);
  }
  if (next < lacking.size()) request_sync();
}

void DaemonSet::ask_for_pod(NodeId node) {
  places_.at(node).asked = true;
  const SimTime when = client_.reserve(context_.engine.now());
  context_.engine.at(when, "pod created", [this, node] { create(node); });
}

void DaemonSet::create(NodeId node) {
  Place& place = places_.at(node);
  place.asked = false;
  if (!place.wanted) {
    places_.erase(node);
    return;
  }
  const PodId id = nodes_.create(image_, node);
  place.pod = id;
  place_of_[id] = node;
}

void DaemonSet::remove(NodeId node) {
  Place& place = places_.at(node);
  place.leaving = true;
  const PodId id = *place.pod;
  hooks_.pod(id).leaving = true;
  hooks_.pod(id).available = false;
  const SimTime when = client_.reserve(context_.engine.now());
  context_.engine.at(when, "pod deleted", [this, id] {
    if (hooks_.pod(id).phase != PodPhase::gone) hooks_.remove(id);
  });
}

bool DaemonSet::available(const Place& place) const {
  return place.pod && !place.leaving && hooks_.pod(*place.pod).available;
}

void DaemonSet::roll_out() {
  std::vector<NodeId> nodes;
  std::vector<DaemonNodeView> views;
  bool any_old = false;
  for (const auto& [node, place] : places_) {
    if (!place.wanted) continue;
    DaemonNodeView view;
    view.has_pod = place.pod && !place.leaving;
    view.old = view.has_pod && hooks_.pod(*place.pod).image != image_;
    view.available = available(place);
    any_old = any_old || view.old;
    nodes.push_back(node);
    views.push_back(view);
  }
  if (!any_old) return;
  for (const std::size_t i : daemon_pods_to_replace(views, spec_.max_unavailable)) {
    remove(nodes[i]);
  }
}

void DaemonSet::check_scale_out() {
  if (!scale_out_open()) return;
  for (const auto& [node, place] : places_) {
    if (!place.wanted) continue;
    if (!place.pod || place.leaving) return;
    const Pod& pod = hooks_.pod(*place.pod);
    if (pod.image != image_ || pod.phase != PodPhase::ready) return;
  }
  scale_out_done();
}

}  // namespace pullsim
