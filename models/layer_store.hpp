// Layers on one node: blobs in the content store, unpacked snapshots by chain, and which of both
// are being made right now. One download and one unpack for a layer however many pulls ask: later
// ones wait for the lock and then find it done (containerd >= 1.7, node-and-registry facts 3.4).
// Where unpacked layers are discarded, a blob goes with the last pull that uses it. What a failed
// pull has received of a blob waits for the next one. Leaves out eviction: nothing else is removed.
#pragma once

#include <pullsim/engine.hpp>

#include "models/image_table.hpp"

#include <functional>
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

class LayerStore {
 public:
  /// `keeps_blobs` false: a blob goes when no pull uses it any more.
  LayerStore(Engine& engine, const ImageTable& images, bool keeps_blobs);

  bool has_blob(BlobId blob) const { return blobs_[blob]; }
  bool has_snapshot(ChainId chain) const { return snapshots_[chain]; }
  bool has_image(std::size_t image) const { return images_[image]; }
  void add_blob(BlobId blob) { blobs_[blob] = true; }
  void add_snapshot(ChainId chain) { snapshots_[chain] = true; }
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
  void add_image(std::size_t image) {
    images_[image] = true;
    if (on_image_) on_image_(image);
  }
  /// Called with each image that is added from now on.
  void on_image(std::function<void(std::size_t)> listener) { on_image_ = std::move(listener); }
  /// An image with all it needs, as after a pull.
  void add_whole_image(const ImageTable& table, std::size_t image);

  KeyedLocks& blob_locks() { return blob_locks_; }
  KeyedLocks& snapshot_locks() { return snapshot_locks_; }
  KeyedLocks& image_locks() { return image_locks_; }

 private:
  std::vector<bool> blobs_;
  std::vector<bool> snapshots_;
  std::vector<bool> images_;
  std::function<void(std::size_t)> on_image_;
  KeyedLocks blob_locks_;
  KeyedLocks snapshot_locks_;
  KeyedLocks image_locks_;
  bool keeps_blobs_;
  std::vector<BlobId> in_use_;  // one entry for each use; empty where blobs are kept
  std::vector<std::pair<BlobId, double>> partial_;  // few
};

}  // namespace pullsim
