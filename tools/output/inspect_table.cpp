// The tables of `pullsim inspect`. Text from files is made safe for a terminal and cut to the
// width.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "tools/input/diagnostic.hpp"
#include "tools/input/text.hpp"
#include "tools/output/inspect_parts.hpp"

namespace pullsim {

std::string size_text(double bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return fmt::format("{:.0f} B", bytes);
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < std::size(units)) {
    bytes /= 1000;
    ++unit;
  }
  const int decimals = bytes < 9.995 ? 2 : bytes < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", bytes, decimals, units[unit]);
}

std::string size_text(std::int64_t bytes) { return size_text(static_cast<double>(bytes)); }

std::string share_text(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string indented(std::string_view text, std::size_t width) {
  std::string out = "  ";
  std::size_t column = 2;
  bool first = true;  // of its line
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::size_t length = character_count(word);
    if (!first && column + 1 + length > width) {
      out += "\n    ";
      column = 4;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    first = false;
    out += word;
    column += length;
  }
  return out + "\n";
}

namespace {

constexpr std::size_t kPairsShown = 20;
constexpr int kColumnsMin = 60;
constexpr std::size_t kColumnsForDigest = 100;  ///< narrower: the build step needs the room
constexpr std::size_t kDigestShown = 12;
constexpr std::size_t kSharedWidth = 8;
constexpr std::size_t kOriginWidth = 12;
constexpr std::size_t kColumnsForOrigin = 100;
constexpr std::size_t kColumnsForBoth = 120;  ///< origin and digest

std::string count_text(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string seconds_text(Duration duration) {
  const double seconds = to_seconds(duration);
  return seconds < 10 ? fmt::format("{:.2f} s", seconds) : fmt::format("{:.1f} s", seconds);
}

/// One line, white space folded, cut with "..." to `width` characters.
std::string fitted(std::string_view text, std::size_t width) {
  std::string folded;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) folded.push_back(c);
    if (space && !folded.empty() && folded.back() != ' ') folded.push_back(' ');
  }
  while (!folded.empty() && folded.back() == ' ') folded.pop_back();
  std::string safe = printable(folded);
  if (character_count(safe) <= width) return safe;
  std::string cut;
  for (std::size_t i = 0, n = 0; i < safe.size() && n + 3 < width; ++n) {
    const std::size_t bytes = utf8_at(safe, i).bytes;
    cut.append(safe, i, bytes);
    i += bytes;
  }
  return cut + "...";
}

std::string left(std::string_view text, std::size_t width) {
  const std::size_t length = character_count(text);
  return std::string(text) + std::string(length < width ? width - length : 0, ' ');
}

std::string short_digest(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  const std::string_view hex = colon == std::string_view::npos ? digest : digest.substr(colon + 1);
  return std::string(hex.substr(0, kDigestShown));
}

using Sharing = std::map<std::string_view, std::set<std::size_t>>;

/// Layers in the order of their sizes, equal ones base first.
std::vector<std::size_t> largest_first(const std::vector<LayerSpec>& layers) {
  std::vector<std::size_t> order(layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return layers[a].size > layers[b].size; });
  return order;
}

/// How many of the other images hold a layer: "2 of 3", or "-".
std::string shared_text(const Sharing& sharing, const LayerSpec& layer, std::size_t images) {
  const std::size_t others = sharing.at(layer.digest).size() - 1;
  return others == 0 ? "-" : fmt::format("{} of {}", others, images - 1);
}

void add_layers(std::string& out, const ImageFile& image, const ImageDetails* details,
                const Sharing& sharing, std::size_t images, std::size_t columns) {
  const ImageTotals totals = totals_of(image.image);
  const bool with_sharing = images > 1;
  const bool with_origin = details != nullptr && columns >= kColumnsForOrigin;
  const bool with_digest = columns >= (with_origin ? kColumnsForBoth : kColumnsForDigest);
  std::string heading = "  layer  ";
  if (with_digest) heading += left("digest", kDigestShown) + "  ";
  heading += fmt::format("{:>8}  {:>7}  {:>8}  ", "size", "share", "unpacked");
  if (with_sharing) heading += left("also in", kSharedWidth) + "  ";
  if (with_origin) heading += left("from", kOriginWidth) + "  ";
  const std::size_t used = heading.size();
  out += heading + "build step\n";
  for (const std::size_t i : largest_first(image.image.layers)) {
    const LayerSpec& layer = image.image.layers[i];
    std::string line = fmt::format("  {:>5}  ", i);
    if (with_digest) line += left(short_digest(layer.digest), kDigestShown) + "  ";
    line += fmt::format("{:>8}  {:>7}  {:>8}  ", size_text(layer.size.count),
                        share_text(layer.size.count, totals.layers_bytes),
                        size_text(layer.unpacked.count));
    if (with_sharing) line += left(shared_text(sharing, layer, images), kSharedWidth) + "  ";
    if (with_origin) {
      line += left(origin_name(details->origin.layers.at(i).origin), kOriginWidth) + "  ";
    }
    line += fitted(layer.created_by, columns - used);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
}

void add_image(std::string& out, const std::vector<ImageFile>& images, std::size_t index,
               const Sharing& sharing, const InspectTableOptions& options, std::size_t columns) {
  const ImageFile& image = images[index];
  const ImageTotals totals = totals_of(image.image);
  std::string heading = image.file;
  if (!image.image.ref.empty()) heading += "  " + image.image.ref;
  out += fitted(heading, columns) + "\n";
  out += indented(fmt::format("{}; {}, {} on the wire, {} unpacked", image.shape,
                              count_text(image.image.layers.size(), "layer", "layers"),
                              size_text(totals.fetched_bytes), size_text(totals.unpacked_bytes)),
                  columns);
  if (image.on_disk_reported.count > 0) {
    out += fmt::format("  {} on disk as its source reports\n",
                       size_text(image.on_disk_reported.count));
  }
  if (index < options.alone.size()) {
    const SinglePull& pull = options.alone[index];
    out += fmt::format("  one pull alone: {} (resolve {}, download {}, unpack {} more)\n",
                       seconds_text(pull.total), seconds_text(pull.resolve),
                       seconds_text(pull.download), seconds_text(pull.unpack));
  }
  const ImageDetails* details = index < options.details.size() ? &options.details[index] : nullptr;
  if (details != nullptr) out += details_text(image, *details, columns);
  out += "\n";
  add_layers(out, image, details, sharing, images.size(), columns);
  for (const std::string& warning : image.warnings) {
    out += indented("warning: " + printable(warning), columns);
  }
  if (details != nullptr) {
    for (const std::string& remark : details->remarks)
      out += indented("remark: " + remark, columns);
  }
  out += "\n";
}

void add_totals(std::string& out, const std::vector<ImageFile>& images) {
  double wire = 0;
  double unpacked = 0;
  std::map<std::string_view, const LayerSpec*> distinct;
  std::map<std::string_view, const LayerSpec*> served;
  for (const ImageFile& image : images) {
    const ImageTotals totals = totals_of(image.image);
    wire += static_cast<double>(totals.fetched_bytes);
    unpacked += static_cast<double>(totals.unpacked_bytes);
    for (const LayerSpec& layer : image.image.layers) {
      distinct.emplace(layer.digest, &layer);
      if (layer.fetched) served.emplace(layer.digest, &layer);
    }
  }
  double once = 0;
  double once_unpacked = 0;
  for (const auto& [digest, layer] : served) once += static_cast<double>(layer->size.count);
  for (const auto& [digest, layer] : distinct) {
    once_unpacked += static_cast<double>(layer->unpacked.count);
  }
  out += fmt::format("{} images\n", images.size());
  out += fmt::format("  each by itself        {:>8} on the wire  {:>8} unpacked\n", size_text(wire),
                     size_text(unpacked));
  out += fmt::format("  every layer once      {:>8} on the wire  {:>8} unpacked  ({})\n",
                     size_text(once), size_text(once_unpacked),
                     count_text(distinct.size(), "layer", "layers"));
}

void add_pairs(std::string& out, const std::vector<ImageFile>& images, std::size_t columns) {
  std::vector<SharedLayers> pairs = shared_layers(images);
  if (pairs.empty()) {
    out += "  no two of them share a layer\n";
    return;
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const SharedLayers& a, const SharedLayers& b) { return a.bytes > b.bytes; });
  out += "\nShared, largest first\n";
  for (std::size_t i = 0; i < std::min(pairs.size(), kPairsShown); ++i) {
    const SharedLayers& pair = pairs[i];
    const std::string start =
        fmt::format("  {:>8}  {:<10}  ", size_text(pair.bytes),
                    count_text(static_cast<std::size_t>(pair.layers), "layer", "layers"));
    out += start +
           fitted(images[pair.a].file + " and " + images[pair.b].file, columns - start.size()) +
           "\n";
  }
  if (pairs.size() > kPairsShown) {
    out += fmt::format("  and {} more; all of them with -o json\n",
                       count_text(pairs.size() - kPairsShown, "pair", "pairs"));
  }
}

}  // namespace

std::string inspect_table(const std::vector<ImageFile>& images,
                          const InspectTableOptions& options) {
  const auto columns = static_cast<std::size_t>(std::max(options.columns, kColumnsMin));
  Sharing sharing;
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (const LayerSpec& layer : images[i].image.layers) sharing[layer.digest].insert(i);
  }
  std::string out;
  for (std::size_t i = 0; i < images.size(); ++i) {
    add_image(out, images, i, sharing, options, columns);
  }
  if (images.size() > 1) {
    add_totals(out, images);
    add_pairs(out, images, columns);
  }
  if (!options.alone.empty() && !options.alone_on.empty()) {
    out += "\nOne pull: " + fitted(options.alone_on, columns - 10) + "\n";
  }
  return out;
}

}  // namespace pullsim
