// Image files are hashed as they are; of a folder its index.json is, which names all else by
// digest.
#include "tools/input/image_loader.hpp"

#include "tools/input/sha256.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace pullsim {

namespace {

const double kUnpackedRatio = ImageReadOptions{}.unpacked_ratio;
const double kBytesPerFile = ImageReadOptions{}.bytes_per_file;
constexpr double kBytesMax = 9.0e18;

std::string hash_of(const std::string& path) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(path, error);
  std::ifstream stream(folder ? path + "/index.json" : path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return sha256_hex(text.str());
}

// Digest of a layer that has none: the same in every run, another for each image and position.
std::string made_digest(const std::string& image, std::size_t position) {
  return "sha256:" + sha256_hex(fmt::format("pullsim layer {} of {}", position, image));
}

LayerSpec finish_layer(Reader& reader, const WrittenLayer& draft, const std::string& image,
                       std::size_t position, double ratio) {
  LayerSpec layer = draft;
  if (layer.digest.empty()) layer.digest = made_digest(image, position);
  const double grown = static_cast<double>(layer.size.count) * ratio;
  if (draft.unpacked_written) {
    layer.unpacked = *draft.unpacked_written;
  } else if (layer.compression == Compression::none) {
    layer.unpacked = layer.size;
  } else if (grown < kBytesMax) {
    layer.unpacked = Bytes{std::llround(grown)};
  } else {
    reader.error("PS2006", draft.place, "a layer unpacks to more than 64 bits can count",
                 {"", "give a smaller `size` or `unpackedRatio`", ""});
  }
  const double files = std::ceil(static_cast<double>(layer.unpacked.count) / kBytesPerFile);
  layer.files = draft.files_written.value_or(static_cast<std::int64_t>(files));
  return layer;
}

void check_layer_count(Reader& reader, const WrittenImage& draft, std::size_t layers) {
  if (layers <= kLayersMax) return;
  reader.error("PS3020", draft.place, fmt::format("image `{}` has {} layers", draft.name, layers),
               {"", "an image may have 1,000 layers", ""});
}

/// Sums are rounded, not layers, so that the whole has exactly the size that is asked for.
void scale(ImageSpec& image, Bytes target) {
  double total = 0;
  for (const LayerSpec& layer : image.layers) total += static_cast<double>(layer.size.count);
  if (total <= 0) return;
  const double factor = static_cast<double>(target.count) / total;
  double before = 0;
  for (LayerSpec& layer : image.layers) {
    const double after = before + static_cast<double>(layer.size.count);
    layer.size = Bytes{std::llround(after * factor) - std::llround(before * factor)};
    before = after;
    layer.unpacked = Bytes{std::llround(static_cast<double>(layer.unpacked.count) * factor)};
    layer.files = std::llround(static_cast<double>(layer.files) * factor);
    layer.digest = "sha256:" + sha256_hex(fmt::format("{} of {} scaled to {}", layer.digest,
                                                      image.name, target.count));
  }
}

}  // namespace

std::string ImageLoader::path_of(const std::string& file) const {
  const std::filesystem::path path(file);
  if (path.is_absolute() || folder_.empty()) return file;
  return (std::filesystem::path(folder_) / path).string();
}

const ImageLoader::Loaded& ImageLoader::read_once(const std::string& file, double ratio,
                                                  bool ratio_given) {
  const auto [at, fresh] = loaded_.try_emplace({file, ratio});
  Loaded& loaded = at->second;
  if (!fresh) return loaded;
  ImageReadOptions options;
  options.unpacked_ratio = ratio;
  options.ratio_given = ratio_given;
  const std::string path = path_of(file);
  loaded.image = read_image(path, options, loaded.findings);
  hashes_[file] = hash_of(path);
  return loaded;
}

ImageFile ImageLoader::load(Reader& reader, const WrittenImage& draft) {
  const double ratio = draft.unpacked_ratio.value_or(kUnpackedRatio);
  ImageFile out;
  out.file = draft.manifest.name;
  static_cast<ImageSpec&>(out.image) = draft;
  if (draft.manifest.given() && !draft.layers_given) {
    std::error_code error;
    const bool known = hashes_.count(draft.manifest.name) > 0;
    if (!known && !std::filesystem::exists(path_of(draft.manifest.name), error)) {
      reader.error("PS1001", draft.manifest.place,
                   fmt::format("`{}` does not exist", draft.manifest.name),
                   {"", "files are named relative to the scenario", ""});
      return out;
    }
    const Loaded& loaded = read_once(draft.manifest.name, ratio, draft.unpacked_ratio.has_value());
    for (const Diagnostic& finding : loaded.findings.list()) {
      reader.diagnostics().add_from(loaded.findings, finding);
    }
    if (!loaded.image) return out;
    out = *loaded.image;
    out.image.name = draft.name;
    out.image.file = draft.manifest.name;
    out.image.startup = draft.startup;
    out.image.ref = draft.ref;
    out.image.index = draft.index;
  } else {
    for (std::size_t i = 0; i < draft.layer_drafts.size(); ++i) {
      out.image.layers.push_back(finish_layer(reader, draft.layer_drafts[i], draft.name, i, ratio));
    }
  }
  if (draft.scaled_to) scale(out.image, *draft.scaled_to);
  if (out.image.ref.empty()) out.image.ref = draft.name;
  check_layer_count(reader, draft, out.image.layers.size());
  return out;
}

std::vector<InputFile> ImageLoader::inputs() const {
  std::vector<InputFile> out;
  for (const auto& [file, hash] : hashes_) out.push_back({file, hash});
  return out;
}

}  // namespace pullsim
