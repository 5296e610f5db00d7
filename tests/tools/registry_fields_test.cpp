// What registries say of tokens, limits and mirrors, and outages of registries, as read.
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix
using namespace std::chrono_literals;

TEST_CASE("what registries say of tokens, limits and mirrors, and outages, have their values") {
  const test::TemporaryFolder folder;
  Diagnostics diagnostics;
  const auto study = read_study(folder.write("scenario.yaml", R"(apiVersion: pullsim/v1
kind: Scenario
name: limits
images:
  web: {ref: library/web, layers: [{size: 31MB}], index: true}
registries:
  - {name: cache, images: [web]}
  - name: hub
    hosts: [docker.io]
    mirrors: [cache]
    connectionRoundTrips: 3
    token: {roundTrip: 20ms, requestLatency: 50ms}
    objectStore: {requestLatency: 10ms}
    requests: {rate: 600/m, burst: 20}
    pullLimit: {pulls: 200, window: 1h, per: node, used: 7}
    requestFailureProbability: 0.25
nodePools:
  - {name: general, nodes: {initial: 1}, cpu: 2, memory: 8Gi,
     runtime: {imagePullProgressTimeout: 1m}}
workloads:
  - {name: web, image: web}
events:
  - {at: 60s, registryOutage: hub, for: 30s, requests: unanswered}
)"),
                                {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  const Scenario& s = study->variants[0].scenario;
  CHECK(s.images[0].index);
  CHECK(s.registries[0].images == std::vector<std::size_t>{0});
  CHECK(s.registries[0].mirrors.empty());
  const RegistrySpec& hub = s.registries[1];
  CHECK(hub.mirrors == std::vector<std::size_t>{0});
  CHECK_FALSE(hub.images.has_value());
  CHECK(hub.connection_round_trips == 3);
  REQUIRE(hub.token.has_value());
  CHECK(hub.token->round_trip == 20ms);
  CHECK(hub.token->latency == Distribution::constant(0.050));
  REQUIRE(hub.object_store.has_value());
  CHECK(hub.object_store->round_trip == 2ms);
  CHECK(hub.object_store->latency == Distribution::constant(0.010));
  REQUIRE(hub.requests.has_value());
  CHECK(hub.requests->rate == 10);
  CHECK(hub.requests->burst == 20);
  REQUIRE(hub.pull_limit.has_value());
  CHECK(hub.pull_limit->pulls == 200);
  CHECK(hub.pull_limit->window == 1h);
  CHECK(hub.pull_limit->per == PullLimit::Per::node);
  CHECK(hub.pull_limit->used == 7);
  CHECK(hub.request_failure_probability == 0.25);
  CHECK(s.node_pools[0].runtime.pull_progress_timeout == 1min);
  REQUIRE(s.events.size() == 1);
  CHECK(s.events[0].registry == 1);
  CHECK(s.events[0].length == 30s);
  CHECK(s.events[0].silent);
}
