// Commits, overhead, slow start and waiting proxies in every pipeline: which slot is kept through a
// commit, and what each of them is called among the causes of a pull's time.
#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// Two layers of 1 s each, a commit of 0.5 s, one download slot; unpacking takes no time. Manifest
/// and config are committed in the first half second.
RunResult two_commits(const std::string& version) {
  Scenario scenario = runtime_scenario(version, {image("web", {layer("a", 10), layer("b", 10)})});
  RuntimeSpec& runtime = scenario.node_pools[0].runtime;
  runtime.unpack.per_layer = 0;
  runtime.max_concurrent_downloads = 1;
  runtime.commit_per_blob = 0.5;
  return simulate_pulls(scenario, {PullRequest{}}, 0);
}

}  // namespace

TEST_CASE("up to 2.0 a layer keeps its download slot through its commit") {
  const RunResult result = two_commits("2.0");
  // Manifest and config are committed by 1 s.
  CHECK(*result.layers[0].committed == at_seconds(2.5));
  CHECK(*result.layers[1].requested == at_seconds(2.5));
  CHECK(*result.pulls[0].finished == at_seconds(4));
  CHECK(held_up(result.pulls[0], Bottleneck::connection) == seconds(2));
  CHECK(held_up(result.pulls[0], Bottleneck::disk) == seconds(2));
  CHECK(sum_of_causes(result.pulls[0]) == seconds(4));
}

TEST_CASE("from 2.1 on a slot is a request's: the next one begins before the commit") {
  const RunResult result = two_commits("2.1");
  CHECK(*result.layers[0].committed == at_seconds(2.5));
  CHECK(*result.layers[1].requested == at_seconds(2));
  CHECK(*result.pulls[0].finished == at_seconds(3.5));
  CHECK(held_up(result.pulls[0], Bottleneck::disk) == seconds(1.5));
  CHECK(sum_of_causes(result.pulls[0]) == seconds(3.5));
}

TEST_CASE("a layer in parts is committed once") {
  Scenario scenario = runtime_scenario("2.1", {image("web", {layer("a", 40)})});
  RuntimeSpec& runtime = scenario.node_pools[0].runtime;
  runtime.max_concurrent_downloads = 2;
  runtime.concurrent_layer_fetch_buffer = Bytes{10'000'000};
  runtime.commit_per_blob = 0.5;
  runtime.commit_flush = Bandwidth{40e6};
  // Two commits before, two connections of 20 MB each, 1.5 s of commit, 1 s of unpacking.
  const RunResult result = simulate_pulls(scenario, {PullRequest{}}, 0);
  CHECK(*result.layers[0].committed == at_seconds(4.5));
  CHECK(*result.pulls[0].finished == at_seconds(5.5));
  CHECK(held_up(result.pulls[0], Bottleneck::disk) == seconds(2.5));
  CHECK(sum_of_causes(result.pulls[0]) == seconds(5.5));
}

TEST_CASE("CRI-O commits a blob after its first decompression") {
  Scenario scenario = runtime_scenario("cri-o", {image("web", {layer("a", 10)})});
  RuntimeSpec& runtime = scenario.node_pools[0].runtime;
  runtime.commit_per_blob = 0.5;
  runtime.pull_overhead = 0.3;
  const RunResult result = simulate_pulls(scenario, {PullRequest{}}, 0);
  CHECK(*result.layers[0].committed == at_seconds(2.7));
  CHECK(*result.pulls[0].finished == at_seconds(3.8));
  CHECK(held_up(result.pulls[0], Bottleneck::latency) == seconds(0.3));
  CHECK(sum_of_causes(result.pulls[0]) == seconds(3.8));
}

TEST_CASE("waiting for acknowledgements is latency, waiting for a proxy is the edge") {
  Scenario scenario = runtime_scenario("2.0", {image("web", {layer("a", 10)})});
  scenario.registries[0].per_connection.reset();
  SECTION("slow start") {
    // Two connections and four requests of 0.1 s; windows of 1, 2, 4 and 3 MB 0.1 s apart.
    scenario.registries[0].round_trip = seconds(0.1);
    scenario.registries[0].initial_window = Bytes{1'000'000};
    const RunResult result = simulate_pulls(scenario, {PullRequest{}}, 0);
    CHECK(held_up(result.pulls[0], Bottleneck::latency) == seconds(0.9));
    CHECK(sum_of_causes(result.pulls[0]) == seconds(1.9));
  }
  SECTION("a proxy that locks") {
    scenario.node_pools[0].nodes_initial = 2;
    scenario.registries[0].upstream = Bandwidth{5e6 * 1514 / 1448};
    scenario.registries[0].cold_waits = true;
    const RunResult result =
        simulate_pulls(scenario, {{0, 0, 0, seconds(0)}, {0, 1, 0, seconds(0.5)}}, 0);
    CHECK(held_up(result.pulls[0], Bottleneck::cold_edge) ==
          *result.layers[0].committed - kSimStart);
    CHECK(held_up(result.pulls[1], Bottleneck::cold_edge) ==
          *result.layers[0].committed - at_seconds(0.5));
    CHECK(held_up(result.pulls[1], Bottleneck::egress) == seconds(0));
    CHECK(sum_of_causes(result.pulls[1]) == *result.pulls[1].finished - at_seconds(0.5));
  }
}

TEST_CASE("bytes of a run cut off in a slow start or a commit are counted") {
  Scenario scenario = runtime_scenario("2.0", {image("web", {layer("a", 10)})});
  scenario.registries[0].round_trip = seconds(0.1);
  scenario.registries[0].initial_window = Bytes{1'000'000};
  scenario.node_pools[0].runtime.commit_per_blob = 100;
  for (const double end : {0.65, 0.75, 1.0, 30.0}) {
    scenario.duration = seconds(end);
    CHECK_NOTHROW(simulate(scenario, 0));  // the run itself compares bytes sent and received
  }
}
