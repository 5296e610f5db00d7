// The beginning of a pull, its end and its rows; see the header. Requests before the layers are in
// image_pull_requests.cpp, slots in image_pull_slots.cpp, downloads in image_pull_fetch.cpp,
// unpacking in image_pull_unpack.cpp, a bad end is in image_pull_failure.cpp, and what held the
// pull up in image_pull_explain.cpp.
#include "models/image_pull.hpp"

#include "models/recorder.hpp"
#include "sim/append.hpp"

#include <algorithm>

namespace pullsim {

namespace {

// containerd: a label of the config, the image's record, the end of the lease; of a new image
// records by ID and by digest. Assumed for the other runtimes.
constexpr std::uint32_t kRecordsOfKnownImage = 3;
constexpr std::uint32_t kRecordsOfNewImage = 5;
// Where all records are written whatever is there: by ID, by tag and by digest.
constexpr std::uint32_t kAllRecords = 6;
// Share of `pullOverhead`; from the laboratory's timelines, docs/models/image-pull.md.
constexpr double kOverheadAtEnd = 1.0 / 3;

}  // namespace

ImagePull::ImagePull(Context& context, PullSite& site, std::size_t row, std::size_t image)
    : context_(context),
      site_(site),
      row_(row),
      image_(image),
      layers_((*site.images)[image].layers.size()),
      connections_(*site.registries) {
  const std::size_t registry = entry().registry;
  hosts_ = context.scenario.registries[registry].mirrors;
  hosts_.push_back(registry);
}

PullRow& ImagePull::row() { return context_.recorder.result().pulls[row_]; }

ImagePull::StepId ImagePull::add_step(Step::Kind kind, std::optional<std::size_t> layer,
                                      SimTime begin, StepId after) {
  Step step;
  step.kind = kind;
  step.layer = layer;
  step.after = after;
  step.begin = begin;
  step.end = context_.engine.now();
  append(steps_, step);
  return static_cast<StepId>(steps_.size() - 1);
}

ImagePull::StepId ImagePull::later(StepId a, StepId b) const {
  if (a == kNone || b == kNone) return std::max(a, b);
  const auto end = [this](StepId id) { return steps_[static_cast<std::size_t>(id)].end; };
  return end(b) > end(a) ? b : a;
}

void ImagePull::limited(const LimitSeconds& limits) {
  steps_.back().limits = limits_.size();
  append(limits_, limits);
}

void ImagePull::start(Callback done) {
  done_ = done;
  site_.running.push_back(this);
  row().started = context_.engine.now();
  layers_start_ = context_.engine.now();
  site_.store->begin_pull(image_);
  make_slots();
  resolve();
}

void ImagePull::write(std::uint32_t transactions, double seconds_each, Then then, Line line) {
  const SimTime begin = context_.engine.now();
  const StepId after = line == Line::order ? issued_after_ : last_;
  ++writes_;
  site_.metadata->run(transactions, duration_up(seconds_each), [this, begin, after, line, then] {
    --writes_;
    if (failure_) return;
    if (context_.engine.now() > begin) {
      const StepId step = add_step(Step::Kind::commit, {}, begin, after);
      (line == Line::order ? issued_after_ : last_) = step;
    }
    (this->*then)();
  });
}

void ImagePull::transact(std::uint32_t transactions, Then then, Line line) {
  write(transactions, site_.runtime->commit_transaction, then, line);
}

// What is on the node becomes an image, whether a layer came or none.
void ImagePull::finish() {
  complete_ = true;
  std::uint32_t records = known_ ? kRecordsOfKnownImage : kRecordsOfNewImage;
  if (pipeline().rewrites_records) records = kAllRecords;
  transact(records, &ImagePull::read_back);
}

// What the runtime keeps in memory of the image: its records, config and size.
void ImagePull::read_back() {
  const SimTime begin = context_.engine.now();
  const Duration time = overhead_at_end();
  if (time == Duration{0}) {
    recorded();
    return;
  }
  context_.engine.in(time, "image read back", [this, begin] {
    if (failure_) return;
    last_ = add_step(Step::Kind::request, {}, begin, last_);
    recorded();
  });
}

Duration ImagePull::overhead_at_end() const {
  return duration_up(site_.runtime->pull_overhead * kOverheadAtEnd);
}

void ImagePull::recorded() {
  finished_ = true;
  std::erase(site_.running, this);
  site_.store->add_image(image_);
  for (std::size_t i = 0; i < layers_.size(); ++i) give_room_back(i);
  site_.store->end_pull(image_);
  end_uses();
  if (holds_image_lock_) {
    site_.store->image_locks().unlock(static_cast<std::uint32_t>(image_));
  }
  write_times();
  write_layer_rows();
  context_.engine.in(Duration{0}, "image pulled", [this] {
    own_downloads_.reset();
    own_unpacks_.reset();
    steps_ = {};
    limits_ = {};
    Callback done = done_;
    done();  // may be the end of this object
  });
}

void ImagePull::write_unfinished() {
  if (!finished_ && !failure_) write_layer_rows();
}

double ImagePull::bytes_under_way() {
  double bytes = 0;
  if (failure_) return bytes;
  for (const Layer& layer : layers_) {
    if (layer.fetched) continue;
    bytes += layer.resumed;
    for (const Chunk& chunk : layer.chunks) {
      bytes += chunk.ended ? chunk.bytes : chunk.received;
      if (chunk.flowing) bytes += chunk.transfer->stop(context_);
    }
  }
  return bytes;
}

bool ImagePull::was_fetched_before(std::size_t layer) {
  const auto& before = *row().retries->fetched_before;
  return std::find(before.begin(), before.end(), layer) != before.end();
}

void ImagePull::write_layer_rows() {
  PullRow& pull = row();
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const bool on_node = finished_ || i < next_unpack_ || layer.there;
    const bool had_turn = layer.own_fetch || layer.holds_slot || layer.waited;
    if (!on_node && !had_turn) continue;  // the run ended before this layer's turn
    if (failure_ && !layer.own_fetch && !layer.unpack_started) continue;
    const bool reused = !failure_ && on_node && !layer.own_fetch && !was_fetched_before(i);
    if (reused) ++pull.work.edit().layers_reused;
    LayerRow line;
    line.node = static_cast<RowIndex>(site_.node);
    line.image = static_cast<RowIndex>(image_);
    line.layer = static_cast<RowIndex>(i);
    line.pull = static_cast<RowIndex>(row_);
    line.requested = layer.requested;
    line.first_byte = layer.first_byte;
    if (layer.own_fetch) line.committed = layer.committed_at;
    line.unpack_started = layer.unpack_started;
    line.unpack_finished = layer.unpack_finished;
    line.source = layer.source;
    line.registry = static_cast<RowIndex>(layer.registry);
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
  PullWork& work = pull.work.edit();
  work.resolve = download_start - *pull.started;
  work.download = download_end - download_start;
  work.unpack = *pull.finished - download_end;
  pull.outcome = Outcome::ok;
  explain(last_);
  pull.bottleneck = longest_cause(pull);
}

Bottleneck longest_cause(const PullRow& pull) {
  const HeldUpBy causes = held_up_by(pull);
  const auto longest =
      std::max_element(causes.begin(), causes.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return longest == causes.end() ? Bottleneck::none : longest->first;
}

}  // namespace pullsim
