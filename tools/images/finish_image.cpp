// The last step of every shape: sizes that follow from a ratio, file counts, sums, one digest with
// two sizes, and the warnings that say what was assumed.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

constexpr std::int64_t kBytesMax = std::numeric_limits<std::int64_t>::max();

/// A plural that reads well: "1 layer", "3 layers".
std::string layers_text(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " layer" : " layers");
}

/// The nearest whole number of bytes; absent when it does not fit.
std::optional<std::int64_t> rounded(double bytes) {
  constexpr double end = 9.2e18;
  if (!(bytes >= 0 && bytes < end)) return std::nullopt;
  return std::llround(bytes);
}

struct Assumed {
  std::int64_t unpacked = 0;
  std::int64_t sizes = 0;
};

/// Fills what the layer's source left open; false when a size does not fit.
bool fill(LayerDraft& draft, const ImageReadOptions& options, Assumed& assumed) {
  LayerSpec& layer = draft.layer;
  if (!draft.size_known) {
    const auto size =
        layer.compression == Compression::none
            ? std::optional<std::int64_t>(layer.unpacked.count)
            : rounded(static_cast<double>(layer.unpacked.count) / options.unpacked_ratio);
    if (!size) return false;
    layer.size = Bytes{*size};
    ++assumed.sizes;
  }
  if (!draft.unpacked_known && layer.compression == Compression::none) {
    layer.unpacked = layer.size;
  } else if (!draft.unpacked_known) {
    const auto unpacked = rounded(static_cast<double>(layer.size.count) * options.unpacked_ratio);
    if (!unpacked) return false;
    layer.unpacked = Bytes{*unpacked};
    ++assumed.unpacked;
  }
  if (!draft.files_known) {
    const double files = static_cast<double>(layer.unpacked.count) / options.bytes_per_file;
    layer.files = static_cast<std::int64_t>(std::min(std::ceil(files), 9.2e18));
  }
  return true;
}

Diagnostic finding_at(const ImageDraft& draft, const Mark& mark) {
  Diagnostic finding;
  finding.file = draft.layers_file;
  finding.at = mark;
  return finding;
}

/// One blob cannot have two sizes.
bool check_sizes(const ImageDraft& draft, Diagnostics& diagnostics) {
  std::map<std::string, const LayerDraft*> first;
  bool good = true;
  for (const LayerDraft& layer : draft.layers) {
    const auto [entry, added] = first.emplace(layer.layer.digest, &layer);
    if (added || entry->second->layer.size == layer.layer.size) continue;
    Diagnostic finding = finding_at(draft, layer.mark);
    finding.code = "PS5005";
    finding.text = "one digest has two sizes: " + std::to_string(entry->second->layer.size.count) +
                   " and " + std::to_string(layer.layer.size.count) + " bytes";
    finding.at.label = "again here";
    finding.also = entry->second->mark;
    finding.also->label = "first here";
    finding.notes = {layer.layer.digest};
    finding.help = "fetch the manifest again; one of the two sizes is wrong";
    diagnostics.add(std::move(finding));
    good = false;
  }
  return good;
}

/// Totals are plain sums later on, so they have to fit.
bool check_sums(const ImageDraft& draft, Diagnostics& diagnostics) {
  std::int64_t size = 0;
  std::int64_t unpacked = 0;
  for (const LayerDraft& draft_layer : draft.layers) {
    const LayerSpec& layer = draft_layer.layer;
    if (layer.size.count > kBytesMax - size || layer.unpacked.count > kBytesMax - unpacked) {
      Diagnostic finding = finding_at(draft, draft_layer.mark);
      finding.code = "PS5006";
      finding.text = layer.size.count > kBytesMax - size
                         ? "the sizes of the layers add up to more than 2^63 - 1 bytes"
                         : "the unpacked sizes of the layers add up to more than 2^63 - 1 bytes";
      finding.help = "check the sizes; no image is that large";
      diagnostics.add(std::move(finding));
      return false;
    }
    size += layer.size.count;
    unpacked += layer.unpacked.count;
  }
  return true;
}

void add_ratio_warnings(const Assumed& assumed, const ImageReadOptions& options, std::size_t layers,
                        std::vector<std::string>& warnings) {
  if (assumed.sizes > 0) {
    warnings.push_back(fmt::format(
        "sizes on the wire of {} of {} layers are taken as unpacked size / {}; a registry manifest "
        "has the true ones (`crane manifest`)",
        assumed.sizes, layers, options.unpacked_ratio));
  }
  if (assumed.unpacked > 0 && !options.ratio_given) {
    warnings.push_back(fmt::format(
        "unpacked sizes of {} of {} layers are taken as {} x size; give `unpackedRatio`, or the "
        "annotation `io.pullsim.layer.unpacked` on the layers",
        assumed.unpacked, layers, options.unpacked_ratio));
  }
}

}  // namespace

void add_layer_warnings(const LayerNotes& notes, std::vector<std::string>& warnings) {
  const auto add = [&](std::int64_t count, const std::string& text) {
    if (count > 0) warnings.push_back(layers_text(count) + text);
  };
  add(notes.foreign, " not served by the registry (foreign): downloading is left out");
  add(notes.inline_data, " held in the manifest itself: downloading is left out");
  add(notes.not_unpacked, " of an artifact or attestation: transferred, not unpacked");
  add(notes.encrypted, " encrypted: time for decryption is left out");
  add(notes.untyped, " without media type: taken as gzip");
}

std::optional<ImageFile> finish_image(ImageDraft draft, ReadContext& context) {
  Assumed assumed;
  for (LayerDraft& layer : draft.layers) {
    if (fill(layer, context.options, assumed)) continue;
    Diagnostic finding = finding_at(draft, layer.mark);
    finding.code = "PS5006";
    finding.text = "the unpacked size of a layer is above 2^63 - 1 bytes";
    finding.help = "check the sizes; no image is that large";
    context.diagnostics.add(std::move(finding));
    return std::nullopt;
  }
  const bool sizes_agree = check_sizes(draft, context.diagnostics);
  if (!check_sums(draft, context.diagnostics) || !sizes_agree) return std::nullopt;
  ImageFile result = std::move(draft.result);
  add_ratio_warnings(assumed, context.options, draft.layers.size(), result.warnings);
  result.file = context.file;
  result.image.file = context.file;
  if (result.image.ref.empty()) result.image.ref = result.image.name;
  for (LayerDraft& layer : draft.layers) result.image.layers.push_back(std::move(layer.layer));
  if (result.steps.empty()) {
    for (std::size_t i = 0; i < result.image.layers.size(); ++i) {
      result.steps.push_back({result.image.layers[i].created_by, i});
    }
  }
  if (draft.config) adopt_config(*draft.config, result);
  return result;
}

}  // namespace pullsim
