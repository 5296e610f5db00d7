// The scheduler in the simulation: placements worked out by hand to the node, the order of the
// queue, preemption to the nanosecond.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>
#include <map>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT
using Op = LabelRequirement::Op;

namespace {

LabelSelector app(const std::string& name) { return {{"app", Op::in, {name}}}; }

/// One pool for each count, with so many nodes, each pool in a zone of its own.
Scenario zones_of(std::vector<std::int64_t> nodes, std::int64_t pods) {
  Scenario scenario = small_scenario({image("web", {})}, nodes[0], pods);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    NodePoolSpec pool = scenario.node_pools[0];
    pool.name = "pool-" + std::to_string(i);
    pool.nodes_initial = pool.nodes_min = pool.nodes_max = nodes[i];
    pool.zones = {i};
    scenario.node_pools.push_back(pool);
    ZoneSpec zone;
    zone.name = "zone-" + std::to_string(i);
    scenario.zones.push_back(zone);
  }
  return scenario;
}

/// A second workload with one pod at `at`.
WorkloadSpec& add_workload(const std::string& name, Scenario& scenario, Duration at = Duration{0}) {
  add_pod_of(0, name, scenario, at);
  return scenario.workloads.back();
}

std::vector<std::int64_t> nodes_of(const RunResult& result, std::size_t workload = 0) {
  std::vector<std::int64_t> nodes;
  for (const PodRow& pod : result.pods) {
    if (pod.workload != workload) continue;
    nodes.push_back(pod.node ? static_cast<std::int64_t>(*pod.node) : -1);
  }
  return nodes;
}

SpreadConstraint by_zone(std::int32_t skew) {
  SpreadConstraint constraint;
  constraint.topology_key = kZoneKey;
  constraint.max_skew = skew;
  constraint.selector = app("web");
  return constraint;
}

const PodRow& only_pod(const RunResult& result, std::size_t workload) {
  const auto of = [&](const PodRow& pod) { return pod.workload == workload; };
  REQUIRE(std::count_if(result.pods.begin(), result.pods.end(), of) == 1);
  return *std::find_if(result.pods.begin(), result.pods.end(), of);
}

}  // namespace

TEST_CASE("pods of a replica set lie evenly over zones, then over nodes, ties by the pod's draw") {
  const Scenario scenario = zones_of({2, 2}, 4);
  const std::vector<std::int64_t> nodes = nodes_of(simulate(scenario, 0));
  std::map<std::int64_t, int> on_node;
  for (const std::int64_t node : nodes) ++on_node[node];
  CHECK(on_node == std::map<std::int64_t, int>{{0, 1}, {1, 1}, {2, 1}, {3, 1}});
  CHECK(nodes[0] / 2 != nodes[1] / 2);
  CHECK(nodes[2] / 2 != nodes[3] / 2);
  const double u = RandomStream(scenario.seed, 0, "web-0", "tie").at(1);
  const std::int64_t order[] = {0, 2, 1, 3};  // zones in turn
  CHECK(nodes[0] == order[static_cast<std::size_t>(u * 4)]);
}

// Two nodes of 4 cores and 8 GiB in one zone, 1 GB of image on the first: locality there is
// 100 (500,000,000 - 23 MiB) / 977 MiB = 46. Pods count as 100m and 200 MiB. With (a, b) pods on
// the nodes and n = a + b, spread is round(a ln 4 + 2 + n ln 3 + 4), then normalized, twice:
//   (0, 0): 6, 6: equal; 46 decides                  -> first
//   (1, 0): 8, 7: 2 * 87 + 95 + 46 against 200 + 97   -> first
//   (2, 0): 11, 8: 2 * 72 + 92 + 46 against 200 + 97  -> second
//   (2, 1): 12, 11: 2 * 91 + 92 + 46 against 200 + 95 -> first
TEST_CASE("the locality of an image against the default spread, to the node") {
  Scenario scenario = zones_of({1, 1}, 4);
  scenario.images[0].layers = {layer("a", 1000)};
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[1].zones = {0};
  CHECK(nodes_of(simulate(scenario, 0)) == std::vector<std::int64_t>{0, 0, 1, 0});
}

TEST_CASE("taints, selectors and affinity to nodes") {
  Scenario scenario = zones_of({1, 1, 1}, 2);
  scenario.node_pools[0].taints = {{"dedicated", "db", TaintEffect::no_schedule}};
  scenario.node_pools[1].labels = {{"disk", "ssd"}};
  SECTION("a taint keeps off who does not tolerate it") {
    for (const std::int64_t node : nodes_of(simulate(scenario, 0))) CHECK(node != 0);
  }
  SECTION("with a toleration and a selector") {
    scenario.workloads[0].scheduling.tolerations = {
        {"dedicated", Toleration::Op::exists, "", std::nullopt}};
    scenario.workloads[0].scheduling.node_selector = {{kHostnameKey, "general-0"}};
    CHECK(nodes_of(simulate(scenario, 0)) == std::vector<std::int64_t>{0, 0});
  }
  SECTION("required affinity") {
    scenario.workloads[0].scheduling.required_node_terms = {{{{"disk", Op::in, {"ssd"}}}, {}}};
    CHECK(nodes_of(simulate(scenario, 0)) == std::vector<std::int64_t>{1, 1});
  }
  SECTION("preferred affinity outweighs the default spread over two nodes") {
    scenario.workloads[0].scheduling.preferred_node_terms = {
        {100, {{{kZoneKey, Op::in, {"zone-2"}}}, {}}}};
    CHECK(nodes_of(simulate(scenario, 0))[0] == 2);
  }
  SECTION("no pool matches: found before the run") {
    scenario.workloads[0].scheduling.node_selector = {{"disk", "tape"}};
    const auto problems = find_problems(scenario);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == "PS3050");
  }
}

TEST_CASE("a hard spread leaves pods without a node") {
  Scenario scenario = zones_of({1, 1}, 4);
  scenario.node_pools[1].max_pods = 1;
  scenario.workloads[0].scheduling.spread = {by_zone(1)};
  std::vector<std::int64_t> nodes = nodes_of(simulate(scenario, 0));
  std::sort(nodes.begin(), nodes.end());
  CHECK(nodes == std::vector<std::int64_t>{-1, 0, 0, 1});  // zones 2 and 1
}

TEST_CASE("anti-affinity to itself on hosts: one pod for each node") {
  Scenario scenario = zones_of({3}, 4);
  scenario.workloads[0].scheduling.required_anti_affinity = {{app("web"), {}, kHostnameKey, {}}};
  std::vector<std::int64_t> nodes = nodes_of(simulate(scenario, 0));
  std::sort(nodes.begin(), nodes.end());
  CHECK(nodes == std::vector<std::int64_t>{-1, 0, 1, 2});
}

TEST_CASE("a pod that wants to be beside another waits for it and is tried when it is bound") {
  Scenario scenario = zones_of({2}, 0);
  WorkloadSpec& cache = add_workload("cache", scenario);
  cache.scheduling.required_affinity = {{app("db"), {}, kHostnameKey, {}}};
  add_workload("db", scenario, seconds(5));
  const RunResult result = simulate(scenario, 0);
  CHECK(only_pod(result, 2).scheduled == at_seconds(5));
  CHECK(only_pod(result, 1).scheduled == at_seconds(5));  // a back-off of 1 s is long over
  CHECK(only_pod(result, 1).node == only_pod(result, 2).node);
}

TEST_CASE("devices and ports of the host are taken once") {
  Scenario scenario = zones_of({2}, 5);
  SECTION("devices") {
    scenario.node_pools[0].extended_resources = {{"nvidia.com/gpu", 2}};
    scenario.workloads[0].extended_requests = {{"nvidia.com/gpu", 1}};
    std::vector<std::int64_t> nodes = nodes_of(simulate(scenario, 0));
    CHECK(std::count(nodes.begin(), nodes.end(), -1) == 1);
    scenario.workloads[0].extended_requests = {{"nvidia.com/gpu", 3}};
    const auto problems = find_problems(scenario);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == "PS3006");
  }
  SECTION("ports") {
    scenario.workloads[0].host_ports = {HostPort{8080}};
    std::vector<std::int64_t> nodes = nodes_of(simulate(scenario, 0));
    CHECK(std::count(nodes.begin(), nodes.end(), -1) == 3);
  }
}

TEST_CASE("the more important pod goes first, whatever the order of creation") {
  Scenario scenario = zones_of({1}, 1);
  scenario.node_pools[0].max_pods = 1;
  add_workload("important", scenario).scheduling.priority = 10;
  const RunResult result = simulate(scenario, 0);
  CHECK(only_pod(result, 1).scheduled == at_seconds(0));
  CHECK_FALSE(only_pod(result, 0).scheduled);
}

// The important pod comes at 10 s and finds the node full. Its victim is deleted at once, ends
// 2 s later, and the pod is bound then: its back-off of 1 s is over. The victim's successor is made
// at 10 s and does not get the room that is kept.
TEST_CASE("preemption: the timeline of a pod that makes another give way") {
  Scenario scenario = zones_of({1}, 1);
  scenario.node_pools[0].max_pods = 1;
  WorkloadSpec& important = add_workload("important", scenario, seconds(10));
  important.scheduling.priority = 10;
  SECTION("it preempts") {
    const RunResult result = simulate(scenario, 0);
    REQUIRE(result.pods.size() == 3);
    CHECK(result.pods[0].scheduled == at_seconds(0));
    CHECK(result.pods[0].outcome == Outcome::evicted);
    CHECK(result.pods[1].created == at_seconds(10));
    CHECK(result.pods[1].scheduled == at_seconds(12));
    CHECK(result.pods[1].workload == 1);
    CHECK(result.pods[2].created == at_seconds(10));
    CHECK_FALSE(result.pods[2].scheduled);
  }
  SECTION("the deletion waits for the client, which the binds before have used up") {
    scenario.control_plane.scheduler = {0.25, 1};  // a write each 4 s
    scenario.events[1].at = seconds(1);
    const RunResult result = simulate(scenario, 0);
    CHECK(result.pods[0].scheduled == at_seconds(0));
    CHECK(result.pods[0].outcome == Outcome::evicted);  // deleted at 4 s, gone at 6 s
    CHECK(result.pods[1].scheduled == at_seconds(8));   // the next write
  }
  SECTION("not with preemptionPolicy Never") {
    important.scheduling.preempts = false;
    const RunResult result = simulate(scenario, 0);
    CHECK(result.pods[0].outcome == Outcome::ok);
    CHECK_FALSE(only_pod(result, 1).scheduled);
  }
  SECTION("not among equals") {
    important.scheduling.priority = 0;
    const RunResult result = simulate(scenario, 0);
    CHECK(result.pods[0].outcome == Outcome::ok);
    CHECK_FALSE(only_pod(result, 1).scheduled);
  }
  SECTION("not where that does not help") {
    important.scheduling.node_selector = {{kHostnameKey, "elsewhere"}};
    const RunResult result = simulate(scenario, 0);
    CHECK(result.pods[0].outcome == Outcome::ok);
    CHECK_FALSE(only_pod(result, 1).scheduled);
  }
}

TEST_CASE("a pod with victims on their way asks for no new node") {
  Scenario scenario = zones_of({1}, 1);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.max_pods = 1;
  pool.nodes_max = 5;
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  scenario.workloads[0].termination = seconds(60);
  add_workload("important", scenario, seconds(10)).scheduling.priority = 10;
  const RunResult result = simulate(scenario, 0);
  // At the first scan two pods wait; the one new node is for the victim's successor.
  const auto first = std::count_if(result.nodes.begin(), result.nodes.end(), [&](const auto& node) {
    return !node.initial && node.requested == result.nodes[1].requested;
  });
  CHECK(first == 1);
  CHECK(result.nodes[1].requested < at_seconds(30));
}

TEST_CASE("a pod that nothing helps is tried again after five minutes, at the next look") {
  Scenario scenario = zones_of({1}, 1);
  add_workload("alone", scenario).cpu_request = MilliCpu{4000};
  scenario.workloads[0].replicas = 1;  // in the way from the start
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  scenario.duration = std::chrono::minutes(6);
  const RunResult waits = simulate(scenario, 0);
  scenario.duration = std::chrono::minutes(5);
  const RunResult before = simulate(scenario, 0);
  CHECK_FALSE(only_pod(waits, 1).scheduled);
  // One flush, and the attempt that it leads to, lie between five and five and a half minutes.
  CHECK(waits.counters.events == before.counters.events + 2);
}

TEST_CASE("initial replicas: the most important first, and beside whom they want to be") {
  Scenario scenario = zones_of({1, 1}, 0);
  scenario.events.clear();
  for (const char* name : {"db", "important"}) {
    WorkloadSpec workload = scenario.workloads[0];
    workload.name = name;
    scenario.workloads.push_back(workload);
  }
  for (WorkloadSpec& workload : scenario.workloads) workload.replicas = 1;
  scenario.workloads[0].scheduling.required_affinity = {{app("db"), {}, kHostnameKey, {}}};
  scenario.workloads[1].scheduling.node_selector = {{kHostnameKey, "pool-1-0"}};
  scenario.workloads[2].scheduling.priority = 5;
  scenario.node_pools[1].max_pods = 2;
  CHECK(find_problems(scenario).empty());
  CHECK(simulate(scenario, 0).pods.empty());
  scenario.node_pools[1].max_pods = 1;  // no room beside `db`
  const auto problems = find_problems(scenario);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].code == "PS3007");
  CHECK(problems[0].path == "workloads.web.replicas");
}
