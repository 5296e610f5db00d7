// An OCI layout or an unpacked `docker save` as a folder: files are read where they stand, never
// outside of it.
#include <filesystem>
#include <fstream>

#include "tools/images/shapes.hpp"

namespace pullsim {
namespace {

namespace fs = std::filesystem;

/// A path that a file gave, below the folder; absent when it leads elsewhere or names no file.
std::optional<fs::path> inside(const fs::path& folder, const std::string& path) {
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error || path.empty() || path.find('\0') != std::string::npos) return std::nullopt;
  const fs::path found = fs::canonical(root / fs::path(path).relative_path(), error);
  if (error || !fs::is_regular_file(found, error)) return std::nullopt;
  const fs::path relative = found.lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..") return std::nullopt;
  return found;
}

std::optional<std::string> read_some(const fs::path& path, std::size_t bytes_max) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text(bytes_max, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(bytes_max));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

}  // namespace

Compression compression_of(std::string_view first_bytes) {
  if (first_bytes.substr(0, 2) == "\x1f\x8b") return Compression::gzip;
  if (first_bytes.substr(0, 4) == "\x28\xb5\x2f\xfd") return Compression::zstd;
  return Compression::none;
}

BlobSource folder_source(const std::string& name, const std::string& folder) {
  BlobSource source;
  source.name = name;
  source.read = [folder](const std::string& path) -> std::optional<std::string> {
    const auto file = inside(folder, path);
    return file ? read_some(*file, JsonLimits{}.bytes_max + 1) : std::nullopt;
  };
  source.facts = [folder](const std::string& path) -> std::optional<BlobFacts> {
    const auto file = inside(folder, path);
    if (!file) return std::nullopt;
    std::error_code error;
    const auto size = fs::file_size(*file, error);
    const auto start = read_some(*file, 4);
    if (error || !start) return std::nullopt;
    return BlobFacts{static_cast<std::int64_t>(size), compression_of(*start)};
  };
  return source;
}

MaybeImage read_stored_files(ReadContext& context) {
  const auto parse = [&](const char* path, std::string text) {
    return JsonDocument::parse(context.blobs.name + "/" + path, std::move(text),
                               context.diagnostics);
  };
  if (auto text = context.blobs.read("manifest.json")) {
    const auto document = parse("manifest.json", std::move(*text));
    if (!document) return std::nullopt;
    if (document->root().is(JsonKind::array)) return read_docker_save(context, *document);
    return read_stored(context, *document);
  }
  if (auto text = context.blobs.read("index.json")) {
    const auto document = parse("index.json", std::move(*text));
    if (!document) return std::nullopt;
    MaybeImage image = read_stored(context, *document);
    if (image) image->result.shape = "OCI layout";
    return image;
  }
  Diagnostic finding;
  finding.code = "PS5016";
  finding.text = "neither `index.json` nor `manifest.json` is in here";
  finding.file = context.file;
  finding.help = "give an OCI layout, what `docker save` wrote, or a manifest file";
  context.diagnostics.add(std::move(finding));
  return std::nullopt;
}

MaybeImage read_folder(ReadContext& context, const std::string& folder) {
  std::string name = folder;
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  context.blobs = folder_source(name, folder);
  return read_stored_files(context);
}

}  // namespace pullsim
