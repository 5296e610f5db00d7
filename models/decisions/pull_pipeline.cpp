// The rows of the version table; see the header.
#include "models/decisions/pull_pipeline.hpp"

#include <utility>

namespace pullsim {

namespace {

constexpr std::int64_t kDownloads = 3;         // containerd, docker: max_concurrent_downloads
constexpr std::int64_t kCrioDownloads = 6;     // containers/image, maxParallelDownloads
constexpr std::int64_t kSmallestBuffer = 512;  // below it containerd does not split layers
constexpr Duration kNever{0};                  // no timeout of progress, or none by default

PullPipeline crio(const RuntimeSpec& runtime) {
  PullPipeline pipeline;
  pipeline.progress_timeout = runtime.pull_progress_timeout.value_or(kNever);
  pipeline.one_host = true;
  pipeline.pull_slots = kCrioDownloads;
  pipeline.unpack = PullPipeline::Unpack::chain;
  pipeline.shares_blobs = false;
  pipeline.resumes_downloads = false;
  pipeline.inflates_twice = true;
  pipeline.copies_layers = true;
  pipeline.syncs_blobs = false;
  pipeline.joins_pulls = true;
  pipeline.reports_unpacked_size = true;
  return pipeline;
}

// One limit in the daemon for layers, free at the last byte; a blob lives in a temporary file until
// it is unpacked.
PullPipeline docker(const RuntimeSpec& runtime) {
  PullPipeline pipeline;
  pipeline.pull_slots = 0;
  pipeline.node_slots = runtime.max_concurrent_downloads.value_or(kDownloads);
  pipeline.slot_before_lock = false;
  pipeline.slot_until_commit = false;
  pipeline.keeps_blobs = false;
  pipeline.syncs_blobs = false;
  pipeline.resumes_downloads = false;
  pipeline.one_host = true;
  pipeline.progress_timeout = kNever;
  pipeline.reports_unpacked_size = true;
  return pipeline;
}

// The snapshotter fetches and unpacks for itself, whatever the version of containerd: a job for
// each layer, and containerd renames the results in order.
PullPipeline soci(const SociParallelPull& settings) {
  PullPipeline pipeline;
  pipeline.pull_slots = settings.max_concurrent_downloads_per_image.value_or(0);
  pipeline.node_slots = settings.max_concurrent_downloads.value_or(0);
  pipeline.slot_before_lock = false;
  pipeline.slot_until_commit = false;
  pipeline.chunk_bytes = settings.concurrent_download_chunk_size.count;
  pipeline.parts_queue_at_once = true;
  pipeline.request_before_layers = pipeline.pull_slots != 1;
  pipeline.unpack = PullPipeline::Unpack::jobs;
  pipeline.pull_unpack_slots = settings.max_concurrent_unpacks_per_image.value_or(0);
  pipeline.node_unpack_slots = settings.max_concurrent_unpacks.value_or(0);
  pipeline.keeps_blobs = !settings.discard_unpacked_layers;
  pipeline.shares_blobs = false;
  pipeline.resumes_downloads = false;
  pipeline.progress_timeout = kNever;  // containerd sees no request of the snapshotter's
  pipeline.syncs_blobs = false;
  pipeline.stores_blobs = !settings.discard_unpacked_layers;
  return pipeline;
}

}  // namespace

PullPipeline pull_pipeline(const RuntimeSpec& runtime) {
  if (runtime.name == "cri-o") return crio(runtime);
  if (runtime.name == "docker") return docker(runtime);
  if (runtime.soci) return soci(*runtime.soci);
  PullPipeline pipeline;
  const bool has_timeout = runtime.version != "1.2" && runtime.version != "1.6";
  pipeline.progress_timeout =
      runtime.pull_progress_timeout.value_or(has_timeout ? pipeline.progress_timeout : kNever);
  pipeline.pull_slots = runtime.max_concurrent_downloads.value_or(kDownloads);
  pipeline.keeps_blobs = !runtime.discard_unpacked_layers;
  const std::string& version = runtime.version;
  // Before 1.3 a layer was unpacked into a mounted overlay, and unmounting one writes back all that
  // the file system below has in memory.
  pipeline.unpack_after_downloads = pipeline.syncs_files = version == "1.2";
  pipeline.rewrites_records = version == "1.2" || version == "1.6";
  if (version == "1.2" || version == "1.6" || version == "1.7" || version == "2.0") {
    return pipeline;
  }

  // 2.1: one limit in the daemon's HTTP fetcher.
  std::swap(pipeline.pull_slots, pipeline.node_slots);
  pipeline.requests_take_slots = true;
  pipeline.slot_before_lock = false;
  pipeline.slot_until_commit = false;
  if (runtime.concurrent_layer_fetch_buffer.count >= kSmallestBuffer) {
    pipeline.chunk_bytes = runtime.concurrent_layer_fetch_buffer.count;
  }
  if (version == "2.1") return pipeline;

  // 2.2: unpacks side by side, but not on the local pull path that discarding falls back to.
  if (runtime.max_concurrent_unpacks > 1 && pipeline.keeps_blobs) {
    pipeline.unpack = PullPipeline::Unpack::parallel;
    pipeline.node_unpack_slots = runtime.max_concurrent_unpacks;
  }
  return pipeline;
}

}  // namespace pullsim
