// Nodes that come and go in random scenarios: what must hold whatever happens. Every run checks
// itself that bytes sent are bytes received, also on machines that were lost in mid-pull.
#include "tests/support/catch.hpp"
#include "tests/support/layer_rules.hpp"
#include "tests/support/random_scenario.hpp"
#include "tests/support/run_rules.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>
#include <map>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr std::uint64_t kScenarios = 800;

WorkloadSpec random_daemons(const Scenario& scenario, Dice& dice, const std::string& name) {
  WorkloadSpec spec;
  spec.name = name;
  spec.kind = WorkloadKind::daemon_set;
  spec.replicas = 0;
  spec.image = dice.index(scenario.images.size());
  spec.max_surge = {0, false};
  spec.max_unavailable = {1, false};
  spec.termination = std::chrono::seconds(dice.one_of({0, 5}));
  spec.host_network = dice.percent(50);
  return spec;
}

/// A random scenario with DaemonSets, budgets, requests that fail and machines that go.
Scenario unstable(std::uint64_t number) {
  Scenario scenario = random_scenario(number);
  Dice dice(number + 77);
  const std::size_t applications = scenario.workloads.size();
  scenario.workloads.push_back(random_daemons(scenario, dice, "logs"));
  if (dice.percent(50)) {
    scenario.workloads.push_back(random_daemons(scenario, dice, "net"));
    scenario.workloads.back().network_plugin = true;
    scenario.workloads.back().host_network = true;
  }
  if (dice.percent(60)) {
    DisruptionBudgetSpec budget;
    const IntOrPercent some = dice.one_of({IntOrPercent{1, false}, IntOrPercent{50, true}});
    (dice.percent(50) ? budget.min_available : budget.max_unavailable) = some;
    budget.workloads = {dice.index(applications)};
    scenario.disruption_budgets = {budget};
  }
  for (NodePoolSpec& pool : scenario.node_pools) {
    pool.max_pods = 110;
    pool.provisioning_failure.probability = dice.one_of({0.0, 0.3});
    pool.provisioning_failure.after = Distribution::constant(3);
    pool.kubelet.pod_ip = {Distribution::constant(2), dice.within(0, 3)};
    if (dice.percent(30)) pool.stock_outs = {{std::chrono::seconds(5), std::chrono::seconds(40)}};
    if (dice.percent(30)) pool.request_rate = RequestLimit{0.1, 1};
  }
  for (std::int64_t i = dice.within(1, 3); i > 0; --i) {
    ScenarioEvent event;
    event.kind = ScenarioEvent::Kind::remove_nodes;
    const std::int64_t end = scenario.duration / std::chrono::seconds(1);
    event.at = std::chrono::seconds(dice.within(0, end));
    event.pool = dice.index(scenario.node_pools.size());
    event.count = dice.within(1, 3);
    event.notice = std::chrono::seconds(dice.one_of({0, 0, 10, 120}));
    scenario.events.push_back(event);
  }
  if (!find_problems(scenario).empty()) {
    for (WorkloadSpec& workload : scenario.workloads) workload.replicas = 0;
  }
  return scenario;
}

bool of_daemons(const Scenario& scenario, const PodRow& pod) {
  return scenario.workloads[pod.workload].kind == WorkloadKind::daemon_set;
}

bool rolls_out(const Scenario& scenario, std::size_t workload) {
  return std::any_of(scenario.events.begin(), scenario.events.end(), [&](const auto& event) {
    return event.kind == ScenarioEvent::Kind::set_image && event.workload == workload;
  });
}

void daemon_rules(Rules& rules, const Scenario& scenario, const RunResult& result) {
  std::map<std::pair<std::size_t, std::size_t>, int> pods;
  for (const PodRow& pod : result.pods) {
    if (!of_daemons(scenario, pod) || !pod.node) continue;
    const NodeRow& node = result.nodes[*pod.node];
    rules.hold(node.registered && *node.registered <= pod.created,
               "a DaemonSet's pod is made for a node that is registered");
    if (!rolls_out(scenario, pod.workload)) ++pods[{pod.workload, *pod.node}];
    rules.hold(!node.initial || rolls_out(scenario, pod.workload),
               "initial nodes have their DaemonSets' pods from the start");
  }
  for (const auto& [where, count] : pods) rules.hold(count == 1, "one pod for each node");
}

/// Nodes of a pool that were there at once: requested, and neither lost nor failed.
void pool_rules(Rules& rules, const Scenario& scenario, const RunResult& result) {
  for (std::size_t p = 0; p < scenario.node_pools.size(); ++p) {
    std::vector<std::pair<SimTime, SimTime>> there;
    for (const NodeRow& node : result.nodes) {
      if (node.pool != p) continue;
      there.emplace_back(node.requested, node.removed.value_or(SimTime::max()));
      rules.hold(!node.ready || (node.registered && *node.registered <= *node.ready),
                 "a node is registered before it is Ready");
    }
    rules.hold(open_at_once(there) <= scenario.node_pools[p].nodes_max,
               "a pool stays within its maximum");
  }
}

void lost_pod_rules(Rules& rules, const RunResult& result) {
  for (const PodRow& pod : result.pods) {
    if (!pod.node) continue;
    const MaybeTime& removed = result.nodes[*pod.node].removed;
    if (!removed) continue;
    for (const MaybeTime& moment :
         {pod.sandbox, pod.pull_started, pod.pull_finished, pod.started, pod.ready, pod.served}) {
      rules.hold(!moment || *moment <= *removed, "nothing happens on a machine that is gone");
    }
  }
  for (const PullRow& pull : result.pulls) {
    const MaybeTime& removed = result.nodes[pull.node].removed;
    rules.hold(!removed || !pull.finished || *pull.finished <= *removed,
               "no pull ends on a machine that is gone");
  }
}

struct Seen {
  std::size_t removed = 0, lost_pulls = 0, evicted = 0, failed = 0, daemons = 0, refused = 0;
};

void count(Seen& seen, const Scenario& scenario, const RunResult& result) {
  for (const NodeRow& node : result.nodes) {
    seen.removed += node.removed && node.registered ? 1 : 0;
    seen.refused += node.removed && !node.registered ? 1 : 0;
  }
  for (const PullRow& pull : result.pulls) {
    seen.lost_pulls += pull.retries->failure == PullFailure::node_lost ? 1 : 0;
  }
  for (const PodRow& pod : result.pods) {
    seen.evicted += pod.outcome == Outcome::evicted ? 1 : 0;
    seen.failed += pod.outcome == Outcome::failed ? 1 : 0;
    seen.daemons += of_daemons(scenario, pod) ? 1 : 0;
  }
}

}  // namespace

TEST_CASE("random scenarios with nodes that come and go keep their rules") {
  Seen seen;
  for (std::uint64_t number = 0; number < kScenarios; ++number) {
    const Scenario scenario = unstable(number);
    INFO("scenario " << number);
    REQUIRE(find_problems(scenario).empty());
    const RunResult result = simulate(scenario, 0);
    Rules rules;
    daemon_rules(rules, scenario, result);
    pool_rules(rules, scenario, result);
    lost_pod_rules(rules, result);
    pull_rules(rules, scenario, result);
    CHECK(rules.broken() == "");
    count(seen, scenario, result);
  }
  CHECK(seen.removed > 300);
  CHECK(seen.lost_pulls > 10);
  CHECK(seen.evicted > 10);
  CHECK(seen.failed > 20);
  CHECK(seen.daemons > 300);
  CHECK(seen.refused > 50);
}

TEST_CASE("evictions never bring ready pods below what their budget desires") {
  std::size_t tight = 0;
  for (std::uint64_t number = 0; number < 300; ++number) {
    Dice dice(number);
    const std::int64_t replicas = dice.within(1, 12);
    Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, dice.within(1, 6), 0);
    scenario.events.clear();
    scenario.seed = number;
    scenario.images[0].startup = {Distribution::Kind::uniform, 1, 30, {}};
    scenario.node_pools.push_back(scenario.node_pools[0]);
    scenario.node_pools[1].name = "other";
    scenario.workloads[0].replicas = replicas;
    scenario.workloads[0].termination = seconds(static_cast<double>(dice.within(0, 20)));
    DisruptionBudgetSpec budget;
    const std::int64_t least = dice.within(0, replicas);
    if (dice.percent(50)) {
      budget.min_available = IntOrPercent{least, false};
    } else {
      budget.max_unavailable = IntOrPercent{replicas - least, false};
    }
    budget.workloads = {0};
    scenario.disruption_budgets = {budget};
    ScenarioEvent event;
    event.kind = ScenarioEvent::Kind::remove_nodes;
    event.at = seconds(60);
    event.count = dice.within(1, 6);
    event.notice = seconds(600);  // longer than it takes
    scenario.events.push_back(event);
    const RunResult result = simulate(scenario, 0);
    double fewest = static_cast<double>(replicas);
    for (const TimelineRow& row : result.timeline) {
      if (result.series[row.series].series != "replicas_ready") continue;
      if (row.time < at_seconds(660)) fewest = std::min(fewest, row.value);
    }
    INFO("scenario " << number);
    CHECK(fewest >= static_cast<double>(least));
    tight += fewest == static_cast<double>(least) && least > 0 ? 1 : 0;
  }
  CHECK(tight > 30);
}
