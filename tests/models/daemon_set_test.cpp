// DaemonSets and nodes that wait for them, worked out by hand: who is on a new node when.
#include <pullsim/simulate.hpp>

#include "models/decisions/readiness.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

Duration phase_of(const Scenario& scenario, const std::string& entity, const char* purpose,
                  double period) {
  return duration_up(RandomStream(scenario.seed, 0, entity, purpose).at(0) * period);
}

WorkloadSpec daemon(const std::string& name, std::size_t image) {
  WorkloadSpec spec;
  spec.name = name;
  spec.kind = WorkloadKind::daemon_set;
  spec.replicas = 0;
  spec.image = image;
  spec.max_unavailable = {1, false};
  return spec;
}

// One node that exists and is full, one pod of `web` that needs another. Images of 10 MB at 10 MB/s
// for each connection and one second for each layer: a pull takes two seconds.
Scenario growing() {
  Scenario scenario =
      small_scenario({image("web", {layer("a", 10)}), image("net", {layer("b", 10)}),
                      image("logs", {layer("c", 10)})},
                     0, 1);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.node_pools[0].nodes_max = 3;
  scenario.node_pools[0].provisioning = Distribution::constant(30);
  scenario.workloads[0].cpu_request = MilliCpu{3000};
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  return scenario;
}

std::vector<PodRow> pods_of(const RunResult& result, std::size_t workload) {
  std::vector<PodRow> pods;
  for (const PodRow& pod : result.pods) {
    if (pod.workload == workload) pods.push_back(pod);
  }
  return pods;
}

// Started when its image is there; seen by the next relist of its kubelet; no probe.
SimTime ready_after(const Scenario& scenario, const std::string& node, SimTime started) {
  return next_tick(started, phase_of(scenario, node, "relist", 1), kRelistPeriod);
}

}  // namespace

TEST_CASE("a DaemonSet runs once on every initial node from the start, and on every new one") {
  Scenario scenario = growing();
  scenario.node_pools[0].nodes_initial = scenario.node_pools[0].nodes_min = 2;
  scenario.node_pools[0].allocatable_cpu = MilliCpu{3500};
  scenario.events[0].replicas = 3;
  scenario.workloads.push_back(daemon("logs", 2));
  scenario.workloads[1].cpu_request = MilliCpu{100};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 3);
  const std::vector<PodRow> logs = pods_of(result, 1);
  REQUIRE(logs.size() == 1);  // those of the start have no rows
  CHECK(*logs[0].node == 2);
  CHECK(logs[0].created == *result.nodes[2].registered);
  CHECK(result.unserved_pod_seconds == Approx([&] {
                                         double sum = 0;
                                         for (const PodRow& pod : pods_of(result, 0))
                                           sum += to_seconds(*pod.served - kSimStart);
                                         return sum;
                                       }())
                                           .epsilon(1e-12));
}

TEST_CASE("a node is Ready when the pod of its network plug-in is, applications wait for that") {
  Scenario scenario = growing();
  scenario.workloads.push_back(daemon("net", 1));
  scenario.workloads[1].network_plugin = scenario.workloads[1].host_network = true;
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 1);
  const SimTime registered = result.nodes[0].requested + seconds(30);
  CHECK(*result.nodes[0].registered == registered);

  const std::vector<PodRow> net = pods_of(result, 1);
  REQUIRE(net.size() == 1);
  CHECK(net[0].created == registered);
  CHECK(*net[0].scheduled == registered);
  CHECK(*net[0].pull_finished == registered + seconds(2));
  const SimTime ready = ready_after(scenario, "general-0", registered + seconds(2));
  CHECK(*net[0].ready == ready);
  CHECK(*result.nodes[0].ready == ready);

  const std::vector<PodRow> web = pods_of(result, 0);
  REQUIRE(web.size() == 1);
  CHECK(*web[0].scheduled >= ready);
  CHECK(*web[0].scheduled <= ready + seconds(11));  // what is left of its back-off, and a flush
  CHECK(web[0].node_wait == *web[0].scheduled - web[0].created);
}

TEST_CASE("without a network plug-in a node is Ready when it is registered") {
  Scenario scenario = growing();
  scenario.workloads.push_back(daemon("logs", 2));
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.nodes.size() == 1);
  CHECK(*result.nodes[0].ready == *result.nodes[0].registered);
}

TEST_CASE("one image after the other: the application waits behind the DaemonSet's pull") {
  Scenario scenario = growing();
  scenario.images[2].layers[0].size = Bytes{100 * kMB};  // ten seconds, and one to unpack
  scenario.workloads.push_back(daemon("net", 1));
  scenario.workloads[1].network_plugin = scenario.workloads[1].host_network = true;
  scenario.workloads.push_back(daemon("logs", 2));  // does not wait for Ready either
  scenario.workloads[2].host_network = true;
  scenario.workloads[2].removes_startup_taints = {"node.kubernetes.io/not-ready"};
  const RunResult result = simulate(scenario, 0);
  const SimTime registered = *result.nodes.at(0).registered;
  const std::vector<PodRow> logs = pods_of(result, 2);
  const std::vector<PodRow> web = pods_of(result, 0);
  REQUIRE((logs.size() == 1 && web.size() == 1));
  CHECK(*logs[0].pull_started == registered + seconds(2));  // behind the network plug-in's
  CHECK(*logs[0].pull_finished == registered + seconds(13));
  REQUIRE(*web[0].scheduled < registered + seconds(13));
  CHECK(*web[0].pull_started == registered + seconds(13));
  CHECK(*web[0].pull_finished == registered + seconds(15));
}

TEST_CASE("a DaemonSet that waits for Ready comes behind an application that is bound then") {
  Scenario scenario = growing();
  scenario.workloads.push_back(daemon("logs", 2));
  const RunResult result = simulate(scenario, 0);
  const SimTime ready = *result.nodes.at(0).ready;
  const std::vector<PodRow> logs = pods_of(result, 1);
  const std::vector<PodRow> web = pods_of(result, 0);
  REQUIRE((logs.size() == 1 && web.size() == 1));
  CHECK(*web[0].scheduled == ready);
  CHECK(*web[0].pull_finished == ready + seconds(2));
  CHECK(logs[0].created == ready);  // its pod is yet to be made
  CHECK(*logs[0].pull_finished == ready + seconds(4));
}

TEST_CASE("a startup taint keeps applications off until its DaemonSet is ready there") {
  Scenario scenario = growing();
  scenario.workloads.push_back(daemon("pre-pull", 2));
  scenario.workloads[1].removes_startup_taints = {"example.com/images"};
  scenario.node_pools[0].startup_taints = {
      {{"example.com/images", "", TaintEffect::no_schedule}, std::nullopt}};
  const RunResult result = simulate(scenario, 0);
  const SimTime ready = *result.nodes.at(0).ready;
  const std::vector<PodRow> agent = pods_of(result, 1);
  REQUIRE(agent.size() == 1);
  CHECK(*agent[0].scheduled == ready);
  const SimTime there = ready_after(scenario, "general-0", ready + seconds(2));
  CHECK(*agent[0].ready == there);
  CHECK(*pods_of(result, 0).at(0).scheduled >= there);

  scenario.node_pools[0].startup_taints[0].removed_by = 0;  // by a workload that is none
  const RunResult never = simulate(scenario, 0);
  CHECK_FALSE(pods_of(never, 0).at(0).scheduled.has_value());
}

TEST_CASE("a startup taint also keeps DaemonSets off that do not tolerate it") {
  Scenario scenario = growing();
  scenario.workloads.push_back(daemon("pre-pull", 2));
  scenario.workloads[1].removes_startup_taints = {"example.com/images"};
  scenario.workloads.push_back(daemon("net", 1));
  scenario.node_pools[0].startup_taints = {
      {{"example.com/images", "", TaintEffect::no_schedule}, std::size_t{1}}};
  const RunResult result = simulate(scenario, 0);
  const std::vector<PodRow> agent = pods_of(result, 1);
  const std::vector<PodRow> other = pods_of(result, 2);
  REQUIRE((agent.size() == 1 && other.size() == 1));
  CHECK(other[0].created == *agent[0].ready);
}

TEST_CASE("pods that need the node's network wait for it in steps of a second and a half at most") {
  Scenario scenario = growing();
  scenario.workloads.push_back(daemon("net", 1));
  scenario.workloads[1].network_plugin = scenario.workloads[1].host_network = true;
  scenario.workloads.push_back(daemon("agent", 2));
  scenario.workloads[2].removes_startup_taints = {"node.kubernetes.io/not-ready"};
  const RunResult result = simulate(scenario, 0);
  const std::vector<PodRow> agent = pods_of(result, 2);
  REQUIRE(agent.size() == 1);
  CHECK(*agent[0].scheduled == *result.nodes[0].registered);
  const RandomStream stream(scenario.seed, 0, "agent-0", "offline-retry");
  SimTime tried = *agent[0].scheduled;
  for (std::uint64_t i = 0; tried < *result.nodes[0].ready; ++i) {
    tried += duration_up(1.0 + 0.5 * stream.at(i));
  }
  CHECK(*agent[0].sandbox == tried);
}

TEST_CASE(
    "a roll-out of a DaemonSet goes from node to node, each pod after the old one has ended") {
  Scenario scenario =
      small_scenario({image("old", {layer("a", 10)}), image("new", {layer("b", 10)})}, 3, 0);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.workloads[0] = daemon("logs", 0);
  scenario.workloads[0].termination = seconds(4);
  scenario.events[0].kind = ScenarioEvent::Kind::set_image;
  scenario.events[0].image = 1;
  scenario.events[0].at = seconds(100);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  SimTime begin = at_seconds(100);
  std::set<std::size_t> nodes;
  for (const PodRow& pod : result.pods) {
    CHECK(pod.created == begin + seconds(4));
    CHECK(*pod.pull_finished == begin + seconds(6));
    nodes.insert(*pod.node);
    begin = ready_after(scenario, result.nodes[*pod.node].name, begin + seconds(6));
    CHECK(*pod.ready == begin);
  }
  CHECK(nodes.size() == 3);
  REQUIRE(result.scale_outs.size() == 1);
  CHECK(*result.scale_outs[0].done == begin);
}

TEST_CASE("the autoscaler leaves room for DaemonSets on the nodes that it asks for") {
  Scenario scenario = growing();
  scenario.workloads[0].cpu_request = MilliCpu{2000};
  scenario.events[0].replicas = 2;  // two fit an empty node, not beside the DaemonSet
  scenario.workloads.push_back(daemon("logs", 2));
  scenario.workloads[1].cpu_request = MilliCpu{500};
  const RunResult result = simulate(scenario, 0);
  CHECK(result.nodes.size() == 2);
  for (const PodRow& pod : result.pods) CHECK(pod.outcome == Outcome::ok);
}

TEST_CASE("a lost node takes its DaemonSet pod along, none is made for it again") {
  Scenario scenario = growing();
  scenario.node_pools[0].nodes_initial = scenario.node_pools[0].nodes_max = 2;
  scenario.node_autoscaler.kind = NodeAutoscalerKind::none;
  scenario.events.clear();
  scenario.workloads.push_back(daemon("logs", 2));
  ScenarioEvent loss;
  loss.kind = ScenarioEvent::Kind::remove_nodes;
  loss.at = seconds(50);
  loss.count = 1;
  scenario.events.push_back(loss);
  const RunResult result = simulate(scenario, 0);
  CHECK(result.pods.empty());
  double wanted = 0;
  for (const TimelineRow& row : result.timeline) {
    const SeriesInfo& info = result.series[row.series];
    if (info.series == "replicas_wanted" && info.entity == "logs") wanted = row.value;
  }
  CHECK(wanted == 1);
}
