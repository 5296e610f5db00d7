// The registry of a release train: reference counts by blob, and bytes over time, exactly.
#include "models/decisions/registry_retention.hpp"
#include "models/release_train.hpp"
#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

Bytes RegistryStore::push(const NumberedRelease& release) {
  advance(release.at);
  Bytes fresh;
  for (const NumberedLayer& layer : release.layers) {
    if (!layer.again && references_[layer.blob]++ == 0) fresh += layer.size;
  }
  pushed_ += fresh;
  stored_ += fresh;
  stored_most_ = std::max(stored_most_, stored_);
  images_.push_back(&release);
  times_.push_back(release.at);
  let_go(release.at);
  return fresh;
}

void RegistryStore::advance(SimTime now) {
  while (true) {
    const auto there = std::span(times_).subspan(oldest_);
    const auto next = next_deletion(there, retention_.keep_last, retention_.keep_for);
    if (!next || *next > now) break;
    count_until(*next);
    let_go(*next);
  }
  count_until(now);
}

void RegistryStore::let_go(SimTime now) {
  const auto there = std::span(times_).subspan(oldest_);
  std::size_t count = images_to_delete(there, retention_.keep_last, retention_.keep_for, now);
  for (; count > 0; --count) {
    for (const NumberedLayer& layer : images_[oldest_]->layers) {
      if (layer.again || --references_[layer.blob] > 0) continue;
      deleted_ += layer.size;
      stored_ = stored_ - layer.size;
    }
    ++oldest_;
  }
}

void RegistryStore::count_until(SimTime now) {
  PULLSIM_CHECK(now >= counted_, "a registry's time does not go back");
  byte_time_ += ByteTime{stored_.count} * (now - counted_).count();
  counted_ = now;
}

double RegistryStore::byte_seconds() const {
  return static_cast<double>(byte_time_) / kNanosecondsPerSecond;
}

}  // namespace pullsim
