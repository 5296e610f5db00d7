// Layers on one node: blobs in the content store, unpacked snapshots by chain, and which of both
// are being made right now. One download and one unpack for a layer however many pulls ask: later
// ones wait for the lock and then find it done (containerd >= 1.7, node-and-registry facts 3.4).
// Where unpacked layers are discarded, a blob goes with the last pull that uses it. What a failed
// pull has received of a blob waits for the next one. Removing an image frees every blob and
// snapshot that no other image and no pull under way needs, leftovers of failed pulls among them;
// which image goes is image_gc.hpp's concern. Leaves out containerd's leases, the delay of its own
// collector, and the room of parts of blobs.
#pragma once

#include <pullsim/engine.hpp>

#include "models/decisions/pull_pipeline.hpp"
#include "models/image_table.hpp"
#include "models/node_disk.hpp"

#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace pullsim {

/// Locks by number. A waiter is called at the instant of the release, in the order of waiting, and
/// tries again.
class KeyedLocks {
 public:
  explicit KeyedLocks(Engine& engine) : engine_(engine) {}
  bool try_lock(std::uint32_t key);
  void wait(std::uint32_t key, Callback retry);  ///< the key must be locked
  void unlock(std::uint32_t key);

 private:
  struct Lock {
    std::uint32_t key;
    std::vector<Callback> waiters;
  };
  std::vector<Lock>::iterator find(std::uint32_t key);
  Engine& engine_;
  std::vector<Lock> locks_;  // few at a time
};

/// What these images take on a disk: each blob once, where the runtime keeps them, and each
/// unpacked layer once.
Bytes room_for(const ImageTable& table, const std::set<std::size_t>& images,
               const PullPipeline& pipeline);

class LayerStore {
 public:
  /// The pipeline says how long blobs are kept. What is stored takes its room on `disk`, if there
  /// is one.
  LayerStore(Engine& engine, const ImageTable& images, const PullPipeline& pipeline,
             NodeDisk* disk = nullptr);

  bool has_blob(BlobId blob) const { return blobs_[blob]; }
  bool has_snapshot(ChainId chain) const { return snapshots_[chain]; }
  bool has_image(std::size_t image) const { return images_[image].present; }

  /// Room for a download or an unpack that begins, as a whole; false: the disk is full. It becomes
  /// the blob's or the snapshot's with add_..., or is given back.
  bool take_room(Bytes bytes) { return disk_ == nullptr || disk_->try_take(bytes); }
  void give_room_back(Bytes bytes) {
    if (disk_ != nullptr) disk_->give_back(bytes);
  }
  /// A blob whose room was taken.
  void add_blob(BlobId blob);
  /// A blob that takes no room of its own: part of the manifest, or unpacked somewhere.
  void note_blob(BlobId blob) { blobs_[blob] = true; }
  void add_snapshot(ChainId chain) { snapshots_[chain] = true; }  ///< its room was taken
  /// A pull works with this blob, which keeps it; one end for each begin.
  void begin_use(BlobId blob);
  void end_use(BlobId blob);
  /// The pull that used it failed before the blob was unpacked: it stays for the next one.
  void abandon_use(BlobId blob);
  /// What a failed pull has received of a blob: the next one goes on from there.
  void keep_partial(BlobId blob, double bytes);
  /// Bytes received before, now the caller's; 0 if there are none.
  double take_partial(BlobId blob);
  /// Of all blobs that nobody has come back for.
  double partial_bytes() const;
  /// What a pull reads of an image before its layers.
  enum class Document : std::uint8_t { index = 1, manifest = 2, config = 4 };
  bool has_document(std::size_t image, Document document) const {
    return (images_[image].documents & static_cast<unsigned>(document)) != 0;
  }
  void add_document(std::size_t image, Document document) {
    images_[image].documents |= static_cast<std::uint8_t>(document);
  }
  /// A pull of this image is under way, which keeps its layers; one end for each begin.
  void begin_pull(std::size_t image) { ++images_[image].pulling; }
  void end_pull(std::size_t image);

  void add_image(std::size_t image);
  /// With all blobs and snapshots that nobody else needs.
  void remove_image(std::size_t image);
  /// Called with each image that is added or removed from now on.
  void on_image(std::function<void(std::size_t image, bool present)> listener) {
    on_image_ = std::move(listener);
  }
  /// An image with all it needs, as after a pull; there is room for it (checked).
  void add_whole_image(const ImageTable& table, std::size_t image);

  KeyedLocks& blob_locks() { return blob_locks_; }
  KeyedLocks& snapshot_locks() { return snapshot_locks_; }
  KeyedLocks& image_locks() { return image_locks_; }

 private:
  void drop_blob(BlobId blob);
  void collect();

  const ImageTable& table_;
  std::vector<bool> blobs_;
  std::vector<bool> blob_has_room_;
  std::vector<bool> snapshots_;
  struct Image {
    std::int32_t pulling = 0;  // pulls under way
    bool present = false;
    std::uint8_t documents = 0;
  };
  std::vector<Image> images_;
  std::function<void(std::size_t, bool)> on_image_;
  KeyedLocks blob_locks_;
  KeyedLocks snapshot_locks_;
  KeyedLocks image_locks_;
  bool keeps_blobs_;            // false: a blob goes when no pull uses it any more
  bool blobs_take_room_;        // false: a blob stands for a layer that is unpacked somewhere
  std::vector<BlobId> in_use_;  // one entry for each use; empty where blobs are kept
  NodeDisk* disk_;
  std::vector<std::pair<BlobId, double>> partial_;  // few
};

}  // namespace pullsim
