// The queue: attempts, back-off, binding; see the header.
#include "models/scheduler.hpp"

#include "models/decisions/readiness.hpp"
#include "models/decisions/scheduling_queue.hpp"
#include "models/recorder.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {

Duration phase_of(const Context& context, const char* purpose, Duration period) {
  return duration_up(context.stream("scheduler", purpose).at(0) * to_seconds(period));
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
      flush_phase_(phase_of(context, "flush", kBackoffFlushPeriod)),
      leftover_phase_(phase_of(context, "flush-unschedulable", kUnschedulableFlushPeriod)),
      queue_series_(context.recorder.add_series("scheduler_queue", "cluster", "pods")) {}

Scheduler::QueueKey Scheduler::key_of(PodId pod, const Entry& entry) const {
  return {-std::int64_t{priority_of(pod)}, entry.queued, entry.number, pod};
}

void Scheduler::add(PodId pod) {
  Entry& entry = entries_.try_emplace(pod).first->second;
  entry.of = class_of(hooks_.pod(pod));
  entry.queued = context_.engine.now();
  entry.number = next_number_++;
  activate(pod);
}

void Scheduler::activate(PodId pod) {
  Entry& entry = entries_.at(pod);
  if (entry.parked || entry.in_backoff) --waiting_;
  entry.parked = entry.in_backoff = false;
  entry.active = true;
  active_.insert(key_of(pod, entry));
  wake();
}

void Scheduler::leave_queues(PodId pod, Entry& entry) {
  if (entry.active) active_.erase(key_of(pod, entry));
  if (entry.parked) std::erase(parked_, pod);
  if (entry.parked || entry.in_backoff) --waiting_;
  entry.active = entry.parked = entry.in_backoff = false;
  list(pod, entry, false);
}

void Scheduler::forget(PodId pod) {
  cache_.withdraw(pod);
  const auto entry = entries_.find(pod);
  leave_queues(pod, entry->second);
  entries_.erase(entry);
  record_queue();
  if (!is_placed(pod)) return;
  const Pod& gone = hooks_.pod(pod);  // chosen, waiting to be bound
  const WorkloadSpec& workload = context_.scenario.workloads[gone.workload];
  nodes_[*gone.node]->give_room_back(requests_of(workload), gone.only_node.has_value());
  take_off(pod);
  try_again();
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
    const PodId pod = std::get<PodId>(*active_.begin());
    active_.erase(active_.begin());
    try_pod(pod);
  }
  record_queue();
}

void Scheduler::try_pod(PodId id) {
  Pod& pod = hooks_.pod(id);
  Entry& entry = entries_.at(id);
  const SimTime now = context_.engine.now();
  ++entry.attempts;
  entry.active = false;
  const std::optional<NodeId> node = choose(id, entry);
  if (!node) {
    park(id, entry);
    return;
  }
  leave_queues(id, entry);
  cache_.withdraw(id);
  pod.node = node;
  const WorkloadSpec& workload = context_.scenario.workloads[pod.workload];
  nodes_[*node]->take_room(requests_of(workload), pod.only_node.has_value());
  assume(id, *node);
  context_.engine.at(binds_.reserve(now), "pod bound", [this, id] { bind(id); });
}

void Scheduler::park(PodId id, Entry& entry) {
  const SimTime now = context_.engine.now();
  entry.queued = now;
  entry.number = next_number_++;
  entry.parked = true;
  parked_.push_back(id);
  ++waiting_;
  if (!entry.first_unschedulable) entry.first_unschedulable = now;
  flush_later();
  const bool nominated = preempt(id, entry);
  const bool wants_node = !nominated && !hooks_.pod(id).only_node;
  list(id, entry, wants_node);
  if (wants_node) hooks_.found_unschedulable();
}

// What leaves is taken out when somebody looks, all at once.
void Scheduler::list(PodId pod, Entry& entry, bool wants_node) {
  if (wants_node == entry.listed) return;
  entry.listed = wants_node;
  if (!wants_node) {
    listings_stale_ = true;
    return;
  }
  entry.listing = next_listing_++;
  listings_.push_back({pod, entry.listing});
  unschedulable_.push_back(pod);
}

const std::vector<PodId>& Scheduler::unschedulable() {
  if (!listings_stale_) return unschedulable_;
  listings_stale_ = false;
  std::erase_if(listings_, [this](const Listing& listing) {
    const auto entry = entries_.find(listing.pod);
    return entry == entries_.end() || !entry->second.listed ||
           entry->second.listing != listing.number;
  });
  unschedulable_.clear();
  for (const Listing& listing : listings_) unschedulable_.push_back(listing.pod);
  return unschedulable_;
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
  const Class of = entry->second.of;
  entries_.erase(entry);
  hooks_.bound(id);
  release_affine(of);
}

// A pod whose back-off has passed is tried at once; the others at the first flush after it.
void Scheduler::release(PodId id) {
  Entry& entry = entries_.at(id);
  const SimTime earliest = entry.queued + queue_backoff(entry.attempts);
  if (context_.engine.now() >= earliest) {
    activate(id);
    return;
  }
  entry.parked = false;
  entry.in_backoff = true;
  context_.engine.at(next_tick(earliest, flush_phase_, kBackoffFlushPeriod), "back-off flushed",
                     [this, id] {
                       const auto found = entries_.find(id);
                       if (found == entries_.end() || !found->second.in_backoff) return;
                       activate(id);
                     });
}

void Scheduler::try_again() {
  std::vector<PodId> pods;
  pods.swap(parked_);
  for (const PodId id : pods) release(id);
}

// A pod that was bound makes those try again that want to be where it is.
void Scheduler::release_affine(Class of) {
  if (!affinity_between_pods_) return;
  std::vector<PodId> pods;
  std::erase_if(parked_, [&](PodId id) {
    const bool wants = cache_.wants(entries_.at(id).of, of);
    if (wants) pods.push_back(id);
    return wants;
  });
  for (const PodId id : pods) release(id);
}

// Nothing may have happened for a pod that waits: it is tried again after five minutes, at the next
// look every 30 s.
void Scheduler::flush_later() {
  if (flush_pending_) return;
  flush_pending_ = true;
  const SimTime oldest = entries_.at(parked_.front()).queued;
  context_.engine.at(next_tick(oldest + kUnschedulableMax + Duration{1}, leftover_phase_,
                               kUnschedulableFlushPeriod),
                     "unschedulable pods flushed", [this] { flush(); });
}

void Scheduler::flush() {
  flush_pending_ = false;
  std::vector<PodId> pods;
  std::erase_if(parked_, [&](PodId id) {
    const bool old = context_.engine.now() - entries_.at(id).queued > kUnschedulableMax;
    if (old) pods.push_back(id);
    return old;
  });
  for (const PodId id : pods) release(id);
  if (!parked_.empty()) flush_later();
}

void Scheduler::record_queue() {
  const std::int64_t waiting = static_cast<std::int64_t>(active_.size()) + waiting_;
  context_.recorder.record(queue_series_, context_.engine.now(), static_cast<double>(waiting));
}

}  // namespace pullsim
