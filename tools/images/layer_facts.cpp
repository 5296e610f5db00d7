// What a layer's media type, annotations and inline data say: compression, unpacked size, files,
// whether a registry serves it.
#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

// Layers that hold an empty tar: what BuildKit and older Docker push for steps without files.
constexpr std::string_view kEmptyTars[] = {
    "sha256:4f4fb700ef54461cfa02571ae0db9a0dc1e0cdb5577484a6d75e68dc38e8acc1",
    "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4",
};

bool is_empty_tar(std::string_view digest) {
  for (const std::string_view empty : kEmptyTars) {
    if (digest == empty) return true;
  }
  return false;
}

/// A decimal count in an annotation; absent when not given. `good` becomes false on a bad one.
std::optional<std::int64_t> annotated_count(ReadContext& context, const JsonDocument& document,
                                            const JsonNode* annotations, std::string_view key,
                                            bool& good) {
  const JsonNode* value = annotations == nullptr ? nullptr : annotations->get(key);
  if (value == nullptr) return std::nullopt;
  const IntegerReading reading = read_json_count(std::string_view(value->text));
  if (value->is(JsonKind::string) && reading.fault == IntegerFault::none) return reading.value;
  refuse(context, document, value,
         {"PS5003",
          "annotation `" + std::string(key) + "` is not a count",
          "write a text of decimal digits, like \"81920\"",
          {}});
  good = false;
  return std::nullopt;
}

/// `Annotations` is how skopeo spells them.
const JsonNode* layer_annotations(const JsonNode& node) {
  const JsonNode* annotations = node.get("annotations");
  return annotations != nullptr ? annotations : node.get("Annotations");
}

bool read_annotations(ReadContext& context, const JsonDocument& document, const JsonNode& node,
                      LayerDraft& draft) {
  const JsonNode* annotations = layer_annotations(node);
  bool good = true;
  const auto count = [&](std::string_view key) {
    return annotated_count(context, document, annotations, key, good);
  };
  const auto stargz = count("io.containers.estargz.uncompressed-size");
  const auto unpacked = count("io.pullsim.layer.unpacked");
  const auto files = count("io.pullsim.layer.files");
  if (unpacked || stargz) {
    draft.layer.unpacked = Bytes{unpacked ? *unpacked : *stargz};
    draft.unpacked_known = true;
  }
  if (files) {
    draft.layer.files = *files;
    draft.files_known = true;
  }
  if (annotations != nullptr) {
    draft.layer.created_by = std::string(annotations->string_at("io.pullsim.layer.created-by"));
  }
  return good;
}

}  // namespace

void apply_kind(const Descriptor& descriptor, bool inline_data, LayerDraft& draft,
                LayerNotes& notes) {
  const LayerKind kind = layer_kind(descriptor.media_type);
  draft.layer.compression = kind.compression;
  if (kind.assumed) ++notes.untyped;
  if (kind.encrypted) ++notes.encrypted;
  if (kind.foreign) {
    draft.layer.fetched = false;
    ++notes.foreign;
  } else if (inline_data) {
    draft.layer.fetched = false;
    ++notes.inline_data;
  }
  if (!kind.unpacked || is_empty_tar(descriptor.digest)) {
    draft.layer.unpacked = Bytes{0};
    draft.layer.files = 0;
    draft.unpacked_known = true;
    draft.files_known = true;
  }
  if (!kind.unpacked) ++notes.not_unpacked;
}

bool apply_layer_facts(ReadContext& context, const JsonDocument& document, const JsonNode& node,
                       const Descriptor& descriptor, LayerDraft& draft, LayerNotes& notes) {
  const bool good = read_annotations(context, document, node, draft);
  apply_kind(descriptor, node.get("data") != nullptr, draft, notes);
  return good;
}

bool check_layer_count(ReadContext& context, const JsonDocument& document, const JsonNode& layers) {
  if (layers.items.size() <= kLayersMax) return true;
  refuse(context, document, &layers,
         {"PS5017",
          "this image has " + std::to_string(layers.items.size()) + " layers, the limit is " +
              std::to_string(kLayersMax),
          "check the file; no image has that many",
          {}});
  return false;
}

}  // namespace pullsim
