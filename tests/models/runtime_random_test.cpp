// Many small made-up nodes on which several pulls share layers, for every pipeline: all pulls come
// to their end, in the order that their pipeline allows, and every nanosecond has its cause.
#include "models/decisions/pull_pipeline.hpp"
#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>
#include <set>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  Scenario make(const std::string& version) {
    std::vector<ImageSpec> images;
    for (int i = 0; i < 4; ++i) images.push_back(some_image(i));
    Scenario scenario = runtime_scenario(version, images);
    scenario.registries[0].round_trip = std::chrono::milliseconds(number(0, 40));
    scenario.registries[0].egress = Bandwidth{50e6};
    if (number(0, 1) == 1) scenario.registries[0].cold_fetch = Bandwidth{5e6};
    NodePoolSpec& pool = scenario.node_pools[0];
    pool.cpu = MilliCpu{1000 * number(1, 4)};
    pool.disk_write = Bandwidth{60e6};
    pool.kubelet.serialize_image_pulls = false;
    if (number(0, 3) == 0) pool.cached = {static_cast<std::size_t>(number(0, 3))};
    RuntimeSpec& runtime = pool.runtime;
    runtime.unpack.gzip_per_byte = 1e-9 * static_cast<double>(number(0, 60));
    runtime.unpack.per_layer = 0.1 * static_cast<double>(number(0, 5));
    runtime.max_concurrent_downloads = number(1, 5);
    runtime.max_concurrent_unpacks = number(1, 3);
    if (number(0, 1) == 1) runtime.concurrent_layer_fetch_buffer = Bytes{number(3, 30) * kMB};
    runtime.discard_unpacked_layers = number(0, 2) == 0;
    if (version == "soci") {
      runtime.version = "2.2";
      SociParallelPull& soci = runtime.soci.emplace();
      if (number(0, 1) == 1) soci.max_concurrent_downloads = number(1, 6);
      soci.max_concurrent_downloads_per_image = runtime.max_concurrent_downloads;
      soci.concurrent_download_chunk_size = runtime.concurrent_layer_fetch_buffer;
      if (number(0, 1) == 1) soci.max_concurrent_unpacks = number(1, 4);
      soci.max_concurrent_unpacks_per_image = runtime.max_concurrent_unpacks;
      soci.discard_unpacked_layers = runtime.discard_unpacked_layers;
    }
    if (number(0, 1) == 1) {
      pool.page_cache = PageCacheSpec{20, 10, Bytes{number(1, 40) * 20 * kMB}};
    }
    add_pods(scenario);
    return scenario;
  }

 private:
  std::int64_t number(std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(random_);
  }

  ImageSpec some_image(int index) {
    std::vector<LayerSpec> layers;
    const std::int64_t count = number(0, 7);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t which = number(0, 9);  // few digests: images share them anywhere
      layers.push_back(layer("l" + std::to_string(which), 1 + which * which));
      layers.back().fetched = which != 9;
    }
    return image("image" + std::to_string(index), layers);
  }

  void add_pods(Scenario& scenario) {
    const WorkloadSpec first = scenario.workloads[0];
    scenario.workloads.clear();
    scenario.events.clear();
    for (std::size_t i = 0; i < 6; ++i) {  // two images twice
      WorkloadSpec workload = first;
      workload.name = "w" + std::to_string(i);
      workload.image = i % 4;
      scenario.workloads.push_back(workload);
      ScenarioEvent event;
      event.workload = i;
      event.replicas = 1;
      event.at = std::chrono::milliseconds(500 * number(0, 12));
      scenario.events.push_back(event);
    }
    std::stable_sort(scenario.events.begin(), scenario.events.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
  }

  std::mt19937 random_;
};

void check_run(const Scenario& scenario) {
  const RunResult result = simulate(scenario, 0);
  const PullPipeline pipeline = pull_pipeline(scenario.node_pools[0].runtime);
  for (const PullRow& pull : result.pulls) {
    REQUIRE(pull.finished.has_value());
    CHECK(sum_of_causes(pull) == *pull.finished - pull.requested);
    CHECK(pull.work->resolve + pull.work->download + pull.work->unpack ==
          *pull.finished - *pull.started);
  }
  std::set<std::pair<std::size_t, std::string>> fetched;  // pull and digest
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerRow& row = result.layers[i];
    const LayerSpec& spec = scenario.images[row.image].layers[row.layer];
    if (row.committed) {
      CHECK(spec.fetched);
      if (pipeline.shares_blobs) CHECK(fetched.insert({row.pull, spec.digest}).second);
    }
    if (!row.unpack_started) continue;
    CHECK(row.unpack_finished.has_value());
    if (row.committed) CHECK(*row.unpack_started >= *row.committed);
    const bool serial = pipeline.unpack == PullPipeline::Unpack::serial ||
                        pipeline.unpack == PullPipeline::Unpack::chain;
    if (serial && row.layer > 0 && result.layers[i - 1].unpack_finished) {
      CHECK(*row.unpack_started >= *result.layers[i - 1].unpack_finished);
    }
  }
  for (const PodRow& pod : result.pods) CHECK(pod.outcome == Outcome::ok);
}

}  // namespace

TEST_CASE("every pipeline brings made-up pulls to their end and explains them") {
  for (const char* version :
       {"1.2", "1.6", "1.7", "2.0", "2.1", "2.2", "2.3", "cri-o", "docker", "soci"}) {
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
      INFO(version << ", seed " << seed);
      check_run(Maker(seed).make(version));
    }
  }
}
