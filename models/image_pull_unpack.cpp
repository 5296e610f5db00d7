// The four orders of unpacking: serial, parallel with commits at the end, a chain of commits in the
// slot of the layer that was next, and jobs that begin as layers arrive. See image_pull.hpp.
#include "models/decisions/node_resources.hpp"
#include "models/decisions/unpack_cost.hpp"
#include "models/image_pull.hpp"
#include "sim/check.hpp"

namespace pullsim {

namespace {

// containerd: before a layer is unpacked a key is taken for its snapshot, the snapshotter prepares
// it, and it is recorded; after that it is committed, in containerd's database and in the
// snapshotter's, and the blob is labelled. Assumed for the other runtimes.
constexpr std::uint32_t kTransactionsBefore = 3;
constexpr std::uint32_t kTransactionsAfter = 3;

}  // namespace

void ImagePull::advance() {
  if (failure_) return;
  switch (pipeline().unpack) {
    case PullPipeline::Unpack::serial:
      advance_serial();
      break;
    case PullPipeline::Unpack::parallel:
      advance_parallel();
      break;
    case PullPipeline::Unpack::chain:
      advance_chain();
      break;
    case PullPipeline::Unpack::jobs:
      advance_jobs();
      break;
  }
}

bool ImagePull::may_unpack(std::size_t index) const {
  return layers_[index].there && (not_there_ == 0 || !pipeline().unpack_after_downloads);
}

// From the base up: skips what is unpacked, waits for what another pull unpacks (advance() runs
// again then), and takes the lock of the first layer that is missing.
ImagePull::Next ImagePull::lock_next_missing() {
  for (; next_unpack_ < layers_.size(); ++next_unpack_) {
    const ChainId chain = entry().layers[next_unpack_].chain;
    if (pipeline().unpack == PullPipeline::Unpack::chain && !layers_[next_unpack_].there) break;
    if (site_.store->has_snapshot(chain)) continue;
    if (!site_.store->snapshot_locks().try_lock(chain)) {
      site_.store->snapshot_locks().wait(chain, [this] { advance(); });
      return Next::waits;
    }
    layers_[next_unpack_].holds_snapshot_lock = true;
    return Next::locked;
  }
  return Next::none;
}

// Before the first layer's download begins, too.
void ImagePull::prepare(Then then, Line line) { transact(kTransactionsBefore, then, line); }

// Layer by layer: the lock of the one that is missing is held until it is unpacked here.
void ImagePull::advance_serial() {
  const Next next = lock_next_missing();
  if (next == Next::none) finish();
  if (next == Next::locked) prepare(&ImagePull::prepared_serial);
}

void ImagePull::prepared_serial() {
  if (!fetching_) begin_fetching();
  if (may_unpack(next_unpack_)) {
    start_unpack(next_unpack_, last_);
  } else {
    layers_[next_unpack_].unpack_after = last_;
    layers_[next_unpack_].waits_for_blob = true;
  }
}

// The same, but each layer takes one of the node's unpack slots, in order and before its download
// has ended, and the next one does not wait for it to be unpacked.
void ImagePull::advance_parallel() {
  const Next next = lock_next_missing();
  if (next == Next::none) commit_applied();
  if (next == Next::locked) prepare(&ImagePull::prepared_parallel, Line::order);
}

void ImagePull::prepared_parallel() {
  if (!fetching_) {
    last_ = issued_after_;
    begin_fetching();
  }
  site_.unpacks->acquire([this] { unpack_slot_granted(); });
}

void ImagePull::unpack_slot_granted() {
  if (failure_) {
    site_.unpacks->release(kNobody);
    return;
  }
  issued_after_ = granted_after(*site_.unpacks, issued_after_);
  const std::size_t index = next_unpack_++;
  Layer& layer = layers_[index];
  layer.own_unpack = true;
  layer.unpack_after = issued_after_;
  if (layer.there) {
    start_unpack(index, issued_after_);
  } else {
    layer.waits_for_blob = true;
  }
  advance_parallel();
}

// Commits wait until every layer has begun, then go base upwards as far as layers are applied.
void ImagePull::commit_applied() {
  if (next_unpack_ < layers_.size()) return;
  for (; next_commit_ < layers_.size(); ++next_commit_) {
    const Layer& layer = layers_[next_commit_];
    if (!layer.own_unpack) continue;
    if (!layer.applied) return;
    commit(next_commit_);
  }
  finish();
}

// Whoever is next commits, and all ready ones above it, before it gives its download slot back.
void ImagePull::advance_chain() {
  const Next next = lock_next_missing();
  if (next == Next::waits) return;
  if (next == Next::locked) {
    last_ = later(layers_[next_unpack_].after, last_);  // its blob, or the layer below
    prepare(&ImagePull::prepared_chain);
  } else if (next_unpack_ == layers_.size()) {
    if (!layers_.empty()) release_slot(committer_, last_);
    finish();
  } else {
    release_slot(committer_, last_);
  }
}

void ImagePull::prepared_chain() { start_unpack(next_unpack_, last_); }

// containerd asks for layer after layer, base first; the first one that is missing begins the jobs
// of all from it on. What it gets for each is a finished folder to rename.
void ImagePull::advance_jobs() {
  const Next next = lock_next_missing();
  if (next == Next::none) finish();
  if (next == Next::locked) prepare(&ImagePull::prepared_job);
}

void ImagePull::prepared_job() {
  if (!fetching_) begin_fetching();
  if (layers_[next_unpack_].applied) {
    commit(next_unpack_++);
    advance_jobs();
  } else {
    claimed_ = true;
  }
}

void ImagePull::start_unpack(std::size_t index, StepId after) {
  Layer& layer = layers_[index];
  const SimTime now = context_.engine.now();
  LayerSpec spec = *entry().layers[index].spec;
  layer.own_unpack = true;  // whatever comes of it: it has an unpack slot, if there are any
  if (!take_room(spec.unpacked, &layer.unpacked_room)) return;
  if (layer.copied) spec.compression = Compression::none;
  layer.unpack_started = now;
  layer.unpack_after = *layer.committed_at == now ? layer.after : after;
  layer.works_left = 1;
  layer.unpacking =
      context_.network.start_work(site_.host, unpack_cpu_seconds(spec, site_.runtime->unpack),
                                  unpack_write_bytes(spec, *site_.pool),
                                  [this, index](const Completion& c) { work_ended(index, c); });
  if (pipeline().stores_blobs && layer.own_fetch) store_beside(index);
}

// The blob is copied from the file that it was fetched into to the content store.
void ImagePull::store_beside(std::size_t index) {
  const auto bytes = static_cast<double>(entry().layers[index].spec->size.count);
  ++layers_[index].works_left;
  layers_[index].storing = context_.network.start_work(
      site_.host, 0, bytes, [this, index](const Completion& c) { work_ended(index, c); });
}

void ImagePull::work_ended(std::size_t index, const Completion& completion) {
  Layer& layer = layers_[index];
  if (--layer.works_left > 0) return;
  const StepId job = add_step(Step::Kind::job, index, *layer.unpack_started, layer.unpack_after);
  limited(completion.limited);
  const SimTime since = context_.engine.now();
  if (!pipeline().syncs_files || !site_.pool->page_cache) {
    files_written(index, since, job);
    return;
  }
  // Not only of this layer: the file system is synced as a whole.
  context_.network.catch_up();
  const double unwritten = context_.network.network().host_levels(site_.host).unwritten;
  layer.unpacking = context_.network.start_flush(
      site_.host, unwritten,
      [this, index, since, job](const Completion&) { files_written(index, since, job); });
}

void ImagePull::files_written(std::size_t index, SimTime since, StepId job) {
  layers_[index].unpack_finished = context_.engine.now();
  site_.metadata->run(kTransactionsAfter, duration_up(site_.runtime->commit_transaction),
                      [this, index, since, job] {
                        if (failure_) return;
                        const bool took_time = context_.engine.now() > since;
                        last_ = took_time ? add_step(Step::Kind::commit, index, since, job) : job;
                        unpacked(index);
                      });
}

void ImagePull::unpacked(std::size_t index) {
  Layer& layer = layers_[index];
  if (pipeline().unpack == PullPipeline::Unpack::jobs) {
    layer.applied = true;
    settle_file(index);
    release_job_slots();
    if (!claimed_ || index != next_unpack_) return;
    claimed_ = false;
    commit(next_unpack_++);
    advance_jobs();
    return;
  }
  if (pipeline().unpack == PullPipeline::Unpack::parallel) {
    layer.applied = true;
    site_.unpacks->release(mark(last_));
    commit_applied();
    return;
  }
  commit(index);
  ++next_unpack_;
  advance();
}

// The file that a layer was fetched into has become a blob of the content store, or goes.
void ImagePull::settle_file(std::size_t index) {
  Layer& layer = layers_[index];
  const BlobId blob = entry().layers[index].blob;
  if (pipeline().stores_blobs && layer.own_fetch && !site_.store->has_blob(blob)) {
    site_.store->add_blob(blob);
    layer.blob_room = Bytes{0};
  }
  site_.store->give_room_back(layer.blob_room);
  layer.blob_room = Bytes{0};
}

void ImagePull::commit(std::size_t index) {
  layers_[index].holds_snapshot_lock = false;
  const ImageLayer& layer = entry().layers[index];
  PULLSIM_CHECK(index == 0 || site_.store->has_snapshot(entry().layers[index - 1].chain),
                "a layer is committed only on top of the one below");
  site_.store->add_snapshot(layer.chain);
  layers_[index].unpacked_room = Bytes{0};  // the store's now
  if (pipeline().copies_layers) {
    site_.store->note_blob(layer.blob);
    give_room_back(index);  // the file that was downloaded
  }
  site_.store->snapshot_locks().unlock(layer.chain);
}

}  // namespace pullsim
