// Slots of a pull: a limit of its own, one of the node, or both, for downloads and for unpacking
// jobs; and which step freed the one that was waited for. See image_pull.hpp.
#include "models/image_pull.hpp"

namespace pullsim {

void PullSite::set_runtime(Engine& engine, const NodePoolSpec& node_pool) {
  pool = &node_pool;
  runtime = &node_pool.runtime;
  pipeline = pull_pipeline(node_pool.runtime);
  retries = retry_rules(node_pool.runtime);
  metadata = std::make_unique<MetadataStore>(engine);
  if (pipeline.node_slots > 0) {
    downloads = std::make_unique<SlotPool>(engine, pipeline.node_slots, "download slot");
  }
  if (pipeline.node_unpack_slots > 0) {
    unpacks = std::make_unique<SlotPool>(engine, pipeline.node_unpack_slots, "unpack slot");
  }
}

// Without any limit a pull still has slots: being granted one is an event, never a call inside a
// call.
void ImagePull::make_slots() {
  const auto pool = [this](std::int64_t slots, const char* label) {
    return std::make_unique<SlotPool>(context_.engine, slots > 0 ? slots : SlotPool::kUnlimited,
                                      label);
  };
  if (pipeline().pull_slots > 0 || !site_.downloads) {
    own_downloads_ = pool(pipeline().pull_slots, "download slot");
  }
  if (pipeline().unpack == PullPipeline::Unpack::jobs &&
      (pipeline().pull_unpack_slots > 0 || !site_.unpacks)) {
    own_unpacks_ = pool(pipeline().pull_unpack_slots, "unpack slot");
  }
}

// What a slot that came free says of who freed it: the pull and its step.
std::uint64_t ImagePull::mark(StepId step) const {
  return (static_cast<std::uint64_t>(row_) << 32) | static_cast<std::uint32_t>(step);
}

// A slot has been granted: after the own step whose end freed it, or else after the step at which
// it was asked for - what lies between was spent waiting for others.
ImagePull::StepId ImagePull::granted_after(const SlotPool& pool, StepId asked_after) const {
  const std::optional<std::uint64_t> by = pool.freed_by();
  if (!by || (*by >> 32) != row_) return asked_after;
  return static_cast<StepId>(static_cast<std::uint32_t>(*by));
}

// A layer's slot is that of its first part. A pull's own limit comes before the node's.
void ImagePull::ask_for_slot(std::size_t index, std::size_t number) {
  if (!own_downloads_) {
    ask_for_node_slot(index, number);
    return;
  }
  own_downloads_->acquire([this, index, number] {
    if (failure_) return;  // the pool goes with the pull
    StepId& after = asked_after(index, number);
    after = granted_after(*own_downloads_, after);
    ask_for_node_slot(index, number);
  });
}

void ImagePull::ask_for_node_slot(std::size_t index, std::size_t number) {
  if (!site_.downloads) {
    slot_granted(index, number);
    return;
  }
  site_.downloads->acquire([this, index, number] {
    if (failure_) {
      site_.downloads->release(kNobody);
      return;
    }
    StepId& after = asked_after(index, number);
    after = granted_after(*site_.downloads, after);
    slot_granted(index, number);
  });
}

ImagePull::StepId& ImagePull::asked_after(std::size_t index, std::size_t number) {
  Layer& layer = layers_[index];
  return number == 0 ? layer.after : layer.chunks[number].after;
}

void ImagePull::release_slot(std::size_t index, StepId step) {
  if (!layers_[index].holds_slot) return;
  layers_[index].holds_slot = false;
  release_download(mark(step));
}

void ImagePull::release_download(std::uint64_t by) {
  if (own_downloads_) own_downloads_->release(by);
  if (site_.downloads) site_.downloads->release(by);
}

void ImagePull::ask_for_job_slot(std::size_t index) {
  if (!own_unpacks_) {
    ask_for_node_job_slot(index);
    return;
  }
  own_unpacks_->acquire([this, index] {
    if (failure_) return;  // as above
    Layer& layer = layers_[index];
    layer.unpack_after = granted_after(*own_unpacks_, layer.unpack_after);
    ask_for_node_job_slot(index);
  });
}

void ImagePull::ask_for_node_job_slot(std::size_t index) {
  if (!site_.unpacks) {
    start_unpack(index, layers_[index].unpack_after);
    return;
  }
  site_.unpacks->acquire([this, index] {
    if (failure_) {
      site_.unpacks->release(kNobody);
      return;
    }
    start_unpack(index, granted_after(*site_.unpacks, layers_[index].unpack_after));
  });
}

void ImagePull::release_job_slots() {
  if (own_unpacks_) own_unpacks_->release(mark(last_));
  if (site_.unpacks) site_.unpacks->release(mark(last_));
}

}  // namespace pullsim
