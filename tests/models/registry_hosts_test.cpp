// The hosts of a pull: token service, object store, index, and mirrors that are asked first.
#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// One layer of 10 MB: 1 s of download, 1 s of unpacking; requests take 10 ms and 20 ms.
Scenario lone(const std::string& version = "1.7") {
  Scenario scenario = runtime_scenario(version, {image("web", {layer("a", 10)})});
  scenario.events.clear();
  scenario.registries[0].round_trip = seconds(0.010);
  scenario.registries[0].request_latency = Distribution::constant(0.020);
  return scenario;
}

constexpr Duration kRequest = std::chrono::milliseconds(30);

RunResult run(const Scenario& scenario) { return simulate_pulls(scenario, {PullRequest{}}, 0); }

/// The same with a mirror that is asked first; its requests take 10 ms.
Scenario mirrored(const std::string& version = "1.7") {
  Scenario scenario = lone(version);
  RegistrySpec mirror = scenario.registries[0];
  mirror.name = "mirror";
  mirror.round_trip = seconds(0.010);
  mirror.request_latency = Distribution::constant(0);
  scenario.registries.push_back(mirror);
  scenario.registries[0].mirrors = {1};
  return scenario;
}

}  // namespace

TEST_CASE("a token costs a 401, a request to its service and the request again") {
  Scenario scenario = lone();
  CHECK(*run(scenario).pulls[0].finished == kSimStart + 4 * kRequest + seconds(2));
  scenario.registries[0].token = RequestHop{seconds(0.1), Distribution::constant(0.2)};
  const RunResult result = run(scenario);
  CHECK(*result.pulls[0].finished == kSimStart + 5 * kRequest + seconds(0.3 + 2));
  CHECK(result.pulls[0].work->resolve == 4 * kRequest + seconds(0.3));
  CHECK(result.counters.requests == 6);
}

TEST_CASE("an index is one more document") {
  Scenario scenario = lone();
  scenario.images[0].index = true;
  CHECK(*run(scenario).pulls[0].finished == kSimStart + 5 * kRequest + seconds(2));
}

TEST_CASE("config and blobs are redirected to an object store") {
  Scenario scenario = lone();
  scenario.registries[0].object_store = RequestHop{seconds(0.001), Distribution::constant(0.004)};
  const RunResult result = run(scenario);
  CHECK(*result.pulls[0].finished == kSimStart + 4 * kRequest + 2 * seconds(0.005) + seconds(2));
  CHECK(result.counters.requests == 6);
}

TEST_CASE("connections are set up once for documents, and for each blob that finds none idle") {
  Scenario scenario = lone();
  scenario.registries[0].connection_round_trips = 3;  // TCP and TLS 1.2
  // For documents, and another one for the config, which the blob uses too.
  CHECK(*run(scenario).pulls[0].finished == kSimStart + 4 * kRequest + seconds(0.06 + 2));
  // To the token service; to the object store for the config, which the blob uses too.
  scenario.registries[0].token = RequestHop{seconds(0.1), Distribution::constant(0)};
  scenario.registries[0].object_store = RequestHop{seconds(0.001), Distribution::constant(0)};
  CHECK(*run(scenario).pulls[0].finished ==
        kSimStart + 5 * kRequest + seconds(0.03 + 0.4 + 0.003 + 0.002 + 2));
}

TEST_CASE("all of 6.1: a cold pull of a multi-platform image makes 5 + L, 1 and 1 + L requests") {
  Scenario scenario = runtime_scenario(
      "1.7", {image("web", {layer("a", 1), layer("b", 1), layer("c", 1), layer("d", 1)})});
  scenario.events.clear();
  scenario.images[0].index = true;
  scenario.registries[0].token = RequestHop{};
  scenario.registries[0].object_store = RequestHop{};
  CHECK(run(scenario).counters.requests == (5 + 4) + 1 + (1 + 4));
  // Present, with policy Always: a 401 and a HEAD, a token.
  scenario.node_pools[0].cached = {0};
  CHECK(run(scenario).counters.requests == 3);
}

TEST_CASE("a mirror that has the image serves it, one that has not costs a request each time") {
  Scenario scenario = mirrored();
  const RunResult from_mirror = run(scenario);
  CHECK(*from_mirror.pulls[0].finished == kSimStart + 4 * seconds(0.010) + seconds(2));
  CHECK(from_mirror.layers[0].registry == 1);
  scenario.registries[1].images.emplace();
  const RunResult from_main = run(scenario);
  CHECK(*from_main.pulls[0].finished == kSimStart + 4 * (seconds(0.010) + kRequest) + seconds(2));
  CHECK(from_main.layers[0].registry == 0);
  CHECK(from_main.counters.requests == 8);
}

TEST_CASE("CRI-O asks for blobs where it found the manifest") {
  Scenario scenario = mirrored("cri-o");
  scenario.registries[1].images.emplace();
  const RunResult result = run(scenario);
  // HEAD and manifest at both, config and blob at the registry.
  CHECK(
      about(*result.pulls[0].finished, kSimStart + 2 * seconds(0.010) + 4 * kRequest + seconds(2)));
  CHECK(result.counters.requests == 6);
}

TEST_CASE("server errors of a mirror lead to the next host at once, 429 after five") {
  Scenario scenario = mirrored();
  scenario.registries[1].request_failure_probability = 1;
  CHECK(*run(scenario).pulls[0].finished ==
        kSimStart + 4 * (seconds(0.010) + kRequest) + seconds(2));
  scenario.registries[1].request_failure_probability = 0;
  scenario.registries[1].requests = RequestLimit{0.001, 1};
  // Only the HEAD gets through; manifest, config and blob are refused five times.
  CHECK(*run(scenario).pulls[0].finished ==
        kSimStart + seconds(0.010) + 3 * (5 * seconds(0.010) + kRequest) + seconds(2));
}

TEST_CASE("a mirror that goes away hands a blob over in the middle") {
  Scenario scenario = mirrored();
  scenario.images[0].layers[0].size = Bytes{100 * kMB};
  ScenarioEvent scale;
  scale.replicas = 1;
  ScenarioEvent outage;
  outage.kind = ScenarioEvent::Kind::registry_outage;
  outage.at = seconds(4);
  outage.length = seconds(1000);
  outage.registry = 1;
  scenario.events = {scale, outage};
  const RunResult result = simulate(scenario, 0);
  const PullRow& pull = result.pulls[0];
  // From 40 ms to 4 s from the mirror; five refusals; the rest, 60.4 MB, from the registry.
  CHECK(about(*pull.finished,
              at_seconds(4) + 5 * seconds(0.010) + kRequest + seconds(10 - 3.96) + seconds(1)));
  CHECK(pull.retries->attempts == 1);
  CHECK(result.registry_bytes[1] == Approx(39.6e6));
  CHECK(result.registry_bytes[0] == Approx(60.4e6));
  CHECK(result.layers[0].registry == 1);  // its first byte
  CHECK(sum_of_causes(pull) == *pull.finished - kSimStart);
}

TEST_CASE("a mirror without hosts of its own serves no image by itself") {
  Scenario scenario = mirrored();
  std::swap(scenario.registries[0], scenario.registries[1]);
  scenario.registries[1].mirrors = {0};
  CHECK(*run(scenario).pulls[0].finished == kSimStart + 4 * seconds(0.010) + seconds(2));
  scenario.registries[0].images.emplace();
  CHECK(run(scenario).layers[0].registry == 1);
}
