// The version table of runtimes, row by row: what a name, a version and the settings make of a
// pull.
#include "models/decisions/pull_pipeline.hpp"

#include "tests/support/catch.hpp"

#include <functional>

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

RuntimeSpec runtime(const char* name, const char* version) {
  RuntimeSpec spec;
  spec.name = name;
  spec.version = version;
  return spec;
}

RuntimeSpec with(RuntimeSpec spec, const std::function<void(RuntimeSpec&)>& change) {
  change(spec);
  return spec;
}

PullPipeline node_wide() {
  PullPipeline want;
  want.pull_slots = 0;
  want.node_slots = 3;
  want.requests_take_slots = true;
  want.slot_before_lock = false;
  want.slot_until_commit = false;
  return want;
}

}  // namespace

TEST_CASE("each runtime and version has its pipeline") {
  PullPipeline oldest;
  oldest.progress_timeout = Duration{0};
  oldest.rewrites_records = true;
  PullPipeline impatient;
  impatient.progress_timeout = std::chrono::seconds(30);
  PullPipeline ten;
  ten.pull_slots = 10;
  PullPipeline old;
  old.unpack_after_downloads = old.syncs_files = old.rewrites_records = true;
  old.progress_timeout = Duration{0};
  PullPipeline discarding;
  discarding.keeps_blobs = false;
  PullPipeline chunked = node_wide();
  chunked.chunk_bytes = 16 << 20;
  PullPipeline parallel = node_wide();
  parallel.unpack = PullPipeline::Unpack::parallel;
  parallel.node_unpack_slots = 4;
  PullPipeline discarding_node_wide = node_wide();
  discarding_node_wide.keeps_blobs = false;
  PullPipeline crio;
  crio.pull_slots = 6;
  crio.unpack = PullPipeline::Unpack::chain;
  crio.shares_blobs = crio.resumes_downloads = false;
  crio.one_host = true;
  crio.progress_timeout = Duration{0};
  crio.inflates_twice = crio.copies_layers = crio.joins_pulls = crio.reports_unpacked_size = true;
  crio.syncs_blobs = false;
  PullPipeline impatient_crio = crio;
  impatient_crio.progress_timeout = std::chrono::seconds(30);

  PullPipeline docker;
  docker.pull_slots = 0;
  docker.node_slots = 3;
  docker.slot_before_lock = docker.slot_until_commit = docker.keeps_blobs = false;
  docker.resumes_downloads = false;
  docker.one_host = true;
  docker.progress_timeout = Duration{0};
  docker.syncs_blobs = false;
  docker.reports_unpacked_size = true;
  PullPipeline docker_ten = docker;
  docker_ten.node_slots = 10;
  PullPipeline soci;
  soci.slot_before_lock = soci.slot_until_commit = soci.shares_blobs = false;
  soci.resumes_downloads = soci.syncs_blobs = false;
  soci.progress_timeout = Duration{0};
  soci.parts_queue_at_once = soci.request_before_layers = soci.stores_blobs = true;
  soci.unpack = PullPipeline::Unpack::jobs;
  soci.pull_unpack_slots = 1;
  PullPipeline tuned = soci;
  tuned.pull_slots = tuned.pull_unpack_slots = 10;
  tuned.node_slots = 50;
  tuned.node_unpack_slots = 20;
  tuned.chunk_bytes = 16 << 20;
  tuned.keeps_blobs = tuned.stores_blobs = false;
  PullPipeline one_request = soci;
  one_request.pull_slots = 1;
  one_request.request_before_layers = false;
  PullPipeline no_limit = soci;
  no_limit.pull_slots = no_limit.pull_unpack_slots = 0;

  const auto with_soci = [](const std::function<void(SociParallelPull&)>& change) {
    RuntimeSpec spec = runtime("containerd", "2.2");
    change(spec.soci.emplace());
    return spec;
  };
  const auto downloads = [](RuntimeSpec& s) { s.max_concurrent_downloads = 10; };
  const auto discard = [](RuntimeSpec& s) { s.discard_unpacked_layers = true; };
  const auto buffer = [](RuntimeSpec& s) { s.concurrent_layer_fetch_buffer = Bytes{16 << 20}; };
  const auto tiny = [](RuntimeSpec& s) { s.concurrent_layer_fetch_buffer = Bytes{511}; };
  const auto unpacks = [](RuntimeSpec& s) { s.max_concurrent_unpacks = 4; };
  const auto timeout = [](RuntimeSpec& s) { s.pull_progress_timeout = std::chrono::seconds(30); };
  struct Case {
    const char* name;
    RuntimeSpec runtime;
    PullPipeline want;
  };
  const Case cases[] = {
      {"1.2", runtime("containerd", "1.2"), old},
      {"1.6", runtime("containerd", "1.6"), oldest},
      {"1.7", runtime("containerd", "1.7"), PullPipeline{}},
      {"2.0", runtime("containerd", "2.0"), PullPipeline{}},
      {"1.7, 30 s without progress", with(runtime("containerd", "1.7"), timeout), impatient},
      {"1.7, ten downloads", with(runtime("containerd", "1.7"), downloads), ten},
      {"1.7, discarding", with(runtime("containerd", "1.7"), discard), discarding},
      {"2.0 knows no chunks", with(runtime("containerd", "2.0"), buffer), PullPipeline{}},
      {"2.1", runtime("containerd", "2.1"), node_wide()},
      {"2.1, chunks", with(runtime("containerd", "2.1"), buffer), chunked},
      {"2.1, a buffer below 512 bytes", with(runtime("containerd", "2.1"), tiny), node_wide()},
      {"2.1 knows no parallel unpack", with(runtime("containerd", "2.1"), unpacks), node_wide()},
      {"2.2", runtime("containerd", "2.2"), node_wide()},
      {"2.2, parallel unpack", with(runtime("containerd", "2.2"), unpacks), parallel},
      {"2.3, parallel unpack", with(runtime("containerd", "2.3"), unpacks), parallel},
      {"2.2, parallel unpack and discarding: serial",
       with(with(runtime("containerd", "2.2"), unpacks), discard), discarding_node_wide},
      {"Docker", runtime("docker", "18.06"), docker},
      {"Docker, ten downloads", with(runtime("docker", "28.0"), downloads), docker_ten},
      {"SOCI", with_soci([](SociParallelPull&) {}), soci},
      {"SOCI whatever containerd's settings are",
       with(with_soci([](SociParallelPull&) {}), unpacks), soci},
      {"SOCI, tuned",
       with_soci([](SociParallelPull& s) { s = {50, 10, Bytes{16 << 20}, 20, 10, true}; }), tuned},
      {"SOCI, one request at a time: nothing to authorise before",
       with_soci([](SociParallelPull& s) { s.max_concurrent_downloads_per_image = 1; }),
       one_request},
      {"SOCI without limits", with_soci([](SociParallelPull& s) {
         s.max_concurrent_downloads_per_image.reset();
         s.max_concurrent_unpacks_per_image.reset();
       }),
       no_limit},
      {"CRI-O", runtime("cri-o", "1.34"), crio},
      {"CRI-O, 30 s without progress", with(runtime("cri-o", "1.34"), timeout), impatient_crio},
      {"CRI-O has no number of downloads", with(runtime("cri-o", "1.34"), downloads), crio},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(pull_pipeline(c.runtime) == c.want); }
  }
}
