// What the versions of containerd do differently, in timelines worked out by hand.
#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

TEST_CASE("from 2.1 on a manifest waits behind another pull's layers") {
  const std::vector<ImageSpec> images = {
      image("one", {layer("a", 30), layer("b", 30), layer("c", 30)}),
      image("two", {layer("d", 10), layer("e", 10)})};
  SECTION("2.0: slots of its own") {
    // d and e 1..2, unpacked 2..3 and 3..4.
    const RunResult result = simulate(then(runtime_scenario("2.0", images), seconds(1)), 0);
    CHECK(*result.pulls[1].finished == at_seconds(4));
    CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(0));
  }
  SECTION("2.1: three for the node, all taken until 3") {
    // Resolved at 1; manifest, config, d and e at 3; d and e 3..4, unpacked 4..5 and 5..6.
    const RunResult result = simulate(then(runtime_scenario("2.1", images), seconds(1)), 0);
    CHECK(*result.pulls[0].finished == at_seconds(6));
    CHECK(*result.pulls[1].finished == at_seconds(6));
    CHECK(result.pulls[1].work->resolve == seconds(2));
    CHECK(*result.layers[3].requested == at_seconds(3));
    CHECK(*result.layers[4].committed == at_seconds(4));
    CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(2));
    CHECK(held_up(result.pulls[1], Bottleneck::connection) == seconds(1));
    CHECK(held_up(result.pulls[1], Bottleneck::cpu) == seconds(2));
    CHECK(sum_of_causes(result.pulls[1]) == seconds(5));
  }
}

TEST_CASE("from 2.1 on the layers of all pulls share the slots of the node") {
  // First: a and b 0..2. Second, from 1 on: c has the third slot 1..3, d gets a's, 2..4.
  const Scenario scenario =
      then(runtime_scenario("2.1", {image("one", {layer("a", 20), layer("b", 20)}),
                                    image("two", {layer("c", 20), layer("d", 20)})}),
           seconds(1));
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.layers.size() == 4);
  CHECK(*result.layers[2].requested == at_seconds(1));
  CHECK(*result.layers[3].requested == at_seconds(2));
  CHECK(*result.layers[3].committed == at_seconds(4));
  CHECK(*result.pulls[1].finished == at_seconds(5));
  CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(1));
  CHECK(held_up(result.pulls[1], Bottleneck::connection) == seconds(2));
  CHECK(held_up(result.pulls[1], Bottleneck::cpu) == seconds(1));
}

TEST_CASE("a pull alone is the same in 2.0 and 2.1") {
  const std::vector<ImageSpec> images = {
      image("web", {layer("a", 100), layer("b", 10), layer("c", 20), layer("d", 30)})};
  const RunResult before = simulate(runtime_scenario("2.0", images), 0);
  const RunResult after = simulate(runtime_scenario("2.1", images), 0);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(before.layers[i].requested == after.layers[i].requested);
    CHECK(before.layers[i].unpack_finished == after.layers[i].unpack_finished);
  }
  CHECK(*after.pulls[0].finished == at_seconds(14));
  CHECK(held_up_by(before.pulls[0]) == held_up_by(after.pulls[0]));
}

TEST_CASE("who waits for another pull's blob keeps its slot up to 2.0, and has none from 2.1 on") {
  const std::vector<ImageSpec> images = {
      image("one", {layer("a", 100)}),
      image("two", {layer("c", 10), layer("a", 100), layer("d", 10)})};
  SECTION("2.0, one slot for each pull") {
    // Second, from 1 on: c 1..2, then the slot waits for a until 10, d 10..11.
    Scenario scenario = then(runtime_scenario("2.0", images), seconds(1));
    scenario.node_pools[0].runtime.max_concurrent_downloads = 1;
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[3].requested == at_seconds(10));
    CHECK(result.layers[2].source == LayerRow::Source::other_pull);
    CHECK(*result.pulls[1].finished == at_seconds(12));
    CHECK(sum_of_causes(result.pulls[1]) == seconds(11));
  }
  SECTION("2.1, two slots for the node") {
    // The second pull has one slot: c 1..2, d 2..3; a is waited for without.
    Scenario scenario = then(runtime_scenario("2.1", images), seconds(1));
    scenario.node_pools[0].runtime.max_concurrent_downloads = 2;
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[3].requested == at_seconds(2));
    CHECK(*result.layers[3].committed == at_seconds(3));
    CHECK(*result.pulls[1].finished == at_seconds(12));
    CHECK(result.pulls[1].work->bytes_fetched.count == 20 * kMB);
    CHECK(sum_of_causes(result.pulls[1]) == seconds(11));
  }
}

TEST_CASE("a layer in chunks comes over several connections") {
  Scenario scenario = runtime_scenario("2.1", {image("web", {layer("a", 100)})});
  scenario.node_pools[0].runtime.concurrent_layer_fetch_buffer = Bytes{20 * kMB};
  SECTION("five chunks, three at a time") {
    // 0..2, 0..2, 0..2, then 2..4, 2..4.
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[0].committed == at_seconds(4));
    CHECK(*result.pulls[0].finished == at_seconds(5));
    CHECK(result.pulls[0].work->bytes_fetched.count == 100 * kMB);
    CHECK(result.pulls[0].work->layers_fetched == 1);
    CHECK(result.counters.requests == 3 + 5);
  }
  SECTION("each chunk is a request, and the second connection waits for the first answer") {
    // From 0.3 on: first byte of chunk 0 at 0.4, of 1 and 2 at 0.5; 3 asked for at 2.4, 4 at 2.5,
    // first byte 2.6, last byte 4.6.
    scenario.registries[0].round_trip = std::chrono::milliseconds(100);
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[0].requested == at_seconds(0.3));
    CHECK(*result.layers[0].first_byte == at_seconds(0.4));
    CHECK(*result.layers[0].committed == at_seconds(4.6));
    CHECK(*result.pulls[0].finished == at_seconds(5.6));
    CHECK(held_up(result.pulls[0], Bottleneck::latency) == seconds(0.6));
    CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(4));
    CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(1));
  }
  SECTION("more slots, more connections") {
    scenario.node_pools[0].runtime.max_concurrent_downloads = 5;
    CHECK(*simulate(scenario, 0).layers[0].committed == at_seconds(2));
  }
  SECTION("a layer that is not larger than the buffer is whole") {
    scenario.node_pools[0].runtime.concurrent_layer_fetch_buffer = Bytes{100 * kMB};
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[0].committed == at_seconds(10));
    CHECK(result.counters.requests == 3 + 1);
  }
  SECTION("the last chunk is what is left") {
    scenario.node_pools[0].runtime.concurrent_layer_fetch_buffer = Bytes{45 * kMB};
    const RunResult result = simulate(scenario, 0);  // 45, 45 and 10 MB
    CHECK(*result.layers[0].committed == at_seconds(4.5));
    CHECK(result.counters.requests == 3 + 3);
  }
}

TEST_CASE("chunks of one layer queue behind the next layers") {
  // Slots: a's first chunk, b, c; a's others wait until all three end at 2: then 2..4 and 2..4.
  Scenario scenario =
      runtime_scenario("2.1", {image("web", {layer("a", 60), layer("b", 20), layer("c", 20)})});
  scenario.node_pools[0].runtime.concurrent_layer_fetch_buffer = Bytes{20 * kMB};
  const RunResult result = simulate(scenario, 0);
  CHECK(*result.layers[0].committed == at_seconds(4));
  CHECK(*result.layers[1].committed == at_seconds(2));
  CHECK(*result.pulls[0].finished == at_seconds(7));
  CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(4));
  CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(3));
}

TEST_CASE("a run that ends within a chunked layer still accounts for every byte") {
  Scenario scenario = runtime_scenario("2.1", {image("web", {layer("a", 100)})});
  scenario.node_pools[0].runtime.concurrent_layer_fetch_buffer = Bytes{20 * kMB};
  scenario.duration = seconds(3);
  scenario.events.push_back(scenario.events[0]);  // brings the clock to the end
  scenario.events.back().at = seconds(3);
  const RunResult result = simulate(scenario, 0);
  CHECK(result.pulls[0].work->bytes_fetched.count == 0);
  CHECK(result.registry_bytes[0] == Approx(60e6 + 20e6));  // three whole chunks, two halves
}

TEST_CASE("from 2.2 on unpacks run side by side and are committed at the end") {
  // a 0..3, b and c 0..1; each unpack takes 1 s.
  Scenario scenario =
      runtime_scenario("2.2", {image("web", {layer("a", 30), layer("b", 10), layer("c", 10)})});
  RuntimeSpec& runtime = scenario.node_pools[0].runtime;
  SECTION("one at a time, by default") {
    CHECK(*simulate(scenario, 0).pulls[0].finished == at_seconds(6));
  }
  SECTION("two: the first slot waits for a, the second does b and then c") {
    runtime.max_concurrent_unpacks = 2;
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[0].unpack_started == at_seconds(3));
    CHECK(*result.layers[1].unpack_started == at_seconds(1));
    CHECK(*result.layers[2].unpack_started == at_seconds(2));
    CHECK(*result.pulls[0].finished == at_seconds(4));
    CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(3));
    CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(1));
  }
  SECTION("three: all as soon as they are there") {
    runtime.max_concurrent_unpacks = 3;
    const RunResult result = simulate(scenario, 0);
    CHECK(*result.layers[2].unpack_started == at_seconds(1));
    CHECK(*result.pulls[0].finished == at_seconds(4));
  }
  SECTION("not with discarded layers, and not in 2.1") {
    runtime.max_concurrent_unpacks = 3;
    runtime.discard_unpacked_layers = true;
    CHECK(*simulate(scenario, 0).pulls[0].finished == at_seconds(6));
    runtime.discard_unpacked_layers = false;
    runtime.version = "2.1";
    CHECK(*simulate(scenario, 0).pulls[0].finished == at_seconds(6));
  }
}

TEST_CASE("parallel unpacks share the node's cores") {
  // One core: three unpacks from 1 on take 3 s together.
  Scenario scenario =
      runtime_scenario("2.2", {image("web", {layer("a", 10), layer("b", 10), layer("c", 10)})});
  scenario.node_pools[0].cpu = MilliCpu{1000};
  scenario.node_pools[0].runtime.max_concurrent_unpacks = 3;
  const RunResult result = simulate(scenario, 0);
  for (const LayerRow& row : result.layers) CHECK(*row.unpack_finished == at_seconds(4));
  CHECK(*result.pulls[0].finished == at_seconds(4));
}

TEST_CASE("a slot that was waited for in an unpack queue is on the critical path") {
  // Two slots, four layers there at 1 and 1 s each: 1..2, 1..2, 2..3, 2..3.
  Scenario scenario = runtime_scenario(
      "2.2", {image("web", {layer("a", 10), layer("b", 10), layer("c", 10), layer("d", 10)})});
  scenario.node_pools[0].runtime.max_concurrent_downloads = 4;
  scenario.node_pools[0].runtime.max_concurrent_unpacks = 2;
  const RunResult result = simulate(scenario, 0);
  CHECK(*result.pulls[0].finished == at_seconds(3));
  CHECK(held_up(result.pulls[0], Bottleneck::cpu) == seconds(2));
  CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(1));
}

TEST_CASE("the unpack slots are the node's, not a pull's") {
  // First: a and b unpacked 1..2 in both slots. Second, from 0.5 on: c and d are there at 1.5 and
  // unpacked 2..3.
  Scenario scenario =
      then(runtime_scenario("2.2", {image("one", {layer("a", 10), layer("b", 10)}),
                                    image("two", {layer("c", 10), layer("d", 10)})}),
           seconds(0.5));
  scenario.node_pools[0].runtime.max_concurrent_downloads = 6;
  scenario.node_pools[0].runtime.max_concurrent_unpacks = 2;
  const RunResult result = simulate(scenario, 0);
  CHECK(*result.pulls[0].finished == at_seconds(2));
  CHECK(*result.layers[2].unpack_started == at_seconds(2));
  CHECK(*result.layers[3].unpack_started == at_seconds(2));
  CHECK(*result.pulls[1].finished == at_seconds(3));
  CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(1.5));
  CHECK(held_up(result.pulls[1], Bottleneck::cpu) == seconds(1));
}

TEST_CASE("parallel unpacking of two pulls that share their base does it once") {
  // a is the first pull's, 0..10 and unpacked 10..11; the second waits for its commit, which is at
  // 11 too, and asks for c then: 11..16, unpacked 16..17.
  Scenario scenario =
      then(runtime_scenario("2.2", {image("one", {layer("a", 100), layer("b", 10)}),
                                    image("two", {layer("a", 100), layer("c", 50)})}),
           seconds(0));
  scenario.node_pools[0].runtime.max_concurrent_unpacks = 4;
  const RunResult result = simulate(scenario, 0);
  CHECK(*result.pulls[0].finished == at_seconds(11));
  CHECK(result.layers[2].source == LayerRow::Source::chain);
  CHECK(*result.layers[3].requested == at_seconds(11));
  CHECK(*result.pulls[1].finished == at_seconds(17));
  CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(11));
}

TEST_CASE("discarded layers are reused by their chain, not by their blob") {
  Scenario scenario =
      runtime_scenario("1.7", {image("v1", {layer("a", 10), layer("b", 10), layer("c", 10)}),
                               image("v2", {layer("a", 10), layer("b2", 10), layer("c", 10)})});
  scenario.workloads[0].image = 1;
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[0].runtime.discard_unpacked_layers = true;
  const RunResult result = simulate(scenario, 0);
  CHECK(result.layers[0].source == LayerRow::Source::chain);
  CHECK(result.layers[2].source == LayerRow::Source::registry);
  CHECK(result.pulls[0].work->bytes_fetched.count == 20 * kMB);
  CHECK(*result.pulls[0].finished == at_seconds(3));
}

TEST_CASE("a blob is discarded when the last pull that uses it has ended") {
  const std::vector<ImageSpec> images = {image("one", {layer("a", 10), layer("b", 10)}),
                                         image("two", {layer("c", 10), layer("a", 10)})};
  struct Case {
    const char* name;
    bool discard;
    double second_at;
    std::int64_t second_fetches;
  };
  const Case cases[] = {
      {"kept, afterwards", false, 100, 10},
      {"discarded, afterwards", true, 100, 20},
      {"discarded, while the first pull unpacks", true, 2, 10},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      Scenario scenario = then(runtime_scenario("1.7", images), seconds(c.second_at));
      scenario.node_pools[0].runtime.discard_unpacked_layers = c.discard;
      const RunResult result = simulate(scenario, 0);
      CHECK(result.pulls[1].work->bytes_fetched.count == c.second_fetches * kMB);
      // c 1 s, unpacked while a may come; both unpacked at 3.
      CHECK(*result.pulls[1].finished == at_seconds(c.second_at + 3));
    }
  }
}

TEST_CASE("a digest that occurs twice is fetched once even where layers are discarded") {
  Scenario scenario =
      runtime_scenario("1.7", {image("web", {layer("a", 10), layer("b", 10), layer("a", 10)})});
  scenario.node_pools[0].runtime.discard_unpacked_layers = true;
  const RunResult result = simulate(scenario, 0);
  CHECK(result.pulls[0].work->bytes_fetched.count == 20 * kMB);
  CHECK(*result.pulls[0].finished == at_seconds(4));
}
