// The Cluster Autoscaler in a run: scale-ups to the event, choice among pools, groups that fail.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "tests/support/autoscaling_scenario.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <vector>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// First scan of the run, from t = 0 on.
Duration scan_phase(const Scenario& scenario) {
  return duration_up(RandomStream(scenario.seed, 0, "cluster-autoscaler", "scan").at(0) * 10.0);
}

/// First scan at which a pod made at t = 0 is old enough.
SimTime first_scale_up(const Scenario& scenario) {
  const Duration phase = scan_phase(scenario);
  return kSimStart + (phase >= seconds(2) ? phase : phase + seconds(10));
}

std::int64_t nodes_in(const RunResult& result, std::size_t pool) {
  return std::count_if(result.nodes.begin(), result.nodes.end(),
                       [&](const NodeRow& node) { return node.pool == pool && !node.removed; });
}

}  // namespace

// 200 pods, four to a node. Pods come at 20 a second after a burst of 30, so a scan in the middle
// sees a part of them; the nodes of the second scan are those that the first could not know of.
TEST_CASE("a scale-up of 200 pods, to the event") {
  Scenario scenario = pods_without_nodes(200, MilliCpu{500}, {{"general", 2000, 100}});
  scenario.node_pools[0].provisioning = Distribution::constant(40);
  scenario.seed = 3;
  const Duration phase = scan_phase(scenario);
  REQUIRE(phase > seconds(2));
  REQUIRE(phase < seconds(8.5));  // the last pod is made at 0.05 * (199 - 29) = 8.5 s

  const auto made_by = [](Duration time) {  // pods made until then
    return 30 + static_cast<std::int64_t>(to_seconds(time) / 0.05);
  };
  const std::int64_t seen = made_by(phase);
  const std::int64_t first = (seen + 3) / 4;  // nodes of the first scan
  const RunResult result = simulate(scenario, 0);

  REQUIRE(result.nodes.size() == 50);
  for (std::int64_t i = 0; i < 50; ++i) {
    const SimTime scan = kSimStart + phase + (i < first ? seconds(0) : seconds(10));
    CHECK(result.nodes[static_cast<std::size_t>(i)].requested == scan);
    CHECK(*result.nodes[static_cast<std::size_t>(i)].ready == scan + seconds(40));
  }
  // Every pod was tried when it was made; its back-off of a second is long over when nodes come.
  // The client binds 100 at once, then 50 a second, and is rested ten seconds later.
  REQUIRE(result.pods.size() == 200);
  for (std::int64_t i = 0; i < 200; ++i) {
    const PodRow& pod = result.pods[static_cast<std::size_t>(i)];
    CHECK(pod.created == at_seconds(i < 30 ? 0 : 0.05 * static_cast<double>(i - 29)));
    const bool early = i < 4 * first;
    const SimTime ready = kSimStart + phase + (early ? seconds(40) : seconds(50));
    const std::int64_t turn = early ? i : i - 4 * first;
    const double wait = turn < 100 ? 0 : 0.02 * static_cast<double>(turn - 99);
    CHECK(*pod.scheduled == ready + seconds(wait));
    CHECK(pod.node_wait == *pod.scheduled - pod.created);
  }
}

TEST_CASE("the expander chooses the pool that grows") {
  // Six pods of a core: 3 nodes of 2 cores, 2 of 4 (two cores idle), or 1 of 8 (two cores idle).
  Scenario scenario = pods_without_nodes(
      6, MilliCpu{1000}, {{"two", 2000, 10}, {"four", 4000, 10}, {"eight", 8000, 10}});
  scenario.node_pools[0].price = 0.25;
  scenario.node_pools[1].price = 0.15;
  scenario.node_pools[2].price = 0.9;
  NodeAutoscalerSpec& spec = scenario.node_autoscaler;
  struct Case {
    const char* name;
    std::vector<Expander> chain;
    std::size_t pool;
    std::int64_t nodes;
  };
  const Case cases[] = {
      {"least-waste", {Expander::least_waste}, 0, 3},
      {"least-nodes", {Expander::least_nodes}, 2, 1},
      {"price: 0.30 against 0.75 and 0.90", {Expander::price}, 1, 2},
      {"priority", {Expander::priority}, 1, 2},
      {"priority, then what is left", {Expander::most_pods, Expander::least_nodes}, 2, 1},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    spec.expander = c.chain;
    spec.priorities = {{10, {0, 1}}, {20, {1}}};
    const RunResult result = simulate(scenario, 0);
    CHECK(nodes_in(result, c.pool) == c.nodes);
    CHECK(static_cast<std::int64_t>(result.nodes.size()) == c.nodes);
  }
}

TEST_CASE("a draw among equals depends on run and seed alone") {
  Scenario scenario = pods_without_nodes(2, MilliCpu{1000}, {{"a", 2000, 10}, {"b", 2000, 10}});
  scenario.node_autoscaler.expander = {Expander::random};
  std::vector<std::int64_t> of_a;
  for (std::uint32_t run = 0; run < 20; ++run) {
    of_a.push_back(nodes_in(simulate(scenario, run), 0));
    CHECK(nodes_in(simulate(scenario, run), 0) == of_a.back());
  }
  CHECK(std::count(of_a.begin(), of_a.end(), 0) > 0);
  CHECK(std::count(of_a.begin(), of_a.end(), 1) > 0);
}

TEST_CASE("like pools share new nodes evenly when they are to be balanced") {
  Scenario scenario =
      pods_without_nodes(14, MilliCpu{1000}, {{"a", 2000, 10}, {"b", 2000, 3}, {"c", 4000, 10}});
  scenario.node_autoscaler.expander = {Expander::least_waste, Expander::most_pods};
  scenario.node_autoscaler.balance_similar_node_groups = true;
  scenario.node_pools[2].nodes_max = 0;
  const RunResult result = simulate(scenario, 0);  // seven nodes; `b` may have three
  CHECK(nodes_in(result, 0) == 4);
  CHECK(nodes_in(result, 1) == 3);
}

TEST_CASE("no more nodes than all pools together may have") {
  Scenario scenario = pods_without_nodes(10, MilliCpu{1000}, {{"a", 1000, 10}, {"b", 1000, 10}});
  scenario.node_autoscaler.max_nodes_total = 4;
  const RunResult result = simulate(scenario, 0);
  CHECK(result.nodes.size() == 4);
}

TEST_CASE("pods younger than the delay are not looked at") {
  Scenario scenario = pods_without_nodes(1, MilliCpu{1000}, {{"a", 1000, 1}});
  scenario.node_autoscaler.new_pod_scale_up_delay = seconds(25);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 1);
  const Duration asked = result.nodes[0].requested - kSimStart;
  CHECK(asked > seconds(25));
  CHECK(asked <= seconds(35));
  CHECK((asked - scan_phase(scenario)) % seconds(10) == Duration{0});
}

TEST_CASE("frequent loops: the first scan comes with the pods, the next an interval after it") {
  Scenario scenario = pods_without_nodes(1, MilliCpu{1000}, {{"a", 1000, 1}});
  scenario.node_autoscaler.frequent_loops = true;
  scenario.events[0].at = seconds(3);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 1);
  // At 3 s the pod is younger than 2 s; it waits for the loop's next round.
  CHECK(result.nodes[0].requested == at_seconds(13));
}

// `tight` never comes. After 15 minutes it counts as failed, and the other pool is asked at once.
TEST_CASE("a pool whose nodes do not come is left alone, and another grows") {
  Scenario scenario =
      pods_without_nodes(2, MilliCpu{1000}, {{"tight", 2000, 10}, {"wide", 4000, 10}});
  scenario.duration = std::chrono::hours(1);
  scenario.node_pools[0].provisioning = Distribution::constant(3000);
  scenario.node_pools[1].provisioning = Distribution::constant(30);
  const RunResult result = simulate(scenario, 0);
  const SimTime asked = first_scale_up(scenario);
  const SimTime given_up = asked + std::chrono::minutes(15) + seconds(10);
  REQUIRE(result.nodes.size() == 2);
  CHECK(result.nodes[0].pool == 0);
  CHECK(result.nodes[0].requested == asked);
  CHECK_FALSE(result.nodes[0].ready);
  CHECK(*result.nodes[0].removed == given_up);
  CHECK(result.nodes[1].pool == 1);
  CHECK(result.nodes[1].requested == given_up);
  for (const PodRow& pod : result.pods) CHECK(*pod.scheduled == given_up + seconds(30));
}

TEST_CASE("a request that the cloud refuses: its pool backs off and the next scan asks another") {
  Scenario scenario =
      pods_without_nodes(2, MilliCpu{1000}, {{"tight", 2000, 10}, {"wide", 4000, 10}});
  scenario.node_pools[0].stock_outs = {{Duration{0}, std::chrono::hours(1)}};
  scenario.node_pools[0].provisioning_failure.after = Distribution::constant(15);
  const RunResult result = simulate(scenario, 0);
  const SimTime asked = first_scale_up(scenario);
  REQUIRE(result.nodes.size() == 2);
  CHECK(result.nodes[0].pool == 0);
  CHECK(*result.nodes[0].removed == asked + seconds(15));
  CHECK(result.nodes[1].pool == 1);
  CHECK(result.nodes[1].requested == asked + seconds(20));
}

// Given up after 15 minutes, back-offs of 5 and 10 minutes; asked again by the first scan after
// each.
TEST_CASE("the back-off of a pool doubles with each failure") {
  Scenario scenario = pods_without_nodes(1, MilliCpu{1000}, {{"never", 1000, 10}});
  scenario.duration = std::chrono::minutes(100);
  scenario.node_pools[0].provisioning = Distribution::constant(86400);
  const RunResult result = simulate(scenario, 0);
  const SimTime asked = first_scale_up(scenario);
  const Duration late = std::chrono::minutes(15) + seconds(10);
  const SimTime again = asked + late + std::chrono::minutes(5);
  const SimTime third = again + late + std::chrono::minutes(10);
  REQUIRE(result.nodes.size() >= 3);
  CHECK(result.nodes[0].requested == asked);
  CHECK(result.nodes[1].requested == again);
  CHECK(result.nodes[2].requested == third);
}

namespace {

/// The first scan at or after a time.
SimTime scan_from(const Scenario& scenario, SimTime time) {
  const Duration phase = scan_phase(scenario);
  const Duration past = (time - kSimStart - phase) % seconds(10);
  return past > Duration{0} ? time + (seconds(10) - past) : time - past;
}

/// `initial` nodes of which none is needed at first, and `pods` that run on them from the start.
Scenario with_spare_nodes(std::int64_t initial, std::int64_t pods) {
  Scenario scenario = pods_without_nodes(pods, MilliCpu{500}, {{"general", 2000, 20}});
  scenario.duration = std::chrono::hours(1);
  scenario.node_pools[0].nodes_initial = initial;
  scenario.workloads[0].replicas = pods;
  return scenario;
}

}  // namespace

// Unneeded from the first scan on, ten minutes of that; nothing was added, so no delay forbids it.
// At most ten at once, and the pool keeps its minimum.
TEST_CASE("scale-down: empty nodes go ten minutes after the first scan that saw them") {
  Scenario scenario = with_spare_nodes(14, 0);
  scenario.node_pools[0].nodes_min = 2;
  const RunResult result = simulate(scenario, 0);
  const SimTime first = kSimStart + scan_phase(scenario);
  const SimTime gone = first + std::chrono::minutes(10);
  std::vector<SimTime> removed;
  for (const NodeRow& node : result.nodes) {
    if (node.removed) removed.push_back(*node.removed);
  }
  std::sort(removed.begin(), removed.end());
  REQUIRE(removed.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) CHECK(removed[i] == gone + (i < 10 ? 0 : 10) * seconds(1));
  CHECK(result.ended == removed.back());
}

TEST_CASE("scale-down: none without the flag, and none of a pool at its minimum") {
  Scenario scenario = with_spare_nodes(4, 0);
  scenario.node_autoscaler.scale_down_enabled = false;
  CHECK(simulate(scenario, 0).node_seconds == Approx(4 * 3600));
  scenario.node_autoscaler.scale_down_enabled = true;
  scenario.node_pools[0].nodes_min = 4;
  const RunResult result = simulate(scenario, 0);
  CHECK(result.node_seconds == Approx(4 * 3600));
  CHECK(result.ended < at_seconds(1));  // nothing to look at: the run is not kept alive
}

// Eight pods of half a core on four nodes of two cores: two each. Then four, one each: every node
// is a quarter used. One is drained, its pod goes to one of the others; a second one, whose pod
// goes to the emptier of the two. Both are half used now, and stay.
TEST_CASE("scale-down: pods move to where there is room, one drained node at a time") {
  Scenario scenario = with_spare_nodes(4, 8);
  scenario.events[0].at = seconds(100);
  scenario.events[0].replicas = 4;
  const RunResult result = simulate(scenario, 0);
  std::vector<SimTime> removed;
  for (const NodeRow& node : result.nodes) {
    if (node.removed) removed.push_back(*node.removed);
  }
  std::sort(removed.begin(), removed.end());
  REQUIRE(removed.size() == 2);
  // From the first scan after the pods are gone (two seconds of termination). An evicted pod ends
  // after two seconds, and with it the node; the next drain begins at the scan after that.
  const SimTime unneeded = scan_from(scenario, at_seconds(102));
  CHECK(removed[0] == unneeded + std::chrono::minutes(10) + seconds(2));
  CHECK(removed[1] == removed[0] + seconds(10));
  CHECK(result.pods.size() == 2);  // each evicted pod has one that takes its place
  for (const PodRow& pod : result.pods) CHECK(pod.ready.has_value());
}

TEST_CASE("scale-down: a node in use at its threshold stays, one below it goes") {
  for (const std::int64_t pods : {1, 2}) {  // a quarter or a half of one node's cores
    Scenario scenario = with_spare_nodes(2, 2 * pods);
    const RunResult result = simulate(scenario, 0);
    const auto removed =
        std::count_if(result.nodes.begin(), result.nodes.end(),
                      [](const NodeRow& node) { return node.removed.has_value(); });
    CHECK(removed == (pods == 1 ? 1 : 0));
  }
}

TEST_CASE("scale-down: ten minutes after the last scale-up at the earliest") {
  Scenario scenario = with_spare_nodes(2, 0);
  scenario.node_pools[0].nodes_min = 2;
  scenario.events[0].at = seconds(300);
  scenario.events[0].replicas = 12;  // four to a node: a third one
  ScenarioEvent less = scenario.events[0];
  less.at = seconds(400);
  less.replicas = 0;
  scenario.events.push_back(less);
  scenario.node_autoscaler.scale_down.unneeded_time = seconds(60);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 3);
  const SimTime asked = scan_from(scenario, at_seconds(302));
  CHECK(result.nodes[2].requested == asked);
  CHECK(*result.nodes[0].removed == asked + std::chrono::minutes(10));
  CHECK_FALSE(result.nodes[1].removed);
  CHECK_FALSE(result.nodes[2].removed);
}

TEST_CASE("a node for each pod that can share none: devices, host ports, anti-affinity") {
  Scenario scenario = pods_without_nodes(4, MilliCpu{100}, {{"large", 8000, 10}});
  WorkloadSpec& web = scenario.workloads[0];
  SECTION("devices, two on a node") {
    scenario.node_pools[0].extended_resources = {{"example.com/device", 2}};
    web.extended_requests = {{"example.com/device", 2}};
  }
  SECTION("host ports") { web.host_ports = {HostPort{80}}; }
  SECTION("anti-affinity") {
    web.scheduling.required_anti_affinity = {
        {{{"app", LabelRequirement::Op::in, {"web"}}}, {}, kHostnameKey}};
  }
  const RunResult result = simulate(scenario, 0);
  CHECK(result.nodes.size() == 4);
  for (const PodRow& pod : result.pods) CHECK(pod.ready);
  for (const NodeRow& node : result.nodes) CHECK_FALSE(node.removed);  // each is as good as full
}
