// Downloads of a pull: who waits for whose download, and the connections of one layer. See
// image_pull.hpp; slots are in image_pull_slots.cpp.
#include "models/decisions/unpack_cost.hpp"
#include "models/image_pull.hpp"
#include "models/recorder.hpp"

#include <algorithm>

namespace pullsim {

// All layers from the first missing one on are asked for at once, in manifest order.
void ImagePull::begin_fetching() {
  fetching_ = true;
  not_there_ = layers_.size() - next_unpack_;
  if (pipeline().request_before_layers) {
    send_request(RegistryRequest::Kind::probe, false);
  } else {
    look_for_blobs();
  }
}

void ImagePull::look_for_blobs() {
  for (std::size_t i = next_unpack_; i < layers_.size(); ++i) layers_[i].after = last_;
  for (std::size_t i = next_unpack_; i < layers_.size(); ++i) {
    if (pipeline().slot_before_lock) {
      ask_for_slot(i, 0);
    } else {
      look_for_blob(i);
    }
  }
}

void ImagePull::slot_granted(std::size_t index, std::size_t number) {
  Layer& layer = layers_[index];
  if (number > 0) {
    const StepId after = layer.chunks[number].after;
    layer.chunks[number].holds_slot = true;
    request_chunk(index, number);
    queue_next_part(index, after);
    return;
  }
  layer.holds_slot = true;
  if (pipeline().slot_before_lock) {
    look_for_blob(index);
  } else {
    fetch(index);
  }
}

// On the node already, or on its way by another pull, or to be fetched here. Which of slot and lock
// comes first decides whether waiting for another pull blocks own downloads.
void ImagePull::look_for_blob(std::size_t index) {
  Layer& layer = layers_[index];
  const ImageLayer& spec = entry().layers[index];
  LayerStore& store = *site_.store;
  if (failure_) return;
  if (complete_) {  // other pulls have done everything meanwhile
    release_slot(index, layer.after);
    return;
  }
  if (!spec.spec->fetched) store.note_blob(spec.blob);
  if (pipeline().copies_layers && store.has_snapshot(spec.chain)) {
    there(index);
    return;
  }
  if (store.has_blob(spec.blob) || has_fetched(spec.blob)) {
    if (layer.source != LayerRow::Source::other_pull) layer.source = LayerRow::Source::cache;
    layer.copied = pipeline().copies_layers && store.has_blob(spec.blob);
    use_blob(index);
    there(index);
    return;
  }
  layer.holds_blob_lock = pipeline().shares_blobs && store.blob_locks().try_lock(spec.blob);
  if (pipeline().shares_blobs && !layer.holds_blob_lock) {
    layer.waited = true;
    layer.source =
        repeats_own_fetch(index) ? LayerRow::Source::cache : LayerRow::Source::other_pull;
    store.blob_locks().wait(spec.blob, [this, index] { look_for_blob(index); });
    return;
  }
  if (layer.holds_slot) {
    fetch(index);
  } else if (pipeline().parts_queue_at_once && is_split(index)) {
    ask_before_parts(index);
  } else {
    ask_for_slot(index, 0);
  }
}

bool ImagePull::is_split(std::size_t index) const {
  const std::int64_t part = pipeline().chunk_bytes;
  return part > 0 && entry().layers[index].spec->size.count > part;
}

// One request that finds out whether the registry sends parts of this blob at all.
void ImagePull::ask_before_parts(std::size_t index) {
  const SimTime begin = context_.engine.now();
  layers_[index].probe = make_request(RegistryRequest::Kind::probe);
  layers_[index].probe->start("registry answered", Duration{0}, [this, index, begin] {
    Layer& layer = layers_[index];
    const std::unique_ptr<RegistryRequest> probe = std::move(layer.probe);
    layer.after = add_step(Step::Kind::request, index, begin, layer.after);
    if (probe->good()) {
      ask_for_slot(index, 0);
    } else {
      fail_after(PullFailure::registry, layer.after);
    }
  });
  watch_progress();
}

// Whether this pull itself fetches the layer's blob for another of its layers.
bool ImagePull::repeats_own_fetch(std::size_t index) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].own_fetch && entry().layers[i].blob == entry().layers[index].blob) return true;
  }
  return false;
}

// Where layers are copied from unpacked ones, a download of this pull serves its own layers at
// once.
bool ImagePull::has_fetched(BlobId blob) const {
  if (!pipeline().copies_layers) return false;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].fetched && entry().layers[i].blob == blob) return true;
  }
  return false;
}

void ImagePull::fetch(std::size_t index) {
  Layer& layer = layers_[index];
  if (!take_room(entry().layers[index].spec->size, &layer.blob_room)) return;
  layer.own_fetch = true;
  layer.source = LayerRow::Source::registry;
  layer.requested = context_.engine.now();
  split(index);
  Chunk& first = layer.chunks[layer.next_chunk++];
  first.after = layer.after;
  const SimTime begin = context_.engine.now();
  site_.metadata->run(1, duration_up(site_.runtime->commit_transaction), [this, index, begin] {
    if (failure_) return;
    Chunk& chunk = layers_[index].chunks[0];
    if (context_.engine.now() > begin) {
      chunk.after = add_step(Step::Kind::commit, index, begin, chunk.after);
    }
    layers_[index].requested = context_.engine.now();
    request_chunk(index, 0);
    queue_next_part(index, layers_[index].after);
  });
}

void ImagePull::split(std::size_t index) {
  Layer& layer = layers_[index];
  const auto size = static_cast<double>(entry().layers[index].spec->size.count);
  layer.resumed = site_.store->take_partial(entry().layers[index].blob);
  const auto buffer = static_cast<double>(pipeline().chunk_bytes);
  double left = size - layer.resumed;
  const double part = buffer > 0 ? buffer : left;
  do {
    layer.chunks.emplace_back().bytes = std::min(part, left);
    left -= part;
  } while (left > 0);
  layer.parts_left = static_cast<std::uint32_t>(layer.chunks.size());
}

void ImagePull::ask_for_chunk(std::size_t index, StepId after) {
  Layer& layer = layers_[index];
  const std::size_t number = layer.next_chunk++;
  layer.chunks[number].after = after;
  ask_for_slot(index, number);
}

void ImagePull::queue_next_part(std::size_t index, StepId after) {
  const Layer& layer = layers_[index];
  if (pipeline().parts_queue_at_once && layer.next_chunk < layer.chunks.size()) {
    ask_for_chunk(index, after);
  }
}

void ImagePull::request_chunk(std::size_t index, std::size_t number) {
  Chunk& chunk = layers_[index].chunks[number];
  chunk.begin = context_.engine.now();
  chunk.request = make_request(RegistryRequest::Kind::blob);
  chunk.request->start("first byte", Duration{0},
                       [this, index, number] { answered(index, number); });
  if (chunk.request->hangs()) watch_progress();
}

// The request has taken its time; where the edge makes downloads wait, the first of a layer may
// have to. Its further ones find the blob there, or on its way by this download.
void ImagePull::answered(std::size_t index, std::size_t number) {
  Layer& layer = layers_[index];
  Chunk& chunk = layer.chunks[number];
  const std::unique_ptr<RegistryRequest> request = std::move(chunk.request);
  chunk.after = add_step(Step::Kind::request, index, chunk.begin, chunk.after);
  chunk.begin = context_.engine.now();
  if (!request->good()) {
    fail_after(PullFailure::registry, chunk.after);
    return;
  }
  chunk.registry = request->registry();
  chunk.connection = request->connection();
  if (!layer.first_byte) layer.registry = static_cast<RowIndex>(chunk.registry);
  if (chunk.registry != layer.registry) layer.from_several = true;
  first_byte(index, number);
}

void ImagePull::first_byte(std::size_t index, std::size_t number) {
  if (failure_) return;
  Layer& layer = layers_[index];
  const BlobId blob = entry().layers[index].blob;
  Chunk& chunk = layer.chunks[number];
  if (number == 0 && !layer.first_byte) {
    const bool waits = registry_at(chunk.registry).must_wait(blob, [this, index, number] {
      first_byte(index, number);
    });
    if (waits) return;
    layer.fills_edge = registry_at(chunk.registry).cold(blob);
  }
  const SimTime now = context_.engine.now();
  if (now > chunk.begin) chunk.after = add_step(Step::Kind::edge, index, chunk.begin, chunk.after);
  chunk.begin = now;
  start_transfer(index, number);
  if (number > 0 || layer.first_byte) return;
  layer.first_byte = now;
  if (!pipeline().parts_queue_at_once) {
    // The answer tells the size: further connections are opened only now.
    const auto connections =
        std::min(layer.chunks.size(), static_cast<std::size_t>(pipeline().node_slots));
    const StepId answer = chunk.after;
    while (layer.next_chunk < connections) ask_for_chunk(index, answer);
  }
  if (pipeline().inflates_twice) inflate_beside(index);
}

void ImagePull::start_transfer(std::size_t index, std::size_t number) {
  Chunk& chunk = layers_[index].chunks[number];
  const Registry& registry = registry_at(chunk.registry);
  const BlobId blob = entry().layers[index].blob;
  if (registry.service() != Registry::Service::up) {  // it went away while the edge made us wait
    interrupt(index, number);
    watch_progress();
    return;
  }
  chunk.flowing = true;
  chunk.cold = registry.capped_by_edge(blob);
  chunk.upstream = registry.comes_from_upstream(blob);
  const double luck = registry.spec().sharing_spread > 0 ? site_.requests.next() : 0;
  chunk.transfer = std::make_unique<BlobTransfer>();
  chunk.transfer->start(
      context_, site_.host, registry, blob, chunk.bytes - chunk.received, chunk.connection, luck,
      [this, index, number](const Completion& c) { chunk_received(index, number, c); });
}

void ImagePull::inflate_beside(std::size_t index) {
  const double inflate = inflate_cpu_seconds(*entry().layers[index].spec, site_.runtime->unpack);
  if (!(inflate > 0)) return;
  ++layers_[index].parts_left;
  const auto done = [this, index](const Completion& c) {
    const Layer& inflated = layers_[index];
    const StepId step =
        add_step(Step::Kind::job, index, *inflated.first_byte, inflated.chunks[0].after);
    limited(c.limited);
    part_ended(index, step);
  };
  layers_[index].inflate = context_.network.start_work(site_.host, inflate, 0, done);
}

// A download slot is free at the last byte where slots are for requests; the older pipeline keeps
// it until the blob is committed, and CRI-O until the layer is.
void ImagePull::chunk_received(std::size_t index, std::size_t number,
                               const Completion& completion) {
  Layer& layer = layers_[index];
  Chunk& chunk = layer.chunks[number];
  const StepId step = add_step(Step::Kind::transfer, index, chunk.begin, chunk.after);
  steps_.back().cold = chunk.cold;
  steps_.back().upstream = chunk.upstream;
  limited(completion.limited);
  steps_.back().idle = chunk.transfer->idle();
  connections_.give_back(chunk.registry, chunk.transfer->connection());
  last_bytes_ = context_.engine.now();
  chunk.flowing = false;
  chunk.ended = true;
  chunk.transfer.reset();
  const bool commits_in_slot =
      pipeline().slot_until_commit && (commit_time(index) > Duration{0} || waits_for_disk());
  if (pipeline().unpack != PullPipeline::Unpack::chain && !commits_in_slot) {
    (number == 0 ? layer.holds_slot : chunk.holds_slot) = false;
    release_download(mark(step));
  }
  if (!pipeline().parts_queue_at_once && layer.next_chunk < layer.chunks.size()) {
    ask_for_chunk(index, step);
  }
  part_ended(index, step);
}

void ImagePull::part_ended(std::size_t index, StepId step) {
  Layer& layer = layers_[index];
  if (--layer.parts_left > 0) return;
  const BlobId blob = entry().layers[index].blob;
  if (!layer.from_several) {
    registry_at(layer.registry).fetched(blob);
  } else if (layer.fills_edge) {
    registry_at(layer.registry).gave_up(blob);
  }
  layer.after = step;
  layer.commit_began = context_.engine.now();
  if (!waits_for_disk()) {
    flushed(index);
    return;
  }
  // What is unwritten may be older than this blob, and is written first: all of the blob at most.
  context_.network.catch_up();
  const double unwritten = context_.network.network().host_levels(site_.host).unwritten;
  const auto size = static_cast<double>(entry().layers[index].spec->size.count);
  context_.network.start_flush(site_.host, std::min(size, unwritten),
                               [this, index](const Completion&) { flushed(index); });
}

void ImagePull::flushed(std::size_t index) {
  if (failure_) return;
  site_.metadata->run(1, commit_time(index), [this, index] { label_blob(index); });
}

// containerd: where it came from.
void ImagePull::label_blob(std::size_t index) {
  if (failure_) return;
  site_.metadata->run(1, duration_up(site_.runtime->commit_transaction),
                      [this, index] { commit_ended(index); });
}

void ImagePull::commit_ended(std::size_t index) {
  if (failure_) return;
  const Layer& layer = layers_[index];
  const bool took_time = context_.engine.now() > layer.commit_began;
  committed(index, took_time ? add_step(Step::Kind::commit, index, layer.commit_began, layer.after)
                             : layer.after);
}

// A rate of flushing that the scenario gives stands for the disk.
bool ImagePull::waits_for_disk() const {
  return pipeline().syncs_blobs && site_.pool->page_cache && !site_.runtime->commit_flush;
}

// From a blob's last byte until it may be used.
Duration ImagePull::commit_time(std::size_t index) const {
  const RuntimeSpec& runtime = *site_.runtime;
  double seconds = runtime.commit_per_blob;
  if (runtime.commit_flush) {
    const auto bytes = static_cast<double>(entry().layers[index].spec->size.count);
    seconds += bytes / runtime.commit_flush->bytes_per_second;
  }
  return duration_up(seconds);
}

void ImagePull::committed(std::size_t index, StepId step) {
  Layer& layer = layers_[index];
  const ImageLayer& spec = entry().layers[index];
  layer.fetched = true;
  layer.chunks = std::vector<Chunk>();  // many pulls are kept to the end of the run
  layer.after = step;
  if (pipeline().shares_blobs) {
    site_.store->add_blob(spec.blob);
    layer.blob_room = Bytes{0};  // the store's now
    use_blob(index);
    site_.store->blob_locks().unlock(spec.blob);
    layer.holds_blob_lock = false;
  }
  PullRow& pull = row();
  pull.work.edit().bytes_fetched += spec.spec->size;
  ++pull.work.edit().layers_fetched;
  context_.recorder.result().counters.bytes_fetched += spec.spec->size.count;
  there(index);
}

// The layer can be unpacked.
void ImagePull::there(std::size_t index) {
  Layer& layer = layers_[index];
  layer.there = true;
  layer.committed_at = context_.engine.now();
  if (pipeline().unpack == PullPipeline::Unpack::chain && index == next_unpack_) {
    committer_ = index;
    advance_chain();
    return;
  }
  release_slot(index, layer.after);
  --not_there_;
  if (pipeline().unpack == PullPipeline::Unpack::jobs) {
    layer.unpack_after = layer.after;
    ask_for_job_slot(index);
    return;
  }
  const std::size_t next = pipeline().unpack_after_downloads ? next_unpack_ : index;
  if (layers_[next].waits_for_blob && may_unpack(next)) {
    layers_[next].waits_for_blob = false;
    start_unpack(next, next == index ? layer.unpack_after : layer.after);
  }
}

}  // namespace pullsim
