// Nodes that go: lost at once, with notice, drained. Each moment worked out by hand from the clocks
// of the run.
#include <pullsim/simulate.hpp>

#include "models/decisions/node_loss.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>
#include <map>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

double draw_of(const Scenario& scenario, const std::string& entity, const std::string& purpose,
               std::uint64_t ordinal = 0) {
  return RandomStream(scenario.seed, 0, entity, purpose).at(ordinal);
}

// `replicas` of `web` run on `nodes` nodes that have its image; a new pod is Ready when it is
// bound.
Scenario running(std::int64_t nodes, std::int64_t replicas) {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, nodes, 0);
  scenario.events.clear();
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[0].allocatable_cpu = MilliCpu{2000};
  scenario.workloads[0].replicas = replicas;
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  return scenario;
}

ScenarioEvent removal(double at, std::int64_t count, double notice = 0) {
  ScenarioEvent event;
  event.kind = ScenarioEvent::Kind::remove_nodes;
  event.at = seconds(at);
  event.count = count;
  event.notice = seconds(notice);
  return event;
}

NodeLossTimes expected_loss(const Scenario& scenario, const std::string& node, double lost) {
  const auto phase = [&](const std::string& entity, const char* purpose, double period) {
    return duration_up(draw_of(scenario, entity, purpose) * period);
  };
  NodeLossClocks clocks;
  clocks.lease = phase(node, "lease", 10);
  clocks.monitor = phase("node-controller", "monitor", 5);
  clocks.cloud = phase("cloud-node-controller", "monitor", 5);
  clocks.pod_gc = phase("pod-gc", "pass", 20);
  return node_loss_times(at_seconds(lost), clocks);
}

std::vector<std::string> removed(const RunResult& result) {
  std::vector<std::string> names;
  for (const NodeRow& node : result.nodes) {
    if (node.removed) names.push_back(node.name);
  }
  return names;
}

double value_at(const RunResult& result, const std::string& series, SimTime time) {
  double value = 0;
  for (const TimelineRow& row : result.timeline) {
    const SeriesInfo& info = result.series[row.series];
    if (info.series == series && row.time <= time) value = row.value;
  }
  return value;
}

}  // namespace

TEST_CASE("spot loss without notice: unserved at once, replaced when the pods are collected") {
  Scenario scenario = running(2, 2);  // one pod on each, room for one more
  scenario.events = {removal(100, 1)};
  const RunResult result = simulate(scenario, 0);

  REQUIRE(removed(result).size() == 1);
  const std::string lost = removed(result)[0];
  const double first = draw_of(scenario, "general-0", "removal");
  const double second = draw_of(scenario, "general-1", "removal");
  CHECK(lost == (first < second ? "general-0" : "general-1"));
  const NodeLossTimes times = expected_loss(scenario, lost, 100);

  REQUIRE(result.pods.size() == 1);  // the replacement, on the other node
  CHECK(result.pods[0].created == times.pods_deleted);
  CHECK(*result.pods[0].scheduled == times.pods_deleted);
  CHECK(result.nodes[*result.pods[0].node].name != lost);
  CHECK(result.pods[0].outcome == Outcome::ok);

  CHECK(value_at(result, "replicas_served", at_seconds(99)) == 2);
  CHECK(value_at(result, "replicas_served", at_seconds(100)) == 1);
  CHECK(value_at(result, "replicas_ready", times.pods_deleted - Duration{1}) == 2);
  CHECK(value_at(result, "nodes_ready", at_seconds(100)) == 1);
  const double unserved = to_seconds(*result.pods[0].served - at_seconds(100));
  CHECK(result.unserved_pod_seconds == Approx(unserved).epsilon(1e-12));
  CHECK(result.node_seconds == Approx(100 + 1200).epsilon(1e-12));
}

TEST_CASE("spot loss with notice: pods move in time, and the machine goes at the end of it") {
  Scenario scenario = running(2, 2);
  scenario.workloads[0].termination = seconds(5);
  scenario.events = {removal(100, 1, 120)};
  const RunResult result = simulate(scenario, 0);

  REQUIRE(removed(result).size() == 1);
  for (const NodeRow& node : result.nodes) {
    if (node.removed) CHECK(*node.removed == at_seconds(220));
  }
  REQUIRE(result.pods.size() == 1);  // evicted and made anew at the same moment
  CHECK(result.pods[0].created == at_seconds(100));
  CHECK(*result.pods[0].scheduled == at_seconds(100));
  CHECK(result.nodes[*result.pods[0].node].name != removed(result)[0]);
  const double unserved = to_seconds(*result.pods[0].served - at_seconds(100));
  CHECK(result.unserved_pod_seconds == Approx(unserved).epsilon(1e-12));
}

TEST_CASE("a notice that is too short takes what is left: a budget holds the pods to the end") {
  Scenario scenario = running(2, 2);
  DisruptionBudgetSpec budget;
  budget.min_available = IntOrPercent{2, false};
  budget.workloads = {0};
  scenario.disruption_budgets = {budget};
  scenario.events = {removal(100, 1, 30)};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(removed(result).size() == 1);
  const NodeLossTimes times = expected_loss(scenario, removed(result)[0], 130);
  REQUIRE(result.pods.size() == 1);
  CHECK(result.pods[0].created == times.pods_deleted);
  CHECK(value_at(result, "replicas_served", at_seconds(130) - Duration{1}) == 2);
  CHECK(value_at(result, "replicas_served", at_seconds(130)) == 1);
}

TEST_CASE(
    "a budget lets one pod go after the other: each eviction waits for the last to be ready") {
  Scenario scenario = running(3, 4);  // two, one, one or so; the node with the most is drained
  scenario.node_pools[0].allocatable_cpu = MilliCpu{4000};
  scenario.workloads[0].image = 0;
  scenario.images[0].startup = Distribution::constant(3);
  scenario.workloads[0].readiness_probe = ReadinessProbeSpec{};
  scenario.workloads[0].readiness_probe->period = seconds(1);
  DisruptionBudgetSpec budget;
  budget.max_unavailable = IntOrPercent{1, false};
  budget.workloads = {0};
  scenario.disruption_budgets = {budget};
  scenario.events = {removal(100, 3, 600)};  // all of them: where pods move to is drained as well
  const RunResult result = simulate(scenario, 0);
  // No node is left, so nothing becomes ready again: one pod may go and no more.
  REQUIRE(result.pods.size() >= 1);
  CHECK(result.pods[0].created == at_seconds(100));
  CHECK(value_at(result, "replicas_ready", at_seconds(699)) == 3);
  CHECK_FALSE(result.pods[0].ready.has_value());
}

TEST_CASE("a budget holds the second eviction back for the ten seconds between two tries") {
  Scenario scenario = running(2, 2);  // one pod on each
  scenario.node_pools[0].allocatable_cpu = MilliCpu{1000};
  scenario.node_pools.push_back(scenario.node_pools[0]);  // where they go
  scenario.node_pools[1].name = "other";
  scenario.images[0].startup = Distribution::constant(3);
  DisruptionBudgetSpec budget;
  budget.max_unavailable = IntOrPercent{1, false};
  budget.workloads = {0};
  scenario.disruption_budgets = {budget};
  scenario.events = {removal(100, 2, 120)};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 2);
  CHECK(result.pods[0].created == at_seconds(100));
  CHECK(*result.pods[0].ready < at_seconds(110));
  CHECK(result.pods[1].created == at_seconds(110));
  for (const PodRow& pod : result.pods) CHECK(result.nodes[*pod.node].pool == 1);
}

TEST_CASE(
    "a machine lost in mid-pull: the pull stops, its bytes are accounted, the pod has failed") {
  Scenario scenario = small_scenario({image("web", {layer("a", 100), layer("b", 100)})}, 1, 1);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.events.push_back(removal(4, 1));
  const RunResult result = simulate(scenario, 0);  // checks bytes itself
  REQUIRE(result.pulls.size() == 1);
  CHECK_FALSE(result.pulls[0].finished.has_value());
  CHECK(result.pulls[0].outcome == Outcome::deleted);
  CHECK(result.pulls[0].retries->failure == PullFailure::node_lost);
  CHECK(result.registry_bytes[0] == Approx(2 * 40e6).epsilon(1e-9));
  REQUIRE(result.pods.size() == 2);
  CHECK(result.pods[0].outcome == Outcome::failed);
  CHECK_FALSE(result.pods[0].wanted);
  const NodeLossTimes times = expected_loss(scenario, "general-0", 4);
  CHECK(result.pods[1].created == times.pods_deleted);
  CHECK(result.pods[1].outcome == Outcome::pending);  // there is no node any more
}

TEST_CASE("until the node is unreachable the scheduler still sends pods there") {
  Scenario scenario = running(1, 1);
  scenario.events = {removal(100, 1)};
  ScenarioEvent scale;
  scale.at = seconds(110);
  scale.replicas = 2;
  scenario.events.push_back(scale);
  const RunResult result = simulate(scenario, 0);
  const NodeLossTimes times = expected_loss(scenario, "general-0", 100);
  REQUIRE(result.pods.size() == 3);  // the second, and two that replace both
  CHECK(*result.pods[0].scheduled == at_seconds(110));
  CHECK_FALSE(result.pods[0].sandbox.has_value());
  CHECK(result.pods[0].outcome == Outcome::failed);
  CHECK(result.pods[1].created == times.pods_deleted);
  CHECK_FALSE(result.pods[1].scheduled.has_value());
}

TEST_CASE("no more nodes go than there are, those that go are the same in every larger pool") {
  Scenario scenario = running(3, 0);
  scenario.workloads[0].replicas = 0;
  scenario.events = {removal(10, 9)};
  CHECK(removed(simulate(scenario, 0)).size() == 3);

  std::map<std::string, double> draws;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "general-" + std::to_string(i);
    draws[name] = draw_of(scenario, name, "removal", 0);
  }
  for (std::int64_t nodes = 3; nodes <= 8; ++nodes) {
    scenario = running(nodes, 0);
    scenario.workloads[0].replicas = 0;
    scenario.events = {removal(10, 2)};
    const std::vector<std::string> gone = removed(simulate(scenario, 0));
    REQUIRE(gone.size() == 2);
    const double most = std::max(draws.at(gone[0]), draws.at(gone[1]));
    for (std::int64_t i = 0; i < nodes; ++i) {
      const std::string name = "general-" + std::to_string(i);
      if (std::find(gone.begin(), gone.end(), name) == gone.end()) CHECK(draws.at(name) > most);
    }
  }
}

TEST_CASE("a lost machine makes room in its pool, which the autoscaler fills") {
  Scenario scenario = running(2, 4);  // full
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  scenario.node_pools[0].provisioning = Distribution::constant(30);
  scenario.events = {removal(100, 1)};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 3);
  CHECK(result.nodes[2].name == "general-2");
  const NodeLossTimes times = expected_loss(scenario, removed(result)[0], 100);
  CHECK(result.nodes[2].requested > times.pods_deleted);
  CHECK(result.nodes[2].requested <= times.pods_deleted + seconds(12));
  REQUIRE(result.pods.size() == 2);
  for (const PodRow& pod : result.pods) CHECK(*pod.scheduled >= *result.nodes[2].ready);
}
