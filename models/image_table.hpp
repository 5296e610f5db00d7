// The images of a scenario with their layers as small numbers: equal blobs and equal chains of
// layers have equal numbers, whatever image they are part of. Stands for what digests and chain IDs
// do in a container runtime. Leaves out tags: a reference names the same image for the whole run.
#pragma once

#include <pullsim/scenario.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace pullsim {

using BlobId = std::uint32_t;   ///< a blob digest
using ChainId = std::uint32_t;  ///< a layer on top of all layers below it

struct ImageLayer {
  BlobId blob = 0;
  ChainId chain = 0;
  const LayerSpec* spec = nullptr;
};

struct ImageEntry {
  const ImageSpec* spec = nullptr;
  std::vector<ImageLayer> layers;  ///< base first
  std::size_t registry = 0;        ///< which registry serves it
  /// What a containerd node reports: manifest, config and distinct blobs, compressed
  /// (node-and-registry facts 3.9).
  Bytes reported_size;
  Bytes unpacked_size;  ///< what a CRI-O node reports: all layers as they are on disk
};

/// The host part of an image reference, "docker.io" where it has none.
std::string_view registry_host(std::string_view ref);

/// Index of the first registry that serves `ref`; the number of registries if none does. One
/// without hosts serves every image, unless it is a mirror of another one.
std::size_t registry_for(const std::vector<RegistrySpec>& registries, std::string_view ref);

class ImageTable {
 public:
  explicit ImageTable(const Scenario& scenario);
  const ImageEntry& operator[](std::size_t image) const { return images_[image]; }
  std::size_t size() const { return images_.size(); }
  std::size_t blob_count() const { return blob_count_; }
  std::size_t chain_count() const { return chain_count_; }
  /// Bytes that a blob or an unpacked layer takes on a disk.
  Bytes blob_size(BlobId blob) const { return blob_sizes_[blob]; }
  Bytes snapshot_size(ChainId chain) const { return snapshot_sizes_[chain]; }
  /// What a node reports as the size of an image (node-and-registry facts 3.9).
  Bytes reported_size(std::size_t image, bool unpacked) const {
    return unpacked ? images_[image].unpacked_size : images_[image].reported_size;
  }

 private:
  std::vector<ImageEntry> images_;
  std::size_t blob_count_ = 0;
  std::size_t chain_count_ = 0;
  std::vector<Bytes> blob_sizes_;
  std::vector<Bytes> snapshot_sizes_;
};

}  // namespace pullsim
