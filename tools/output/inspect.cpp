// Totals, what is shared, and the JSON of `pullsim inspect`.
#include "tools/output/inspect.hpp"

#include "tools/output/inspect_parts.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

const char* compression_name(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::none:
      break;
  }
  return "none";
}

/// Images, in order, that hold each digest.
std::map<std::string_view, std::vector<std::size_t>> holders(const std::vector<ImageFile>& images) {
  std::map<std::string_view, std::vector<std::size_t>> map;
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (const LayerSpec& layer : images[i].image.layers) {
      auto& list = map[layer.digest];
      if (list.empty() || list.back() != i) list.push_back(i);
    }
  }
  return map;
}

Json layer_json(const LayerSpec& layer, const std::vector<std::string>& shared_with) {
  Json json;
  json["digest"] = layer.digest;
  json["size"] = layer.size.count;
  json["unpacked_bytes"] = layer.unpacked.count;
  json["files"] = layer.files;
  json["compression"] = compression_name(layer.compression);
  json["created_by"] = layer.created_by;
  json["shared_with"] = shared_with;
  return json;
}

}  // namespace

ImageTotals totals_of(const ImageSpec& image) {
  ImageTotals totals;
  std::set<std::string_view> seen;
  for (const LayerSpec& layer : image.layers) {
    totals.layers_bytes += layer.size.count;
    totals.unpacked_bytes += layer.unpacked.count;
    if (!seen.insert(layer.digest).second) continue;
    totals.distinct_bytes += layer.size.count;
    if (layer.fetched) totals.fetched_bytes += layer.size.count;
  }
  return totals;
}

std::vector<SharedLayers> shared_layers(const std::vector<ImageFile>& images) {
  std::map<std::pair<std::size_t, std::size_t>, SharedLayers> pairs;
  std::map<std::string_view, std::int64_t> sizes;
  for (const ImageFile& image : images) {
    for (const LayerSpec& layer : image.image.layers) sizes[layer.digest] = layer.size.count;
  }
  for (const auto& [digest, list] : holders(images)) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = i + 1; j < list.size(); ++j) {
        SharedLayers& pair = pairs[{list[i], list[j]}];
        pair.a = list[i];
        pair.b = list[j];
        ++pair.layers;
        pair.bytes += sizes[digest];
      }
    }
  }
  std::vector<SharedLayers> result;
  result.reserve(pairs.size());
  for (const auto& entry : pairs) result.push_back(entry.second);
  return result;
}

std::string inspect_json(const std::vector<ImageFile>& images,
                         const std::vector<ImageDetails>& details) {
  const auto held_by = holders(images);
  Json list = Json::array();
  for (std::size_t i = 0; i < images.size(); ++i) {
    const ImageFile& image = images[i];
    const ImageTotals totals = totals_of(image.image);
    Json layers = Json::array();
    for (const LayerSpec& layer : image.image.layers) {
      std::vector<std::string> others;
      for (const std::size_t holder : held_by.at(layer.digest)) {
        if (holder != i) others.push_back(images[holder].file);
      }
      layers.push_back(layer_json(layer, others));
    }
    Json json;
    json["file"] = image.file;
    json["layer_count"] = image.image.layers.size();
    json["layers_bytes"] = totals.layers_bytes;
    json["distinct_bytes"] = totals.distinct_bytes;
    json["fetched_bytes"] = totals.fetched_bytes;
    json["unpacked_bytes"] = totals.unpacked_bytes;
    json["layers"] = std::move(layers);
    json["warnings"] = image.warnings;
    if (i < details.size()) add_details(json, image, details[i]);
    list.push_back(std::move(json));
  }
  Json shared = Json::array();
  for (const SharedLayers& pair : shared_layers(images)) {
    Json json;
    json["a"] = images[pair.a].file;
    json["b"] = images[pair.b].file;
    json["layers"] = pair.layers;
    json["bytes"] = pair.bytes;
    shared.push_back(std::move(json));
  }
  Json all;
  all["images"] = std::move(list);
  all["shared"] = std::move(shared);
  // A file name may be any bytes; everything else has been checked to be UTF-8.
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pullsim
