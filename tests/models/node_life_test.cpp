// Requests for nodes that fail or wait, and what pods wait for on a node before their sandbox and
// after their start, worked out by hand.
#include <pullsim/simulate.hpp>

#include "models/kube_proxy.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

double draw_of(const Scenario& scenario, const std::string& entity, const std::string& purpose,
               std::uint64_t ordinal = 0) {
  return RandomStream(scenario.seed, 0, entity, purpose).at(ordinal);
}

// Pods that need a node each.
Scenario ordering(std::int64_t pods) {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 0, pods);
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[0].nodes_max = 10;
  scenario.node_pools[0].provisioning = Distribution::constant(30);
  scenario.workloads[0].cpu_request = MilliCpu{3000};
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  scenario.node_autoscaler.group_backoff.initial = Duration{0};  // it asks at each scan
  scenario.node_autoscaler.group_backoff.max = Duration{0};
  return scenario;
}

Scenario one_node(std::int64_t pods) {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, pods);
  scenario.node_pools[0].cached = {0};
  return scenario;
}

}  // namespace

TEST_CASE("the cloud's rate holds requests back: two at once, then one in ten seconds") {
  Scenario scenario = ordering(4);
  scenario.node_pools[0].request_rate = RequestLimit{0.1, 2};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 4);
  const SimTime requested = result.nodes[0].requested;
  // The bucket was full at the start and is full again only if it was not used.
  const double waits[] = {0, 0, 10, 20};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(result.nodes[i].requested == requested);
    CHECK(*result.nodes[i].registered == requested + seconds(waits[i] + 30));
  }
}

TEST_CASE("in a stock-out every request fails after its time, and the autoscaler asks again") {
  Scenario scenario = ordering(1);
  scenario.node_pools[0].stock_outs = {{seconds(0), seconds(60)}};
  scenario.node_pools[0].provisioning_failure.after = Distribution::constant(5);
  const RunResult result = simulate(scenario, 0);
  const Duration phase = duration_up(draw_of(scenario, "cluster-autoscaler", "scan") * 10);
  SimTime scan = kSimStart + (phase >= seconds(2) ? phase : phase + seconds(10));
  for (std::size_t i = 0; i + 1 < result.nodes.size(); ++i, scan += seconds(10)) {
    CHECK(result.nodes[i].requested == scan);
    CHECK_FALSE(result.nodes[i].registered.has_value());
    CHECK(*result.nodes[i].removed == scan + seconds(5));
  }
  CHECK(scan >= at_seconds(60));
  CHECK(scan < at_seconds(70));
  CHECK(*result.nodes.back().ready == scan + seconds(30));
  CHECK(result.node_seconds ==
        Approx(to_seconds(at_seconds(1200) - scan)).epsilon(1e-12));  // failures cost nothing
  REQUIRE(result.pods.size() == 1);
  CHECK(*result.pods[0].scheduled == *result.nodes.back().ready);
}

TEST_CASE("a request fails by its own draw, whatever else exists") {
  Scenario scenario = ordering(8);
  scenario.node_pools[0].provisioning_failure.probability = 0.5;
  const RunResult result = simulate(scenario, 0);
  std::size_t failed = 0;
  for (const NodeRow& node : result.nodes) {
    const bool fails = draw_of(scenario, node.name, "provisioning-failure") < 0.5;
    CHECK(node.registered.has_value() == !fails);
    failed += fails ? 1 : 0;
  }
  CHECK(failed > 0);
  CHECK(result.nodes.size() == 8 + failed);
}

TEST_CASE("the sandbox waits for the slowest volume") {
  Scenario scenario = one_node(1);
  scenario.node_pools[0].kubelet.sandbox = Distribution::constant(0.5);
  scenario.workloads[0].volumes = {{"data", Distribution::constant(4)},
                                   {"cache", Distribution::constant(9)}};
  const RunResult result = simulate(scenario, 0);
  CHECK(*result.pods.at(0).sandbox == at_seconds(9.5));
}

TEST_CASE("addresses: the warm ones are there, each further one takes its time, none on the host") {
  Scenario scenario = one_node(4);
  scenario.node_pools[0].kubelet.pod_ip = {Distribution::constant(7), 2};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 4);
  const double waits[] = {0, 0, 7, 7};
  for (std::size_t i = 0; i < 4; ++i) CHECK(*result.pods[i].sandbox == at_seconds(waits[i]));

  scenario.workloads[0].host_network = true;
  for (const PodRow& pod : simulate(scenario, 0).pods) CHECK(*pod.sandbox == kSimStart);
}

TEST_CASE("an address of a pod that has ended is the next one's") {
  Scenario scenario = one_node(1);
  scenario.node_pools[0].kubelet.pod_ip = {Distribution::constant(7), 0};
  ScenarioEvent event = scenario.events[0];
  event.at = seconds(100);
  event.replicas = 0;
  scenario.events.push_back(event);
  event.at = seconds(200);
  event.replicas = 2;
  scenario.events.push_back(event);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  CHECK(*result.pods[0].sandbox == at_seconds(7));
  CHECK(*result.pods[1].sandbox == at_seconds(200));
  CHECK(*result.pods[2].sandbox == at_seconds(207));
}

TEST_CASE("with a readiness gate a pod is Ready when its target is healthy, and served then") {
  Scenario scenario = one_node(1);
  scenario.load_balancer = LoadBalancerSpec{};
  const RunResult plain = simulate(scenario, 0);
  scenario.load_balancer->readiness_gate = true;
  const RunResult gated = simulate(scenario, 0);
  const Duration first_check = duration_up(draw_of(scenario, "web-0", "health-check") * 10);
  const SimTime healthy = *plain.pods.at(0).ready + seconds(10) + first_check + seconds(10);
  CHECK(*plain.pods[0].served == healthy);
  CHECK(*gated.pods.at(0).ready == healthy);
  CHECK(*gated.pods[0].served == healthy);
}

TEST_CASE("a roll-out waits for readiness gates, one pod after the other") {
  Scenario scenario =
      small_scenario({image("v1", {layer("a", 10)}), image("v2", {layer("b", 10)})}, 1, 0);
  scenario.node_pools[0].cached = {0, 1};
  scenario.workloads[0].replicas = 2;
  scenario.workloads[0].max_surge = {1, false};
  scenario.workloads[0].max_unavailable = {0, false};
  scenario.workloads[0].readiness_gate = true;
  scenario.load_balancer = LoadBalancerSpec{};
  scenario.events[0].kind = ScenarioEvent::Kind::set_image;
  scenario.events[0].image = 1;
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 2);
  CHECK(result.pods[1].created == *result.pods[0].ready);
  CHECK(*result.pods[0].ready >= at_seconds(20));
  CHECK(*result.scale_outs.at(0).done == *result.pods[1].ready);
}

TEST_CASE("kube-proxy: the first change at once, then one sync a second for all changes of it") {
  KubeProxy proxy{KubeProxySpec{}};
  CHECK(proxy.changed(at_seconds(10)) == at_seconds(10.1));
  CHECK(proxy.changed(at_seconds(10.05)) == at_seconds(11.1));
  CHECK(proxy.changed(at_seconds(10.9)) == at_seconds(11.1));
  CHECK(proxy.changed(at_seconds(11)) == at_seconds(11.1));  // known just in time
  CHECK(proxy.changed(at_seconds(11.5)) == at_seconds(12.1));
  CHECK(proxy.changed(at_seconds(20)) == at_seconds(20.1));
}

TEST_CASE("with kube-proxy given, pods are served at its syncs") {
  Scenario scenario = one_node(1);
  scenario.control_plane.kube_proxy = KubeProxySpec{};
  const RunResult result = simulate(scenario, 0);
  CHECK(*result.pods.at(0).served == *result.pods[0].ready + kEndpointPropagation);
  scenario.load_balancer = LoadBalancerSpec{};  // has its own way
  const RunResult balanced = simulate(scenario, 0);
  CHECK(*balanced.pods.at(0).served >= *balanced.pods[0].ready + seconds(20));
}
