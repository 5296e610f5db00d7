// The steps of a pull; see the header. What held it up is worked out in image_pull_explain.cpp.
#include "models/image_pull.hpp"

#include "models/decisions/unpack_cost.hpp"
#include "models/recorder.hpp"
#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

ImagePull::ImagePull(Context& context, PullSite& site, std::size_t row, std::size_t image)
    : context_(context),
      site_(site),
      row_(row),
      image_(image),
      layers_((*site.images)[image].layers.size()) {}

PullRow& ImagePull::row() { return context_.recorder.result().pulls[row_]; }

void ImagePull::start(Callback done) {
  done_ = done;
  row().started = context_.engine.now();
  request("manifest resolved", &ImagePull::resolved,
          duration_up(site_.runtime->pull_overhead) + connect_time());
}

// A round trip to set a connection up, where connections are modelled.
Duration ImagePull::connect_time() {
  return registry().spec().initial_window.count > 0 ? registry().spec().round_trip : Duration{0};
}

void ImagePull::request(const char* label, void (ImagePull::*then)(), Duration before) {
  ++context_.recorder.result().counters.requests;
  const Duration time = before + registry().request_time(site_.requests.next());
  context_.engine.in(time, label, [this, then] { (this->*then)(); });
}

void ImagePull::resolved() {
  layers_start_ = context_.engine.now();
  if (site_.store->has_image(image_)) {
    finish();
  } else {
    request("manifest read", &ImagePull::manifest_read);
  }
}

// containerd 1.6 asks for the config on a second connection (measured with an added round trip).
void ImagePull::manifest_read() { request("config read", &ImagePull::config_read, connect_time()); }

void ImagePull::config_read() {
  idle_.push_back(Connection{static_cast<double>(registry().spec().initial_window.count), false});
  layers_start_ = context_.engine.now();
  advance_unpack();
}

// Layer by layer from the base: skip what is unpacked, wait for what another pull unpacks, and hold
// the lock of the first one that is missing until it is unpacked here.
void ImagePull::advance_unpack() {
  const auto& specs = entry().layers;
  while (next_unpack_ < specs.size()) {
    const ChainId chain = specs[next_unpack_].chain;
    if (site_.store->has_snapshot(chain)) {
      ++next_unpack_;
      continue;
    }
    if (!site_.store->snapshot_locks().try_lock(chain)) {
      site_.store->snapshot_locks().wait(chain, [this] { advance_unpack(); });
      return;
    }
    holds_snapshot_lock_ = true;
    if (!fetching_) {
      fetching_ = true;
      next_fetch_ = next_unpack_;
      pump_fetches(-1);
    }
    if (layers_[next_unpack_].committed) {
      start_unpack();
    } else {
      waits_for_blob_ = true;
    }
    return;
  }
  finish();
}

void ImagePull::start_unpack() {
  Layer& layer = layers_[next_unpack_];
  const LayerSpec& spec = *entry().layers[next_unpack_].spec;
  layer.own_unpack = true;
  layer.unpack_started = context_.engine.now();
  context_.network.start_work(site_.host, unpack_cpu_seconds(spec, site_.runtime->unpack),
                              static_cast<double>(spec.unpacked.count),
                              [this](const Completion& c) { unpacked(c); });
}

void ImagePull::unpacked(const Completion& completion) {
  Layer& layer = layers_[next_unpack_];
  const ChainId chain = entry().layers[next_unpack_].chain;
  layer.unpack_finished = context_.engine.now();
  layer.unpack_limits = completion.limited;
  PULLSIM_CHECK(
      next_unpack_ == 0 || site_.store->has_snapshot(entry().layers[next_unpack_ - 1].chain),
      "a layer is unpacked only on top of the one below");
  site_.store->add_snapshot(chain);
  holds_snapshot_lock_ = false;
  site_.store->snapshot_locks().unlock(chain);
  ++next_unpack_;
  advance_unpack();
}

void ImagePull::pump_fetches(int freed_by) {
  while (slots_used_ < site_.runtime->max_concurrent_downloads && next_fetch_ < layers_.size()) {
    const std::size_t layer = next_fetch_++;
    ++slots_used_;
    layers_[layer].slot = context_.engine.now();
    layers_[layer].freed_by = freed_by;
    fetch(layer);
  }
}

// Holds a slot. Another pull's download of the same blob is waited for with the slot in hand, as
// containerd up to 2.0 does.
void ImagePull::fetch(std::size_t index) {
  Layer& layer = layers_[index];
  const ImageLayer& spec = entry().layers[index];
  if (!spec.spec->fetched) site_.store->add_blob(spec.blob);
  if (site_.store->has_blob(spec.blob)) {
    layer.source = *layer.slot == context_.engine.now() ? LayerRow::Source::cache
                                                        : LayerRow::Source::other_pull;
    committed(index);
    return;
  }
  if (!site_.store->blob_locks().try_lock(spec.blob)) {
    site_.store->blob_locks().wait(spec.blob, [this, index] { fetch(index); });
    return;
  }
  layer.own_fetch = true;
  layer.source = LayerRow::Source::registry;
  layer.requested = context_.engine.now();
  ++context_.recorder.result().counters.requests;
  Duration time = registry().request_time(site_.requests.next());
  if (idle_.empty()) {
    time += connect_time();
  } else {
    layer.connection = idle_.back();
    idle_.pop_back();
  }
  context_.engine.in(time, "first byte", [this, index] { first_byte(index); });
}

void ImagePull::first_byte(std::size_t index) {
  Layer& layer = layers_[index];
  const ImageLayer& spec = entry().layers[index];
  if (registry().must_wait(spec.blob, [this, index] { first_byte(index); })) return;
  layer.first_byte = context_.engine.now();
  layer.cold = registry().cold(spec.blob);
  const double luck = registry().spec().sharing_spread > 0 ? site_.requests.next() : 0;
  layer.transfer.start(context_, site_.host, registry(), spec.blob, spec.spec->size,
                       layer.connection, luck,
                       [this, index](const Completion& c) { fetched(index, c); });
}

void ImagePull::fetched(std::size_t index, const Completion& completion) {
  const ImageLayer& spec = entry().layers[index];
  layers_[index].download_limits = completion.limited;
  registry().fetched(spec.blob);
  idle_.push_back(layers_[index].transfer.connection());
  const RuntimeSpec& runtime = *site_.runtime;
  double commit = runtime.commit_per_blob;
  if (runtime.commit_flush) {
    commit += static_cast<double>(spec.spec->size.count) / runtime.commit_flush->bytes_per_second;
  }
  if (commit > 0) {
    context_.engine.in(duration_up(commit), "blob flushed", [this, index] { flushed(index); });
  } else {
    flushed(index);
  }
}

void ImagePull::flushed(std::size_t index) {
  const ImageLayer& spec = entry().layers[index];
  site_.store->add_blob(spec.blob);
  site_.store->blob_locks().unlock(spec.blob);
  PullRow& pull = row();
  pull.bytes_fetched += spec.spec->size;
  ++pull.layers_fetched;
  context_.recorder.result().counters.bytes_fetched += spec.spec->size.count;
  committed(index);
}

void ImagePull::committed(std::size_t index) {
  layers_[index].committed = true;
  layers_[index].committed_at = context_.engine.now();
  --slots_used_;
  pump_fetches(static_cast<int>(index));
  if (waits_for_blob_ && index == next_unpack_) {
    waits_for_blob_ = false;
    start_unpack();
  }
}

void ImagePull::finish() {
  finished_ = true;
  site_.store->add_image(image_);
  write_times();
  write_layer_rows();
  context_.engine.in(Duration{0}, "image pulled", done_);
}

void ImagePull::write_unfinished() {
  if (!finished_) write_layer_rows();
}

double ImagePull::bytes_under_way() {
  double bytes = 0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    if (!layer.first_byte || layer.committed_at) continue;
    bytes += layer.transfer.stop(context_);
  }
  return bytes;
}

void ImagePull::write_layer_rows() {
  PullRow& pull = row();
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    if (!layer.own_fetch) ++pull.layers_reused;
    LayerRow line;
    line.node = site_.node;
    line.image = image_;
    line.layer = i;
    line.pull = row_;
    line.requested = layer.requested;
    line.first_byte = layer.first_byte;
    if (layer.own_fetch) line.committed = layer.committed_at;
    line.unpack_started = layer.unpack_started;
    line.unpack_finished = layer.unpack_finished;
    line.source = layer.source;
    line.registry = entry().registry;
    context_.recorder.result().layers.push_back(line);
  }
}

void ImagePull::write_times() {
  SimTime download_start = layers_start_;
  SimTime download_end = layers_start_;
  bool any_download = false;
  for (const Layer& layer : layers_) {
    if (!layer.own_fetch) continue;
    download_start = any_download ? std::min(download_start, *layer.requested) : *layer.requested;
    download_end = std::max(download_end, *layer.committed_at);
    any_download = true;
  }
  PullRow& pull = row();
  pull.finished = context_.engine.now();
  pull.resolve = download_start - *pull.started;
  pull.download = download_end - download_start;
  pull.unpack = *pull.finished - download_end;
  pull.outcome = Outcome::ok;
  pull.held_up_by = explain();
  const auto longest =
      std::max_element(pull.held_up_by.begin(), pull.held_up_by.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (longest != pull.held_up_by.end()) pull.bottleneck = longest->first;
}

}  // namespace pullsim
