// CRI-O's pipeline in timelines worked out by hand.
#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

std::vector<LayerSpec> layers(std::int64_t count, std::int64_t megabytes) {
  std::vector<LayerSpec> all;
  for (std::int64_t i = 0; i < count; ++i) all.push_back(layer("l" + std::to_string(i), megabytes));
  return all;
}

}  // namespace

TEST_CASE("CRI-O: six layers at a time, committed from the base up") {
  // Layers 0 to 5 0..1; 1 to 5 free their slots at 1, so that 6 and 7 come 1..2. Commits 1..9.
  const RunResult result = simulate(runtime_scenario("cri-o", {image("web", layers(8, 10))}), 0);
  REQUIRE(result.layers.size() == 8);
  CHECK(*result.layers[5].requested == at_seconds(0));
  CHECK(*result.layers[6].requested == at_seconds(1));
  CHECK(*result.layers[7].requested == at_seconds(1));
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(*result.layers[i].unpack_started == at_seconds(1 + static_cast<double>(i)));
  }
  CHECK(*result.pulls[0].finished == at_seconds(9));
  CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(1));
  CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(8));
}

TEST_CASE("CRI-O: the layer that was next keeps its slot while it commits") {
  // Layer 0 is there at 1 and holds its slot until it is committed at 2: layer 6 2..3, layer 7
  // 3..4. Layers 1 to 5 end at 10; then seven commits.
  std::vector<LayerSpec> all = layers(8, 10);
  for (std::size_t i = 1; i <= 5; ++i) all[i] = layer("big" + std::to_string(i), 100);
  const RunResult result = simulate(runtime_scenario("cri-o", {image("web", all)}), 0);
  CHECK(*result.layers[0].unpack_finished == at_seconds(2));
  CHECK(*result.layers[6].requested == at_seconds(2));
  CHECK(*result.layers[7].requested == at_seconds(3));
  CHECK(*result.layers[7].unpack_started == at_seconds(16));
  CHECK(*result.pulls[0].finished == at_seconds(17));
  CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(10));
}

TEST_CASE("CRI-O: who waits for a slot waits for the commits made in it") {
  // Layer 0 is there at 1, commits itself and then finds every next layer ready: its slot is never
  // free again. The other five are at 1: layers 6 to 10 come 1..2, layer 11 2..3.
  const RunResult result = simulate(runtime_scenario("cri-o", {image("web", layers(12, 10))}), 0);
  CHECK(*result.layers[10].requested == at_seconds(1));
  CHECK(*result.layers[11].requested == at_seconds(2));
  CHECK(*result.pulls[0].finished == at_seconds(13));
}

TEST_CASE("CRI-O: each layer is decompressed beside its download and again when committed") {
  // 100 MB in 10 s.
  Scenario scenario = runtime_scenario("cri-o", {image("web", {layer("a", 100)})});
  UnpackCost& cost = scenario.node_pools[0].runtime.unpack;
  SECTION("hidden by the download: 3 s, and 3 s + 1 s for the commit") {
    cost.gzip_per_byte = 30e-9;
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[0].committed == at_seconds(10));
    CHECK(*result.pulls[0].finished == at_seconds(14));
  }
  SECTION("slower than the download: 15 s, and 15 s + 1 s for the commit") {
    cost.gzip_per_byte = 150e-9;
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[0].committed == at_seconds(15));
    CHECK(*result.pulls[0].finished == at_seconds(31));
    CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(31));
    scenario.node_pools[0].runtime.name = "containerd";
    scenario.node_pools[0].runtime.version = "1.7";
    CHECK(*simulate(scenario, 0).pulls[0].finished == at_seconds(26));
  }
  SECTION("both on one core take turns with everything else there") {
    cost.gzip_per_byte = 150e-9;
    scenario.images[0].layers.push_back(layer("b", 100));
    scenario.node_pools[0].cpu = MilliCpu{1000};
    // 15 s + 15 s of decompression share the core until 30, then commits 16 s + 16 s.
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[0].committed == at_seconds(30));
    CHECK(*result.pulls[0].finished == at_seconds(62));
  }
}

TEST_CASE("CRI-O: a layer of the node is copied at any position, not decompressed") {
  // v2 has c below and a new layer above: c is copied in 1 s, d comes 0..1 and takes 1 + 1 s.
  Scenario scenario = runtime_scenario("cri-o", {image("v1", {layer("a", 10), layer("c", 10)}),
                                                 image("v2", {layer("c", 10), layer("d", 10)})});
  scenario.workloads[0].image = 1;
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[0].runtime.unpack.gzip_per_byte = 100e-9;
  const RunResult result = simulate(scenario, 0);
  CHECK(result.layers[0].source == LayerRow::Source::cache);
  CHECK(*result.layers[0].unpack_started == at_seconds(0));
  CHECK(*result.layers[0].unpack_finished == at_seconds(1));
  CHECK(*result.layers[1].unpack_started == at_seconds(1));
  CHECK(*result.pulls[0].finished == at_seconds(3));
  CHECK(result.pulls[0].work->bytes_fetched.count == 10 * kMB);
  CHECK(sum_of_causes(result.pulls[0]) == seconds(3));
}

TEST_CASE("CRI-O: a layer on top of the same layers is not touched") {
  Scenario scenario = runtime_scenario("cri-o", {image("v1", {layer("a", 10), layer("b", 10)}),
                                                 image("v2", {layer("a", 10), layer("d", 10)})});
  scenario.workloads[0].image = 1;
  scenario.node_pools[0].cached = {0};
  const RunResult result = simulate(scenario, 0);
  CHECK(result.layers[0].source == LayerRow::Source::chain);
  CHECK_FALSE(result.layers[0].unpack_started);
  CHECK(*result.pulls[0].finished == at_seconds(2));
}

TEST_CASE("CRI-O: pulls of one image are one") {
  Scenario scenario = runtime_scenario("cri-o", {image("web", {layer("a", 100)})}, 2);
  scenario.node_pools[0].kubelet.serialize_image_pulls = false;
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 2);
  CHECK(result.counters.requests == 4);
  CHECK(*result.pulls[0].finished == at_seconds(11));
  CHECK(*result.pulls[1].finished == at_seconds(11));
  CHECK(result.pulls[1].work->bytes_fetched.count == 0);
  CHECK(result.pulls[1].work->layers_reused == 1);
  CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(11));
}

TEST_CASE("CRI-O: two images that share a layer both fetch it, and it is committed once") {
  // a comes to both at 10; the first commits it 10..11, the second finds it and commits c 11..12.
  const Scenario scenario =
      then(runtime_scenario("cri-o", {image("one", {layer("a", 100)}),
                                      image("two", {layer("a", 100), layer("c", 10)})}),
           seconds(0));
  const RunResult result = simulate(scenario, 0);
  CHECK(result.counters.bytes_fetched == 210 * kMB);
  CHECK(*result.pulls[0].finished == at_seconds(11));
  CHECK_FALSE(result.layers[1].unpack_started);
  CHECK(*result.layers[2].unpack_started == at_seconds(11));
  CHECK(*result.pulls[1].finished == at_seconds(12));
  CHECK(sum_of_causes(result.pulls[1]) == seconds(12));
}

TEST_CASE("CRI-O: an image without layers is there after its three requests") {
  Scenario scenario = runtime_scenario("cri-o", {image("empty", {})});
  scenario.registries[0].round_trip = std::chrono::milliseconds(100);
  CHECK(*simulate(scenario, 0).pulls[0].finished == at_seconds(0.3));
}

TEST_CASE("CRI-O: nodes report the unpacked size, which draws pods to an image") {
  // 10 MB on the wire is too small to count; 4 GB on disk outweighs the emptier node.
  LayerSpec packed = layer("a", 10);
  packed.unpacked = Bytes{4000 * kMB};
  for (const char* version : {"1.7", "cri-o"}) {
    INFO(version);
    Scenario scenario = runtime_scenario(version, {image("web", {packed})}, 2);
    NodePoolSpec& pool = scenario.node_pools[0];
    pool.nodes_initial = pool.nodes_min = pool.nodes_max = 2;
    scenario.workloads[0].replicas = 1;
    scenario.workloads[0].cpu_request = MilliCpu{400};
    scenario.workloads[0].memory_request = Bytes{800 * kMB};
    const RunResult result = simulate(scenario, 0);
    REQUIRE(result.pods.size() == 1);
    CHECK(result.pulls.size() == (version == std::string("cri-o") ? 0 : 1));
  }
}
