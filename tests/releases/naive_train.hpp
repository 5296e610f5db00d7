// A slow twin of release trains: sets of names, everything counted anew each time, a kubelet that
// is asked every ten seconds. It shares the pure decisions and the list of releases with the model
// and nothing else. Every node runs every release, and none is replaced.
#pragma once

#include <pullsim/release_train.hpp>

#include "models/decisions/disk_eviction.hpp"
#include "models/decisions/image_gc.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace pullsim::test {

using Sizes = std::map<std::string, std::int64_t>;

/// Blobs of an image, by name.
inline Sizes naive_blobs(const Release& release) {
  Sizes blobs;
  for (const ReleaseLayer& layer : release.layers) {
    blobs.emplace(std::to_string(layer.content), layer.size.count);
  }
  return blobs;
}

/// Unpacked layers of an image, named by all layers up to them.
inline Sizes naive_chains(const Release& release) {
  Sizes chains;
  std::string name;
  for (const ReleaseLayer& layer : release.layers) {
    name += "/" + std::to_string(layer.content);
    chains[name] = layer.unpacked.count;
  }
  return chains;
}

inline std::int64_t total(const Sizes& sizes) {
  std::int64_t sum = 0;
  for (const auto& [name, size] : sizes) sum += size;
  return sum;
}

class NaiveNode {
 public:
  NaiveNode(const ReleaseNodesSpec& spec, const std::vector<Release>& releases)
      : spec_(spec), releases_(releases) {}

  /// Every tick after the last one until `now`.
  void tick_until(SimTime now) {
    for (; tick_ <= now; tick_ += std::chrono::seconds(10)) {
      if (tick_.time_since_epoch() % std::chrono::minutes(5) == Duration{0}) collect();
      if (spec_.disk && pressed()) {
        note(tick_);
        remove(free_images(images(), std::nullopt, spec_.policy.image_minimum_gc_age, tick_));
      }
    }
  }

  void hold(std::size_t release) {
    held_.push_back({release, true, std::nullopt, std::nullopt});
    known_.insert(release);
  }

  bool run(std::size_t release, SimTime now) {
    if (!fits(release)) {
      note(now);
      remove(free_images(images(), std::nullopt, spec_.policy.image_minimum_gc_age, now));
      if (!fits(release)) return false;
    }
    pulled += total(lacking(blobs(), naive_blobs(releases_[release]), release));
    for (Held& image : held_) {
      if (image.running) image.last_used = now;
      image.running = false;
    }
    held_.push_back({release, true, std::nullopt, std::nullopt});
    return true;
  }

  std::int64_t used() const { return total(blobs()) + total(chains()); }
  std::int64_t pulled = 0;
  std::int64_t collected = 0;

 private:
  struct Held {
    std::size_t release;
    bool running;
    std::optional<SimTime> detected;
    std::optional<SimTime> last_used;
  };

  Sizes blobs() const {
    Sizes all;
    if (spec_.discard_unpacked_layers) return all;
    for (const Held& image : held_) all.merge(naive_blobs(releases_[image.release]));
    return all;
  }
  Sizes chains() const {
    Sizes all;
    for (const Held& image : held_) all.merge(naive_chains(releases_[image.release]));
    return all;
  }
  /// Blobs to fetch: of layers whose chain is not there, by digest where blobs are kept.
  Sizes lacking(const Sizes& have, const Sizes& want, std::size_t release) const {
    const Sizes there = chains();
    Sizes missing;
    std::string name;
    std::set<std::string> lower;
    for (const ReleaseLayer& layer : releases_[release].layers) {
      const std::string blob = std::to_string(layer.content);
      name += "/" + blob;
      const bool again = !lower.insert(blob).second;
      if (there.count(name) == 0 && have.count(blob) == 0 && !again) missing[blob] = want.at(blob);
    }
    return missing;
  }
  bool fits(std::size_t release) const {
    if (!spec_.disk) return true;
    Sizes chains_wanted = naive_chains(releases_[release]);
    for (const auto& [name, size] : chains()) chains_wanted.erase(name);
    const std::int64_t wanted =
        total(chains_wanted) + total(lacking(blobs(), naive_blobs(releases_[release]), release));
    return wanted <= available().count;
  }
  Bytes available() const { return Bytes{spec_.disk->count - spec_.other_use.count - used()}; }
  bool pressed() const { return disk_threshold_met(spec_.policy, *spec_.disk, available()); }

  void note(SimTime now) {
    for (Held& image : held_) {
      if (!image.detected && known_.count(image.release) == 0) image.detected = now;
    }
  }
  std::vector<GcImage> images() const {
    std::vector<GcImage> out;
    for (const Held& image : held_) {
      out.push_back({image.release, Bytes{total(naive_blobs(releases_[image.release]))},
                     image.detected, image.last_used, image.running});
    }
    return out;
  }
  void collect() {
    if (!spec_.disk) return;
    note(tick_);
    remove(old_images(images(), spec_.policy.image_maximum_gc_age, kSimStart, tick_));
    const auto wanted = bytes_to_free(spec_.policy, *spec_.disk, available());
    if (wanted) {
      remove(free_images(images(), wanted, spec_.policy.image_minimum_gc_age, tick_));
    }
  }
  void remove(const GcPass& pass) {
    for (const std::size_t release : pass.removed) {
      std::erase_if(held_, [&](const Held& image) { return image.release == release; });
      ++collected;
    }
  }

  const ReleaseNodesSpec& spec_;
  const std::vector<Release>& releases_;
  std::vector<Held> held_;
  std::set<std::size_t> known_;  // from before the start: never noted, so that they are the oldest
  SimTime tick_ = kSimStart + std::chrono::seconds(10);
};

struct NaiveRegistry {
  std::int64_t pushed = 0;
  std::int64_t stored = 0;
  double byte_seconds = 0;
};

/// What is kept just after `now`, from nothing but the rules.
inline Sizes naive_kept(const std::vector<Release>& releases, const RetentionSpec& rules,
                        SimTime now) {
  std::vector<const Release*> there;
  for (const Release& release : releases) {
    if (release.at <= now) there.push_back(&release);
  }
  Sizes kept;
  for (std::size_t i = 0; i < there.size(); ++i) {
    const auto newer = static_cast<std::int64_t>(there.size() - 1 - i);
    const bool by_count = rules.keep_last && newer < *rules.keep_last;
    const bool by_age = rules.keep_for && now - there[i]->at < *rules.keep_for;
    const bool without_rule = !rules.keep_last && !rules.keep_for;
    if (newer == 0 || by_count || by_age || without_rule) kept.merge(naive_blobs(*there[i]));
  }
  return kept;
}

inline NaiveRegistry naive_registry(const std::vector<Release>& releases,
                                    const RetentionSpec& rules, SimTime end) {
  std::set<SimTime> moments = {end};
  for (const Release& release : releases) {
    moments.insert(release.at);
    if (rules.keep_for) moments.insert(std::min(release.at + *rules.keep_for, end));
  }
  NaiveRegistry out;
  Sizes stored;
  SimTime before = kSimStart;
  for (const SimTime now : moments) {
    out.byte_seconds += static_cast<double>(total(stored)) * to_seconds(now - before);
    for (const Release& release : releases) {
      if (release.at != now) continue;
      for (const auto& [name, size] : naive_blobs(release)) {
        // What went at this very moment was there until now.
        if (stored.count(name) == 0) out.pushed += size;
      }
    }
    stored = naive_kept(releases, rules, now);
    before = now;
  }
  out.stored = total(stored);
  return out;
}

}  // namespace pullsim::test
