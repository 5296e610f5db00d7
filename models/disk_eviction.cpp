// Looks at the disk; see the header.
#include "models/disk_eviction.hpp"

#include "models/decisions/readiness.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

DiskEviction::DiskEviction(Context& context, NodeDisk& disk, ImageGc& images,
                           const DiskPolicySpec& policy, const std::string& node,
                           DiskEvictionHooks hooks)
    : context_(context),
      disk_(disk),
      images_(images),
      policy_(policy),
      hooks_(std::move(hooks)),
      phase_(duration_up(context.stream(node, "eviction").at(0) * to_seconds(kEvictionPeriod))) {}

bool DiskEviction::threshold_met() const {
  return disk_.limited() && disk_threshold_met(policy_, disk_.capacity(), disk_.available());
}

void DiskEviction::stop() {
  stopped_ = true;
  if (check_at_) context_.engine.cancel(check_);
  check_at_.reset();
}

// The next look that would do something: reclaim or evict; set the condition; or, when all is well
// again, end it. With nothing left to reclaim the kubelet looks on in vain; that the threshold was
// met at each of these looks is remembered when it no longer is.
void DiskEviction::look() {
  if (stopped_) return;
  const SimTime now = context_.engine.now();
  const SimTime next = next_tick(now + Duration{1}, phase_, kEvictionPeriod);
  note_threshold();
  if (met_since_) {
    if (!pressure_ || images_.has_unused() || !hooks_.pods().empty()) schedule(next);
  } else if (pressure_) {
    const SimTime end = *last_met_ + policy_.pressure_transition;
    schedule(std::max(next, next_tick(end, phase_, kEvictionPeriod)));
  }
}

void DiskEviction::note_threshold() {
  const SimTime now = context_.engine.now();
  if (threshold_met()) {
    if (!met_since_) met_since_ = now;
  } else if (met_since_) {
    const SimTime next = next_tick(now + Duration{1}, phase_, kEvictionPeriod);
    const SimTime looked = next - kEvictionPeriod;
    if (looked >= *met_since_) last_met_ = std::max(last_met_.value_or(looked), looked);
    met_since_.reset();
  }
}

void DiskEviction::schedule(SimTime when) {
  if (check_at_) {
    if (*check_at_ <= when) return;
    context_.engine.cancel(check_);
  }
  check_at_ = when;
  check_ = context_.engine.at(when, "eviction check", [this] { check(); });
}

void DiskEviction::check() {
  check_at_.reset();
  const SimTime now = context_.engine.now();
  if (threshold_met()) {
    last_met_ = now;
    set_pressure(true);
    images_.delete_unused();
    const std::vector<EvictionCandidate> pods = hooks_.pods();
    if (threshold_met() && !pods.empty()) {
      std::vector<PodDiskUse> uses;
      uses.reserve(pods.size());
      for (const EvictionCandidate& pod : pods) uses.push_back(pod.disk);
      const Duration gone = hooks_.evict(pods[disk_eviction_order(uses).front()].pod);
      const std::int64_t polls = std::max<std::int64_t>(
          1, (gone + kCleanupPoll - Duration{1}).count() / kCleanupPoll.count());
      phase_ = (now + polls * kCleanupPoll).time_since_epoch();
      note_threshold();
      if (check_at_) context_.engine.cancel(check_);
      check_at_.reset();
      schedule(SimTime{phase_});
      return;
    }
  }
  set_pressure(under_disk_pressure(last_met_, policy_.pressure_transition, now));
  look();
}

void DiskEviction::set_pressure(bool pressure) {
  if (pressure == pressure_) return;
  pressure_ = pressure;
  hooks_.pressure_changed();
}

}  // namespace pullsim
