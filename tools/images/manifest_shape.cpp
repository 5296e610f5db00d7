// OCI and Docker schema 2 image manifests. Fields and layer types: OCI image specification,
// manifest.md, descriptor.md and layer.md; the `io.pullsim.*` annotations: docs/image-files.md.
#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

constexpr std::string_view kAnnotationPrefix = "io.pullsim.";

bool read_layers(ReadContext& context, const JsonDocument& document, const JsonNode& layers,
                 ImageDraft& image) {
  if (!check_layer_count(context, document, layers)) return false;
  LayerNotes notes;
  bool good = true;
  std::vector<const JsonNode*> sizeless;
  for (std::size_t i = 0; i < layers.items.size(); ++i) {
    const JsonNode& node = layers.items[i];
    const std::string path = "layers[" + std::to_string(i) + "]";
    const auto descriptor = read_descriptor(context, document, node, path);
    if (!descriptor) {
      good = false;
      continue;
    }
    if (descriptor->size_missing) sizeless.push_back(&node);
    LayerDraft draft;
    draft.mark = document.mark(node);
    draft.layer.digest = descriptor->digest;
    draft.layer.size = descriptor->size;
    good = apply_layer_facts(context, document, node, *descriptor, draft, notes) && good;
    image.layers.push_back(std::move(draft));
  }
  if (!sizeless.empty()) {
    refuse(context, document, sizeless.front(),
           {"PS5002",
            std::to_string(sizeless.size()) + " of " + std::to_string(layers.items.size()) +
                " layers have no size in the manifest",
            "fetch the manifest again, for example with `crane manifest`, or give sizes under "
            "`layers` in the scenario",
            {}});
    good = false;
  }
  add_layer_warnings(notes, image.result.warnings);
  return good;
}

/// Size of the config blob; what is not said stays as assumed, with a warning.
bool read_config(ReadContext& context, const JsonDocument& document, const JsonNode& manifest,
                 ImageDraft& image) {
  const JsonNode* config = manifest.get("config");
  std::optional<Descriptor> descriptor;
  if (config != nullptr) {
    descriptor = read_descriptor(context, document, *config, "config");
    if (!descriptor) return false;
  }
  if (descriptor && !descriptor->size_missing) {
    image.result.image.config_size = descriptor->size;
  } else {
    image.result.warnings.push_back("the manifest does not give the size of the config blob; " +
                                    std::to_string(image.result.image.config_size.count) +
                                    " bytes are assumed");
  }
  if (descriptor && context.blobs.read) {
    const std::string path = blob_path(descriptor->digest);
    if (auto text = context.blobs.read(path)) {
      const auto blob = JsonDocument::parse(context.blobs.name + "/" + path, std::move(*text),
                                            context.diagnostics);
      if (!blob) return false;
      image.config = read_image_config(blob->root());
    }
  }
  return true;
}

/// Name and size of the manifest as stored; a file with annotations of ours is not what is stored.
void read_names(const JsonDocument& document, const JsonNode& manifest, ImageDraft& image) {
  bool annotated_by_us = false;
  if (const JsonNode* annotations = manifest.get("annotations")) {
    for (const JsonNode& entry : annotations->items) {
      if (entry.key.compare(0, kAnnotationPrefix.size(), kAnnotationPrefix) == 0) {
        annotated_by_us = true;
      }
    }
    const std::string name(annotations->string_at("io.pullsim.image.name"));
    const std::string tag(annotations->string_at("io.pullsim.image.tag"));
    image.result.image.name = name;
    const auto on_disk =
        parse_printed_size(annotations->string_at("io.pullsim.image.virtual-size"));
    if (on_disk) image.result.on_disk_reported = Bytes{*on_disk};
    image.result.image.ref = tag.empty() || name.empty() ? name : name + ":" + tag;
  }
  if (!annotated_by_us && &manifest == &document.root()) {
    image.result.image.manifest_size = Bytes{static_cast<std::int64_t>(document.text().size())};
  }
}

bool check_version(ReadContext& context, const JsonDocument& document, const JsonNode& manifest) {
  const JsonNode* version = manifest.get("schemaVersion");
  if (version == nullptr) return true;
  if (version->is(JsonKind::number) && version->text == "2") return true;
  refuse(
      context, document, version,
      {"PS5007", "`schemaVersion` is not 2", "fetch the manifest again with a current client", {}});
  return false;
}

}  // namespace

MaybeImage read_manifest(ReadContext& context, const JsonDocument& document,
                         const JsonNode& manifest) {
  if (!check_version(context, document, manifest)) return std::nullopt;
  ImageDraft image;
  image.layers_file = document.file();
  const std::string_view type = manifest.string_at("mediaType");
  image.result.shape = type.find("vnd.docker") != std::string_view::npos
                           ? "Docker image manifest, schema 2"
                           : "OCI image manifest";
  bool good = true;
  const JsonNode* layers = manifest.get("layers");  // artifacts are seen with `null`
  if (layers != nullptr && !layers->is(JsonKind::array)) {
    refuse(context, document, layers, {"PS5018", "`layers` is not an array", {}, {}});
    good = false;
  } else if (layers != nullptr) {
    good = read_layers(context, document, *layers, image);
  }
  read_names(document, manifest, image);
  good = good && read_config(context, document, manifest, image);
  if (!good) return std::nullopt;
  if (image.layers.empty()) image.result.warnings.push_back("the manifest has no layers");
  return image;
}

}  // namespace pullsim
