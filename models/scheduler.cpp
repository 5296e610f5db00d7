// Queue, choice and binding; see the header.
#include "models/scheduler.hpp"

#include "models/decisions/pod_placement.hpp"
#include "models/decisions/readiness.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

// Back-off of a pod that fits nowhere and the flush of its queue (control-plane facts 2.6).
constexpr Duration kBackoffFirst = std::chrono::seconds(1);
constexpr Duration kBackoffMax = std::chrono::seconds(10);
constexpr Duration kFlushPeriod = std::chrono::seconds(1);

Duration backoff(std::int64_t attempts) {
  Duration delay = kBackoffFirst;
  for (std::int64_t i = 1; i < attempts && delay < kBackoffMax; ++i) delay *= 2;
  return std::min(delay, kBackoffMax);
}

}  // namespace

Scheduler::Scheduler(Context& context, const ImageTable& images,
                     const std::vector<std::unique_ptr<Node>>& nodes, SchedulerHooks hooks)
    : context_(context),
      images_(images),
      nodes_(nodes),
      hooks_(std::move(hooks)),
      binds_(context.scenario.control_plane.scheduler.qps,
             context.scenario.control_plane.scheduler.burst),
      flush_phase_(
          duration_up(context.stream("scheduler", "flush").at(0) * to_seconds(kFlushPeriod))),
      queue_series_(context.recorder.add_series("scheduler_queue", "cluster", "pods")) {}

void Scheduler::add(PodId pod) {
  entries_.try_emplace(pod);
  active_.push_back(pod);
  wake();
}

void Scheduler::forget(PodId pod) {
  const Pod& gone = hooks_.pod(pod);
  if (gone.node) {  // chosen, waiting to be bound
    nodes_[*gone.node]->use().give_back(requests_of(context_.scenario.workloads[gone.workload]));
  }
  entries_.erase(pod);
  std::erase(active_, pod);
  std::erase(unschedulable_, pod);
  record_queue();
  if (gone.node) room_appeared();
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
  const std::optional<NodeId> node = choose(pod, entry.attempts);
  const auto listed = std::find(unschedulable_.begin(), unschedulable_.end(), id);
  if (!node) {
    if (listed == unschedulable_.end()) unschedulable_.push_back(id);
    if (!entry.first_unschedulable) entry.first_unschedulable = now;
    hooks_.found_unschedulable();
    return;
  }
  if (listed != unschedulable_.end()) unschedulable_.erase(listed);
  pod.node = node;
  reserve(pod, *node);
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
  if (waiting_since && *result.nodes[*pod.node].ready > *waiting_since) {
    row.node_wait = now - *waiting_since;
  }
  entries_.erase(entry);
  hooks_.bound(id);
}

// A pod whose back-off has passed is tried at once; the others at the first flush after it.
void Scheduler::room_appeared() {
  const SimTime now = context_.engine.now();
  for (const PodId id : unschedulable_) {
    Entry& entry = entries_.at(id);
    if (entry.in_backoff) continue;
    if (std::find(active_.begin(), active_.end(), id) != active_.end()) continue;
    const SimTime earliest = entry.last_attempt + backoff(entry.attempts);
    if (now >= earliest) {
      active_.push_back(id);
      wake();
      continue;
    }
    entry.in_backoff = true;
    context_.engine.at(next_tick(earliest, flush_phase_, kFlushPeriod), "back-off flushed",
                       [this, id] {
                         const auto found = entries_.find(id);
                         if (found == entries_.end() || !found->second.in_backoff) return;
                         found->second.in_backoff = false;
                         active_.push_back(id);
                         wake();
                       });
  }
}

std::optional<NodeId> Scheduler::choose(const Pod& pod, std::int64_t attempt) {
  const WorkloadSpec& workload = context_.scenario.workloads[pod.workload];
  const PodToPlace wanted{requests_of(workload), images_[pod.image].reported_size};
  std::vector<NodeView> views;
  std::vector<NodeId> ids;
  for (const auto& node : nodes_) {
    if (!node->ready()) continue;
    NodeView view = view_of(node->pool_spec(), node->use());
    view.has_image = node->layers().has_image(pod.image);
    if (node->reports_unpacked_size()) view.image_size = images_[pod.image].unpacked_size;
    views.push_back(view);
    ids.push_back(node->id());
  }
  const std::vector<std::size_t> best = best_nodes(wanted, views);
  if (best.empty()) return std::nullopt;
  const double u = context_.stream(pod.name, "tie").at(static_cast<std::uint64_t>(attempt));
  const auto pick = static_cast<std::size_t>(u * static_cast<double>(best.size()));
  return ids[best[std::min(pick, best.size() - 1)]];
}

void Scheduler::reserve(const Pod& pod, NodeId node) {
  nodes_[node]->use().take(requests_of(context_.scenario.workloads[pod.workload]));
}

void Scheduler::record_queue() {
  const std::size_t waiting = active_.size() + unschedulable_.size();
  context_.recorder.record(queue_series_, context_.engine.now(), static_cast<double>(waiting));
}

}  // namespace pullsim
