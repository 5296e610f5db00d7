// Pulls without a cluster, and what measurements need beyond one: slow start, commits, a burst
// before a connection's cap, proxies that make others wait, nodes that share one machine's cores.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;
using namespace pullsim::test;

namespace {

/// One image of one layer of 10 MB; unpacking takes 1 s on one core, downloading no time.
Scenario lone(std::int64_t nodes = 1) {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, nodes, 0);
  scenario.events.clear();
  return scenario;
}

Duration time_of(const Scenario& scenario) {
  const RunResult result = simulate_pulls(scenario, {PullRequest{}}, 0);
  return *result.pulls.at(0).finished - result.pulls[0].requested;
}

}  // namespace

TEST_CASE("A pull set has one row for each request, in their order") {
  const RunResult result =
      simulate_pulls(lone(2), {{0, 1, 0, seconds(3)}, {0, 0, 0, seconds(0)}}, 0);
  REQUIRE(result.pulls.size() == 2);
  CHECK(result.pulls[0].node == 1);
  CHECK(*result.pulls[0].finished == at_seconds(4));
  CHECK(*result.pulls[1].finished == at_seconds(1));
  CHECK(result.pods.empty());
}

TEST_CASE("Cached images take no download and no unpacking") {
  Scenario scenario = lone();
  scenario.node_pools[0].cached = {0};
  CHECK(time_of(scenario) == seconds(0));
}

TEST_CASE("Overhead and commit add to a pull what they say") {
  Scenario scenario = lone();
  scenario.node_pools[0].runtime.pull_overhead = 0.25;
  CHECK(time_of(scenario) == seconds(1.25));
  scenario.node_pools[0].runtime.commit_per_blob = 0.5;
  CHECK(time_of(scenario) == seconds(1.75));
  scenario.node_pools[0].runtime.commit_flush = Bandwidth{20e6};
  CHECK(time_of(scenario) == seconds(2.25));
}

TEST_CASE("A burst passes before the cap of a connection holds") {
  Scenario scenario = lone();
  scenario.registries[0].per_connection = Bandwidth{2e6};
  CHECK(time_of(scenario) == seconds(6));
  scenario.registries[0].connection_burst = Bytes{4'000'000};
  CHECK(time_of(scenario) == seconds(4));
  scenario.registries[0].connection_burst = Bytes{400'000'000};
  CHECK(time_of(scenario) == seconds(1));
}

TEST_CASE("Slow start doubles the window each round trip, from connection to connection") {
  Scenario scenario = lone();
  scenario.registries[0].round_trip = seconds(0.1);
  // Requests of resolve, manifest, config and blob.
  CHECK(time_of(scenario) == seconds(1.4));
  // Two connections to set up; windows 1, 2, 4 and the last 3 MB, a round trip between them.
  scenario.registries[0].initial_window = Bytes{1'000'000};
  CHECK(time_of(scenario) == seconds(1.4 + 0.2 + 0.3));
  // A link that takes longer for a window than a round trip is full: 1 MB, then 9 MB at 10 MB/s.
  scenario.registries[0].egress = Bandwidth{10e6 * 1514 / 1448};
  CHECK(to_seconds(time_of(scenario)) == Approx(1.4 + 0.2 + 1.0).epsilon(1e-6));
  // One download at a time: the second layer finds the window that the first one left.
  Scenario two = small_scenario({image("web", {layer("a", 3), layer("b", 4)})}, 1, 0);
  two.registries[0] = scenario.registries[0];
  two.registries[0].egress.reset();
  two.node_pools[0].runtime = flat_runtime(0);
  two.node_pools[0].runtime.max_concurrent_downloads = 1;
  // 3 MB: windows 1 and 2; 4 MB: window 4 at once.
  CHECK(time_of(two) == seconds(0.5 + 0.1 + 0.1 + 0.1));
}

TEST_CASE("Behind a proxy that locks, later requesters wait for the whole blob") {
  Scenario scenario = lone(2);
  scenario.registries[0].upstream = Bandwidth{5e6 * 1514 / 1448};
  const std::vector<PullRequest> both = {{0, 0, 0, seconds(0)}, {0, 1, 0, seconds(1)}};
  // Both fetch at the upstream's rate: 5 MB alone, then the other 5 MB and 10 MB share.
  CHECK(to_seconds(*simulate_pulls(scenario, both, 0).pulls[0].finished) ==
        Approx(1 + 2 + 1).epsilon(1e-6));
  scenario.registries[0].cold_waits = true;
  const RunResult result = simulate_pulls(scenario, both, 0);
  CHECK(to_seconds(*result.pulls[0].finished) == Approx(3).epsilon(1e-6));
  CHECK(to_seconds(*result.pulls[1].finished) == Approx(3).epsilon(1e-6));
  CHECK(*result.layers[1].first_byte == *result.layers[0].committed);
}

TEST_CASE("With a spread, streams that start together end apart; the last one is not later") {
  Scenario scenario = lone(4);
  scenario.node_pools[0].runtime = flat_runtime(0);
  scenario.registries[0].egress = Bandwidth{10e6 * 1514 / 1448};
  const std::vector<PullRequest> all = {{0, 0, 0, {}}, {0, 1, 0, {}}, {0, 2, 0, {}}, {0, 3, 0, {}}};
  const auto ends = [&](std::uint32_t run) {
    std::vector<double> out;
    for (const PullRow& pull : simulate_pulls(scenario, all, run).pulls) {
      out.push_back(to_seconds(*pull.finished));
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  CHECK(ends(0).front() == Approx(4).epsilon(1e-6));
  scenario.registries[0].sharing_spread = 0.5;
  double first = 0;
  for (std::uint32_t run = 0; run < 20; ++run) {
    CHECK(ends(run).back() == Approx(4).epsilon(1e-6));
    first += ends(run).front() / 20;
  }
  CHECK(first < 3.5);
}

TEST_CASE("Nodes of one machine share its cores") {
  Scenario scenario = lone(4);
  scenario.node_pools[0].cpu = MilliCpu{2000};
  const std::vector<PullRequest> all = {{0, 0, 0, {}}, {0, 1, 0, {}}, {0, 2, 0, {}}, {0, 3, 0, {}}};
  CHECK(*simulate_pulls(scenario, all, 0).pulls[3].finished == at_seconds(1));
  scenario.node_pools[0].shared_machine = true;
  CHECK(*simulate_pulls(scenario, all, 0).pulls[3].finished == at_seconds(2));
  // Downloads: 2 cores at 0.5 s a MB receive 4 MB/s, and no stream more than 2 MB/s.
  scenario.node_pools[0].runtime = flat_runtime(0);
  scenario.node_pools[0].runtime.download_cpu_per_byte = 0.5e-6;
  CHECK(to_seconds(*simulate_pulls(scenario, all, 0).pulls[3].finished) ==
        Approx(10).epsilon(1e-9));
  CHECK(to_seconds(time_of(scenario)) == Approx(5).epsilon(1e-9));
}
