// Five keys out of KubeletConfiguration; see the header.
#include "tools/input/kubelet_config.hpp"

#include "tools/input/reader.hpp"
#include "tools/input/value_codec.hpp"

#include <fmt/format.h>

namespace pullsim {

namespace {

template <class T>
void read_key(Reader& reader, const YamlNode& root, const char* key, std::optional<T>& out,
              const Rule& rule = {}) {
  const YamlEntry* entry = root.find(key);
  if (entry == nullptr) return;
  const Reader::Scope scope(reader, key);
  Codec<std::optional<T>>::read(reader, entry->value, out, rule);
}

}  // namespace

std::optional<KubeletConfig> read_kubelet_config(const std::string& text, const std::string& file,
                                                 Diagnostics& diagnostics) {
  const auto root = read_yaml(text, {file, 0, true}, diagnostics);
  const std::vector<std::string> sources = {file};
  Reader reader(sources, diagnostics);
  if (!root || !reader.is_mapping(*root)) return std::nullopt;
  const YamlEntry* kind = root->find("kind");
  if (kind == nullptr || kind->value.text != "KubeletConfiguration") {
    reader.error("PS2016", kind != nullptr ? kind->value.place : root->place,
                 "this is not a KubeletConfiguration",
                 {"", "name the file that the kubelet gets with `--config`", ""});
    return std::nullopt;
  }
  KubeletConfig config;
  read_key(reader, *root, "serializeImagePulls", config.serialize_image_pulls);
  read_key(reader, *root, "maxParallelImagePulls", config.max_parallel_image_pulls, {.min = 1});
  read_key(reader, *root, "registryPullQPS", config.registry_pull_qps);
  read_key(reader, *root, "registryBurst", config.registry_burst, {.min = 1});
  read_key(reader, *root, "maxPods", config.max_pods, {.min = 1, .max = 100'000});
  if (reader.errors() > 0) return std::nullopt;
  return config;
}

}  // namespace pullsim
