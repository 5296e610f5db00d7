// Table of `images`. Manifests are read later, by image_loader.
#include "tools/input/scenario_draft.hpp"

#include <algorithm>

namespace pullsim {

namespace {

bool digest_form(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(":+._=-").find(c) != std::string_view::npos;
  });
}

void read_digest(Reader& reader, const YamlNode& node, WrittenLayer& out) {
  if (!TextCodec::read(reader, node, out.digest, {}) || digest_form(out.digest)) return;
  reader.error("PS2008", node.place, fmt::format("`{}` is not a digest", node.text),
               {"", "write it as registries do, `sha256:` and 64 hexadecimal digits", ""});
}

struct FileCodec : ReferenceCodec {
  static std::string type(const Rule&) { return "file"; }
};

const FieldTable<WrittenLayer>& layer_table() {
  static const FieldTable<WrittenLayer> table = [] {
    FieldTable<WrittenLayer> t;
    t.about("One layer, in the order of the image: base first.");
    t.custom({"digest", "text", "made from image name and position",
              "Identity of the layer; equal digests are one layer."},
             false, read_digest);
    t.add("size", &WrittenLayer::size, "Bytes as transferred.", {.required = true, .fixed = true});
    t.add("unpacked", &WrittenLayer::unpacked_written, "Bytes in the root file system.",
          {.fallback = "`size` times `unpackedRatio`; `size` for `none`", .fixed = true});
    t.add("files", &WrittenLayer::files_written, "Files in the layer; each costs CPU time.",
          {.fallback = "one for each 64 KiB unpacked; assumed"});
    t.add("compression", &WrittenLayer::compression, "How the blob is compressed.");
    return t;
  }();
  return table;
}

void read_layers(Reader& reader, const YamlNode& node, WrittenImage& out) {
  out.layers_given = true;
  read_list(reader, node, [&](const YamlNode& item, std::size_t) {
    WrittenLayer layer;
    layer.place = item.place;
    layer_table().read(reader, item, layer);
    out.layer_drafts.push_back(std::move(layer));
  });
}

}  // namespace

const FieldTable<WrittenImage>& image_table() {
  static const FieldTable<WrittenImage> table = [] {
    FieldTable<WrittenImage> t;
    t.about(
        "Images by name. Each has either `manifest` or `layers`. What a manifest does not say is "
        "assumed, with a warning.");
    t.add("ref", &WrittenImage::ref, "How Kubernetes objects name it: host, path, tag.",
          {.fallback = "the name"});
    t.add<FileCodec>(
        "manifest", &WrittenImage::manifest,
        "File relative to the scenario: a manifest or index, output of `docker` or `skopeo`, an "
        "OCI layout folder, a `docker save` archive.",
        {.fallback = "none"});
    t.custom<WrittenLayer>({"layers", "list of blocks", "none", "The layers, written here."}, false,
                           read_layers, layer_table, "[]");
    t.add("unpackedRatio", &WrittenImage::unpacked_ratio,
          "Unpacked bytes for each compressed byte, for layers that do not say.",
          {.fallback = "2.6, the median of Docker Hub layers"});
    t.add("scaledTo", &WrittenImage::scaled_to,
          "What if the image had this size as transferred: every layer, its unpacked bytes and its "
          "files are scaled by one factor. Scaled layers are shared with no other image.");
    t.add("index", &WrittenImage::index,
          "The reference names an index of several platforms, which a pull reads first.");
    t.add("startup", &WrittenImage::startup, "Process start to able to answer. Default assumed.");
    t.add("startupCpuPercent", &WrittenImage::startup_cpu_percent,
          "Share of `startup` that is work of one core, and takes longer where cores are short. "
          "Default assumed.",
          {.min = 0, .max = 100});
    return t;
  }();
  return table;
}

}  // namespace pullsim
