// Random small clusters with taints, selectors, affinity, spread and priorities: no pod on a node
// whose filters refuse it, no node with more than it has, no preemption of equals.
#include <pullsim/simulate.hpp>

#include "models/decisions/scheduling_objects.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/random_scenario.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>
#include <map>

using namespace pullsim;
using namespace pullsim::test;
using Op = LabelRequirement::Op;

namespace {

Scenario random_cluster(std::uint64_t number) {
  Dice dice(number * 104729 + 7);
  Scenario scenario = small_scenario({image("web", {layer("a", 1)})}, 1, 0);
  scenario.events.clear();
  scenario.workloads.clear();
  scenario.seed = number;
  scenario.duration = std::chrono::minutes(4);
  scenario.zones = {{"a", {}}, {"b", {}}};
  const NodePoolSpec base = scenario.node_pools[0];
  scenario.node_pools.clear();
  for (std::int64_t i = 0; i < dice.within(1, 3); ++i) {
    NodePoolSpec pool = base;
    pool.name = "pool-" + std::to_string(i);
    pool.zones = {0, 1};
    pool.nodes_initial = pool.nodes_min = dice.within(1, 4);
    pool.nodes_max = pool.nodes_initial + dice.within(0, 2);
    pool.max_pods = dice.within(2, 6);
    pool.provisioning = Distribution::constant(20);
    if (dice.percent(40)) pool.labels = {{"disk", "ssd"}};
    if (dice.percent(30)) pool.taints = {{"spot", "", TaintEffect::no_schedule}};
    scenario.node_pools.push_back(pool);
  }
  if (dice.percent(50)) scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  for (std::int64_t i = 0; i < dice.within(2, 4); ++i) {
    WorkloadSpec workload;
    workload.name = "w" + std::to_string(i);
    workload.replicas = 0;
    workload.cpu_request = MilliCpu{dice.one_of<std::int64_t>({0, 500, 1500})};
    PodSchedulingSpec& wants = workload.scheduling;
    wants.priority = static_cast<std::int32_t>(dice.within(0, 2));
    wants.preempts = !dice.percent(15);
    const LabelSelector other = {{"app", Op::in, {"w" + std::to_string(dice.within(0, 3))}}};
    const char* key = dice.one_of({kHostnameKey, kZoneKey});
    if (dice.percent(25)) wants.node_selector = {{"disk", "ssd"}};
    if (dice.percent(40)) wants.tolerations = {{"", Toleration::Op::exists, "", {}}};
    if (dice.percent(25)) wants.required_anti_affinity = {{other, {}, key, {}}};
    if (dice.percent(20)) wants.required_affinity = {{other, {}, key, {}}};
    if (dice.percent(30)) wants.preferred_affinity = {{50, {other, {}, key, {}}}};
    if (dice.percent(30)) {
      SpreadConstraint constraint;
      constraint.topology_key = key;
      constraint.hard = dice.percent(50);
      constraint.selector = {{"app", Op::in, {workload.name}}};
      wants.spread = {constraint};
    }
    scenario.workloads.push_back(workload);
    for (std::int64_t k = dice.within(1, 3); k > 0; --k) {
      ScenarioEvent event;
      event.at = seconds(static_cast<double>(dice.within(0, 120)));
      event.workload = static_cast<std::size_t>(i);
      event.replicas = dice.within(0, 9);
      scenario.events.push_back(event);
    }
  }
  std::stable_sort(scenario.events.begin(), scenario.events.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return scenario;
}

}  // namespace

TEST_CASE("random clusters: filters, room and priorities hold in every run") {
  std::size_t preempted = 0;
  std::size_t bound = 0;
  for (std::uint64_t number = 0; number < 400; ++number) {
    INFO("cluster " << number);
    const Scenario scenario = random_cluster(number);
    const RunResult result = simulate(scenario, 0);
    std::map<std::size_t, std::pair<std::int64_t, std::int64_t>> on_node;  // pods, CPU
    std::int32_t highest = 0;
    for (const WorkloadSpec& workload : scenario.workloads) {
      highest = std::max(highest, workload.scheduling.priority);
    }
    for (const PodRow& pod : result.pods) {
      const WorkloadSpec& workload = scenario.workloads[pod.workload];
      if (pod.outcome == Outcome::evicted) {
        ++preempted;
        REQUIRE(workload.scheduling.priority < highest);
      }
      if (!pod.node) continue;
      ++bound;
      const NodeRow& node = result.nodes[*pod.node];
      REQUIRE(fits_node(scheduling_pod(scenario, pod.workload, pod.image, 0),
                        scheduling_node(scenario, node.pool, node.zone, node.name)));
      REQUIRE(*pod.scheduled >= *node.ready);
      if (!pod.wanted || pod.outcome == Outcome::evicted) continue;
      on_node[*pod.node].first += 1;
      on_node[*pod.node].second += workload.cpu_request.count;
    }
    for (const auto& [node, used] : on_node) {
      const NodePoolSpec& pool = scenario.node_pools[result.nodes[node].pool];
      REQUIRE(used.first <= pool.max_pods);
      REQUIRE(used.second <= pool.allocatable_cpu.count);
    }
  }
  CHECK(preempted > 100);
  CHECK(bound > 3000);
}
