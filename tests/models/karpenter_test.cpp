// Karpenter in a run: windows, packing and launches to the event.
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

std::vector<std::size_t> pools_of_nodes(const RunResult& result) {
  std::vector<std::size_t> pools;
  for (const NodeRow& node : result.nodes) pools.push_back(node.pool);
  return pools;
}

}  // namespace

// 58 pods of a core: 30 at 0 s, then one each 50 ms until 1.4 s. The window opens with the first and
// closes a second after the last. Eight pods fill a large node: seven claims of eight that only the
// large type holds, and one of two for which the small one is cheaper.
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
  Scenario scenario =
      for_karpenter(8, {{"small", 1000, 3}, {"medium", 1500, 20}}, {0.10, 0.14});
  const RunResult result = simulate(scenario, 0);
  CHECK(pools_of_nodes(result) == std::vector<std::size_t>{0, 0, 0, 1, 1, 1, 1, 1});
}

TEST_CASE("the NodePool of the highest weight first, and never beyond its limits") {
  Scenario scenario = for_karpenter(6, {{"cheap", 1000, 20}, {"dear", 1000, 20}}, {0.10, 0.90});
  KarpenterPoolSpec reserved;
  reserved.name = "reserved";
  reserved.weight = 50;
  reserved.pools = {1};
  reserved.cpu_limit = MilliCpu{2500};
  KarpenterPoolSpec rest;
  rest.name = "rest";
  rest.pools = {0};
  scenario.node_autoscaler.node_pools = {rest, reserved};
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
