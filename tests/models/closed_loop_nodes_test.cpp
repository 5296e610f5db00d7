// Several controllers at once, where nodes go or roll-outs grow: the sequences of
// docs/closed-loops.md, to the event.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "models/decisions/readiness.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

using Changes = std::vector<std::pair<SimTime, double>>;

/// Changes of a series of `web` after the start.
Changes changes(const RunResult& result, const std::string& series) {
  Changes rows;
  for (const TimelineRow& row : result.timeline) {
    const SeriesInfo& info = result.series[row.series];
    if (info.series == series && info.entity == "web" && row.time > kSimStart) {
      rows.emplace_back(row.time, row.value);
    }
  }
  return rows;
}

Duration phase(const Scenario& scenario, const std::string& entity, const std::string& purpose,
               Duration period) {
  const double u = RandomStream(scenario.seed, 0, entity, purpose).at(0);
  return duration_up(u * to_seconds(period));
}

/// A node that has room for nobody but whom it runs; a pod of `web` comes at 20 s, needs another
/// node, and pulls there for `pull` seconds: 100 MB, and 1 s of unpacking.
Scenario one_pod_that_pulls(double pull) {
  Scenario scenario = small_scenario({image("web", {layer("a", 100)})}, 1, 1);
  scenario.events[0].at = seconds(20);
  scenario.workloads[0].cpu_request = MilliCpu{2000};
  scenario.registries[0].per_connection = Bandwidth{100e6 / (pull - 1)};
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_min = 0;
  pool.nodes_max = 5;
  pool.price = 0.1;
  pool.provisioning = Distribution::constant(30);
  return scenario;
}

}  // namespace

// 10 replicas, surge 3, unavailable 2; the new image takes 101 s to pull. Ten seconds into the
// roll-out 20 replicas are wanted.
TEST_CASE("a roll-out that waits for pulls is scaled in proportion") {
  Scenario scenario =
      small_scenario({image("old", {layer("a", 10)}), image("new", {layer("b", 100)})}, 1, 0);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.cpu = pool.allocatable_cpu = MilliCpu{100'000};
  scenario.registries[0].per_connection = Bandwidth{1e6};
  scenario.control_plane.controller_manager = {1000, 1000};
  scenario.workloads[0].replicas = 10;
  scenario.events.clear();
  ScenarioEvent roll_out;
  roll_out.at = seconds(10);
  roll_out.kind = ScenarioEvent::Kind::set_image;
  roll_out.image = 1;
  ScenarioEvent scale;
  scale.at = seconds(20);
  scale.replicas = 20;
  scenario.events = {roll_out, scale};
  const RunResult result = simulate(scenario, 0);

  // 3 new ones, 2 old ones fewer, 2 new ones more: 8 and 5. Then 25 may exist: of 12 more the old
  // set gets round(8 * 25 / 13) - 8 = 7, the new one round(5 * 25 / 13) - 5 = 5.
  std::vector<std::pair<SimTime, std::size_t>> created;
  for (const PodRow& pod : result.pods) created.emplace_back(pod.created, pod.image);
  const auto count = [&](SimTime at, std::size_t image_index) {
    return std::count(created.begin(), created.end(), std::pair{at, image_index});
  };
  CHECK(count(at_seconds(10), 1) == 5);
  CHECK(count(at_seconds(20), 0) == 7);
  CHECK(count(at_seconds(20), 1) == 5);
  // Old pods find their image: ready at the node's next relist. New ones begin when the one pull is
  // done; with ten of them ready ten old ones may go, and ten new ones come.
  const Duration relists = phase(scenario, "general-0", "relist", kRelistPeriod);
  const SimTime old_ready = next_tick(at_seconds(20), relists, kRelistPeriod);
  const SimTime new_ready = next_tick(at_seconds(10 + 101), relists, kRelistPeriod);
  CHECK(count(new_ready, 1) == 10);
  CHECK(created.size() == 27);
  // The last ten find their image and start at that very relist, which sees them.
  CHECK(changes(result, "replicas_created") ==
        Changes{{at_seconds(10), 13}, {at_seconds(20), 25}, {new_ready, 20}});
  CHECK(changes(result, "replicas_ready") ==
        Changes{{at_seconds(10), 8}, {old_ready, 15}, {new_ready, 20}});
  REQUIRE(result.scale_outs.size() == 1);
  CHECK(result.scale_outs[0].started == at_seconds(20));
  CHECK(result.scale_outs[0].done == new_ready);
}

// Node 0 runs `api`, of three cores, and two small pods; at 60 s `api` is not wanted any more.
TEST_CASE("Karpenter takes a node away whose pod still pulls") {
  Scenario scenario = one_pod_that_pulls(101);
  scenario.node_autoscaler.kind = NodeAutoscalerKind::karpenter;
  WorkloadSpec small = scenario.workloads[0];
  small.name = "small";
  small.cpu_request = MilliCpu{500};
  small.replicas = 2;
  WorkloadSpec api = small;
  api.name = "api";
  api.cpu_request = MilliCpu{3000};
  api.replicas = 1;
  scenario.workloads.push_back(small);
  scenario.workloads.push_back(api);
  scenario.images.push_back(image("other", {layer("b", 1)}));
  scenario.workloads[1].image = scenario.workloads[2].image = 1;
  ScenarioEvent gone;
  gone.at = seconds(60);
  gone.workload = 2;
  gone.replicas = 0;
  scenario.events.push_back(gone);
  scenario.duration = seconds(600);
  for (scenario.seed = 1; scenario.seed <= 20; ++scenario.seed) {
    INFO("seed " << scenario.seed);
    const RunResult result = simulate(scenario, 0);
    // The window closes a second after the pod, the node is there 30 s later.
    const SimTime bound = at_seconds(20 + 1 + 30);
    // From 62 s on node 0 has room for the pod: the next poll that finds node 1 unneeded is looked
    // at again 15 s later, and the node is drained.
    const Duration polls = phase(scenario, "karpenter", "poll", seconds(10));
    const SimTime found = next_tick(at_seconds(62), polls, seconds(10));
    const SimTime drained = found + seconds(15);
    REQUIRE(result.nodes.size() == 2);
    CHECK(result.nodes[1].requested == at_seconds(21));
    CHECK(result.nodes[1].removed == drained + seconds(2));  // its pod's end
    CHECK_FALSE(result.nodes[0].removed);
    REQUIRE(result.pods.size() == 2);
    CHECK(result.pods[0].scheduled == bound);
    CHECK(result.pods[0].outcome == Outcome::evicted);
    // Its successor starts from nothing on node 0.
    CHECK(result.pods[1].created == drained);
    CHECK(result.pods[1].scheduled == drained);
    CHECK(result.pods[1].node == 0);
    CHECK(*result.pods[1].pull_finished - drained >= seconds(101));
    CHECK(*result.pods[1].pull_finished - drained <= seconds(101) + Duration{1});
  }
}

TEST_CASE("the Cluster Autoscaler takes a node away that pulls for nobody") {
  Scenario scenario = one_pod_that_pulls(301);
  scenario.workloads[0].cpu_request = MilliCpu{3000};
  WorkloadSpec api = scenario.workloads[0];
  api.name = "api";
  api.replicas = 1;
  api.image = 1;
  scenario.images.push_back(image("api", {layer("b", 1)}));
  scenario.workloads.push_back(api);
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  scenario.node_autoscaler.scale_down.unneeded_time = seconds(60);
  scenario.node_autoscaler.scale_down.delay_after_add = seconds(30);
  ScenarioEvent gone;
  gone.at = seconds(100);
  gone.replicas = 0;
  scenario.events.push_back(gone);
  scenario.duration = seconds(900);
  for (scenario.seed = 1; scenario.seed <= 20; ++scenario.seed) {
    INFO("seed " << scenario.seed);
    const RunResult result = simulate(scenario, 0);
    const Duration scans = phase(scenario, "cluster-autoscaler", "scan", seconds(10));
    SimTime scan = next_tick(at_seconds(20) + Duration{1}, scans, seconds(10));
    if (scan - at_seconds(20) < seconds(2)) scan += seconds(10);
    const SimTime bound = scan + seconds(30);
    REQUIRE(result.nodes.size() == 2);
    CHECK(result.nodes[1].requested == scan);
    REQUIRE(result.pods.size() == 1);
    CHECK(result.pods[0].scheduled == bound);
    CHECK(result.pods[0].outcome == Outcome::deleted);
    // The kubelet goes on pulling. The node is empty from 102 s on: unneeded at the next scan, and
    // removed at the first one after 60 s of that.
    const SimTime empty = next_tick(at_seconds(102), scans, seconds(10));
    const SimTime removed = empty + seconds(60);
    CHECK(result.nodes[1].removed == removed);
    REQUIRE(result.pulls.size() == 1);
    CHECK_FALSE(result.pulls[0].finished);
    CHECK(removed - *result.pods[0].scheduled < seconds(301));
  }
}
