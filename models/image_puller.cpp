// Queue, rate and back-off of pulls; see the header.
#include "models/image_puller.hpp"

#include "models/decisions/retry_backoff.hpp"
#include "models/recorder.hpp"

#include <algorithm>

namespace pullsim {

namespace {

std::int64_t pull_slots(const KubeletSpec& spec) {
  if (spec.serialize_image_pulls) return 1;
  return spec.max_parallel_image_pulls.value_or(SlotPool::kUnlimited);
}

}  // namespace

ImagePuller::ImagePuller(Context& context, PullSite& site, const KubeletSpec& spec,
                         const std::string& node, ImagePullerHooks hooks)
    : context_(context),
      site_(site),
      hooks_(std::move(hooks)),
      slots_(context.engine, pull_slots(spec), "pull leaves the queue"),
      node_(node) {
  if (spec.registry_pull_qps > 0) {
    rate_.emplace(spec.registry_pull_qps, static_cast<double>(spec.registry_burst));
  }
}

PullRow& ImagePuller::row_of(const Wish& wish) {
  return context_.recorder.result().pulls[wish.row];
}

std::size_t ImagePuller::request(ContainerId container, std::size_t image) {
  const SimTime now = context_.engine.now();
  const auto [found, fresh] = wishes_.try_emplace(container);
  Wish& wish = found->second;
  if (fresh) {
    RunResult& result = context_.recorder.result();
    PullRow pull;
    pull.node = static_cast<RowIndex>(site_.node);
    pull.image = static_cast<RowIndex>(image);
    pull.requested = now;
    wish.row = static_cast<RowIndex>(result.pulls.size());
    result.pulls.push_back(pull);
  } else {
    PullRetries& retries = row_of(wish).retries.edit();
    retries.back_off += now - wish.failed_at;
    ++retries.attempts;
  }
  wish.queued = true;
  const RowIndex row = wish.row;
  queue_.push_back(container);
  ask_for_slot();
  record_queue();
  return row;
}

void ImagePuller::ask_for_slot() {
  if (!asked_ && !queue_.empty()) asked_ = slots_.acquire([this] { leave_queue(); });
}

void ImagePuller::leave_queue() {
  const ContainerId container = queue_.front();
  queue_.pop_front();
  asked_.reset();
  ask_for_slot();
  Wish& wish = wishes_.at(container);
  wish.queued = false;
  record_queue();
  if (rate_ && !rate_->try_take(context_.engine.now())) {  // "pull QPS exceeded"
    slots_.release();
    failed(container);
    return;
  }
  PullRow& pull = row_of(wish);
  pull.outcome = Outcome::pending;
  wish.under_way = true;
  hooks_.started(container);
  pulls_.push_back(std::make_unique<ImagePull>(context_, site_, wish.row, pull.image));
  const ImagePull* started = pulls_.back().get();
  pulls_.back()->start([this, container, started] { ended(container, *started); });
}

void ImagePuller::failed(ContainerId container) {
  Wish& wish = wishes_.at(container);
  ++wish.failures;
  wish.under_way = false;
  wish.failed_at = context_.engine.now();
  row_of(wish).outcome = Outcome::back_off;
  row_of(wish).started.reset();
  hooks_.ended(container, wish.row, false);
}

void ImagePuller::ended(ContainerId container, const ImagePull& pull) {
  slots_.release();
  const bool failure = pull.failure().has_value();
  const std::size_t row_index = pull.row_index();
  if (pull.may_go()) {
    std::erase_if(pulls_, [&pull](const auto& one) { return one.get() == &pull; });
  }
  const auto found = wishes_.find(container);
  if (found == wishes_.end()) {  // its pod is gone
    PullRow& row = context_.recorder.result().pulls[row_index];
    if (failure) row.outcome = Outcome::deleted;
    if (failure) row.started.reset();
  } else if (failure) {
    failed(container);
  } else {
    wishes_.erase(found);
    hooks_.ended(container, row_index, true);
  }
}

std::optional<SimTime> ImagePuller::backed_off_until(ContainerId container) const {
  const auto found = wishes_.find(container);
  if (found == wishes_.end()) return std::nullopt;
  return found->second.failed_at + pull_backoff(found->second.failures);
}

// There is nothing left to ask for.
bool ImagePuller::found(ContainerId container) {
  const auto wish = wishes_.find(container);
  if (wish == wishes_.end()) return false;
  const SimTime now = context_.engine.now();
  PullRow& pull = row_of(wish->second);
  pull.retries.edit().back_off += now - wish->second.failed_at;
  pull.started = pull.finished = now;
  pull.outcome = Outcome::ok;
  if (!pull.work->held_up_by.empty() || context_.scenario.keep_paths) {
    explain_wait(&pull, now, context_.scenario.keep_paths);
  }
  pull.bottleneck = longest_cause(pull);
  wishes_.erase(wish);
  return true;
}

void ImagePuller::forget(PodId pod) {
  auto wish = wishes_.lower_bound({pod, 0});
  while (wish != wishes_.end() && wish->first.pod == pod) {
    const bool queued = wish->second.queued;
    if (queued) queue_.erase(std::find(queue_.begin(), queue_.end(), wish->first));
    if (queue_.empty() && asked_) {
      slots_.cancel(*asked_);
      asked_.reset();
    }
    if (queued || !wish->second.under_way) row_of(wish->second).outcome = Outcome::deleted;
    if (queued) record_queue();
    wish = wishes_.erase(wish);
  }
}

void ImagePuller::stop() {
  const std::vector<ImagePull*> running = site_.running;  // those that fail leave it
  for (ImagePull* pull : running) pull->fail(PullFailure::node_lost);
}

void ImagePuller::record_queue() {
  if (!context_.watch_nodes) return;
  if (!queue_series_) {
    queue_series_ = context_.recorder.add_series("pull_queue", node_, "pulls");
  }
  const bool promised = asked_ && slots_.waiting() == 0;
  const std::size_t waiting = queue_.size() - (promised ? 1 : 0);
  context_.recorder.record(*queue_series_, context_.engine.now(), static_cast<double>(waiting));
}

void ImagePuller::write_unfinished() {
  for (const auto& pull : pulls_) pull->write_unfinished();
}

double ImagePuller::bytes_under_way() {
  double bytes = 0;
  for (const auto& pull : pulls_) bytes += pull->bytes_under_way();
  return bytes;
}

}  // namespace pullsim
