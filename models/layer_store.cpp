// Presence and locks of layers on one node; see the header.
#include "models/layer_store.hpp"

#include "sim/check.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

std::vector<KeyedLocks::Lock>::iterator KeyedLocks::find(std::uint32_t key) {
  return std::find_if(locks_.begin(), locks_.end(), [key](const Lock& l) { return l.key == key; });
}

bool KeyedLocks::try_lock(std::uint32_t key) {
  if (find(key) != locks_.end()) return false;
  locks_.push_back({key, {}});
  return true;
}

void KeyedLocks::wait(std::uint32_t key, Callback retry) {
  const auto lock = find(key);
  PULLSIM_CHECK(lock != locks_.end(), "only a held lock is waited for");
  lock->waiters.push_back(retry);
}

void KeyedLocks::unlock(std::uint32_t key) {
  const auto lock = find(key);
  PULLSIM_CHECK(lock != locks_.end(), "only a held lock is released");
  const std::vector<Callback> waiters = std::move(lock->waiters);
  locks_.erase(lock);
  for (const Callback& waiter : waiters) engine_.in(Duration{0}, "lock released", waiter);
}

LayerStore::LayerStore(Engine& engine, const ImageTable& images, bool keeps_blobs)
    : blobs_(images.blob_count(), false),
      snapshots_(images.chain_count(), false),
      images_(images.size(), false),
      blob_locks_(engine),
      snapshot_locks_(engine),
      image_locks_(engine),
      keeps_blobs_(keeps_blobs) {}

void LayerStore::begin_use(BlobId blob) {
  if (!keeps_blobs_) in_use_.push_back(blob);
}

void LayerStore::end_use(BlobId blob) {
  if (keeps_blobs_) return;
  const auto found = std::find(in_use_.begin(), in_use_.end(), blob);
  PULLSIM_CHECK(found != in_use_.end(), "only a use that began ends");
  in_use_.erase(found);
  if (std::find(in_use_.begin(), in_use_.end(), blob) == in_use_.end()) blobs_[blob] = false;
}

void LayerStore::abandon_use(BlobId blob) {
  if (keeps_blobs_) return;
  const auto found = std::find(in_use_.begin(), in_use_.end(), blob);
  PULLSIM_CHECK(found != in_use_.end(), "only a use that began is abandoned");
  in_use_.erase(found);
}

void LayerStore::keep_partial(BlobId blob, double bytes) {
  PULLSIM_CHECK(!blobs_[blob], "a part is kept only of a blob that is not there");
  if (bytes > 0) partial_.emplace_back(blob, bytes);
}

double LayerStore::take_partial(BlobId blob) {
  const auto found = std::find_if(partial_.begin(), partial_.end(),
                                  [blob](const auto& part) { return part.first == blob; });
  if (found == partial_.end()) return 0;
  const double bytes = found->second;
  partial_.erase(found);
  return bytes;
}

double LayerStore::partial_bytes() const {
  double bytes = 0;
  for (const auto& part : partial_) bytes += part.second;
  return bytes;
}

void LayerStore::add_whole_image(const ImageTable& table, std::size_t image) {
  for (const ImageLayer& layer : table[image].layers) {
    if (keeps_blobs_) add_blob(layer.blob);
    add_snapshot(layer.chain);
  }
  add_image(image);
}

}  // namespace pullsim
