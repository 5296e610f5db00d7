// A node of a release train. What goes, and in which order, is decided by the kubelet's arithmetic
// in models/decisions; here are the moments at which the kubelet looks, and the bytes.
#include "models/decisions/disk_eviction.hpp"
#include "models/release_train.hpp"
#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

namespace {

constexpr Duration kCollectionPeriod = std::chrono::minutes(5);  // the kubelet's ImageGCPeriod
constexpr Duration kEvictionPeriod = std::chrono::seconds(10);   // of its eviction manager

/// The first multiple of the period after `time`.
SimTime next_multiple(SimTime time, Duration period) {
  return kSimStart + period * (time.time_since_epoch() / period + 1);
}

bool is_multiple(SimTime time, Duration period) {
  return time.time_since_epoch() % period == Duration{0};
}

void earlier(std::optional<SimTime>* least, SimTime time) {
  if (!*least || time < **least) *least = time;
}

}  // namespace

bool ReleaseNode::preload(std::size_t release) {
  const Plan plan = plan_of(releases_[release]);
  const Bytes kept = plan.unpack + (spec_.discard_unpacked_layers ? Bytes{} : plan.fetch);
  if (spec_.disk && kept > available()) return false;
  use_disk(used_ + kept, kSimStart);
  add_image(release, std::nullopt);
  images_.back().running = true;
  return true;
}

ReleaseNode::Plan ReleaseNode::plan_of(const NumberedRelease& release) const {
  Plan plan;
  for (const NumberedLayer& layer : release.layers) {
    if (chains_.find(layer.chain) != chains_.end()) continue;
    plan.unpack += layer.unpacked;
    if (layer.again || blobs_.find(layer.blob) != blobs_.end()) continue;
    plan.fetch += layer.size;
    ++plan.layers;
  }
  return plan;
}

bool ReleaseNode::under_pressure() const {
  return spec_.disk && disk_threshold_met(spec_.policy, *spec_.disk, available());
}

void ReleaseNode::advance(SimTime now) {
  if (!spec_.disk) return;
  SimTime after = looked_until_;
  while (const auto moment = next_pass(after)) {
    if (*moment > now) break;
    pass(*moment);
    after = *moment;
  }
  looked_until_ = now;
}

/// The first moment after `after` at which the kubelet would find something to remove.
std::optional<SimTime> ReleaseNode::next_pass(SimTime after) {
  const DiskPolicySpec& policy = spec_.policy;
  const bool pressure = under_pressure();
  const bool full = disk_usage_percent(*spec_.disk, available()) >= policy.image_gc_high_percent;
  const bool ages = policy.image_maximum_gc_age > Duration{0};
  if (!pressure && !full && !ages) return std::nullopt;
  std::optional<SimTime> removable;  // by any pass that wants room
  std::optional<SimTime> too_old;
  for (const HeldImage& image : images_) {
    if (image.running) continue;
    earlier(&removable, image.detected ? *image.detected + policy.image_minimum_gc_age : after);
    const SimTime used = image.last_used.value_or(started_);
    earlier(&too_old, std::max(used, started_) + policy.image_maximum_gc_age + Duration{1});
  }
  if (!removable) {
    pressure_left_ = pressure_left_ || pressure;
    return std::nullopt;
  }
  const auto at_or_after = [&](SimTime time, Duration period) {
    return next_multiple(std::max(time - Duration{1}, after), period);
  };
  std::optional<SimTime> moment;
  if (pressure) earlier(&moment, at_or_after(*removable, kEvictionPeriod));
  if (full) earlier(&moment, at_or_after(*removable, kCollectionPeriod));
  if (ages) earlier(&moment, at_or_after(*too_old, kCollectionPeriod));
  return moment;
}

void ReleaseNode::pass(SimTime now) {
  const DiskPolicySpec& policy = spec_.policy;
  if (is_multiple(now, kCollectionPeriod)) {
    remove(old_images(gc_images(), policy.image_maximum_gc_age, started_, now), now);
    if (const auto wanted = bytes_to_free(policy, *spec_.disk, available())) {
      remove(free_images(gc_images(), wanted, policy.image_minimum_gc_age, now), now);
    }
  }
  if (!under_pressure()) return;
  remove(free_images(gc_images(), std::nullopt, policy.image_minimum_gc_age, now), now);
}

std::vector<GcImage> ReleaseNode::gc_images() const {
  std::vector<GcImage> images;
  images.reserve(images_.size());
  for (const HeldImage& held : images_) {
    images.push_back(
        {held.release, releases_[held.release].size, held.detected, held.last_used, held.running});
  }
  return images;
}

void ReleaseNode::remove(const GcPass& pass, SimTime now) {
  if (pass.removed.empty()) return;
  ++collections_;
  const Bytes before = used_;
  use_disk(used_, now);
  for (const std::size_t release : pass.removed) {
    const auto held = std::find_if(images_.begin(), images_.end(), [&](const HeldImage& image) {
      return image.release == release;
    });
    PULLSIM_CHECK(held != images_.end() && !held->running, "only an unused image is collected");
    drop_image(static_cast<std::size_t>(held - images_.begin()));
    ++images_collected_;
  }
  removed_ += before - used_;
}

void ReleaseNode::add_image(std::size_t release, std::optional<SimTime> detected) {
  for (const NumberedLayer& layer : releases_[release].layers) {
    ++chains_.try_emplace(layer.chain).first->second;
    if (!spec_.discard_unpacked_layers && !layer.again) {
      ++blobs_.try_emplace(layer.blob).first->second;
    }
  }
  images_.push_back({release, detected, std::nullopt, false});
}

void ReleaseNode::drop_image(std::size_t index) {
  for (const NumberedLayer& layer : releases_[images_[index].release].layers) {
    const auto chain = chains_.find(layer.chain);
    if (--chain->second == 0) {
      chains_.erase(chain);
      used_ = used_ - layer.unpacked;
    }
    if (spec_.discard_unpacked_layers || layer.again) continue;
    const auto blob = blobs_.find(layer.blob);
    if (--blob->second > 0) continue;
    blobs_.erase(blob);
    used_ = used_ - layer.size;
  }
  images_.erase(images_.begin() + static_cast<std::ptrdiff_t>(index));
}

ReleaseNode::Pull ReleaseNode::run(std::size_t release, SimTime now) {
  const NumberedRelease& image = releases_[release];
  Pull pull;
  pull.needed = image.size;
  pull.layers_needed = image.blob_count;
  Plan plan = plan_of(image);
  if (spec_.disk && plan.fetch + plan.unpack > available()) {
    note_images(now);
    remove(free_images(gc_images(), std::nullopt, spec_.policy.image_minimum_gc_age, now), now);
    plan = plan_of(image);
    if (plan.fetch + plan.unpack > available()) {
      pull.full = full_disk(release, plan.fetch + plan.unpack, now);
      return pull;
    }
  }
  stop(now);
  use_disk(used_ + plan.fetch + plan.unpack, now);
  written_ += plan.fetch + plan.unpack;
  if (spec_.discard_unpacked_layers) {
    use_disk(used_ - plan.fetch, now);
    removed_ += plan.fetch;
  }
  add_image(release, next_multiple(now, kCollectionPeriod));
  images_.back().running = true;
  if (under_pressure()) note_images(next_multiple(now, kEvictionPeriod));
  pulled_ += plan.fetch;
  pull.done = true;
  pull.bytes = plan.fetch;
  pull.layers = plan.layers;
  return pull;
}

void ReleaseNode::note_images(SimTime at) {
  for (HeldImage& image : images_) {
    if (image.detected) image.detected = std::min(*image.detected, at);
  }
}

void ReleaseNode::stop(SimTime now) {
  // What runs is what was pulled last, since releases only go forward.
  if (images_.empty() || !images_.back().running) return;
  images_.back().running = false;
  images_.back().last_used = now;
}

void ReleaseNode::replace(SimTime now) {
  lost_ += used_;
  use_disk(Bytes{}, now);
  blobs_ = {};
  chains_ = {};
  images_.clear();
  started_ = now;
}

Bytes ReleaseNode::size_of(std::size_t release) const {
  Bytes size = spec_.discard_unpacked_layers ? Bytes{} : releases_[release].size;
  for (const NumberedLayer& layer : releases_[release].layers) size += layer.unpacked;
  return size;
}

FullDisk ReleaseNode::full_disk(std::size_t release, Bytes wanted, SimTime now) const {
  FullDisk full;
  full.at = now;
  full.release = release;
  full.wanted = wanted;
  full.available = available();
  full.other_use = spec_.other_use;
  for (const HeldImage& image : images_) {
    if (image.running) full.running = size_of(image.release);
  }
  full.unused = used_ - full.running;
  return full;
}

void ReleaseNode::use_disk(Bytes used, SimTime now) {
  byte_time_ += ByteTime{disk_in_use().count} * (now - changed_).count();
  changed_ = now;
  used_ = used;
  most_ = std::max(most_, disk_in_use());
}

ReleaseNodeRow ReleaseNode::row(SimTime end) const {
  ReleaseNodeRow row;
  row.pulled = pulled_;
  row.disk_most = std::max(most_, disk_in_use());
  row.disk_end = disk_in_use();
  const ByteTime all = byte_time_ + ByteTime{disk_in_use().count} * (end - changed_).count();
  row.disk_mean = static_cast<double>(all) / static_cast<double>(end.time_since_epoch().count());
  row.collections = collections_;
  row.pressure_left = pressure_left_;
  return row;
}

}  // namespace pullsim
