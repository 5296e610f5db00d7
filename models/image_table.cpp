// Numbers for blobs and chains; see the header.
#include "models/image_table.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace pullsim {

std::string_view registry_host(std::string_view ref) {
  const std::size_t slash = ref.find('/');
  if (slash == std::string_view::npos) return "docker.io";
  const std::string_view first = ref.substr(0, slash);
  const bool is_host = first == "localhost" || first.find('.') != std::string_view::npos ||
                       first.find(':') != std::string_view::npos;
  return is_host ? first : std::string_view("docker.io");
}

std::size_t registry_for(const std::vector<RegistrySpec>& registries, std::string_view ref) {
  const std::string_view host = registry_host(ref);
  std::set<std::size_t> mirrors;
  for (const RegistrySpec& registry : registries) {
    mirrors.insert(registry.mirrors.begin(), registry.mirrors.end());
  }
  std::size_t index = 0;
  for (; index < registries.size(); ++index) {
    const auto& hosts = registries[index].hosts;
    const bool serves = hosts.empty() ? mirrors.count(index) == 0
                                      : std::find(hosts.begin(), hosts.end(), host) != hosts.end();
    if (serves) break;
  }
  return index;
}

ImageTable::ImageTable(const Scenario& scenario) {
  std::map<std::string_view, BlobId> blobs;
  std::map<std::pair<ChainId, BlobId>, ChainId> chains;  // (chain below, blob)
  for (const ImageSpec& image : scenario.images) {
    ImageEntry entry;
    entry.spec = &image;
    entry.registry = registry_for(scenario.registries, image.ref);
    entry.reported_size = image.manifest_size + image.config_size;
    std::set<BlobId> seen;
    ChainId below = 0;  // 0: nothing below
    for (const LayerSpec& layer : image.layers) {
      const BlobId blob =
          blobs.try_emplace(layer.digest, static_cast<BlobId>(blobs.size())).first->second;
      const ChainId chain =
          chains.try_emplace({below, blob}, static_cast<ChainId>(chains.size() + 1)).first->second;
      entry.layers.push_back({blob, chain - 1, &layer});
      blob_sizes_.resize(blobs.size());
      blob_sizes_[blob] = layer.size;
      snapshot_sizes_.resize(chains.size());
      snapshot_sizes_[chain - 1] = layer.unpacked;
      entry.unpacked_size += layer.unpacked;
      if (seen.insert(blob).second) entry.reported_size += layer.size;
      below = chain;
    }
    images_.push_back(std::move(entry));
  }
  blob_count_ = blobs.size();
  chain_count_ = chains.size();
}

}  // namespace pullsim
