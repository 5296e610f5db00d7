// See the header.
#include "models/stateful_set.hpp"

#include "models/decisions/deployment_progress.hpp"
#include "models/recorder.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

void StatefulSet::start_with(const std::vector<PodId>& pods) {
  old_image_ = image_ = spec_.image;
  for (const PodId id : pods) {
    Slot slot;
    slot.pod = id;
    slot.ready = true;
    slot.image = image_;
    slots_.push_back(slot);
    hooks_.pod(id).available = true;
  }
  replicas_ = static_cast<std::int64_t>(pods.size());
  started_ = true;
}

void StatefulSet::resize_to(std::int64_t replicas) {
  replicas_ = replicas;
  if (slots_.size() < static_cast<std::size_t>(replicas)) {
    slots_.resize(static_cast<std::size_t>(replicas));
  }
  request_sync();
}

void StatefulSet::set_image(std::size_t image) {
  if (image == image_) return;
  image_ = image;
  begin_scale_out(true, context_.engine.now(), replicas_);
  request_sync();
}

std::vector<PodId> StatefulSet::pods() const {
  std::vector<PodId> all;
  for (const Slot& slot : slots_) {
    if (slot.pod && !slot.terminating) all.push_back(*slot.pod);
  }
  return all;
}

StatefulSet::Slot* StatefulSet::slot_of(PodId id) {
  const std::size_t ordinal = hooks_.pod(id).replica_set;
  if (ordinal >= slots_.size() || slots_[ordinal].pod != id) return nullptr;
  return &slots_[ordinal];
}

void StatefulSet::pod_ready(PodId id) {
  Slot* slot = slot_of(id);
  if (slot == nullptr) return;
  slot->ready = true;
  if (spec_.min_ready > Duration{0}) {
    context_.engine.in(spec_.min_ready + kControllerSkew, "pod available",
                       [this] { request_sync(); });
  }
  check_scale_out();
  request_sync();
}

// A failed pod is deleted and made anew in the same sync; one that somebody deleted has its name
// until its processes have ended.
void StatefulSet::pod_failed(PodId id, End end) {
  Slot* slot = slot_of(id);
  if (slot == nullptr) return;
  if (end == End::failed) {
    *slot = Slot{};
  } else {
    slot->terminating = true;
    slot->ready = false;
  }
  request_sync();
}

void StatefulSet::pod_terminated(PodId id) {
  Slot* slot = slot_of(id);
  if (slot == nullptr) return;
  *slot = Slot{};
  request_sync();
}

bool StatefulSet::is_available(const Slot& slot) const {
  if (!slot.pod || !slot.ready) return false;
  const Pod& pod = hooks_.pod(*slot.pod);
  return pod.initial || pullsim::is_available(ready_since(pod, context_.recorder.result()),
                                              spec_.min_ready, context_.engine.now());
}

void StatefulSet::check_scale_out() {
  if (!scale_out_open()) return;
  std::int64_t ready = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(replicas_); ++i) {
    const bool current = slots_[i].image == image_for(i);
    if (slots_[i].ready && !slots_[i].terminating && current) ++ready;
  }
  if (ready >= replicas_) scale_out_done();
}

void StatefulSet::request_sync() {
  if (sync_pending_) return;
  sync_pending_ = true;
  context_.engine.in(Duration{0}, "stateful set sync", [this] { sync(); });
}

void StatefulSet::sync() {
  sync_pending_ = false;
  check_scale_out();
  std::vector<StatefulPod> pods;
  bool all_updated = true;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    StatefulPod view;
    view.exists = slot.pod || slot.creating;
    view.terminating = slot.terminating;
    view.available = is_available(slot);
    view.updated = slot.image == image_;
    if (static_cast<std::int64_t>(i) < replicas_) {
      all_updated = all_updated && view.updated && view.available;
    }
    pods.push_back(view);
  }
  if (all_updated) old_image_ = image_;
  const StatefulSettings settings{replicas_, spec_.stateful_set.parallel,
                                  std::min(spec_.stateful_set.partition, replicas_)};
  const StatefulStep step = stateful_set_step(settings, pods);
  for (const std::int64_t ordinal : step.create) create(static_cast<std::size_t>(ordinal));
  for (const std::int64_t ordinal : step.remove) remove(static_cast<std::size_t>(ordinal));
}

/// Pods below the partition are made of the template before.
std::size_t StatefulSet::image_for(std::size_t ordinal) const {
  return static_cast<std::int64_t>(ordinal) < spec_.stateful_set.partition ? old_image_ : image_;
}

void StatefulSet::create(std::size_t ordinal) {
  slots_[ordinal].creating = true;
  const SimTime when = client_.reserve(context_.engine.now());
  context_.engine.at(when, "pod created", [this, ordinal] { created(ordinal); });
}

void StatefulSet::created(std::size_t ordinal) {
  Slot& slot = slots_[ordinal];
  slot = Slot{};
  slot.image = image_for(ordinal);
  slot.pod = hooks_.create(slot.image, ordinal);
  if (static_cast<std::int64_t>(ordinal) >= replicas_) request_sync();  // scaled down meanwhile
}

void StatefulSet::remove(std::size_t ordinal) {
  Slot& slot = slots_[ordinal];
  if (!slot.pod) return;  // being made: the sync after that removes it
  slot.terminating = true;
  slot.ready = false;
  const PodId id = *slot.pod;
  hooks_.pod(id).leaving = true;
  const SimTime when = client_.reserve(context_.engine.now());
  context_.engine.at(when, "pod deleted", [this, id] { removed(id); });
}

void StatefulSet::removed(PodId id) {
  if (slot_of(id) == nullptr) return;  // it failed meanwhile
  const bool bound = hooks_.pod(id).phase > PodPhase::pending;
  hooks_.remove(id);
  if (!bound) pod_terminated(id);
}

}  // namespace pullsim
