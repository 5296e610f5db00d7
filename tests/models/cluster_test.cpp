// Scale-outs of a small cluster, worked out by hand: client limits, provisioning, routing.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

// Pods whose image is there: nothing but the control plane takes time.
Scenario control_plane_only(std::int64_t nodes, std::int64_t pods) {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, nodes, pods);
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[0].max_pods = 1000;
  return scenario;
}

double phase_of(const Scenario& scenario, const std::string& entity, const std::string& purpose) {
  return RandomStream(scenario.seed, 0, entity, purpose).at(0);
}

}  // namespace

TEST_CASE("pods are created at the controller manager's rate: a burst of 30, then 20 a second") {
  const RunResult result = simulate(control_plane_only(1, 50), 0);
  REQUIRE(result.pods.size() == 50);
  for (std::size_t i = 0; i < 50; ++i) {
    const double expected = i < 30 ? 0 : 0.05 * static_cast<double>(i - 29);
    CHECK(result.pods[i].created == at_seconds(expected));
  }
}

TEST_CASE("pods are bound at the scheduler's rate: a burst of 100, then 50 a second") {
  Scenario scenario = control_plane_only(1, 120);
  scenario.control_plane.controller_manager = {1000, 1000};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 120);
  for (std::size_t i = 0; i < 120; ++i) {
    const double expected = i < 100 ? 0 : 0.02 * static_cast<double>(i - 99);
    CHECK(*result.pods[i].scheduled == at_seconds(expected));
  }
}

TEST_CASE("new nodes: unschedulable, scan, provisioning, bound at once when Ready") {
  Scenario scenario = control_plane_only(0, 3);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_max = 10;
  pool.provisioning = Distribution::constant(30);
  pool.allocatable_cpu = MilliCpu{2000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  const RunResult result = simulate(scenario, 0);

  // Scans every 10 s from a phase drawn for the run; pods younger than 2 s wait for the next scan.
  const Duration phase = duration_up(phase_of(scenario, "cluster-autoscaler", "scan") * 10.0);
  const Duration scan = phase >= seconds(2) ? phase : phase + seconds(10);
  const SimTime ready = kSimStart + scan + seconds(30);
  REQUIRE(result.nodes.size() == 2);  // two pods fit a node
  for (const NodeRow& node : result.nodes) {
    CHECK(node.requested == kSimStart + scan);
    CHECK(*node.ready == ready);
  }
  for (const PodRow& pod : result.pods) {
    CHECK(*pod.scheduled == ready);
    CHECK(pod.node_wait == ready - kSimStart);
    CHECK(pod.outcome == Outcome::ok);
  }
}

TEST_CASE("upcoming nodes are counted: scans while they boot ask for no more") {
  Scenario scenario = control_plane_only(0, 3);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_max = 10;
  pool.provisioning = Distribution::constant(65);  // several scans
  pool.allocatable_cpu = MilliCpu{2000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  CHECK(simulate(scenario, 0).nodes.size() == 2);
}

TEST_CASE("a pool grows to its maximum and no further") {
  Scenario scenario = control_plane_only(0, 9);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_max = 3;
  pool.allocatable_cpu = MilliCpu{2000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  const RunResult result = simulate(scenario, 0);
  CHECK(result.nodes.size() == 3);
  CHECK(std::count_if(result.pods.begin(), result.pods.end(),
                      [](const PodRow& pod) { return pod.ready.has_value(); }) == 6);
}

TEST_CASE("pods spread over equal nodes") {
  Scenario scenario = control_plane_only(4, 8);
  scenario.workloads[0].cpu_request = MilliCpu{500};
  const RunResult result = simulate(scenario, 0);
  std::map<std::size_t, int> pods;
  for (const PodRow& pod : result.pods) ++pods[*pod.node];
  CHECK(pods.size() == 4);
  for (const auto& [node, count] : pods) CHECK(count == 2);
}

TEST_CASE("served: half a second after Ready, or registered and healthy at the load balancer") {
  Scenario scenario = control_plane_only(1, 1);
  const RunResult plain = simulate(scenario, 0);
  CHECK(*plain.pods[0].served == *plain.pods[0].ready + seconds(0.5));
  scenario.load_balancer = LoadBalancerSpec{};
  const RunResult balanced = simulate(scenario, 0);
  const Duration first_check = duration_up(phase_of(scenario, "web-0", "health-check") * 10.0);
  CHECK(*balanced.pods[0].served ==
        *balanced.pods[0].ready + seconds(10) + first_check + seconds(10));
}

TEST_CASE("zones are dealt in turn and their uplinks are shared within a zone only") {
  Scenario scenario = small_scenario({image("web", {layer("a", 100)})}, 4, 4);
  scenario.zones = {{"a", Bandwidth{10e6 / kPayloadShare}}, {"b", Bandwidth{50e6 / kPayloadShare}}};
  scenario.node_pools[0].zones = {0, 1};
  scenario.node_pools[0].allocatable_cpu = MilliCpu{1000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 4);
  for (const PullRow& pull : result.pulls) {
    const bool zone_a = result.nodes[pull.node].zone == 0;
    // Two nodes of a zone share its uplink: 200 MB over 10 or 50 MB/s.
    CHECK(to_seconds(pull.work->download) == Approx(zone_a ? 20.0 : 4.0).epsilon(1e-9));
    CHECK(pull.bottleneck == Bottleneck::uplink);
  }
}

TEST_CASE("egress is shared by all nodes") {
  Scenario scenario = small_scenario({image("web", {layer("a", 100)})}, 5, 5);
  scenario.registries[0].egress = Bandwidth{50e6 / kPayloadShare};
  scenario.node_pools[0].allocatable_cpu = MilliCpu{1000};
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  const RunResult result = simulate(scenario, 0);
  for (const PullRow& pull : result.pulls) {
    CHECK(to_seconds(pull.work->download) == Approx(10.0).epsilon(1e-9));
    CHECK(pull.bottleneck == Bottleneck::egress);
  }
  CHECK(result.registry_bytes[0] == Approx(500e6).epsilon(1e-9));
}

TEST_CASE("an initial state that cannot be is found before the run") {
  Scenario scenario = control_plane_only(1, 1);
  scenario.workloads[0].replicas = 5;
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  const auto problems = find_problems(scenario);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].code == "PS3007");
  CHECK(problems[0].path == "workloads.web.replicas");
  CHECK(problems[0].text == "5 initial replicas of `web` do not fit the initial nodes");
  CHECK(problems[0].note == "1 initial nodes have room for 4");
}

TEST_CASE("a pod larger than any node, an image nobody serves, a late event are found") {
  Scenario scenario = control_plane_only(1, 1);
  scenario.workloads[0].cpu_request = MilliCpu{8000};
  scenario.registries[0].hosts = {"other.example"};
  scenario.events[0].at = std::chrono::hours(1);
  std::set<std::string> codes;
  for (const ScenarioProblem& problem : find_problems(scenario)) codes.insert(problem.code);
  CHECK(codes == std::set<std::string>{"PS3004", "PS3006", "PS3008"});
}

TEST_CASE("young pods wait for the next scan, whatever older ones wait for upcoming nodes") {
  Scenario scenario = small_scenario({image("web", {})}, 0, 1);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_max = 5;
  pool.max_pods = 1;
  pool.provisioning = Distribution::constant(100);
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  const RunResult one = simulate(scenario, 0);
  REQUIRE(one.nodes.size() == 1);
  const SimTime scan = one.nodes[0].requested;
  ScenarioEvent more;
  more.replicas = 2;
  more.at = scan - kSimStart + seconds(9);  // a second before the next scan
  scenario.events.push_back(more);
  const RunResult two = simulate(scenario, 0);
  REQUIRE(two.nodes.size() == 2);
  CHECK(two.nodes[1].requested == scan + seconds(20));
}

TEST_CASE("above 100 nodes the series of single nodes are left out, with a warning") {
  const auto has_series = [](const RunResult& result) {
    return std::any_of(result.series.begin(), result.series.end(),
                       [](const SeriesInfo& info) { return info.series == "network_rate"; });
  };
  const RunResult watched = simulate(small_scenario({image("web", {})}, 100, 1), 0);
  CHECK(has_series(watched));
  CHECK(watched.warnings.empty());
  const RunResult many = simulate(small_scenario({image("web", {layer("a", 1)})}, 101, 1), 0);
  CHECK_FALSE(has_series(many));
  REQUIRE(many.warnings.size() == 1);
  CHECK(many.warnings[0] ==
        "more than 100 nodes: timeline.csv leaves out the series of single nodes");
  CHECK(many.counters.checks > 3 * 101);  // their use is checked all the same
}

TEST_CASE("times past the end of the clock are long, not negative") {
  Scenario scenario = small_scenario({image("web", {})}, 1, 1);
  ReadinessProbeSpec probe;
  probe.success_threshold = 2'147'483'647;
  probe.period = std::chrono::seconds(2'147'483'647);
  scenario.workloads[0].readiness_probe = probe;
  CHECK_FALSE(simulate(scenario, 0).pods[0].ready);

  scenario.workloads[0].readiness_probe.reset();
  scenario.load_balancer.emplace();
  scenario.load_balancer->healthy_threshold = 2'147'483'647;
  const RunResult result = simulate(scenario, 0);
  CHECK(result.pods[0].ready);
  CHECK_FALSE(result.pods[0].served);
}

TEST_CASE("a pull of more than a century is a century") {
  Scenario scenario = small_scenario({image("web", {layer("a", 1)})}, 1, 0);
  scenario.images[0].layers[0].size = Bytes{std::int64_t{3} << 60};
  scenario.registries[0].per_connection = Bandwidth{80e6};
  const SinglePull pull = pull_alone(scenario, 0, 0);
  CHECK(pull.total == std::chrono::hours(24 * 36525));
  CHECK(pull.resolve + pull.download + pull.unpack == pull.total);
}
