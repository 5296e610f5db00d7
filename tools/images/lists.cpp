// Layer lists of other tools: the build metadata that dotnet/versions publishes (top layer first)
// and the analysis that `dive` writes (unpacked sizes, digests of unpacked layers).
#include <algorithm>

#include "tools/images/shapes.hpp"

namespace pullsim {

MaybeImage read_build_list(ReadContext& context, const JsonDocument& document) {
  const JsonNode& root = document.root();
  const JsonNode* layers = root.get("layers");
  PULLSIM_CHECK(layers != nullptr, "a build list is recognised by its layers");
  if (!layers->is(JsonKind::array)) {
    refuse(context, document, layers, {"PS5018", "`layers` is not an array", {}, {}});
    return std::nullopt;
  }
  if (!check_layer_count(context, document, *layers)) return std::nullopt;
  ImageDraft image;
  image.layers_file = document.file();
  image.result.shape = "build metadata list";
  for (std::size_t i = 0; i < layers->items.size(); ++i) {
    const JsonNode& node = layers->items[i];
    if (node.is(JsonKind::string)) {
      refuse(context, document, layers,
             {"PS5002",
              "this list has digests of layers and no sizes",
              "use a list of May 2025 or later, or `crane manifest`",
              {}});
      return std::nullopt;
    }
    const std::string path = "layers[" + std::to_string(i) + "]";
    const auto descriptor = read_descriptor(context, document, node, path);
    if (!descriptor) return std::nullopt;
    if (descriptor->size_missing) {
      refuse(context, document, &node, {"PS5002", "`" + path + "` has no size", {}, {}});
      return std::nullopt;
    }
    LayerDraft draft;
    draft.mark = document.mark(node);
    draft.layer.digest = descriptor->digest;
    draft.layer.size = descriptor->size;
    image.layers.push_back(std::move(draft));
  }
  std::reverse(image.layers.begin(), image.layers.end());
  const std::string_view digest = root.string_at("digest");
  image.result.image.ref = std::string(digest);
  image.result.image.name = std::string(digest.substr(0, digest.find('@')));
  LayerNotes notes;
  notes.untyped = static_cast<std::int64_t>(image.layers.size());
  add_layer_warnings(notes, image.result.warnings);
  return image;
}

MaybeImage read_dive(ReadContext& context, const JsonDocument& document) {
  const JsonNode* layers = document.root().get("layer");
  PULLSIM_CHECK(layers != nullptr, "the analysis is recognised by its layers");
  if (!check_layer_count(context, document, *layers)) return std::nullopt;
  constexpr DescriptorKeys kKeys{"mediaType", "digestId", "sizeBytes"};
  ImageDraft image;
  image.layers_file = document.file();
  image.result.shape = "dive analysis";
  for (std::size_t i = 0; i < layers->items.size(); ++i) {
    const JsonNode& node = layers->items[i];
    const std::string path = "layer[" + std::to_string(i) + "]";
    const auto descriptor = read_descriptor(context, document, node, path, kKeys);
    if (!descriptor) return std::nullopt;
    if (descriptor->size_missing) {
      refuse(context, document, &node, {"PS5002", "`" + path + "` has no size", {}, {}});
      return std::nullopt;
    }
    LayerDraft draft;
    draft.mark = document.mark(node);
    draft.layer.digest = descriptor->digest;
    draft.layer.unpacked = descriptor->size;
    draft.layer.created_by = std::string(node.string_at("command"));
    draft.unpacked_known = true;
    draft.size_known = false;
    image.layers.push_back(std::move(draft));
  }
  image.result.warnings.push_back(
      "digests are those of unpacked layers: what is shared with images read from a registry's "
      "manifest is not seen");
  return image;
}

}  // namespace pullsim
