// See the header.
#include "tools/contents/image_origin.hpp"

#include <algorithm>
#include <cctype>

namespace pullsim {
namespace {

/// How many of the lowest layers are those of the base, as far as the steps tell.
std::size_t layers_below_own(const ImageFile& image) {
  std::size_t below = 0;
  std::size_t made = 0;
  for (const HistoryStep& step : image.steps) {
    if (step.layer) made = *step.layer + 1;
    if (is_command_step(step.created_by) && made < image.image.layers.size()) below = made;
  }
  return below;
}

/// Sources that are in the image before something is built of them: what is built remains useful
/// without them, unless the program is run from its sources.
void mark_sources(std::vector<LayerOrigin>& layers, const std::vector<bool>& builds,
                  std::size_t base_layers) {
  bool built_later = false;
  for (std::size_t i = layers.size(); i-- > base_layers;) {
    if (built_later && !builds[i] && layers[i].origin == Origin::application) {
      layers[i].build_only = BuildOnly::maybe;
      layers[i].rule += ", before a step that builds";
    }
    built_later = built_later || builds[i];
  }
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool before = at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0;
    const bool after =
        end == text.size() || std::isalnum(static_cast<unsigned char>(text[end])) == 0;
    if (before && after) return true;
  }
  return false;
}

}  // namespace

bool stands_on(const ImageFile& image, const BaseImage& base) {
  const auto& layers = image.image.layers;
  if (base.digests.empty() || base.digests.size() > layers.size()) return false;
  return std::equal(base.digests.begin(), base.digests.end(), layers.begin(),
                    [](const std::string& a, const LayerSpec& b) { return a == b.digest; });
}

ImageOrigin origin_of_image(const ImageFile& image, const BaseImage* base) {
  const auto& layers = image.image.layers;
  const std::size_t base_layers = base != nullptr ? base->digests.size() : layers_below_own(image);
  const std::string base_rule =
      base != nullptr ? "layers of " + base->file : "steps before the CMD of the image below";
  ImageOrigin result;
  std::vector<bool> builds(layers.size(), false);
  std::vector<std::string_view> step_of(layers.size());
  for (const HistoryStep& step : image.steps) {
    if (step.layer) step_of.at(*step.layer) = step.created_by;
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const StepOrigin step = origin_of_step(step_of[i], i == 0);
    const bool below = i < base_layers;
    LayerOrigin layer{step.origin, std::string(step.rule), step.build_only};
    if (below) {
      // A base's own tools are there to build; the rest of it is what the image runs on.
      if (layer.build_only == BuildOnly::maybe) layer.build_only = BuildOnly::no;
      layer.origin = Origin::base_image;
      layer.rule = base_rule + (layer.build_only == BuildOnly::yes ? ": " + layer.rule : "");
    }
    builds[i] = step.builds && !below;
    result.layers.push_back(std::move(layer));
  }
  mark_sources(result.layers, builds, base_layers);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerOrigin& layer = result.layers[i];
    const std::int64_t bytes = layers[i].size.count;
    OriginSum& sum = result.sums[static_cast<std::size_t>(layer.origin)];
    ++sum.layers;
    sum.bytes += bytes;
    if (layer.build_only == BuildOnly::yes) result.build_only_least_bytes += bytes;
    if (layer.build_only != BuildOnly::no) result.build_only_most_bytes += bytes;
  }
  return result;
}

bool is_alpine(const ImageFile& image, const ImageContents* contents) {
  if (contents != nullptr && !contents->os_family.empty()) return contents->os_family == "alpine";
  for (const HistoryStep& step : image.steps) {
    if (!step.layer || *step.layer != 0) continue;
    if (has_word(step.created_by, "alpine")) return true;
  }
  // apk is Alpine's package manager, but also that of Wolfi, which has glibc.
  return std::any_of(image.steps.begin(), image.steps.end(),
                     [](const HistoryStep& step) {
                       return step.created_by.find("apk add") != std::string::npos;
                     }) &&
         std::none_of(image.steps.begin(), image.steps.end(), [](const HistoryStep& step) {
           return has_word(step.created_by, "wolfi") || has_word(step.created_by, "chainguard") ||
                  has_word(step.created_by, "apko");
         });
}

std::vector<std::string> image_remarks(const ImageFile& image, const ImageContents* contents) {
  std::vector<std::string> remarks;
  if (image.user && is_root_user(*image.user)) {
    remarks.emplace_back(
        "containers run as root; `USER` in the Dockerfile or runAsNonRoot in the "
        "pod changes that");
  }
  if (is_alpine(image, contents)) {
    remarks.emplace_back(
        "Alpine's C library is musl: prebuilt glibc programs and native modules do not run, names "
        "are resolved otherwise, threads have small stacks, malloc and locales differ "
        "(docs/contents.md)");
  }
  return remarks;
}

}  // namespace pullsim
