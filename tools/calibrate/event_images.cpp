// Known and made-up images; see the header.
#include "tools/calibrate/event_images.hpp"

#include "tools/images/image_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pullsim {

namespace {

// Shares of the layers, base first: the images under scenarios/images have a base of a fifth, one
// layer of about half and the rest in smaller ones. Assumed.
constexpr std::array kLayerShares = {0.20, 0.10, 0.15, 0.45, 0.10};
constexpr double kSameSize = 0.02;  // sizes that differ by less are one image's
constexpr std::size_t kNamesShown = 3;

double size_of(const ImageSpec& image, bool unpacked) {
  double bytes =
      unpacked ? 0 : static_cast<double>((image.manifest_size + image.config_size).count);
  for (const LayerSpec& layer : image.layers) {
    bytes += static_cast<double>((unpacked ? layer.unpacked : layer.size).count);
  }
  return bytes;
}

std::string names_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) {
    out += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kNamesShown) out += fmt::format(" and {} more", names.size() - kNamesShown);
  return out;
}

}  // namespace

std::string full_reference(const std::string& reference) {
  std::string out = reference;
  const std::size_t slash = out.find('/');
  const std::string host = slash == std::string::npos ? "" : out.substr(0, slash);
  const bool is_host = host == "localhost" || host.find_first_of(".:") != std::string::npos;
  if (slash == std::string::npos) {
    out = "docker.io/library/" + out;
  } else if (!is_host) {
    out = "docker.io/" + out;
  }
  const std::size_t last = out.rfind('/');
  if (out.find_first_of(":@", last) == std::string::npos) out += ":latest";
  return out;
}

ImageSpec assumed_image(const std::string& reference, std::int64_t bytes) {
  const ImageReadOptions defaults;
  ImageSpec image;
  image.name = reference;
  image.ref = reference;
  const auto all = static_cast<double>(
      std::max<std::int64_t>(bytes - (image.manifest_size + image.config_size).count, 1));
  for (std::size_t i = 0; i < kLayerShares.size(); ++i) {
    LayerSpec layer;
    layer.digest = fmt::format("{}#{}", reference, i);
    layer.size = Bytes{std::max<std::int64_t>(1, std::llround(all * kLayerShares[i]))};
    const double unpacked = static_cast<double>(layer.size.count) * defaults.unpacked_ratio;
    layer.unpacked = Bytes{std::llround(unpacked)};
    layer.files = std::llround(std::ceil(unpacked / defaults.bytes_per_file));
    image.layers.push_back(std::move(layer));
  }
  return image;
}

EventImages::EventImages(const std::vector<ImageSpec>& known, bool unpacked_sizes)
    : images_(known), known_(known.size()), unpacked_sizes_(unpacked_sizes) {
  for (std::size_t i = 0; i < known.size(); ++i) index_.emplace(full_reference(known[i].ref), i);
}

void EventImages::learn_size(const ObservedPull& pull) {
  if (!pull.bytes || *pull.bytes <= 0) return;
  const auto [at, fresh] =
      sizes_.emplace(full_reference(pull.image), Size{*pull.bytes, *pull.bytes});
  if (fresh) return;
  at->second.least = std::min(at->second.least, *pull.bytes);
  at->second.most = std::max(at->second.most, *pull.bytes);
}

std::optional<std::size_t> EventImages::find(const std::string& reference) const {
  const auto found = index_.find(full_reference(reference));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::size_t> EventImages::find_or_assume(const ObservedPull& pull) {
  const auto known = find(pull.image);
  if (known) return known;
  const std::string reference = full_reference(pull.image);
  const auto size = sizes_.find(reference);
  if (size == sizes_.end()) return std::nullopt;
  double bytes = static_cast<double>(size->second.most);
  if (unpacked_sizes_) bytes /= ImageReadOptions{}.unpacked_ratio;
  images_.push_back(assumed_image(pull.image, std::llround(bytes)));
  index_.emplace(reference, images_.size() - 1);
  return images_.size() - 1;
}

double EventImages::bytes_to_fetch(std::size_t image, const std::set<std::size_t>& held) const {
  std::set<std::string> there;
  for (const std::size_t other : held) {
    for (const LayerSpec& layer : images_[other].layers) there.insert(layer.digest);
  }
  double bytes = 0;
  for (const LayerSpec& layer : images_[image].layers) {
    if (layer.fetched && there.insert(layer.digest).second) {
      bytes += static_cast<double>(layer.size.count);
    }
  }
  return bytes;
}

std::vector<std::string> EventImages::notes() const {
  std::vector<std::string> out;
  std::vector<std::string> assumed;
  for (std::size_t i = known_; i < images_.size(); ++i) assumed.push_back(images_[i].ref);
  if (!assumed.empty()) {
    out.push_back(fmt::format(
        "assumed: layers of 20, 10, 15, 45 and 10 % of the size, unpacked 2.6 times as large, for "
        "{}; a scenario with their manifests would say",
        names_of(assumed)));
  }
  for (const auto& [reference, size] : sizes_) {
    const auto at = index_.find(reference);
    if (at == index_.end()) continue;
    const double own = size_of(images_[at->second], unpacked_sizes_);
    const bool several =
        static_cast<double>(size.most) > static_cast<double>(size.least) * (1 + kSameSize);
    const bool other =
        at->second < known_ && std::abs(static_cast<double>(size.most) / own - 1) > kSameSize;
    if (several) {
      out.push_back(fmt::format("{} has {} to {} bytes in the events: its tag has moved", reference,
                                size.least, size.most));
    } else if (other) {
      out.push_back(fmt::format("{} has {} bytes in the events and {:.0f} in the scenario",
                                reference, size.most, own));
    }
  }
  return out;
}

}  // namespace pullsim
