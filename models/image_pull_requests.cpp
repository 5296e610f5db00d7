// What a pull asks for before its layers - the reference, then index, manifest and config, each
// unless the node has it -, and what an outage of a registry does to it. See image_pull.hpp.
#include "models/image_pull.hpp"
#include "models/recorder.hpp"

#include <algorithm>

namespace pullsim {

namespace {

// containerd: of an index or a manifest which blobs it refers to, and of every blob where it came
// from. Assumed for the other runtimes.
constexpr std::uint32_t kLabelsOfAConfig = 1;
constexpr std::uint32_t kLabelsOfAManifest = 2;

}  // namespace

// Pulls may end or begin others while they are told.
void PullSite::outage_began(std::size_t registry) {
  for (ImagePull* pull : std::vector<ImagePull*>(running)) pull->outage_began(registry);
}

void PullSite::outage_ended(std::size_t registry) {
  for (ImagePull* pull : std::vector<ImagePull*>(running)) pull->outage_ended(registry);
}

std::unique_ptr<RegistryRequest> ImagePull::make_request(RegistryRequest::Kind kind) {
  RequestOrigin origin;
  origin.registries = site_.registries;
  origin.connections = &connections_;
  origin.draws = &site_.requests;
  origin.retries = site_.retries;
  origin.address = {site_.node, site_.zone};
  origin.image = image_;
  origin.pull = row_;
  return std::make_unique<RegistryRequest>(context_, origin, kind, hosts_);
}

// Where pulls of one image are one, a second pull waits for the first and takes its result.
void ImagePull::resolve() {
  if (pipeline().joins_pulls) {
    KeyedLocks& pulls = site_.store->image_locks();
    const auto key = static_cast<std::uint32_t>(image_);
    if (!pulls.try_lock(key)) {
      for (Layer& layer : layers_) layer.source = LayerRow::Source::other_pull;
      pulls.wait(key, [this] { joined_pull_ended(); });
      return;
    }
    holds_image_lock_ = true;
  }
  transact(1, &ImagePull::leased);
}

// What a pull brings is leased until an image refers to it.
void ImagePull::leased() { send_request(RegistryRequest::Kind::head, false); }

void ImagePull::joined_pull_ended() {
  if (failure_) return;
  if (site_.store->has_image(image_)) {
    complete_ = true;
    recorded();
  } else {
    fail_after(PullFailure::registry, kNone);
  }
}

void ImagePull::send_request(RegistryRequest::Kind kind, bool holds_slot) {
  holds_request_slot_ = holds_slot;
  request_begin_ = context_.engine.now();
  request_ = make_request(kind);
  const bool first = kind == RegistryRequest::Kind::head;
  const Duration before =
      first ? duration_up(site_.runtime->pull_overhead) - overhead_at_end() : Duration{0};
  request_->start("registry answered", before, [this, kind] { request_ended(kind); });
  if (request_->hangs()) watch_progress();
}

void ImagePull::request_ended(RegistryRequest::Kind kind) {
  last_ = add_step(Step::Kind::request, {}, request_begin_, last_);
  const std::unique_ptr<RegistryRequest> request = std::move(request_);
  if (holds_request_slot_) site_.downloads->release(mark(last_));
  holds_request_slot_ = false;
  if (!request->good()) {
    fail_after(PullFailure::registry, last_);
    return;
  }
  last_bytes_ = context_.engine.now();
  if (kind == RegistryRequest::Kind::probe) {
    look_for_blobs();
    return;
  }
  layers_start_ = context_.engine.now();
  if (kind == RegistryRequest::Kind::head) {
    known_ = site_.store->has_image(image_);
    document_ = entry().spec->index ? 0 : 1;
    next_document();
    return;
  }
  site_.store->add_document(image_, document_of(kind));
  if (kind == RegistryRequest::Kind::manifest && pipeline().one_host) {
    hosts_ = {request->registry()};
  }
  if (kind == RegistryRequest::Kind::config) {
    connections_.give_back(request->registry(), request->connection());
  }
  write(1, site_.runtime->commit_per_blob, &ImagePull::label_document);
}

LayerStore::Document ImagePull::document_of(RegistryRequest::Kind kind) {
  using Document = LayerStore::Document;
  if (kind == RegistryRequest::Kind::index) return Document::index;
  return kind == RegistryRequest::Kind::manifest ? Document::manifest : Document::config;
}

// Each is opened in the content store and labelled there, whether it has to come or not.
void ImagePull::next_document() {
  if (document_ == kDocuments.size()) {
    begin_layers();
  } else {
    transact(1, &ImagePull::document_opened);
  }
}

void ImagePull::document_opened() {
  const RegistryRequest::Kind kind = kDocuments[document_];
  if (known_ || site_.store->has_document(image_, document_of(kind))) {
    label_document();
    return;
  }
  if (!pipeline().requests_take_slots) {
    send_request(kind, false);
    return;
  }
  site_.downloads->acquire([this, kind] {
    if (failure_) {
      site_.downloads->release(kNobody);
      return;
    }
    last_ = granted_after(*site_.downloads, last_);
    send_request(kind, true);
  });
}

void ImagePull::label_document() {
  const bool config = kDocuments[document_++] == RegistryRequest::Kind::config;
  transact(config ? kLabelsOfAConfig : kLabelsOfAManifest, &ImagePull::next_document);
}

void ImagePull::begin_layers() {
  layers_start_ = context_.engine.now();
  issued_after_ = last_;
  if (known_) {
    finish();
    return;
  }
  // Only CRI-O asks for layers whatever is unpacked already; it looks layer by layer.
  if (pipeline().unpack == PullPipeline::Unpack::chain && !layers_.empty()) {
    begin_fetching();
  } else {
    advance();
  }
}

// --- outages -------------------------------------------------------------------------------------

void ImagePull::outage_began(std::size_t registry) {
  if (request_) request_->outage_began(registry);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].probe) layers_[i].probe->outage_began(registry);
    for (std::size_t n = 0; n < layers_[i].chunks.size(); ++n) {
      Chunk& chunk = layers_[i].chunks[n];
      if (chunk.request) chunk.request->outage_began(registry);
      if ((chunk.flowing || chunk.stalled) && chunk.registry == registry) interrupt(i, n);
    }
  }
  watch_progress();
}

// A silent registry sends nothing more until it is back; one that refuses has broken the
// connection, and the runtime asks for the rest, wherever it finds it.
void ImagePull::interrupt(std::size_t index, std::size_t number) {
  Chunk& chunk = layers_[index].chunks[number];
  const SimTime now = context_.engine.now();
  if (chunk.flowing) {
    const double bytes = chunk.transfer->stop(context_);
    if (bytes > 0) last_bytes_ = now;
    chunk.received += bytes;
    chunk.connection = chunk.transfer->connection();
    chunk.transfer.reset();
    chunk.after = add_step(Step::Kind::transfer, index, chunk.begin, chunk.after);
  } else if (chunk.stalled) {
    chunk.after = add_step(Step::Kind::request, index, chunk.begin, chunk.after);
  }
  chunk.begin = now;
  chunk.flowing = false;
  chunk.stalled = registry_at(chunk.registry).service() == Registry::Service::silent;
  if (!chunk.stalled) request_chunk(index, number);
}

void ImagePull::outage_ended(std::size_t registry) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    for (std::size_t n = 0; n < layers_[i].chunks.size(); ++n) {
      Chunk& chunk = layers_[i].chunks[n];
      if (!chunk.stalled || chunk.registry != registry) continue;
      chunk.stalled = false;
      chunk.after = add_step(Step::Kind::request, i, chunk.begin, chunk.after);
      chunk.begin = context_.engine.now();
      start_transfer(i, n);
    }
  }
}

bool ImagePull::waits_for_bytes() const {
  if (request_ && request_->hangs()) return true;
  for (const Layer& layer : layers_) {
    if (layer.probe && layer.probe->hangs()) return true;
    for (const Chunk& chunk : layer.chunks) {
      if (chunk.stalled || (chunk.request && chunk.request->hangs())) return true;
    }
  }
  return false;
}

bool ImagePull::receives_bytes() const {
  for (const Layer& layer : layers_) {
    for (const Chunk& chunk : layer.chunks) {
      if (chunk.flowing) return true;
    }
  }
  return false;
}

// The runtime looks every 10 s, or twice in a shorter timeout, whether bytes have come since; only
// looks during an outage can find that none have.
void ImagePull::watch_progress() {
  if (pipeline().progress_timeout == Duration{0} || watches_progress_) return;
  if (!waits_for_bytes()) return;
  watches_progress_ = true;
  const Duration ago = (context_.engine.now() - *row().started) % look_interval();
  last_look_ = last_progress_ = context_.engine.now() - ago;
  context_.engine.at(last_look_ + look_interval(), "progress is looked at",
                     [this] { look_at_progress(); });
}

Duration ImagePull::look_interval() const {
  const Duration timeout = pipeline().progress_timeout;
  return timeout < kLookInterval ? timeout / 2 : kLookInterval;
}

void ImagePull::look_at_progress() {
  watches_progress_ = false;
  if (failure_ || finished_ || !waits_for_bytes()) return;
  const SimTime now = context_.engine.now();
  if (receives_bytes() || last_bytes_ > last_look_) last_progress_ = now;
  if (now - last_progress_ > pipeline().progress_timeout) {
    fail(PullFailure::no_progress);
    return;
  }
  last_look_ = now;
  watches_progress_ = true;
  context_.engine.in(look_interval(), "progress is looked at", [this] { look_at_progress(); });
}

}  // namespace pullsim
