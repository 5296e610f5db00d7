// SOCI's mode of parallel pulling and unpacking, and Docker, in timelines worked out by hand. Every
// connection carries 10 MB/s, every unpack takes one second of a core, requests take no time unless
// a test says so.
#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

Scenario soci_scenario(std::vector<ImageSpec> images, const SociParallelPull& settings) {
  Scenario scenario = runtime_scenario("1.7", std::move(images));
  scenario.node_pools[0].cpu = MilliCpu{64'000};
  scenario.node_pools[0].runtime.soci = settings;
  return scenario;
}

SociParallelPull limits(std::int64_t downloads, std::int64_t unpacks) {
  SociParallelPull settings;
  settings.max_concurrent_downloads_per_image = downloads;
  settings.max_concurrent_unpacks_per_image = unpacks;
  settings.discard_unpacked_layers = true;
  return settings;
}

}  // namespace

TEST_CASE("SOCI unpacks layers as they arrive, and the pull ends with the last one") {
  // a 0..3, b 0..1, c 0..2; unpacked 3..4, 1..2, 2..3: nobody waits for the base.
  const RunResult result = simulate(
      soci_scenario({image("web", {layer("a", 30), layer("b", 10), layer("c", 20)})}, limits(3, 3)),
      0);
  REQUIRE(result.layers.size() == 3);
  CHECK(*result.layers[1].unpack_started == at_seconds(1));
  CHECK(*result.layers[2].unpack_started == at_seconds(2));
  CHECK(*result.layers[0].unpack_started == at_seconds(3));
  CHECK(*result.pulls[0].finished == at_seconds(4));
  CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(3));
  CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(1));
}

TEST_CASE("SOCI's unpack slots of a pull go to whoever is there first") {
  // b is there at 1, c at 2, a at 3; one slot: b 1..2, c 2..3, a 3..4. Then with a of 15 MB: b
  // 1..2, a (there at 1.5) 2..3, c (there at 2) 3..4.
  SECTION("in order of size") {
    const RunResult result =
        simulate(soci_scenario({image("web", {layer("a", 30), layer("b", 10), layer("c", 20)})},
                               limits(3, 1)),
                 0);
    CHECK(*result.pulls[0].finished == at_seconds(4));
  }
  SECTION("one waits for the slot") {
    const RunResult result =
        simulate(soci_scenario({image("web", {layer("a", 15), layer("b", 10), layer("c", 20)})},
                               limits(3, 1)),
                 0);
    CHECK(*result.layers[0].unpack_started == at_seconds(2));
    CHECK(*result.layers[2].unpack_started == at_seconds(3));
    CHECK(*result.pulls[0].finished == at_seconds(4));
    CHECK(held_up(result.pulls[0], Bottleneck::slots) == seconds(0));
    CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(3));
  }
}

TEST_CASE("SOCI's layers in parts share the slots of a pull in turn") {
  // Two layers of 40 MB in parts of 10 MB, three slots: a1 b1 a2 at 0, b2 a3 b3 at 1, a4 b4 at 2.
  SociParallelPull settings = limits(3, 2);
  settings.concurrent_download_chunk_size = Bytes{10 * kMB};
  const RunResult result =
      simulate(soci_scenario({image("web", {layer("a", 40), layer("b", 40)})}, settings), 0);
  CHECK(*result.layers[0].committed == at_seconds(3));
  CHECK(*result.layers[1].committed == at_seconds(3));
  CHECK(*result.pulls[0].finished == at_seconds(4));
  // Resolve, manifest, config; one before all layers, one before each layer's parts; eight parts.
  CHECK(result.counters.requests == 3 + 1 + 2 + 8);
}

TEST_CASE("SOCI asks before all layers and before the parts of each") {
  // 100 ms each: three requests, the one before layers until 0.4, that before parts until 0.5; then
  // slots: parts 1 and 2 answer at 0.6, carry 1 s, 3 and 4 answer at 1.7 and end at 2.7.
  SociParallelPull settings = limits(2, 1);
  settings.concurrent_download_chunk_size = Bytes{10 * kMB};
  Scenario scenario = soci_scenario({image("web", {layer("a", 40)})}, settings);
  scenario.registries[0].round_trip = std::chrono::milliseconds(100);
  const RunResult result = simulate(scenario, 0);
  CHECK(*result.layers[0].requested == at_seconds(0.5));
  CHECK(*result.layers[0].first_byte == at_seconds(0.6));
  CHECK(*result.layers[0].committed == at_seconds(2.7));
  CHECK(*result.pulls[0].finished == at_seconds(3.7));
  CHECK(held_up(result.pulls[0], Bottleneck::latency) == seconds(0.7));
  CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(2));
}

TEST_CASE("SOCI's node-wide limits hold for all pulls together") {
  const std::vector<ImageSpec> images = {image("one", {layer("a", 20), layer("b", 20)}),
                                         image("two", {layer("c", 20), layer("d", 20)})};
  SociParallelPull settings = limits(2, 2);
  SECTION("downloads") {
    // First: a and b 0..2. Second, from 1 on: c and d have slots of their own and wait until 2.
    settings.max_concurrent_downloads = 2;
    const RunResult result = simulate(then(soci_scenario(images, settings), seconds(1)), 0);
    CHECK(*result.layers[2].requested == at_seconds(2));
    CHECK(*result.layers[3].committed == at_seconds(4));
    CHECK(*result.pulls[1].finished == at_seconds(5));
    CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(1));
  }
  SECTION("unpacks") {
    // All four there: a, b at 2, c, d at 2.5; two slots: a, b 2..3, c, d 3..4.
    settings.max_concurrent_unpacks = 2;
    const RunResult result = simulate(then(soci_scenario(images, settings), seconds(0.5)), 0);
    CHECK(*result.layers[2].unpack_started == at_seconds(3));
    CHECK(*result.pulls[1].finished == at_seconds(4));
    CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(0.5));
  }
  SECTION("none") {
    const RunResult result = simulate(then(soci_scenario(images, settings), seconds(1)), 0);
    CHECK(*result.pulls[1].finished == at_seconds(4));
  }
}

TEST_CASE("SOCI writes a blob to the disk twice, unless unpacked layers are discarded") {
  // 20 MB to the temporary file at 10 MB/s: 0..2. Unpacking writes nothing here; the copy to the
  // content store takes the disk's 5 MB/s, so four seconds.
  Scenario scenario = soci_scenario({image("web", {layer("a", 20)})}, limits(3, 1));
  scenario.images[0].layers[0].unpacked = Bytes{0};
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.disk_write = Bandwidth{5e6};
  SECTION("discarded: the file at the disk's 5 MB/s, then one second of a core") {
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[0].committed == at_seconds(4));
    CHECK(*result.pulls[0].finished == at_seconds(5));
  }
  SECTION("kept") {
    pool.runtime.soci->discard_unpacked_layers = false;
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.pulls[0].finished == at_seconds(8));
    CHECK(held_up(result.pulls[0], Bottleneck::disk) == seconds(8));
  }
}

TEST_CASE("SOCI keeps blobs for later pulls only if they are not discarded") {
  // The second image has a in another place: chains differ, so that it is unpacked again.
  const std::vector<ImageSpec> images = {image("one", {layer("a", 20)}),
                                         image("two", {layer("b", 10), layer("a", 20)})};
  for (const bool discard : {true, false}) {
    SociParallelPull settings = limits(3, 3);
    settings.discard_unpacked_layers = discard;
    const RunResult result = simulate(then(soci_scenario(images, settings), seconds(10)), 0);
    INFO(discard);
    CHECK(result.pulls[1].work->bytes_fetched.count == (discard ? 30 : 10) * kMB);
    CHECK(*result.pulls[1].finished == at_seconds(discard ? 13 : 12));
  }
}

TEST_CASE("two pulls of one image under SOCI are one, by containerd's own locks") {
  const RunResult result =
      simulate(then(soci_scenario({image("one", {layer("a", 20)}), image("two", {layer("a", 20)})},
                                  limits(3, 1)),
                    seconds(1)),
               0);
  CHECK(*result.pulls[1].finished == at_seconds(3));
  CHECK(result.pulls[1].work->bytes_fetched.count == 0);
  CHECK(result.counters.bytes_fetched == 20 * kMB);
}

TEST_CASE("containerd 1.2 unpacks nothing before the last blob is there") {
  // a 0..1, b 0..3: from 1.6 on a is unpacked 1..2 and b 3..4; here a 3..4 and b 4..5.
  const std::vector<ImageSpec> images = {image("web", {layer("a", 10), layer("b", 30)})};
  CHECK(*simulate(runtime_scenario("1.6", images), 0).pulls[0].finished == at_seconds(4));
  const RunResult result = simulate(runtime_scenario("1.2", images), 0);
  CHECK(*result.layers[0].unpack_started == at_seconds(3));
  CHECK(*result.layers[1].unpack_started == at_seconds(4));
  CHECK(*result.pulls[0].finished == at_seconds(5));
  CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(3));
  CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(2));
}

TEST_CASE("Docker has three downloads for all pulls, free at the last byte, and keeps no blob") {
  const auto docker = [](const std::vector<ImageSpec>& images) {
    return runtime_scenario("docker", images);
  };
  SECTION("slots of the daemon") {
    // First: a, b, c 0..2. Second, from 1 on: its manifest needs no slot; d and e 2..3, unpacked
    // 3..4 and 4..5.
    const RunResult result =
        simulate(then(docker({image("one", {layer("a", 20), layer("b", 20), layer("c", 20)}),
                              image("two", {layer("d", 10), layer("e", 10)})}),
                      seconds(1)),
                 0);
    CHECK(result.pulls[1].work->resolve == seconds(1));
    CHECK(*result.layers[3].requested == at_seconds(2));
    CHECK(*result.pulls[1].finished == at_seconds(5));
  }
  SECTION("a blob that another image had is fetched again") {
    const RunResult result = simulate(then(docker({image("one", {layer("a", 20)}),
                                                   image("two", {layer("b", 10), layer("a", 20)})}),
                                           seconds(10)),
                                      0);
    CHECK(result.pulls[1].work->bytes_fetched.count == 30 * kMB);
  }
}

TEST_CASE("SOCI: a pull that finds no room to unpack gives the node's unpack slot back") {
  SociParallelPull settings = limits(3, 1);
  settings.max_concurrent_unpacks = 1;
  Scenario scenario =
      then(soci_scenario({image("web", {layer("a", 60)}), image("two", {layer("b", 5)})}, settings),
           seconds(20));
  scenario.node_pools[0].disk_size = Bytes{100 * kMB};
  scenario.node_pools[0].disk_used = Bytes{0};
  const RunResult result = simulate(scenario, 0);
  CHECK(result.pulls[0].retries->failure == PullFailure::no_space);
  CHECK(*result.pulls[1].finished - *result.pulls[1].started == seconds(1.5));
}
