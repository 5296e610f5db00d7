// Queue, choice and binding; see the header.
#include "models/scheduler.hpp"

#include "models/decisions/daemon_set_update.hpp"
#include "models/decisions/pod_placement.hpp"
#include "models/decisions/readiness.hpp"
#include "models/decisions/scheduling_queue.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

Scheduler::Scheduler(Context& context, const ImageTable& images,
                     const std::vector<std::unique_ptr<Node>>& nodes, SchedulerHooks hooks)
    : context_(context),
      images_(images),
      nodes_(nodes),
      hooks_(std::move(hooks)),
      binds_(context.scenario.control_plane.scheduler.qps,
             context.scenario.control_plane.scheduler.burst),
      flush_phase_(duration_up(context.stream("scheduler", "flush").at(0) *
                               to_seconds(kBackoffFlushPeriod))),
      has_image_(images.size()),
      queue_series_(context.recorder.add_series("scheduler_queue", "cluster", "pods")) {}

void Scheduler::add(PodId pod) {
  entries_.try_emplace(pod);
  activate(pod);
}

void Scheduler::activate(PodId pod) {
  entries_.at(pod).active = true;
  active_.push_back(pod);
  wake();
}

void Scheduler::forget(PodId pod) {
  const Pod& gone = hooks_.pod(pod);
  if (gone.node) {  // chosen, waiting to be bound
    nodes_[*gone.node]->use().give_back(requests_of(context_.scenario.workloads[gone.workload]));
  }
  const auto entry = entries_.find(pod);
  if (entry->second.active) std::erase(active_, pod);
  if (entry->second.listed) std::erase(unschedulable_, pod);
  entries_.erase(entry);
  record_queue();
  if (gone.node) room_appeared(*gone.node);
}

void Scheduler::wake() {
  record_queue();
  if (woken_) return;
  woken_ = true;
  context_.engine.in(Duration{0}, "scheduling", [this] { run_queue(); });
}

void Scheduler::run_queue() {
  woken_ = false;
  while (!active_.empty()) {
    const PodId pod = active_.front();
    active_.pop_front();
    try_pod(pod);
  }
  record_queue();
}

void Scheduler::try_pod(PodId id) {
  Pod& pod = hooks_.pod(id);
  Entry& entry = entries_.at(id);
  const SimTime now = context_.engine.now();
  ++entry.attempts;
  entry.last_attempt = now;
  entry.in_backoff = false;
  entry.active = false;
  const std::optional<NodeId> node = choose(pod, entry.attempts);
  if (!node) {
    if (!entry.listed) unschedulable_.push_back(id);
    entry.listed = true;
    if (!entry.first_unschedulable) entry.first_unschedulable = now;
    if (!pod.only_node) hooks_.found_unschedulable();
    return;
  }
  if (entry.listed) std::erase(unschedulable_, id);
  entry.listed = false;
  pod.node = node;
  nodes_[*node]->use().take(requests_of(context_.scenario.workloads[pod.workload]));
  look_at(*node);
  context_.engine.at(binds_.reserve(now), "pod bound", [this, id] { bind(id); });
}

void Scheduler::bind(PodId id) {
  Pod& pod = hooks_.pod(id);
  if (pod.phase == PodPhase::gone) return;
  advance_phase(pod, PodPhase::bound);
  const SimTime now = context_.engine.now();
  const auto entry = entries_.find(id);
  RunResult& result = context_.recorder.result();
  PodRow& row = result.pods[pod.row];
  row.scheduled = now;
  row.node = *pod.node;
  const std::optional<SimTime> waiting_since = entry->second.first_unschedulable;
  const MaybeTime& ready = result.nodes[*pod.node].ready;
  if (waiting_since && ready && *ready > *waiting_since) {
    row.node_wait = now - *waiting_since;
  }
  entries_.erase(entry);
  hooks_.bound(id);
}

void Scheduler::node_ready(NodeId id) {
  const auto place = std::lower_bound(ids_.begin(), ids_.end(), id);
  views_.insert(views_.begin() + (place - ids_.begin()), NodeView{});
  ids_.insert(place, id);
  const std::vector<bool>& images = nodes_[id]->status().images(context_.engine.now());
  for (std::size_t image = 0; image < has_image_.size(); ++image) {
    has_image_[image].resize(nodes_.size());
    has_image_[image][id] = images[image];
  }
  look_at(id);
  try_again();
}

// Fewer taints may let pods in that wait; more of them let nobody in.
void Scheduler::node_changed(NodeId id) {
  look_at(id);
  try_again();
}

void Scheduler::node_deleted(NodeId id) {
  const auto place = std::lower_bound(ids_.begin(), ids_.end(), id);
  if (place == ids_.end() || *place != id) return;
  views_.erase(views_.begin() + (place - ids_.begin()));
  ids_.erase(place);
}

void Scheduler::room_appeared(NodeId id) {
  look_at(id);
  try_again();
}

// A node that is not Ready yet is looked at when it is.
void Scheduler::take_in_image_changes() {
  const SimTime now = context_.engine.now();
  while (!image_changes_.empty() && image_changes_.begin()->first <= now) {
    const NodeId id = image_changes_.begin()->second;
    image_changes_.erase(image_changes_.begin());
    const std::vector<bool>& images = nodes_[id]->status().images(now);
    for (std::size_t image = 0; image < has_image_.size(); ++image) {
      if (has_image_[image].size() > id) has_image_[image][id] = images[image];
    }
    viewed_image_.reset();
  }
}

void Scheduler::look_at(NodeId id) {
  const auto place = std::lower_bound(ids_.begin(), ids_.end(), id);
  if (place == ids_.end() || *place != id) return;
  const Node& node = *nodes_[id];
  NodeView& view = views_[static_cast<std::size_t>(place - ids_.begin())];
  const bool has_image = viewed_image_ && has_image_[*viewed_image_][id];
  const std::optional<Bytes> image_size = view.image_size;
  view = view_of(node.pool_spec(), node.use());
  view.has_image = has_image;
  view.image_size = image_size;
  view.schedulable = node.schedulable();
}

// A pod whose back-off has passed is tried at once; the others at the first flush after it.
void Scheduler::try_again() {
  const SimTime now = context_.engine.now();
  for (const PodId id : unschedulable_) {
    Entry& entry = entries_.at(id);
    if (entry.in_backoff || entry.active) continue;
    const SimTime earliest = entry.last_attempt + queue_backoff(entry.attempts);
    if (now >= earliest) {
      activate(id);
      continue;
    }
    entry.in_backoff = true;
    context_.engine.at(next_tick(earliest, flush_phase_, kBackoffFlushPeriod), "back-off flushed",
                       [this, id] {
                         const auto found = entries_.find(id);
                         if (found == entries_.end() || !found->second.in_backoff) return;
                         found->second.in_backoff = false;
                         activate(id);
                       });
  }
}

std::optional<NodeId> Scheduler::choose(const Pod& pod, std::int64_t attempt) {
  const WorkloadSpec& workload = context_.scenario.workloads[pod.workload];
  const PodToPlace wanted{requests_of(workload), images_[pod.image].reported_size};
  if (pod.only_node) return fits_there(workload, wanted, *pod.only_node);
  take_in_image_changes();
  if (viewed_image_ != pod.image) {
    viewed_image_ = pod.image;
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      views_[i].has_image = has_image_[pod.image][ids_[i]];
      views_[i].image_size.reset();
      if (nodes_[ids_[i]]->reports_unpacked_size()) {
        views_[i].image_size = images_[pod.image].unpacked_size;
      }
    }
  }
  const std::vector<std::size_t> best = best_nodes(wanted, views_);
  if (best.empty()) return std::nullopt;
  const double u = context_.stream(pod.name, "tie").at(static_cast<std::uint64_t>(attempt));
  const auto pick = static_cast<std::size_t>(u * static_cast<double>(best.size()));
  return ids_[best[std::min(pick, best.size() - 1)]];
}

// A pod of a DaemonSet: its node, Ready or not, if it tolerates the node's taints and has room.
std::optional<NodeId> Scheduler::fits_there(const WorkloadSpec& workload, const PodToPlace& pod,
                                            NodeId id) const {
  const Node& node = *nodes_[id];
  const NodeView view = view_of(node.pool_spec(), node.use());
  if (!daemon_runs_on(workload, node.taints()) || !fits(pod, view)) return std::nullopt;
  return id;
}

void Scheduler::record_queue() {
  const std::size_t waiting = active_.size() + unschedulable_.size();
  context_.recorder.record(queue_series_, context_.engine.now(), static_cast<double>(waiting));
}

}  // namespace pullsim
