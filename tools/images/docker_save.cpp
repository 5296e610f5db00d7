// `manifest.json` of `docker save`: paths of layers beside it, plain tars from the classic image
// store, compressed blobs from containerd's. A registry would serve plain ones compressed.
#include <algorithm>

#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

/// The config of an item, if it is there and can be read; findings only if it is there.
std::optional<JsonDocument> load_config(const ReadContext& context, const JsonNode& item,
                                        Diagnostics& diagnostics) {
  const std::string path(item.string_at("Config"));
  if (path.empty() || !context.blobs.read) return std::nullopt;
  auto text = context.blobs.read(path);
  if (!text) return std::nullopt;
  return JsonDocument::parse(context.blobs.name + "/" + path, std::move(*text), diagnostics);
}

std::string first_tag(const JsonNode& item) {
  const JsonNode* tags = item.get("RepoTags");
  if (tags == nullptr || tags->items.empty()) return {};
  return tags->items.front().text;
}

const JsonNode* choose_item(ReadContext& context, const JsonDocument& document) {
  const JsonNode& root = document.root();
  if (root.items.size() == 1) return &root.items.front();
  const auto wanted = parse_platform(context.options.platform);
  PULLSIM_CHECK(wanted.has_value(), "the platform has been checked before a file is read");
  if (root.items.size() > kEntriesMax) {
    refuse(context, document, &root,
           {"PS5017",
            "this archive has more than " + std::to_string(kEntriesMax) + " images",
            "save the one you mean alone: `docker save IMAGE -o FILE`",
            {}});
    return nullptr;
  }
  std::vector<const JsonNode*> suitable;
  std::vector<std::string> offers;
  std::vector<std::string> names;
  for (const JsonNode& item : root.items) {
    Diagnostics unused;  // the chosen item's config is read again, with its findings
    const auto config = load_config(context, item, unused);
    const auto platform = config ? read_platform(config->root()) : std::nullopt;
    if (platform) offers.push_back(platform_text(*platform));
    if (platform && !platform_rank(*wanted, *platform)) continue;
    suitable.push_back(&item);
    const std::string tag = first_tag(item);
    names.push_back(tag.empty() ? std::string(item.string_at("Config")) : tag);
  }
  if (suitable.size() == 1) return suitable.front();
  if (suitable.empty()) {
    refuse_platform(context, document, root, std::move(offers));
  } else {
    refuse(context, document, &root,
           {"PS5015", "here are " + std::to_string(suitable.size()) + " images, one is wanted",
            "save the one you mean alone: `docker save IMAGE -o FILE`", shortened(names)});
  }
  return nullptr;
}

/// Digests of the unpacked layers, when there is one for each layer.
std::vector<std::string> diff_ids(const JsonNode* config, std::size_t layers) {
  std::vector<std::string> ids;
  const JsonNode* rootfs = config == nullptr ? nullptr : config->get("rootfs");
  const JsonNode* list = rootfs == nullptr ? nullptr : rootfs->get("diff_ids");
  if (list == nullptr || list->items.size() != layers) return ids;
  for (const JsonNode& id : list->items) ids.push_back(id.text);
  return ids;
}

/// `blobs/sha256/HEX` is the blob sha256:HEX.
std::string digest_of_path(const std::string& path) {
  constexpr std::string_view kFolder = "blobs/";
  const std::size_t slash = path.rfind('/');
  if (path.compare(0, kFolder.size(), kFolder) != 0 || slash < kFolder.size()) return {};
  const std::string digest =
      path.substr(kFolder.size(), slash - kFolder.size()) + ":" + path.substr(slash + 1);
  return is_digest(digest) ? digest : std::string();
}

/// Size and digest by `LayerSources`, which is keyed by the digest of the unpacked layer.
bool apply_source(ReadContext& context, const JsonDocument& document, const JsonNode& item,
                  const std::string& diff_id, LayerDraft& draft, bool& found) {
  const JsonNode* sources = item.get("LayerSources");
  const JsonNode* source = sources == nullptr ? nullptr : sources->get(diff_id);
  if (source == nullptr) return true;
  const auto descriptor = read_descriptor(context, document, *source, "LayerSources");
  if (!descriptor) return false;
  if (descriptor->size_missing) return true;
  found = true;
  draft.layer.digest = descriptor->digest;
  const LayerKind kind = layer_kind(descriptor->media_type);
  draft.layer.fetched = !kind.foreign;
  if (kind.unpacked && kind.compression == Compression::none) {
    draft.layer.unpacked = descriptor->size;
    draft.unpacked_known = true;
    draft.size_known = false;
  } else {
    draft.layer.size = descriptor->size;
    draft.layer.compression = kind.compression;
  }
  return true;
}

/// Size by the file itself; false after a finding.
bool apply_file(ReadContext& context, const JsonDocument& document, const JsonNode& node,
                LayerDraft& draft) {
  const auto facts =
      context.blobs.facts ? context.blobs.facts(node.text) : std::optional<BlobFacts>();
  if (!facts) {
    refuse(context, document, &node,
           {"PS5016",
            "the layer `" + printable(node.text) + "` is not here",
            "give the whole archive that `docker save` wrote",
            {}});
    return false;
  }
  if (facts->compression == Compression::none) {
    draft.layer.unpacked = Bytes{facts->size};
    draft.unpacked_known = true;
    draft.size_known = false;
  } else {
    draft.layer.size = Bytes{facts->size};
    draft.layer.compression = facts->compression;
  }
  return true;
}

bool read_layer(ReadContext& context, const JsonDocument& document, const JsonNode& item,
                const JsonNode& node, const std::string& diff_id, ImageDraft& image) {
  if (!node.is(JsonKind::string)) {
    refuse(context, document, &node, {"PS5018", "this layer is not the path of a file", {}, {}});
    return false;
  }
  LayerDraft draft;
  draft.mark = document.mark(node);
  draft.layer.digest = digest_of_path(node.text);
  if (draft.layer.digest.empty()) draft.layer.digest = is_digest(diff_id) ? diff_id : node.text;
  bool found = false;
  if (!apply_source(context, document, item, diff_id, draft, found)) return false;
  if (!found && !apply_file(context, document, node, draft)) return false;
  image.layers.push_back(std::move(draft));
  return true;
}

}  // namespace

MaybeImage read_docker_save(ReadContext& context, const JsonDocument& document) {
  const JsonNode* item = choose_item(context, document);
  if (item == nullptr) return std::nullopt;
  const JsonNode* layers = item->get("Layers");
  if (layers == nullptr || !layers->is(JsonKind::array)) {
    refuse(context, document, item, {"PS5018", "`Layers` is not an array of paths", {}, {}});
    return std::nullopt;
  }
  if (!check_layer_count(context, document, *layers)) return std::nullopt;
  const std::size_t errors = context.diagnostics.error_count();
  const auto config = load_config(context, *item, context.diagnostics);
  if (context.diagnostics.error_count() > errors) return std::nullopt;
  const JsonNode* config_root = config ? &config->root() : nullptr;
  const auto ids = diff_ids(config_root, layers->items.size());
  ImageDraft image;
  image.layers_file = document.file();
  image.result.shape = "docker save archive";
  image.result.image.ref = first_tag(*item);
  bool good = true;
  for (std::size_t i = 0; i < layers->items.size(); ++i) {
    const std::string id = ids.empty() ? std::string() : ids[i];
    good = read_layer(context, document, *item, layers->items[i], id, image) && good;
  }
  if (!good) return std::nullopt;
  if (config) {
    image.result.image.config_size = Bytes{static_cast<std::int64_t>(config->text().size())};
    image.config = read_image_config(*config_root);
  }
  if (std::any_of(image.layers.begin(), image.layers.end(),
                  [](const LayerDraft& draft) { return !draft.size_known; })) {
    image.result.warnings.push_back(
        "digests are those of unpacked layers: what is shared with images read from a registry's "
        "manifest is not seen");
  }
  return image;
}

}  // namespace pullsim
