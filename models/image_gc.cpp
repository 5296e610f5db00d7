// Passes of the collector; see the header.
#include "models/image_gc.hpp"

#include "models/decisions/readiness.hpp"
#include "sim/check.hpp"

#include <algorithm>

namespace pullsim {

namespace {
constexpr std::int64_t kOff = 100;  // a high threshold that means: no passes
}

ImageGc::ImageGc(Context& context, NodeDisk& disk, LayerStore& store, const ImageTable& images,
                 const DiskPolicySpec& policy, bool reports_unpacked, const std::string& node)
    : context_(context),
      disk_(disk),
      store_(store),
      table_(images),
      policy_(policy),
      reports_unpacked_(reports_unpacked),
      phase_(duration_up(context.stream(node, "image-gc").at(0) * to_seconds(kImageGcPeriod))),
      records_(images.size()) {}

void ImageGc::begin(bool fresh) {
  running_ = true;
  if (fresh) {
    kubelet_started_ = context_.engine.now();
    phase_ = context_.engine.now().time_since_epoch();
  }
  for (Record& record : records_) {
    if (!record.present) continue;
    record.detected = true;
    if (record.containers > 0) record.last_used = last_detection();
  }
  look();
}

SimTime ImageGc::last_detection() const {
  const SimTime now = context_.engine.now();
  const SimTime next = next_tick(now, phase_, kImageGcPeriod);
  return next == now ? now : next - kImageGcPeriod;
}

void ImageGc::image_changed(std::size_t image, bool present) {
  Record& record = records_[image];
  catch_up(record);
  if (present == record.present) return;  // pulled again
  const std::int64_t containers = record.containers;
  record = Record{};
  record.present = present;
  record.containers = containers;
  record.added = record.used_since = context_.engine.now();
  look();
}

void ImageGc::begin_use(std::size_t image) {
  Record& record = records_[image];
  catch_up(record);
  if (record.containers++ == 0) record.used_since = context_.engine.now();
}

void ImageGc::end_use(std::size_t image) {
  Record& record = records_[image];
  catch_up(record);
  PULLSIM_CHECK(record.containers > 0, "only a use that began ends");
  if (--record.containers == 0) look();
}

// What detections up to now have written into a record: the kubelet looks every period.
void ImageGc::catch_up(Record& record) const {
  if (!record.present || !running_) return;
  const SimTime last = last_detection();
  if (!record.detected && record.added <= last) {
    record.detected = true;
    record.first_detected = next_tick(record.added, phase_, kImageGcPeriod);
  }
  if (record.containers > 0 && record.used_since <= last) record.last_used = last;
}

void ImageGc::detect() {
  const SimTime now = context_.engine.now();
  for (Record& record : records_) {
    catch_up(record);
    if (!record.present) continue;
    if (!record.detected) record.first_detected = now;
    record.detected = true;
    if (record.containers > 0) record.last_used = now;
  }
}

std::vector<GcImage> ImageGc::images() const {
  std::vector<GcImage> images;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const Record& record = records_[i];
    if (!record.present) continue;
    images.push_back({i, table_.reported_size(i, reports_unpacked_), record.first_detected,
                      record.last_used, record.containers > 0});
  }
  return images;
}

bool ImageGc::has_unused() const {
  return std::any_of(records_.begin(), records_.end(),
                     [](const Record& record) { return record.present && record.containers == 0; });
}

bool ImageGc::wants_pass() const {
  if (!has_unused()) return false;
  if (policy_.image_maximum_gc_age > Duration{0}) return true;
  return policy_.image_gc_high_percent < kOff && disk_.limited() &&
         bytes_to_free(policy_, disk_.capacity(), disk_.available()).has_value();
}

void ImageGc::look() {
  if (!running_ || pass_pending_ || !wants_pass()) return;
  pass_pending_ = true;
  const SimTime next = next_tick(context_.engine.now() + Duration{1}, phase_, kImageGcPeriod);
  context_.engine.at(next, "image garbage collection", [this] { pass(); });
}

void ImageGc::pass() {
  const SimTime now = context_.engine.now();
  if (running_ && wants_pass()) {
    detect();
    remove(old_images(images(), policy_.image_maximum_gc_age, kubelet_started_, now));
    const auto wanted = bytes_to_free(policy_, disk_.capacity(), disk_.available());
    if (disk_.limited() && wanted && policy_.image_gc_high_percent < kOff) {
      remove(free_images(images(), wanted, policy_.image_minimum_gc_age, now));
    }
  }
  pass_pending_ = false;
  look();
}

bool ImageGc::delete_unused() {
  detect();
  const GcPass all =
      free_images(images(), std::nullopt, policy_.image_minimum_gc_age, context_.engine.now());
  remove(all);
  return !all.removed.empty();
}

void ImageGc::remove(const GcPass& pass) {
  for (const std::size_t image : pass.removed) {
    PULLSIM_CHECK(records_[image].containers == 0, "an image in use is never collected");
    store_.remove_image(image);
  }
}

}  // namespace pullsim
