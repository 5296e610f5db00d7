// The meanings of the contract's section 4: initial state, end, never ready, keys of random draws.
// Each test would fail if the meaning changed.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

std::map<std::string, SimTime> ready_by_name(const Scenario& scenario, const RunResult& result) {
  std::map<std::string, SimTime> ready;
  for (const PodRow& pod : result.pods) {
    ready[scenario.workloads[pod.workload].name + "-" + std::to_string(pod.ordinal)] = *pod.ready;
  }
  return ready;
}

Scenario with_chance() {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 3, 6);
  Distribution spread;
  spread.kind = Distribution::Kind::uniform;
  spread.a = 0.1;
  spread.b = 2.0;
  scenario.registries[0].request_latency = spread;
  scenario.images[0].startup = spread;
  scenario.node_pools[0].kubelet.sandbox = spread;
  return scenario;
}

double value_at(const RunResult& result, const std::string& series, SimTime time) {
  double value = -1;
  for (const TimelineRow& row : result.timeline) {
    if (row.time <= time && result.series[row.series].series == series) value = row.value;
  }
  return value;
}

}  // namespace

TEST_CASE("start: initial nodes Ready, initial replicas ready and served, their images cached") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 2, 3);
  scenario.workloads[0].replicas = 2;
  scenario.events[0].at = seconds(60);
  scenario.events[0].replicas = 4;
  const RunResult result = simulate(scenario, 0);
  CHECK(value_at(result, "replicas_ready", kSimStart) == 2);
  CHECK(value_at(result, "replicas_served", kSimStart) == 2);
  CHECK(value_at(result, "nodes_ready", kSimStart) == 2);
  // Two initial pods spread over two nodes; both nodes have the image, so nothing is pulled.
  CHECK(result.pulls.empty());
  REQUIRE(result.pods.size() == 2);  // initial replicas have no row
  CHECK(result.pods[0].ordinal == 2);
  CHECK(result.pods[1].ordinal == 3);
  CHECK(result.pods[0].created == at_seconds(60));
  // Nothing was missing before the event.
  CHECK(result.unserved_pod_seconds <= 2 * to_seconds(*result.pods[0].served - at_seconds(60)) + 2);
}

TEST_CASE("start: `cachedInitially` counts for the initial nodes only") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 2);
  scenario.node_pools[0].nodes_max = 2;
  scenario.node_pools[0].provisioning = Distribution::constant(30);
  scenario.node_pools[0].cached_initially = {0};
  scenario.node_pools[0].allocatable_cpu = MilliCpu{1000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 1);
  CHECK(result.nodes[result.pulls[0].node].initial == false);
}

TEST_CASE("end: when nothing is pending, and integrals run on to the duration") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 1);
  scenario.node_pools[0].cached = {0};
  const RunResult result = simulate(scenario, 0);
  CHECK(result.ended < at_seconds(5));
  CHECK(result.node_seconds == Approx(20 * 60));
  // One wanted pod was missing from 0 until it was served.
  CHECK(result.unserved_pod_seconds == Approx(to_seconds(*result.pods[0].served)).epsilon(1e-12));
}

TEST_CASE("end: at the duration when a wanted pod is not ready") {
  Scenario scenario = small_scenario({image("web", {layer("a", 1000)})}, 1, 1);
  scenario.registries[0].per_connection = Bandwidth{1e6};  // 1000 s
  scenario.duration = std::chrono::seconds(100);
  const RunResult result = simulate(scenario, 0);
  CHECK(result.ended == at_seconds(100));
  REQUIRE(result.pods.size() == 1);
  CHECK_FALSE(result.pods[0].ready);
  CHECK(result.pods[0].outcome == Outcome::pending);
  CHECK(result.pods[0].wanted);
  CHECK_FALSE(result.pulls[0].finished);
  REQUIRE(result.scale_outs.size() == 1);
  CHECK_FALSE(result.scale_outs[0].done);
  CHECK(result.unserved_pod_seconds == Approx(100));
  REQUIRE(result.layers.size() == 1);
  CHECK(result.layers[0].first_byte.has_value());
  CHECK_FALSE(result.layers[0].committed);
  // What is under way counts up to the end, long after the last event.
  CHECK(result.registry_bytes[0] == Approx(100e6).epsilon(1e-9));
}

TEST_CASE("never ready: a pod that fits nowhere stays pending and is not dropped") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 3);
  scenario.node_pools[0].allocatable_cpu = MilliCpu{2000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  CHECK(std::count_if(result.pods.begin(), result.pods.end(), [](const PodRow& pod) {
          return pod.wanted && !pod.ready && pod.outcome == Outcome::pending && !pod.scheduled;
        }) == 1);
  CHECK_FALSE(result.scale_outs[0].done);
}

TEST_CASE("randomness: equal inputs give equal runs, another run or seed another one") {
  const Scenario scenario = with_chance();
  const RunResult first = simulate(scenario, 0);
  CHECK(simulate(scenario, 0).digest == first.digest);
  CHECK(simulate(scenario, 1).digest != first.digest);
  Scenario other = scenario;
  other.seed = 2;
  CHECK(simulate(other, 0).digest != first.digest);
}

TEST_CASE("randomness: pods are keyed by workload and ordinal, so others change nothing") {
  Scenario scenario = with_chance();
  scenario.node_pools[0].cached = {0};  // no pulls: only the pods' own draws count
  const auto six = ready_by_name(scenario, simulate(scenario, 0));
  scenario.events[0].replicas = 9;
  const auto nine = ready_by_name(scenario, simulate(scenario, 0));
  CHECK(six.size() == 6);
  CHECK(nine.size() == 9);
  for (const auto& [name, time] : six) {
    // The node, and with it the relist's phase, may differ: sandbox and start do not.
    CHECK(std::abs(to_seconds(time - nine.at(name))) <= 1.0);
  }
  Scenario more = scenario;
  more.events[0].replicas = 6;
  WorkloadSpec other = more.workloads[0];
  other.name = "other";
  more.workloads.insert(more.workloads.begin(), other);
  more.events[0].workload = 1;
  CHECK(ready_by_name(more, simulate(more, 0)) == six);
}

TEST_CASE("randomness: nodes are keyed by pool and ordinal") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 0, 2);
  scenario.node_pools[0].nodes_max = 10;
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  scenario.node_pools[0].allocatable_cpu = MilliCpu{1000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  Distribution spread;
  spread.kind = Distribution::Kind::uniform;
  spread.a = 20;
  spread.b = 90;
  scenario.node_pools[0].provisioning = spread;
  const RunResult two = simulate(scenario, 0);
  scenario.events[0].replicas = 4;
  const RunResult four = simulate(scenario, 0);
  REQUIRE(two.nodes.size() == 2);
  REQUIRE(four.nodes.size() == 4);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(two.nodes[i].name == four.nodes[i].name);
    CHECK(*two.nodes[i].ready == *four.nodes[i].ready);
  }
  CHECK(*four.nodes[2].ready != *four.nodes[3].ready);
}

TEST_CASE("randomness: requests are keyed by node and ordinal, whatever the image") {
  // Two variants with other layers: the first requests of a node take the same times in both.
  Scenario scenario = with_chance();
  const RunResult small = simulate(scenario, 0);
  scenario.images[0].layers = {layer("x", 500), layer("y", 5)};
  const RunResult large = simulate(scenario, 0);
  std::map<std::size_t, Duration> first;
  for (const PullRow& pull : small.pulls) first.try_emplace(pull.node, pull.work->resolve);
  std::set<std::size_t> seen;
  for (const PullRow& pull : large.pulls) {
    if (!seen.insert(pull.node).second) continue;
    CHECK(first.at(pull.node) == pull.work->resolve);
  }
  CHECK(seen.size() == 3);
}
