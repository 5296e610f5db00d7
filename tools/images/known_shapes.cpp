// Which shape a JSON text has, by its fields, in the order in which they exclude each other; and
// what to say about shapes that hold no layer sizes.
#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

bool has(const JsonNode& node, std::string_view name) { return node.find(name) != nullptr; }

const char* const kFetchHelp = "fetch the manifest: `crane manifest IMAGE > FILE`";

/// A type at the top that says the opposite of the fields, or fields that exclude each other.
const JsonNode* contradiction(const JsonNode& root, std::string& text) {
  const bool index = has(root, "manifests");
  const bool manifest = has(root, "layers") || has(root, "config");
  if (index && manifest) {
    text = "this document has `manifests` and also `layers` or `config`";
    return root.find("manifests");
  }
  const std::string_view type = root.string_at("mediaType");
  const bool index_type = type.find("manifest.list") != std::string_view::npos ||
                          type.find("image.index") != std::string_view::npos;
  const bool manifest_type = type == "application/vnd.oci.image.manifest.v1+json" ||
                             type == "application/vnd.docker.distribution.manifest.v2+json";
  if ((index_type && manifest) || (manifest_type && index)) {
    text = "`mediaType` says something else than the fields";
    return root.find("mediaType");
  }
  return nullptr;
}

bool is_schema_1(const JsonNode& root) {
  const JsonNode* version = root.get("schemaVersion");
  return has(root, "fsLayers") ||
         (version != nullptr && version->is(JsonKind::number) && version->text == "1");
}

/// The shapes of arrays; the items decide. False when none fits.
bool array_has(const JsonNode& root, std::string_view key) {
  for (const JsonNode& item : root.items) {
    if (has(item, key)) return true;
  }
  return false;
}

bool is_history_row(const JsonNode& row) {
  return (has(row, "CreatedBy") && has(row, "Size")) || (has(row, "createdBy") && has(row, "size"));
}

MaybeImage read_array(ReadContext& context, const JsonDocument& document) {
  const JsonNode& root = document.root();
  if (!root.items.empty() && is_history_row(root.items.front())) {
    return read_history_json(context, document, root);
  }
  if (array_has(root, "SchemaV2Manifest") || array_has(root, "OCIManifest")) {
    return read_manifest_inspect(context, document);
  }
  if (array_has(root, "Layers") && !array_has(root, "RootFS")) {
    return read_docker_save(context, document);
  }
  refuse_shape(context, document);
  return std::nullopt;
}

struct Known {
  const char* text;
  const char* help;
};

/// Shapes without layer sizes, by the fields that give them away.
std::optional<Known> known_without_layers(const JsonNode& root) {
  if (root.is(JsonKind::array)) {
    if (root.items.empty()) {
      return Known{"this array is empty", "the image was not found; check its name"};
    }
    if (array_has(root, "RootFS")) {
      return Known{"`docker image inspect` gives the total on disk and no sizes of layers",
                   "run `docker history --no-trunc --format json IMAGE`, or better "
                   "`crane manifest IMAGE`"};
    }
    return std::nullopt;
  }
  if (has(root, "errors")) {
    return Known{"this is the registry's error message, not a manifest",
                 "log in or check the name of the image, then fetch it again"};
  }
  if (has(root, "rootfs") || (has(root, "history") && has(root, "architecture"))) {
    return Known{"this is the config of an image, which has no sizes of layers", kFetchHelp};
  }
  if (has(root, "RootFS")) {
    return Known{"`docker image inspect` gives the total on disk and no sizes of layers",
                 "run `docker history --no-trunc --format json IMAGE`, or better "
                 "`crane manifest IMAGE`"};
  }
  if (has(root, "images") || has(root, "status") || has(root, "items")) {
    return Known{"a node's list of images has their total sizes and no layers", kFetchHelp};
  }
  if (has(root, "repos") || has(root, "platforms")) {
    return Known{"this list holds many images, one is wanted",
                 "cut out the object of one platform, the one with `layers`"};
  }
  if (has(root, "imageLayoutVersion")) {
    return Known{"this file only marks an OCI layout", "give the folder it is in"};
  }
  return std::nullopt;
}

}  // namespace

void refuse_shape(ReadContext& context, const JsonDocument& document) {
  const JsonNode& root = document.root();
  if (root.is(JsonKind::object) && has(root, "digest") && has(root, "size")) {
    refuse(context, document, &root,
           {"PS5013",
            "this is a descriptor: it names a manifest and holds no layers",
            "fetch what it names: `crane manifest IMAGE@" + printable(root.string_at("digest")) +
                " > FILE`",
            {}});
    return;
  }
  if (const auto known = known_without_layers(root)) {
    refuse(context, document, &root, {"PS5014", known->text, known->help, {}});
    return;
  }
  refuse(context, document, &root,
         {"PS5001",
          "this is not a known shape of an image manifest",
          kFetchHelp,
          {"a manifest is an object with `layers`, an index one with `manifests`"}});
}

MaybeImage read_stored(ReadContext& context, const JsonDocument& document, int depth) {
  const JsonNode& root = document.root();
  if (!root.is(JsonKind::object)) {
    refuse_shape(context, document);
    return std::nullopt;
  }
  if (is_schema_1(root)) {
    refuse(context, document, root.find("schemaVersion"),
           {"PS5008",
            "this is a manifest of Docker schema 1, which has no sizes of layers",
            "push the image again with a current client, then fetch its manifest",
            {"registries and container runtimes have given up this format"}});
    return std::nullopt;
  }
  std::string text;
  if (const JsonNode* node = contradiction(root, text)) {
    refuse(context, document, node,
           {"PS5009",
            text,
            "keep either an index or a manifest in one file",
            {"readers would disagree about what this is"}});
    return std::nullopt;
  }
  if (has(root, "manifests")) return read_index(context, document, root, depth);
  if (has(root, "layers")) return read_manifest(context, document, root);
  if (has(root, "config") && has(root, "schemaVersion")) {
    refuse(context, document, &root, {"PS5018", "this manifest has no `layers`", kFetchHelp, {}});
    return std::nullopt;
  }
  refuse_shape(context, document);
  return std::nullopt;
}

MaybeImage read_json_shape(ReadContext& context, const JsonDocument& document) {
  const JsonNode& root = document.root();
  if (root.is(JsonKind::array)) return read_array(context, document);
  if (has(root, "SchemaV2Manifest") || has(root, "OCIManifest")) {
    return read_manifest_inspect(context, document);
  }
  if (has(root, "LayersData") || (has(root, "Layers") && has(root, "RepoTags"))) {
    return read_skopeo_inspect(context, document);
  }
  const bool list = has(root, "simpleTags") || has(root, "dockerfile");
  if (list && has(root, "layers") && !has(root, "schemaVersion")) {
    return read_build_list(context, document);
  }
  const JsonNode* dive = root.get("layer");
  if (dive != nullptr && dive->is(JsonKind::array) && has(root, "image")) {
    return read_dive(context, document);
  }
  return read_stored(context, document);
}

}  // namespace pullsim
