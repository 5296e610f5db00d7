// Whatever the scenario: node autoscalers keep every limit, and ask for no more than all pods would
// need on nodes of their own.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "tests/support/autoscaling_scenario.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : stream_(seed, 0, "node-autoscaler", "dice") {}
  std::int64_t within(std::int64_t low, std::int64_t high) {
    const double u = stream_.at(next_++);
    return low + static_cast<std::int64_t>(u * static_cast<double>(high - low + 1));
  }
  bool percent(std::int64_t share) { return within(1, 100) <= share; }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

NodeAutoscalerSpec random_spec(Dice& dice, std::size_t pools) {
  NodeAutoscalerSpec spec;
  spec.kind =
      dice.percent(50) ? NodeAutoscalerKind::cluster_autoscaler : NodeAutoscalerKind::karpenter;
  spec.expander = {static_cast<Expander>(dice.within(0, 5))};
  if (dice.percent(50)) spec.max_nodes_total = dice.within(3, 12);
  spec.balance_similar_node_groups = dice.percent(50);
  spec.frequent_loops = dice.percent(50);
  spec.max_node_provision_time = std::chrono::seconds(dice.within(20, 200));
  spec.priorities = {{dice.within(0, 5), {0}}, {dice.within(0, 5), {pools - 1}}};
  if (dice.percent(50)) {
    for (std::size_t pool = 0; pool < pools; ++pool) {
      KarpenterPoolSpec one;
      one.name = "pool-" + std::to_string(pool);
      one.weight = dice.within(0, 3);
      one.pools = {pool};
      if (dice.percent(50)) one.cpu_limit = MilliCpu{dice.within(2000, 20000)};
      spec.node_pools.push_back(one);
    }
  }
  return spec;
}

Scenario random_case(Dice& dice) {
  std::vector<PoolShape> shapes;
  const std::int64_t pools = dice.within(1, 3);
  for (std::int64_t i = 0; i < pools; ++i) {
    shapes.push_back({"pool-" + std::to_string(i), 1000 * dice.within(1, 8), dice.within(1, 9)});
  }
  Scenario scenario =
      pods_without_nodes(dice.within(1, 60), MilliCpu{100 * dice.within(1, 10)}, shapes);
  for (NodePoolSpec& pool : scenario.node_pools) {
    pool.provisioning = Distribution::constant(static_cast<double>(dice.within(5, 250)));
    pool.price = static_cast<double>(dice.within(1, 50)) / 100;
    pool.nodes_initial = dice.within(0, pool.nodes_max);
    pool.nodes_min = dice.within(0, pool.nodes_initial);
  }
  ScenarioEvent change = scenario.events[0];
  change.at = std::chrono::seconds(dice.within(30, 400));
  change.replicas = dice.within(0, 60);
  scenario.events.push_back(change);
  scenario.node_autoscaler = random_spec(dice, scenario.node_pools.size());
  return scenario;
}

/// Most and fewest nodes of a pool that are there or on their way at once; of all pools without
/// one.
struct Extremes {
  std::int64_t most = 0;
  std::int64_t fewest = 0;
};

Extremes extremes(const RunResult& result, std::optional<std::size_t> pool) {
  std::map<SimTime, std::int64_t> changes;
  for (const NodeRow& node : result.nodes) {
    if (pool && node.pool != *pool) continue;
    ++changes[node.requested];
    if (node.removed) --changes[*node.removed];
  }
  changes[kSimStart] += 0;
  Extremes found;
  std::int64_t now = 0;
  for (const auto& [time, change] : changes) {
    now += change;
    if (time == kSimStart) found.fewest = now;
    found.most = std::max(found.most, now);
    found.fewest = std::min(found.fewest, now);
  }
  return found;
}

}  // namespace

TEST_CASE("node autoscalers keep the limits of pools and of the cluster") {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    const Scenario scenario = random_case(dice);
    const RunResult result = simulate(scenario, 0);
    std::int64_t initial = 0;
    for (std::size_t pool = 0; pool < scenario.node_pools.size(); ++pool) {
      const Extremes nodes = extremes(result, pool);
      CHECK(nodes.most <= scenario.node_pools[pool].nodes_max);
      CHECK(nodes.fewest >= scenario.node_pools[pool].nodes_min);
      initial += scenario.node_pools[pool].nodes_initial;
    }
    const NodeAutoscalerSpec& spec = scenario.node_autoscaler;
    const bool limited =
        spec.kind == NodeAutoscalerKind::cluster_autoscaler && spec.max_nodes_total > 0;
    if (limited) {
      CHECK(extremes(result, std::nullopt).most <= std::max(initial, spec.max_nodes_total));
    }
    CHECK(simulate(scenario, 0).digest == result.digest);
  }
}

TEST_CASE("nodes that are asked for are not asked for again") {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    Scenario scenario = random_case(dice);
    scenario.node_autoscaler.max_node_provision_time = std::chrono::hours(10);
    for (NodePoolSpec& pool : scenario.node_pools) {
      pool.nodes_initial = pool.nodes_min = 0;
      pool.nodes_max = 100;
    }
    std::int64_t pods = 0;
    for (const ScenarioEvent& event : scenario.events) pods = std::max(pods, event.replicas);
    const RunResult result = simulate(scenario, 0);
    CHECK(extremes(result, std::nullopt).most <= pods);
  }
}

TEST_CASE("removal of nodes leaves no pod without a place") {
  std::int64_t removed = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    Scenario scenario = random_case(dice);
    scenario.duration = std::chrono::hours(2);
    NodeAutoscalerSpec& spec = scenario.node_autoscaler;
    spec.expander = {Expander::least_waste};
    spec.max_nodes_total = 0;
    spec.max_node_provision_time = std::chrono::minutes(15);
    spec.scale_down.unneeded_time = std::chrono::seconds(dice.within(0, 100));
    spec.scale_down.delay_after_add = std::chrono::seconds(dice.within(0, 100));
    for (KarpenterPoolSpec& pool : spec.node_pools) pool.cpu_limit.reset();
    for (NodePoolSpec& pool : scenario.node_pools) pool.nodes_max = 200;
    const RunResult result = simulate(scenario, 0);
    for (const PodRow& pod : result.pods) CHECK((pod.ready.has_value() || !pod.wanted));
    for (const NodeRow& node : result.nodes) removed += node.removed ? 1 : 0;
    // No pod is on a node that went before the pod did.
    for (const PodRow& pod : result.pods) {
      if (!pod.node || !pod.wanted) continue;
      CHECK_FALSE(result.nodes[*pod.node].removed.has_value());
    }
  }
  CHECK(removed > 100);
}
