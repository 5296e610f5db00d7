// Reads a file or folder and tells its shape by content. Each shape is in a file of its own.
#include "tools/images/image_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "tools/images/shapes.hpp"
#include "tools/input/text.hpp"

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

/// One JSON object after another is what `docker history --format json` prints.
bool is_history_lines(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.find("\"CreatedBy\"") != std::string_view::npos &&
         line.find("\"Size\"") != std::string_view::npos && line.front() == '{';
}

MaybeImage read_text_shape(ReadContext& context, std::string text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string::npos && text.size() <= kTextMax) {
    const std::string_view content = std::string_view(text).substr(first);
    if (is_history_lines(content)) {
      const auto lines =
          JsonDocument::parse_sequence(context.file, std::move(text), context.diagnostics);
      return lines ? read_history_json(context, *lines, lines->root()) : std::nullopt;
    }
    if (is_history_table(text)) {
      context.diagnostics.set_source(context.file, text);
      return read_history_table(context, text);
    }
    if (content.front() != '{' && content.front() != '[') {
      if (first_bad_utf8(text) == std::string_view::npos && is_markdown_page(text)) {
        context.diagnostics.set_source(context.file, text);
        return read_markdown_page(context, text);
      }
      context.diagnostics.set_source(context.file, text);
      const char* const help = "fetch one with `crane manifest IMAGE > FILE`";
      refuse_file(context, {"PS5001", "this file is not an image manifest", help, {}});
      return std::nullopt;
    }
  }
  const auto document = JsonDocument::parse(context.file, std::move(text), context.diagnostics);
  return document ? read_json_shape(context, *document) : std::nullopt;
}

/// A tar, plain or compressed, by its first bytes.
bool is_archive(std::string_view start) {
  constexpr std::size_t kTarMark = 257;
  if (start.size() >= kTarMark + 5 && start.substr(kTarMark, 5) == "ustar") return true;
  if (compression_of(start) != Compression::none) return true;
  return start.substr(0, 3) == "BZh" || start.substr(0, 5) ==
                                            "\xFD"
                                            "7zXZ";
}

MaybeImage read_shape(ReadContext& context, const std::string& path) {
  if (path == "-") return read_text_shape(context, read_text(std::cin));
  std::error_code error;
  if (fs::is_directory(path, error)) return read_folder(context, path);
  std::ifstream stream(path, std::ios::binary);
  if (!fs::exists(path, error)) {
    refuse_file(context, {"PS1001", "this file does not exist", "", {}});
    return std::nullopt;
  }
  if (!stream) {
    refuse_file(context, {"PS1002", "this file cannot be read", "check its permissions", {}});
    return std::nullopt;
  }
  std::string text = read_text(stream);
  if (is_archive(text)) return read_archive(context, path);
  const std::string folder = fs::path(path).parent_path().string();
  if (fs::exists(fs::path(folder) / "oci-layout", error)) {
    context.blobs = folder_source(folder, folder.empty() ? "." : folder);
  }
  return read_text_shape(context, std::move(text));
}

bool check_platform(ReadContext& context) {
  const std::string& platform = context.options.platform;
  if (parse_platform(platform)) return true;
  refuse_file(context, {"PS5010",
                        "`" + printable(platform) + "` is not a platform",
                        "write it as os/architecture, like `linux/arm64`",
                        {}});
  return false;
}

}  // namespace

std::optional<ImageFile> read_image(const std::string& path, const ImageReadOptions& options,
                                    Diagnostics& diagnostics) {
  ReadContext context{options, diagnostics, path, {}};
  if (!check_platform(context)) return std::nullopt;
  MaybeImage draft = read_shape(context, path);
  if (!draft) return std::nullopt;
  return finish_image(std::move(*draft), context);
}

std::optional<ImageFile> read_image_text(const std::string& file, std::string text,
                                         const ImageReadOptions& options,
                                         Diagnostics& diagnostics) {
  ReadContext context{options, diagnostics, file, {}};
  if (!check_platform(context)) return std::nullopt;
  MaybeImage draft = read_text_shape(context, std::move(text));
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
