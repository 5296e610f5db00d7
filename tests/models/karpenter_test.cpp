// Karpenter in a run: windows, packing and launches to the event.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "tests/support/autoscaling_scenario.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <vector>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

Scenario for_karpenter(std::int64_t pods, const std::vector<PoolShape>& pools,
                       const std::vector<double>& prices) {
  Scenario scenario = pods_without_nodes(pods, MilliCpu{1000}, pools);
  scenario.node_autoscaler.kind = NodeAutoscalerKind::karpenter;
  for (std::size_t i = 0; i < prices.size(); ++i) scenario.node_pools[i].price = prices[i];
  return scenario;
}

KarpenterPoolSpec over(std::vector<std::size_t> pools) {
  KarpenterPoolSpec pool;
  pool.pools = std::move(pools);
  return pool;
}

std::vector<std::size_t> pools_of_nodes(const RunResult& result) {
  std::vector<std::size_t> pools;
  for (const NodeRow& node : result.nodes) pools.push_back(node.pool);
  return pools;
}

}  // namespace

// 58 pods of a core: 30 at 0 s, then one each 50 ms until 1.4 s. The window opens with the first
// and closes a second after the last. Eight pods fill a large node: seven claims of eight that only
// the large type holds, and one of two for which the small one is cheaper.
TEST_CASE("a batch of pods, to the event") {
  Scenario scenario = for_karpenter(58, {{"small", 2000, 20}, {"large", 8000, 20}}, {0.10, 0.36});
  scenario.node_pools[0].provisioning = Distribution::constant(25);
  const RunResult result = simulate(scenario, 0);

  const SimTime closed = at_seconds(1.4 + 1.0);
  REQUIRE(result.nodes.size() == 8);
  CHECK(pools_of_nodes(result) == std::vector<std::size_t>{1, 1, 1, 1, 1, 1, 1, 0});
  for (const NodeRow& node : result.nodes) {
    CHECK(node.requested == closed);
    CHECK(*node.ready == closed + seconds(node.pool == 0 ? 25 : 30));
  }
  // The small node is there first: the two oldest pods take it. The others were tried again then,
  // for the second time, and have two seconds of back-off behind them when the large ones come.
  REQUIRE(result.pods.size() == 58);
  for (std::size_t i = 0; i < 58; ++i) {
    const PodRow& pod = result.pods[i];
    CHECK(pod.created == at_seconds(i < 30 ? 0 : 0.05 * static_cast<double>(i - 29)));
    CHECK(*pod.scheduled == closed + seconds(i < 2 ? 25 : 30));
  }
}

TEST_CASE("a window closes after ten seconds however many pods still come") {
  Scenario scenario = for_karpenter(400, {{"large", 8000, 100}}, {});
  const RunResult result = simulate(scenario, 0);
  // 30 at once and one each 50 ms: 229 until 9.95 s, and that of 10 s, which comes with the end.
  std::int64_t first = 0;
  for (const NodeRow& node : result.nodes) first += node.requested == at_seconds(10) ? 1 : 0;
  CHECK(first == (230 + 7) / 8);
  CHECK(result.nodes.size() == 50);
}

TEST_CASE("nodes that are on their way are counted") {
  Scenario scenario = for_karpenter(12, {{"large", 8000, 100}}, {});
  scenario.node_pools[0].provisioning = Distribution::constant(100);
  ScenarioEvent more;
  more.at = seconds(40);
  more.replicas = 16;  // four more, for which the second node has room
  scenario.events.push_back(more);
  CHECK(simulate(scenario, 0).nodes.size() == 2);
}

TEST_CASE("the cheapest type that holds the pods, and the next one when the cloud has no more") {
  Scenario scenario = for_karpenter(8, {{"small", 1000, 3}, {"medium", 1500, 20}}, {0.10, 0.14});
  const RunResult result = simulate(scenario, 0);
  CHECK(pools_of_nodes(result) == std::vector<std::size_t>{0, 0, 0, 1, 1, 1, 1, 1});
}

TEST_CASE("the NodePool of the highest weight first, and never beyond its limits") {
  Scenario scenario = for_karpenter(6, {{"cheap", 1000, 20}, {"dear", 1000, 20}}, {0.10, 0.90});
  scenario.node_autoscaler.node_pools = {over({0}), over({1})};
  KarpenterPoolSpec& reserved = scenario.node_autoscaler.node_pools[1];
  reserved.name = "reserved";
  reserved.weight = 50;
  reserved.cpu_limit = MilliCpu{2500};
  const RunResult result = simulate(scenario, 0);
  CHECK(pools_of_nodes(result) == std::vector<std::size_t>{1, 1, 0, 0, 0, 0});
}

// The only node of `slow` takes an hour. Its claim is given up after 15 minutes; ten seconds later
// its pod asks again and waits for the window's second.
TEST_CASE("a claim that does not register is deleted and planned anew") {
  Scenario scenario = for_karpenter(1, {{"slow", 1000, 5}}, {});
  scenario.duration = std::chrono::minutes(30);
  scenario.node_pools[0].provisioning = Distribution::constant(3600);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 2);
  CHECK(result.nodes[0].requested == at_seconds(1));
  const SimTime late = at_seconds(1) + std::chrono::minutes(15) + Duration{1};
  CHECK(*result.nodes[0].removed == late);
  CHECK(result.nodes[1].requested > late);
  CHECK(result.nodes[1].requested <= late + seconds(12));
}

// The request for `cheap` fails after 15 s. The pod has asked again at 11 s, when its node was
// still on its way; it asks for the next time at 22 s, and the window takes a second.
TEST_CASE("a type that the cloud does not give is left alone, and another is launched") {
  Scenario scenario = for_karpenter(1, {{"cheap", 1000, 5}, {"dear", 1000, 5}}, {0.1, 0.2});
  scenario.node_pools[0].stock_outs = {{Duration{0}, std::chrono::hours(1)}};
  scenario.node_pools[0].provisioning_failure.after = Distribution::constant(15);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 2);
  CHECK(*result.nodes[0].removed == at_seconds(16));
  CHECK(result.nodes[1].pool == 1);
  CHECK(result.nodes[1].requested == at_seconds(23));
}

namespace {

/// First poll at or after a time.
SimTime poll_from(const Scenario& scenario, SimTime time) {
  const Duration phase =
      duration_up(RandomStream(scenario.seed, 0, "karpenter", "poll").at(0) * 10.0);
  const Duration past = (time - kSimStart - phase) % seconds(10);
  return past > Duration{0} ? time + (seconds(10) - past) : time - past;
}

std::vector<SimTime> removals(const RunResult& result) {
  std::vector<SimTime> times;
  for (const NodeRow& node : result.nodes) {
    if (node.removed) times.push_back(*node.removed);
  }
  std::sort(times.begin(), times.end());
  return times;
}

}  // namespace

// A budget of 10 % of four nodes is one, rounded up. Decided at a poll, validated 15 s later; the
// poll after that decides on the next.
TEST_CASE("consolidation: empty nodes go one by one within the budget") {
  Scenario scenario = for_karpenter(0, {{"large", 8000, 10}}, {});
  scenario.node_pools[0].nodes_initial = 4;
  const SimTime poll = poll_from(scenario, at_seconds(0) + Duration{1});
  std::vector<SimTime> expected;
  for (int i = 0; i < 4; ++i) expected.push_back(poll + seconds(15) + i * seconds(20));
  CHECK(removals(simulate(scenario, 0)) == expected);

  scenario.node_autoscaler.node_pools = {over({0})};
  scenario.node_autoscaler.node_pools[0].disruption.budgets = {{100, true}, {3, false}};
  expected = {poll + seconds(15), poll + seconds(15), poll + seconds(15), poll + seconds(35)};
  CHECK(removals(simulate(scenario, 0)) == expected);

  scenario.node_autoscaler.node_pools[0].disruption.budgets = {{0, false}};
  CHECK(removals(simulate(scenario, 0)).empty());
}

TEST_CASE("consolidation: counted from the last pod, or never") {
  Scenario scenario = for_karpenter(0, {{"large", 8000, 10}}, {});
  scenario.node_pools[0].nodes_initial = 1;
  scenario.node_autoscaler.node_pools = {over({0})};
  DisruptionSettings& disruption = scenario.node_autoscaler.node_pools[0].disruption;
  disruption.consolidate_after = seconds(60);
  const SimTime poll = poll_from(scenario, at_seconds(60));
  CHECK(removals(simulate(scenario, 0)) == std::vector<SimTime>{poll + seconds(15)});

  scenario.events[0] = {};
  scenario.events[0].at = seconds(30);
  scenario.events[0].replicas = 1;
  ScenarioEvent less = scenario.events[0];
  less.at = seconds(40);
  less.replicas = 0;
  scenario.events.push_back(less);  // gone at 42 s
  const SimTime later = poll_from(scenario, at_seconds(42 + 60));
  CHECK(removals(simulate(scenario, 0)) == std::vector<SimTime>{later + seconds(15)});

  disruption.consolidate_after.reset();
  CHECK(removals(simulate(scenario, 0)).empty());
}

// One pod of a core on a large node: a small one is cheaper. It is asked for when the decision is
// validated; the old node goes when the new one is there and the pod has ended.
TEST_CASE("consolidation: a node is replaced by a cheaper one that is initialized first") {
  Scenario scenario = for_karpenter(1, {{"small", 2000, 5}, {"large", 8000, 5}}, {0.10, 0.36});
  scenario.node_pools[1].nodes_initial = 1;
  scenario.workloads[0].replicas = 1;
  const RunResult result = simulate(scenario, 0);
  const SimTime asked = poll_from(scenario, at_seconds(0) + Duration{1}) + seconds(15);
  REQUIRE(result.nodes.size() == 2);
  CHECK(result.nodes[1].pool == 0);
  CHECK(result.nodes[1].requested == asked);
  CHECK(*result.nodes[1].ready == asked + seconds(30));
  CHECK(*result.nodes[0].removed == asked + seconds(32));
  REQUIRE(result.pods.size() == 1);
  CHECK(result.pods[0].created == asked + seconds(30));
  CHECK(*result.pods[0].scheduled == asked + seconds(30));
  CHECK(*result.pods[0].node == 1);

  scenario.node_autoscaler.node_pools = {over({0, 1})};
  scenario.node_autoscaler.node_pools[0].disruption.policy = ConsolidationPolicy::when_empty;
  CHECK(simulate(scenario, 0).nodes.size() == 1);
}

// Node `large-0` is full with four pods of `web` and four of `batch`. Two more of `web` get a node
// of their own and pull there for 100 s. Then `batch` ends, and the two would fit the first node:
// they are evicted in the middle of their pull.
TEST_CASE("consolidation does not see that pods pull") {
  Scenario scenario = for_karpenter(6, {{"large", 8000, 5}}, {});
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_initial = 1;
  pool.cached.clear();
  scenario.registries[0].per_connection = Bandwidth{1e5};  // 10 MB
  scenario.workloads[0].replicas = 4;
  scenario.events[0].at = seconds(10);
  WorkloadSpec batch = scenario.workloads[0];
  batch.name = "batch";
  scenario.workloads.push_back(batch);
  ScenarioEvent end;
  end.at = seconds(60);
  end.workload = 1;
  end.replicas = 0;
  scenario.events.push_back(end);
  const RunResult result = simulate(scenario, 0);

  REQUIRE(result.nodes.size() == 2);
  CHECK(result.nodes[1].requested == at_seconds(11));
  CHECK(*result.nodes[1].ready == at_seconds(41));
  // The pods of `batch` count until they are told to end, their room until they have ended at 62 s.
  const SimTime decided = poll_from(scenario, at_seconds(62));
  const SimTime evicted = decided + seconds(15);
  CHECK(*result.nodes[1].removed == evicted + seconds(2));
  REQUIRE(result.pods.size() == 4);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(*result.pods[i].scheduled == at_seconds(41));
    CHECK_FALSE(result.pods[i].ready);
    CHECK(result.pods[i].outcome == Outcome::evicted);
    CHECK(result.pods[i + 2].created == evicted);
    CHECK(*result.pods[i + 2].node == 0);  // where the image is
    CHECK(*result.pods[i + 2].ready <= evicted + seconds(2));
  }

  // With two minutes of quiet the pulls are over by then.
  scenario.node_autoscaler.node_pools = {over({0})};
  scenario.node_autoscaler.node_pools[0].disruption.consolidate_after = seconds(120);
  const RunResult quiet = simulate(scenario, 0);
  CHECK(quiet.pods[0].ready.has_value());
  CHECK(quiet.pods[1].ready.has_value());
}

TEST_CASE("consolidation keeps what `nodes.min` asks for") {
  Scenario scenario = for_karpenter(0, {{"large", 8000, 10}}, {});
  scenario.node_pools[0].nodes_initial = 4;
  scenario.node_pools[0].nodes_min = 3;
  CHECK(removals(simulate(scenario, 0)).size() == 1);
}
