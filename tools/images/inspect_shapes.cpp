// What `docker manifest inspect -v` and `skopeo inspect` print: manifests in wrappers of their own.
#include <algorithm>

#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

/// The manifest inside one item; null if it has none.
const JsonNode* inner_manifest(const JsonNode& item) {
  const JsonNode* docker = item.get("SchemaV2Manifest");
  return docker != nullptr ? docker : item.get("OCIManifest");
}

/// New output has `Descriptor.platform`, the oldest `Platform` beside the manifest.
std::optional<Platform> item_platform(const JsonNode& item) {
  const JsonNode* descriptor = item.get("Descriptor");
  const JsonNode* platform = descriptor == nullptr ? nullptr : descriptor->get("platform");
  if (platform == nullptr) platform = item.get("Platform");
  return platform == nullptr ? std::nullopt : read_platform(*platform);
}

/// The item for the wanted platform, first match; null after a finding.
const JsonNode* choose_item(ReadContext& context, const JsonDocument& document) {
  const JsonNode& root = document.root();
  if (root.is(JsonKind::object)) return &root;
  const auto wanted = parse_platform(context.options.platform);
  PULLSIM_CHECK(wanted.has_value(), "the platform has been checked before a file is read");
  std::vector<std::string> offers;
  const JsonNode* best = nullptr;
  int best_rank = 0;
  for (const JsonNode& item : root.items) {
    const auto platform = item_platform(item);
    if (!platform || platform->os == "unknown" || inner_manifest(item) == nullptr) continue;
    offers.push_back(platform_text(*platform));
    const auto rank = platform_rank(*wanted, *platform);
    if (!rank || (best != nullptr && *rank >= best_rank)) continue;
    best = &item;
    best_rank = *rank;
  }
  if (best == nullptr && root.items.size() == 1 && inner_manifest(root.items[0]) != nullptr &&
      offers.empty()) {
    return &root.items[0];
  }
  if (best == nullptr) refuse_platform(context, document, root, std::move(offers));
  return best;
}

}  // namespace

MaybeImage read_manifest_inspect(ReadContext& context, const JsonDocument& document) {
  const JsonNode* item = choose_item(context, document);
  if (item == nullptr) return std::nullopt;
  const JsonNode* manifest = inner_manifest(*item);
  if (manifest == nullptr || !manifest->is(JsonKind::object)) {
    refuse(context, document, item, {"PS5018", "this item holds no manifest", {}, {}});
    return std::nullopt;
  }
  MaybeImage image = read_manifest(context, document, *manifest);
  if (!image) return std::nullopt;
  image->result.shape = "docker manifest inspect -v";
  image->result.image.ref = std::string(item->string_at("Ref"));
  const JsonNode* descriptor = item->get("Descriptor");
  const JsonNode* size = descriptor == nullptr ? nullptr : descriptor->get("size");
  if (size != nullptr) {
    const auto bytes = read_bytes(context, document, *size, "Descriptor.size");
    if (!bytes) return std::nullopt;
    image->result.image.manifest_size = Bytes{*bytes};
  }
  return image;
}

namespace {

/// Skopeo writes -1 where a size is not known, as with Docker schema 1.
bool is_unknown_size(const JsonNode& layer) {
  const JsonNode* size = layer.get("Size");
  return size == nullptr || (size->is(JsonKind::number) && size->text == "-1");
}

bool read_skopeo_layers(ReadContext& context, const JsonDocument& document, const JsonNode& layers,
                        ImageDraft& image) {
  constexpr DescriptorKeys kKeys{"MIMEType", "Digest", "Size"};
  LayerNotes notes;
  bool good = true;
  for (std::size_t i = 0; i < layers.items.size(); ++i) {
    const JsonNode& node = layers.items[i];
    const std::string path = "LayersData[" + std::to_string(i) + "]";
    const auto descriptor = read_descriptor(context, document, node, path, kKeys);
    if (!descriptor) {
      good = false;
      continue;
    }
    LayerDraft draft;
    draft.mark = document.mark(node);
    draft.layer.digest = descriptor->digest;
    draft.layer.size = descriptor->size;
    good = apply_layer_facts(context, document, node, *descriptor, draft, notes) && good;
    image.layers.push_back(std::move(draft));
  }
  add_layer_warnings(notes, image.result.warnings);
  return good;
}

}  // namespace

MaybeImage read_skopeo_inspect(ReadContext& context, const JsonDocument& document) {
  const JsonNode& root = document.root();
  const JsonNode* layers = root.get("LayersData");
  const char* const help = "run `skopeo inspect --raw docker://IMAGE` for the manifest itself";
  if (layers == nullptr) {
    const JsonNode* digests = root.find("Layers");
    refuse(context, document, digests,
           {"PS5002",
            "this output of `skopeo inspect` has no layer sizes",
            help,
            {"older versions list digests only"}});
    return std::nullopt;
  }
  if (!layers->is(JsonKind::array)) {
    refuse(context, document, layers, {"PS5018", "`LayersData` is not an array", {}, {}});
    return std::nullopt;
  }
  if (!check_layer_count(context, document, *layers)) return std::nullopt;
  const auto unknown = std::count_if(layers->items.begin(), layers->items.end(), is_unknown_size);
  if (unknown > 0) {
    const auto first = std::find_if(layers->items.begin(), layers->items.end(), is_unknown_size);
    refuse(context, document, &*first,
           {"PS5002",
            std::to_string(unknown) + " of " + std::to_string(layers->items.size()) +
                " layers have no size here",
            help,
            {"the size -1 stands for an old image whose manifest has no sizes"}});
    return std::nullopt;
  }
  ImageDraft image;
  image.layers_file = document.file();
  image.result.shape = "skopeo inspect";
  if (!read_skopeo_layers(context, document, *layers, image)) return std::nullopt;
  image.result.image.name = std::string(root.string_at("Name"));
  const std::string_view digest = root.string_at("Digest");
  image.result.image.ref = image.result.image.name;
  if (is_digest(digest) && !image.result.image.name.empty()) {
    image.result.image.ref += "@" + std::string(digest);
  }
  const auto wanted = parse_platform(context.options.platform);
  const auto platform = read_platform(root);
  if (wanted && platform && !platform_rank(*wanted, *platform)) {
    image.result.warnings.push_back("the image is for " + printable(platform_text(*platform)) +
                                    ", not for " + platform_text(*wanted));
  }
  return image;
}

}  // namespace pullsim
