// The rows of the version table; see the header.
#include "models/decisions/pull_pipeline.hpp"

namespace pullsim {

namespace {

constexpr std::int64_t kContainerdDownloads = 3;  // max_concurrent_downloads
constexpr std::int64_t kCrioDownloads = 6;        // containers/image, maxParallelDownloads
constexpr std::int64_t kSmallestBuffer = 512;     // below it containerd does not split layers

PullPipeline crio() {
  PullPipeline pipeline;
  pipeline.slots = kCrioDownloads;
  pipeline.unpack = PullPipeline::Unpack::chain;
  pipeline.shares_blobs = false;
  pipeline.resumes_downloads = false;
  pipeline.inflates_twice = true;
  pipeline.copies_layers = true;
  pipeline.joins_pulls = true;
  pipeline.reports_unpacked_size = true;
  return pipeline;
}

}  // namespace

PullPipeline pull_pipeline(const RuntimeSpec& runtime) {
  if (runtime.name == "cri-o") return crio();
  PullPipeline pipeline;
  pipeline.slots = runtime.max_concurrent_downloads.value_or(kContainerdDownloads);
  pipeline.keeps_blobs = !runtime.discard_unpacked_layers;
  const std::string& version = runtime.version;
  if (version == "1.6" || version == "1.7" || version == "2.0") return pipeline;

  // 2.1: one limit in the daemon's HTTP fetcher.
  pipeline.slots_of = PullPipeline::SlotScope::node;
  pipeline.requests_take_slots = true;
  pipeline.slot_before_lock = false;
  if (runtime.concurrent_layer_fetch_buffer.count >= kSmallestBuffer) {
    pipeline.chunk_bytes = runtime.concurrent_layer_fetch_buffer.count;
  }
  if (version == "2.1") return pipeline;

  // 2.2: unpacks side by side, but not on the local pull path that discarding falls back to.
  if (runtime.max_concurrent_unpacks > 1 && pipeline.keeps_blobs) {
    pipeline.unpack = PullPipeline::Unpack::parallel;
    pipeline.unpack_slots = runtime.max_concurrent_unpacks;
  }
  return pipeline;
}

}  // namespace pullsim
