// Which layers each release of a train has: those of given images, or of an image whose layers
// change by period and by share, or by what kinds of commits do to a build; and the numbers that
// stand for digests and chains.
#include "models/release_train.hpp"

#include "sim/check.hpp"

#include <pullsim/random.hpp>

#include <map>
#include <string>
#include <utility>

namespace pullsim {

namespace {

constexpr Duration kDay = std::chrono::hours(24);

/// In the middle of equal parts of the day.
SimTime time_of(const ReleaseTrainSpec& spec, std::int64_t number) {
  const std::int64_t day = number / spec.per_day;
  const std::int64_t part = number % spec.per_day;
  return kSimStart + kDay * day + kDay * (2 * part + 1) / (2 * spec.per_day);
}

std::vector<Release> releases_of_images(const ReleaseTrainSpec& spec, std::int64_t count) {
  std::map<std::string, std::uint32_t> contents;
  std::vector<std::vector<ReleaseLayer>> images;
  for (const ImageSpec& image : spec.images) {
    std::vector<ReleaseLayer>& layers = images.emplace_back();
    for (const LayerSpec& layer : image.layers) {
      const auto next = static_cast<std::uint32_t>(contents.size());
      const std::uint32_t content = contents.try_emplace(layer.digest, next).first->second;
      layers.push_back({content, layer.fetched ? layer.size : Bytes{}, layer.unpacked});
    }
  }
  std::vector<Release> releases;
  for (std::int64_t r = 0; r <= count; ++r) {
    const auto index = static_cast<std::size_t>(r);
    if (index >= images.size() && !spec.repeat) break;
    releases.push_back({r == 0 ? kSimStart : time_of(spec, r - 1), images[index % images.size()]});
  }
  return releases;
}

/// A multiple of the period lies after `before` and not after `now`.
bool period_ends(Duration every, SimTime before, SimTime now) {
  if (every <= Duration{0}) return false;
  return now.time_since_epoch() / every > before.time_since_epoch() / every;
}

std::vector<Release> releases_of_layers(const ReleaseTrainSpec& spec, std::int64_t count,
                                        std::uint64_t seed, std::uint32_t run) {
  std::vector<RandomStream> changes;
  Release release;
  std::uint32_t contents = 0;
  for (const ChangingLayer& layer : spec.layers) {
    changes.emplace_back(seed, run, "releases/" + spec.name + "/" + layer.name, "changes");
    release.layers.push_back({contents++, layer.size, layer.unpacked});
  }
  std::vector<Release> releases = {release};
  for (std::int64_t r = 0; r < count; ++r) {
    const SimTime before = release.at;
    release.at = time_of(spec, r);
    bool below = false;
    for (std::size_t i = 0; i < spec.layers.size(); ++i) {
      const ChangingLayer& layer = spec.layers[i];
      const bool drawn =
          layer.share > 0 && changes[i].at(static_cast<std::uint64_t>(r)) < layer.share;
      const bool own = drawn || period_ends(layer.every, before, release.at);
      const bool changed = own || (below && !layer.independent);
      if (changed) release.layers[i].content = contents++;
      below = below || changed;
    }
    releases.push_back(release);
  }
  return releases;
}

/// The kind at a share in [0, 1) of all releases.
const ReleaseKind& kind_at(const std::vector<ReleaseKind>& kinds, double share) {
  double below = 0;
  for (const ReleaseKind& kind : kinds) {
    below += kind.share;
    if (share < below) return kind;
  }
  return kinds.back();
}

std::vector<Release> releases_of_kinds(const ReleaseTrainSpec& spec, std::int64_t count,
                                       std::uint64_t seed, std::uint32_t run) {
  const RandomStream kinds(seed, run, "releases/" + spec.name, "kinds");
  Release release;
  std::uint32_t contents = 0;
  for (const ChangingLayer& layer : spec.layers) {
    release.layers.push_back({contents++, layer.size, layer.unpacked});
  }
  std::vector<Release> releases = {release};
  for (std::int64_t r = 0; r < count; ++r) {
    release.at = time_of(spec, r);
    const ReleaseKind& kind = kind_at(spec.kinds, kinds.at(static_cast<std::uint64_t>(r)));
    for (const std::size_t changed : kind.changed) release.layers.at(changed).content = contents++;
    releases.push_back(release);
  }
  return releases;
}

}  // namespace

std::vector<Release> releases_of(const ReleaseTrainSpec& spec, std::uint64_t seed,
                                 std::uint32_t run) {
  PULLSIM_CHECK(spec.layers.empty() != spec.images.empty(), "a train has either layers or images");
  const std::int64_t count = spec.per_day * spec.days;
  if (!spec.images.empty()) return releases_of_images(spec, count);
  return spec.kinds.empty() ? releases_of_layers(spec, count, seed, run)
                            : releases_of_kinds(spec, count, seed, run);
}

NumberedReleases numbered(const std::vector<Release>& releases) {
  NumberedReleases out;
  std::map<std::uint32_t, std::uint32_t> blobs;                             // by content
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> chains;  // by parent and blob
  std::vector<std::size_t> seen;  // by blob: the last release that has it, from 1
  for (std::size_t r = 0; r < releases.size(); ++r) {
    NumberedRelease release;
    release.at = releases[r].at;
    std::uint32_t parent = 0;
    for (const ReleaseLayer& layer : releases[r].layers) {
      const auto next = static_cast<std::uint32_t>(blobs.size());
      const std::uint32_t blob = blobs.try_emplace(layer.content, next).first->second;
      const auto fresh = static_cast<std::uint32_t>(chains.size()) + 1;
      parent = chains.try_emplace({parent, blob}, fresh).first->second;
      seen.resize(blobs.size(), 0);
      const bool again = seen[blob] == r + 1;
      seen[blob] = r + 1;
      release.layers.push_back({blob, parent, layer.size, layer.unpacked, again});
      if (again) continue;
      release.size += layer.size;
      ++release.blob_count;
    }
    out.list.push_back(std::move(release));
  }
  out.blobs = static_cast<std::uint32_t>(blobs.size());
  return out;
}

}  // namespace pullsim
