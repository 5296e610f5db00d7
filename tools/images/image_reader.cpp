// Reads a file or folder and tells its shape by content. Each shape is in a file of its own.
#include "tools/images/image_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTextMax = std::size_t{4} << 20;

void refuse_file(ReadContext& context, Refusal refusal) {
  Diagnostic finding;
  finding.code = std::move(refusal.code);
  finding.text = std::move(refusal.text);
  finding.file = context.file;
  finding.notes = std::move(refusal.notes);
  finding.help = std::move(refusal.help);
  context.diagnostics.add(std::move(finding));
}

/// At most one byte more than the limit, so that the limit can be seen to be passed.
std::string read_text(std::istream& stream) {
  std::string text(kTextMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

MaybeImage read_text_shape(ReadContext& context, std::string text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const bool json = first == std::string::npos || text[first] == '{' || text[first] == '[';
  if (!json && text.size() <= kTextMax) {
    context.diagnostics.set_source(context.file, text);
    refuse_file(context, {"PS5001",
                          "this file is not an image manifest",
                          "fetch one with `crane manifest IMAGE > FILE`",
                          {}});
    return std::nullopt;
  }
  const auto document = JsonDocument::parse(context.file, std::move(text), context.diagnostics);
  if (!document) return std::nullopt;
  return read_manifest(context, *document, document->root());
}

MaybeImage read_shape(ReadContext& context, const std::string& path) {
  if (path == "-") return read_text_shape(context, read_text(std::cin));
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    refuse_file(context, {"PS1001", "this file cannot be opened", "check the name and rights", {}});
    return std::nullopt;
  }
  return read_text_shape(context, read_text(stream));
}

}  // namespace

std::optional<ImageFile> read_image(const std::string& path, const ImageReadOptions& options,
                                    Diagnostics& diagnostics) {
  ReadContext context{options, diagnostics, path, {}};
  MaybeImage draft = read_shape(context, path);
  if (!draft) return std::nullopt;
  return finish_image(std::move(*draft), context);
}

void check_shared_digests(const std::vector<ImageFile>& images, Diagnostics& diagnostics) {
  struct Seen {
    Bytes size;
    const std::string* file;
  };
  std::map<std::string_view, Seen> seen;
  for (const ImageFile& image : images) {
    for (const LayerSpec& layer : image.image.layers) {
      const auto [entry, added] = seen.emplace(layer.digest, Seen{layer.size, &image.file});
      if (added || entry->second.size == layer.size || *entry->second.file == image.file) continue;
      Diagnostic finding;
      finding.code = "PS5005";
      finding.text = "one digest has two sizes: " + std::to_string(layer.size.count) +
                     " bytes here and " + std::to_string(entry->second.size.count) + " in " +
                     printable(*entry->second.file);
      finding.file = image.file;
      finding.notes = {layer.digest};
      finding.help = "fetch both manifests again; one of the two sizes is wrong";
      diagnostics.add(std::move(finding));
    }
  }
}

}  // namespace pullsim
