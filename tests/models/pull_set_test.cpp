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
  scenario.node_pools[0].runtime.pull_overhead = 0.3;
  CHECK(time_of(scenario) == seconds(1.3));
  // Manifest, config and layer are committed.
  scenario.node_pools[0].runtime.commit_per_blob = 0.5;
  CHECK(time_of(scenario) == seconds(2.8));
  scenario.node_pools[0].runtime.commit_flush = Bandwidth{20e6};
  CHECK(time_of(scenario) == seconds(3.3));
  // The lease; three of the manifest, two of the config; three before the layer, two of its blob,
  // three after it; five of the image.
  scenario.node_pools[0].runtime.commit_transaction = 0.01;
  CHECK(time_of(scenario) == seconds(3.49));
  scenario.node_pools[0].runtime.version = "1.6";  // by tag a second time
  CHECK(time_of(scenario) == seconds(3.5));
}

TEST_CASE("An image that is there is leased, labelled and recorded again") {
  Scenario scenario = lone();
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[0].runtime.pull_overhead = 0.3;
  scenario.node_pools[0].runtime.commit_per_blob = 0.5;
  scenario.node_pools[0].runtime.commit_transaction = 0.01;
  // The lease; three of the manifest, two of the config; the config's snapshot, the record, the
  // end of the lease.
  CHECK(time_of(scenario) == seconds(0.39));
  scenario.node_pools[0].runtime.version = "1.6";  // by ID, tag and digest again
  CHECK(time_of(scenario) == seconds(0.42));
}

TEST_CASE("A third of a pull's overhead is at its end") {
  Scenario scenario = lone();
  scenario.node_pools[0].runtime.pull_overhead = 0.3;
  const RunResult result = simulate_pulls(scenario, {{0, 0, 0, {}}}, 0);
  CHECK(*result.layers[0].requested == at_seconds(0.2));
  CHECK(*result.layers[0].unpack_finished == at_seconds(1.2));
  CHECK(*result.pulls[0].finished == at_seconds(1.3));
}

TEST_CASE("Commits and transactions of a node are made one at a time") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10), layer("b", 10)})}, 2, 0);
  scenario.events.clear();
  scenario.node_pools[0].runtime.commit_per_blob = 0.5;
  // Both blobs are there at 1 s: committed at 1.5 and 2 s, the first unpacked meanwhile.
  const RunResult result = simulate_pulls(scenario, {{0, 0, 0, {}}, {0, 1, 0, {}}}, 0);
  for (const std::size_t pull : {std::size_t{0}, std::size_t{1}}) {  // nodes do not wait for others
    CHECK(*result.layers[2 * pull].committed == at_seconds(1.5));
    CHECK(*result.layers[2 * pull + 1].committed == at_seconds(2));
    CHECK(*result.pulls[pull].finished == at_seconds(3.5));
  }
  // Leased at 0.1 s, the manifest opened at 0.2, committed at 0.7 and labelled at 0.9 s, the config
  // at 1, 1.5 and 1.6 s, a snapshot prepared at 1.9 s. Blobs opened at 2 and 2.1 s, committed at
  // 2.6 and 3.1 s, labelled at 3.2 and 3.3 s. The first layer's job ends at 4.2 s, its snapshot is
  // committed at 4.5 and the second one's prepared at 4.8 s; that ends at 5.8, is committed at
  // 6.1 s, and the image recorded at 6.6 s.
  scenario.node_pools[0].runtime.commit_transaction = 0.1;
  const RunResult slower = simulate_pulls(scenario, {{0, 0, 0, {}}}, 0);
  CHECK(*slower.layers[0].requested == at_seconds(2));
  CHECK(*slower.layers[1].requested == at_seconds(2.1));
  CHECK(*slower.layers[0].committed == at_seconds(3.2));
  CHECK(*slower.layers[1].committed == at_seconds(3.3));
  CHECK(*slower.layers[0].unpack_finished == at_seconds(4.2));
  CHECK(*slower.layers[1].unpack_started == at_seconds(4.8));
  CHECK(*slower.pulls[0].finished == at_seconds(6.6));
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

TEST_CASE("A window grows by 5 % a round trip once it takes half a round trip to arrive") {
  Scenario scenario = small_scenario({image("web", {layer("a", 4)})}, 1, 0);
  scenario.events.clear();
  scenario.node_pools[0].runtime = flat_runtime(0);
  scenario.registries[0].round_trip = seconds(0.1);
  scenario.registries[0].initial_window = Bytes{1'000'000};
  scenario.registries[0].egress = Bandwidth{12.5e6 * 1514 / 1448};
  // Windows of 1, 1.05 and 1.1025 MB, 0.1 s apart, and 0.8475 MB in 0.0678 s.
  CHECK(to_seconds(time_of(scenario)) == Approx(0.6 + 0.3 + 0.0678).epsilon(1e-6));
}

TEST_CASE("After a loss a connection cannot take at once what others leave") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10), layer("b", 2)})}, 1, 0);
  scenario.events.clear();
  scenario.node_pools[0].runtime = flat_runtime(0);
  scenario.registries[0].round_trip = seconds(0.1);
  scenario.registries[0].initial_window = Bytes{1'000'000};
  scenario.registries[0].egress = Bandwidth{10e6 * 1514 / 1448};
  // Both have 5 MB/s. Path and queue hold 0.75 MB of each, so that of the first windows of 1 MB
  // some is lost: 0.525 MB are left, 5.25 MB/s when the other has ended, and cubic grows over
  // seconds.
  const double with_loss = to_seconds(time_of(scenario));
  CHECK(with_loss > 2.1);
  CHECK(with_loss < 2.45);
  // A queue of a second holds all of it: the link is full to the end.
  scenario.registries[0].queue = seconds(1);
  CHECK(to_seconds(time_of(scenario)) == Approx(0.6 + 1.2).epsilon(0.01));
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

TEST_CASE("With a spread, streams that start together end apart, the last one is not later") {
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
