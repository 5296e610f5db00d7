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

Bytes room_for(const ImageTable& table, const std::set<std::size_t>& images,
               const PullPipeline& pipeline) {
  std::set<BlobId> blobs;
  std::set<ChainId> chains;
  for (const std::size_t image : images) {
    for (const ImageLayer& layer : table[image].layers) {
      blobs.insert(layer.blob);
      chains.insert(layer.chain);
    }
  }
  Bytes room;
  for (const ChainId chain : chains) room += table.snapshot_size(chain);
  if (!pipeline.keeps_blobs || pipeline.copies_layers) return room;
  for (const BlobId blob : blobs) room += table.blob_size(blob);
  return room;
}

LayerStore::LayerStore(Engine& engine, const ImageTable& images, const PullPipeline& pipeline,
                       NodeDisk* disk)
    : table_(images),
      blobs_(images.blob_count(), false),
      blob_has_room_(images.blob_count(), false),
      snapshots_(images.chain_count(), false),
      images_(images.size()),
      blob_locks_(engine),
      snapshot_locks_(engine),
      image_locks_(engine),
      keeps_blobs_(pipeline.keeps_blobs),
      blobs_take_room_(!pipeline.copies_layers),
      disk_(disk) {}

void LayerStore::add_blob(BlobId blob) {
  blobs_[blob] = true;
  blob_has_room_[blob] = true;
}

void LayerStore::drop_blob(BlobId blob) {
  blobs_[blob] = false;
  if (blob_has_room_[blob]) give_room_back(table_.blob_size(blob));
  blob_has_room_[blob] = false;
}

void LayerStore::begin_use(BlobId blob) {
  if (!keeps_blobs_) in_use_.push_back(blob);
}

void LayerStore::end_use(BlobId blob) {
  if (keeps_blobs_) return;
  const auto found = std::find(in_use_.begin(), in_use_.end(), blob);
  PULLSIM_CHECK(found != in_use_.end(), "only a use that began ends");
  in_use_.erase(found);
  if (std::find(in_use_.begin(), in_use_.end(), blob) == in_use_.end()) drop_blob(blob);
}

void LayerStore::end_pull(std::size_t image) {
  PULLSIM_CHECK(images_[image].pulling > 0, "only a pull that began ends");
  --images_[image].pulling;
}

// Pulled again it changes nothing.
void LayerStore::add_image(std::size_t image) {
  if (images_[image].present) return;
  images_[image].present = true;
  if (on_image_) on_image_(image, true);
}

void LayerStore::remove_image(std::size_t image) {
  PULLSIM_CHECK(images_[image].present, "only an image that is there is removed");
  images_[image].present = false;
  images_[image].documents = 0;
  collect();
  if (on_image_) on_image_(image, false);
}

// As the runtime's collector does it: what an image or a pull under way refers to stays.
void LayerStore::collect() {
  std::vector<bool> blob_needed(blobs_.size(), false);
  std::vector<bool> snapshot_needed(snapshots_.size(), false);
  for (std::size_t i = 0; i < images_.size(); ++i) {
    if (!images_[i].present && images_[i].pulling == 0) continue;
    for (const ImageLayer& layer : table_[i].layers) {
      blob_needed[layer.blob] = true;
      snapshot_needed[layer.chain] = true;
    }
  }
  for (std::size_t b = 0; b < blobs_.size(); ++b) {
    if (blobs_[b] && !blob_needed[b]) drop_blob(static_cast<BlobId>(b));
  }
  for (std::size_t c = 0; c < snapshots_.size(); ++c) {
    if (!snapshots_[c] || snapshot_needed[c]) continue;
    snapshots_[c] = false;
    give_room_back(table_.snapshot_size(static_cast<ChainId>(c)));
  }
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
    if (!blobs_take_room_) {
      note_blob(layer.blob);
    } else if (keeps_blobs_ && !blobs_[layer.blob]) {
      PULLSIM_CHECK(take_room(table.blob_size(layer.blob)), "images there at the start fit");
      add_blob(layer.blob);
    }
    if (snapshots_[layer.chain]) continue;
    PULLSIM_CHECK(take_room(table.snapshot_size(layer.chain)), "images there at the start fit");
    add_snapshot(layer.chain);
  }
  add_image(image);
}

}  // namespace pullsim
