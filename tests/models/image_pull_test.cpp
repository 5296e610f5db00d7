// Pulls whose timelines were worked out by hand, to the nanosecond.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

// 10 MB/s for each connection: a layer of n MB takes n / 10 s.
Scenario capped(std::vector<ImageSpec> images, std::int64_t pods = 1) {
  Scenario scenario = small_scenario(std::move(images), 1, pods);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  return scenario;
}

Duration held_up(const PullRow& pull, Bottleneck cause) {
  for (const auto& [what, time] : held_up_by(pull)) {
    if (what == cause) return time;
  }
  return Duration{0};
}

}  // namespace

TEST_CASE("one layer: requests, download, unpack") {
  Scenario scenario = capped({image("web", {layer("a", 100)})});
  scenario.registries[0].round_trip = std::chrono::milliseconds(10);
  scenario.registries[0].request_latency = Distribution::constant(0.030);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 1);
  const PullRow& pull = result.pulls[0];
  CHECK(*pull.started == at_seconds(0));
  CHECK(pull.work->resolve == seconds(0.120));    // resolve, manifest, config
  CHECK(pull.work->download == seconds(10.040));  // request and 100 MB at 10 MB/s
  CHECK(pull.work->unpack == seconds(1));
  CHECK(*pull.finished == at_seconds(11.160));
  CHECK(pull.work->bytes_fetched.count == 100 * kMB);
  CHECK(pull.work->layers_fetched == 1);
  CHECK(pull.work->layers_reused == 0);
  CHECK(pull.outcome == Outcome::ok);
  CHECK(pull.bottleneck == Bottleneck::connection);
  CHECK(held_up(pull, Bottleneck::connection) == seconds(10));
  CHECK(held_up(pull, Bottleneck::latency) == seconds(0.160));
  CHECK(held_up(pull, Bottleneck::cpu) == seconds(1));
  CHECK(result.counters.requests == 4);
}

TEST_CASE("three at a time, unpacked strictly from the base") {
  // Downloads 0..10 (a), 0..1 (b), 0..2 (c), then 1..4 (d) in b's slot. Unpacking waits for a.
  const Scenario scenario =
      capped({image("web", {layer("a", 100), layer("b", 10), layer("c", 20), layer("d", 30)})});
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.layers.size() == 4);
  CHECK(*result.layers[0].committed == at_seconds(10));
  CHECK(*result.layers[1].committed == at_seconds(1));
  CHECK(*result.layers[2].committed == at_seconds(2));
  CHECK(*result.layers[3].requested == at_seconds(1));
  CHECK(*result.layers[3].committed == at_seconds(4));
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(*result.layers[i].unpack_started == at_seconds(10 + static_cast<double>(i)));
    CHECK(*result.layers[i].unpack_finished == at_seconds(11 + static_cast<double>(i)));
  }
  CHECK(*result.pulls[0].finished == at_seconds(14));
  CHECK(result.pulls[0].work->download == seconds(10));
  CHECK(result.pulls[0].work->unpack == seconds(4));
}

TEST_CASE("unpacking overlaps later downloads") {
  Scenario scenario = capped({image("web", {layer("a", 10), layer("b", 10), layer("c", 10)})});
  scenario.node_pools[0].runtime.max_concurrent_downloads = 1;
  const RunResult result = simulate(scenario, 0);
  // Downloads end at 1, 2, 3 s; unpacks of 1 s each follow at once.
  CHECK(*result.layers[2].requested == at_seconds(2));
  CHECK(*result.pulls[0].finished == at_seconds(4));
  CHECK(result.pulls[0].work->unpack == seconds(1));
}

TEST_CASE("one download at a time beats three when unpacking is the bottleneck") {
  Scenario scenario =
      small_scenario({image("web", {layer("a", 30), layer("b", 30), layer("c", 30)})}, 1, 1);
  scenario.node_pools[0].network = Bandwidth{30e6 / kPayloadShare};  // 30 MB/s of payload
  scenario.node_pools[0].runtime = flat_runtime(3.0);
  const RunResult three = simulate(scenario, 0);
  scenario.node_pools[0].runtime.max_concurrent_downloads = 1;
  const RunResult one = simulate(scenario, 0);
  // Three share the link and end together at 3 s; one at a time ends at 1, 2, 3 s.
  CHECK(*three.layers[0].committed - kSimStart > seconds(2.999));
  CHECK(*three.pulls[0].finished == *three.layers[0].committed + seconds(9));
  CHECK(*one.pulls[0].finished == *one.layers[0].committed + seconds(9));
  CHECK(*one.pulls[0].finished < *three.pulls[0].finished);
  CHECK(three.pulls[0].bottleneck == Bottleneck::cpu);
  CHECK(held_up(three.pulls[0], Bottleneck::network) == *three.layers[0].committed - kSimStart);
}

TEST_CASE("a digest that occurs twice is fetched once and unpacked twice") {
  const Scenario scenario =
      capped({image("web", {layer("a", 10), layer("b", 10), layer("a", 10)})});
  const RunResult result = simulate(scenario, 0);
  const PullRow& pull = result.pulls[0];
  CHECK(pull.work->bytes_fetched.count == 20 * kMB);
  CHECK(pull.work->layers_fetched == 2);
  CHECK(pull.work->layers_reused == 1);
  CHECK(*pull.finished == at_seconds(1 + 3));
  CHECK(result.layers[2].unpack_finished.has_value());
}

TEST_CASE("a layer below is reused by its chain, one above a change only by its blob") {
  // v2 keeps a, changes b, keeps c: a is skipped, b fetched, c only unpacked again.
  Scenario scenario = capped({image("v1", {layer("a", 10), layer("b", 10), layer("c", 10)}),
                              image("v2", {layer("a", 10), layer("b2", 10), layer("c", 10)})});
  scenario.workloads[0].image = 1;
  scenario.node_pools[0].cached = {0};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.layers.size() == 3);
  CHECK(result.layers[0].source == LayerRow::Source::chain);
  CHECK_FALSE(result.layers[0].unpack_started);
  CHECK(result.layers[1].source == LayerRow::Source::registry);
  CHECK(result.layers[2].source == LayerRow::Source::cache);
  CHECK(*result.layers[2].unpack_started == at_seconds(2));
  CHECK(*result.pulls[0].finished == at_seconds(3));
  CHECK(result.pulls[0].work->bytes_fetched.count == 10 * kMB);
  CHECK(result.pulls[0].work->layers_reused == 2);
}

TEST_CASE("two pulls of one node that share a layer do it once") {
  // Parallel pulls of two images on one node; both start with layer a. The second pull waits until
  // the first has unpacked a, and only then asks for its own layer.
  Scenario scenario = capped({image("one", {layer("a", 100), layer("b", 10)}),
                              image("two", {layer("a", 100), layer("c", 50)})});
  scenario.node_pools[0].kubelet.serialize_image_pulls = false;
  add_pod_of(1, "other", scenario);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 2);
  // First: a 0..10, b 0..1; unpack a 10..11, b 11..12.
  CHECK(*result.pulls[0].finished == at_seconds(12));
  // Second: c asked for at 11, there at 16, unpacked at 17.
  CHECK(result.layers[2].source == LayerRow::Source::chain);
  CHECK(*result.layers[3].requested == at_seconds(11));
  CHECK(*result.pulls[1].finished == at_seconds(17));
  CHECK(result.pulls[1].work->bytes_fetched.count == 50 * kMB);
  CHECK(held_up(result.pulls[1], Bottleneck::slots) == seconds(11));
  CHECK(result.counters.bytes_fetched == 160 * kMB);
}

TEST_CASE("the first fetch through a cold edge is slow, the next node's is not") {
  Scenario scenario = small_scenario({image("web", {layer("a", 40)})}, 2, 1);
  scenario.registries[0].per_connection = Bandwidth{80e6};
  scenario.registries[0].cold_fetch = Bandwidth{40e6};
  scenario.node_pools[0].runtime = flat_runtime(0.7);
  scenario.node_pools[0].allocatable_cpu = MilliCpu{1000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};  // one pod on each node
  ScenarioEvent later;
  later.at = seconds(100);
  later.replicas = 2;
  scenario.events.push_back(later);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 2);
  CHECK(result.pulls[0].work->download == seconds(1));
  CHECK(result.pulls[0].bottleneck == Bottleneck::cold_edge);
  CHECK(result.pulls[1].work->download == seconds(0.5));
  CHECK(result.pulls[1].bottleneck == Bottleneck::cpu);
}

TEST_CASE("a pull alone takes the mean of each request") {
  Scenario scenario = capped({image("web", {layer("a", 100)})});
  Distribution latency;
  latency.kind = Distribution::Kind::uniform;
  latency.a = 0.010;
  latency.b = 0.030;
  scenario.registries[0].request_latency = latency;
  const SinglePull pull = pull_alone(scenario, 0, 0);
  CHECK(pull.resolve == seconds(0.060));
  CHECK(pull.download == seconds(10.020));
  CHECK(pull.unpack == seconds(1));
  CHECK(pull.total == seconds(11.080));
}

TEST_CASE("layers whose turn did not come have no row and are not reused") {
  Scenario scenario =
      small_scenario({image("web", {layer("a", 100), layer("b", 100), layer("c", 100)})}, 1, 1);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.node_pools[0].runtime.max_concurrent_downloads = 1;
  scenario.duration = seconds(15);  // in the second download
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.layers.size() == 2);
  CHECK(result.layers[0].committed == at_seconds(10));
  CHECK(result.layers[1].requested == at_seconds(10));
  CHECK_FALSE(result.layers[1].committed);
  CHECK(result.pulls[0].work->layers_fetched == 1);
  CHECK(result.pulls[0].work->layers_reused == 0);
}

TEST_CASE("a hundred thousand layers of one blob take no stack") {
  ImageSpec web = image("web", {});
  for (int i = 0; i < 100'000; ++i) web.layers.push_back(layer("same", 1));
  Scenario scenario = small_scenario({web}, 1, 1);
  scenario.registries[0].per_connection = Bandwidth{1e6};
  scenario.node_pools[0].runtime = flat_runtime(0);
  scenario.node_pools[0].disk_write = Bandwidth{1e9};
  scenario.duration = std::chrono::hours(1);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls[0].finished);
  CHECK(result.pulls[0].work->layers_fetched == 1);
  CHECK(result.layers.back().source == LayerRow::Source::cache);  // its own, not another pull's
  CHECK(to_seconds(*result.pulls[0].finished) == Approx(1 + 100'000 * 1e-3));
}

TEST_CASE("a cold download that the connection's cap holds up is not the edge's fault") {
  Scenario scenario = small_scenario({image("web", {layer("a", 100)})}, 1, 1);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.registries[0].cold_fetch = Bandwidth{40e6};
  CHECK(simulate(scenario, 0).pulls[0].bottleneck == Bottleneck::connection);
  scenario.registries[0].cold_fetch = Bandwidth{5e6};
  CHECK(simulate(scenario, 0).pulls[0].bottleneck == Bottleneck::cold_edge);
}
