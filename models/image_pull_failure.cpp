// The bad end of a pull: what it holds is given back, so that pulls which wait for it do its work,
// and what it has completed stays on the node. See image_pull.hpp.
#include "models/image_pull.hpp"
#include "models/recorder.hpp"

#include <algorithm>

namespace pullsim {

void ImagePull::fail(PullFailure why) {
  if (!finished_ && !failure_) fail_after(why, step_cut_off(why));
}

// `step` is the last of what held the pull up.
void ImagePull::fail_after(PullFailure why, StepId step) {
  failure_ = why;
  std::erase(site_.running, this);
  PullRow& pull = row();
  pull.retries.edit().failure = why;
  pull.retries.edit().failed += context_.engine.now() - *pull.started;
  explain(step);
  for (std::size_t i = 0; i < layers_.size(); ++i) give_up(i);
  end_uses();
  request_.reset();
  site_.store->end_pull(image_);
  if (holds_request_slot_) site_.downloads->release(kNobody);
  if (holds_image_lock_) {
    site_.store->image_locks().unlock(static_cast<std::uint32_t>(image_));
  }
  write_layer_rows();
  context_.engine.in(Duration{0}, "image pull failed", [this] {
    own_downloads_.reset();
    own_unpacks_.reset();
    steps_ = {};
    limits_ = {};
    done_();
  });
}

// Whoever ends a pull from outside ends a step of it: the request or transfer that is under way for
// the lowest layer, or what comes after the last step that has ended.
ImagePull::StepId ImagePull::step_cut_off(PullFailure why) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    for (const Chunk& chunk : layers_[i].chunks) {
      if (chunk.flowing) return add_step(Step::Kind::transfer, i, chunk.begin, chunk.after);
      if (chunk.stalled || chunk.request) {
        return add_step(Step::Kind::request, i, chunk.begin, chunk.after);
      }
    }
  }
  const auto last = std::max_element(steps_.begin(), steps_.end(),
                                     [](const Step& a, const Step& b) { return a.end < b.end; });
  const StepId after = last == steps_.end() ? kNone : static_cast<StepId>(last - steps_.begin());
  const SimTime begin = after == kNone ? *row().started : last->end;
  const bool disk = why == PullFailure::no_space || writes_ > 0;
  return add_step(disk ? Step::Kind::commit : Step::Kind::request, {}, begin, after);
}

void ImagePull::give_up(std::size_t index) {
  Layer& layer = layers_[index];
  const ImageLayer& spec = entry().layers[index];
  layer.probe.reset();
  context_.network.cancel(layer.inflate);
  context_.network.cancel(layer.unpacking);
  context_.network.cancel(layer.storing);
  if (layer.own_fetch && !layer.fetched) give_up_download(index);
  if (layer.fetched && !was_fetched_before(index)) {
    row().retries.edit().fetched_before.edit().push_back(static_cast<RowIndex>(index));
  }
  give_room_back(index);
  if (layer.holds_slot) release_download(kNobody);
  layer.holds_slot = false;
  if (site_.unpacks && layer.own_unpack && !layer.applied) site_.unpacks->release(kNobody);
  if (layer.holds_snapshot_lock) site_.store->snapshot_locks().unlock(spec.chain);
  if (layer.holds_blob_lock) site_.store->blob_locks().unlock(spec.blob);
  layer.holds_snapshot_lock = layer.holds_blob_lock = false;
}

// Parts are written in order: of what has arrived, the bytes up to the first gap can be kept.
void ImagePull::give_up_download(std::size_t index) {
  Layer& layer = layers_[index];
  double received = layer.resumed;
  double in_order = layer.resumed;
  bool gap = false;
  for (Chunk& chunk : layer.chunks) {
    double bytes = chunk.ended ? chunk.bytes : chunk.received;
    if (chunk.flowing) bytes += chunk.transfer->stop(context_);
    received += bytes;
    if (!gap) in_order += bytes;
    gap = gap || !chunk.ended;
    if (chunk.holds_slot) release_download(kNobody);
  }
  if (layer.fills_edge) registry_at(layer.registry).gave_up(entry().layers[index].blob);
  if (!pipeline().resumes_downloads) in_order = 0;
  if (in_order > 0) site_.store->keep_partial(entry().layers[index].blob, in_order);
  if (received > in_order) row().retries.edit().bytes_lost += received - in_order;
  layer.chunks = std::vector<Chunk>();
}

// A layer's room is taken as a whole when its download or its unpack begins; real ones fill it bit
// by bit. Without room the pull fails: ENOSPC.
bool ImagePull::take_room(Bytes bytes, Bytes* room) {
  if (site_.store->take_room(bytes)) {
    *room = bytes;
    return true;
  }
  context_.engine.in(Duration{0}, "no space left", [this] { fail(PullFailure::no_space); });
  return false;
}

void ImagePull::give_room_back(std::size_t index) {
  Layer& layer = layers_[index];
  site_.store->give_room_back(layer.blob_room + layer.unpacked_room);
  layer.blob_room = layer.unpacked_room = Bytes{0};
}

void ImagePull::use_blob(std::size_t index) {
  layers_[index].uses_blob = true;
  site_.store->begin_use(entry().layers[index].blob);
}

// A blob that a failed pull has not unpacked yet is kept for the next one, whatever happens to
// unpacked ones.
void ImagePull::end_uses() {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (!layers_[i].uses_blob) continue;
    const ImageLayer& layer = entry().layers[i];
    if (failure_ && !site_.store->has_snapshot(layer.chain)) {
      site_.store->abandon_use(layer.blob);
    } else {
      site_.store->end_use(layer.blob);
    }
  }
}

}  // namespace pullsim
