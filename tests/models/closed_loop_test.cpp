// Several controllers at once: the sequences of docs/closed-loops.md, to the event. Each test has
// the derivation's numbers; the page says which rule of which controller each of them comes from.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "models/decisions/readiness.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// The first draw of a purpose, in (0, 1).
double drawn(const Scenario& scenario, const std::string& entity, const std::string& purpose) {
  return RandomStream(scenario.seed, 0, entity, purpose).at(0);
}

Duration phase(const Scenario& scenario, const std::string& entity, const std::string& purpose,
               Duration period) {
  return duration_up(drawn(scenario, entity, purpose) * to_seconds(period));
}

/// One node, three pods at 20 s that need a node each; a pull takes 2 s of download and 1 s of
/// unpacking.
Scenario three_on_one() {
  Scenario scenario = small_scenario({image("web", {layer("a", 100)})}, 1, 3);
  scenario.events[0].at = seconds(20);
  scenario.workloads[0].cpu_request = MilliCpu{3000};
  scenario.registries[0].per_connection = Bandwidth{50e6};
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_max = 5;
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  scenario.duration = seconds(300);
  return scenario;
}

}  // namespace

TEST_CASE("nodes come while the scheduler backs off") {
  Scenario scenario = three_on_one();
  Distribution& boot = scenario.node_pools[0].provisioning;
  boot.kind = Distribution::Kind::uniform;
  boot.a = 7;
  boot.b = 8.5;
  for (scenario.seed = 1; scenario.seed <= 20; ++scenario.seed) {
    INFO("seed " << scenario.seed);
    const RunResult result = simulate(scenario, 0);

    // Created, and tried at once: one pod has a place, two do not.
    const SimTime created = at_seconds(20);
    // The autoscaler's next scan, or the one after if the pods are younger than 2 s.
    const Duration interval = seconds(10);
    const Duration scans = phase(scenario, "cluster-autoscaler", "scan", interval);
    SimTime scan = next_tick(created + Duration{1}, scans, interval);
    if (scan - created < seconds(2)) scan += interval;
    const SimTime one = scan + draw(boot, drawn(scenario, "general-1", "provisioning"));
    const SimTime two = scan + draw(boot, drawn(scenario, "general-2", "provisioning"));
    // The first node takes the older pod. The younger one is tried, too, for the second time, and
    // backs off for 2 s, within which the second node is there; the flush of each second brings it.
    const SimTime first = std::min(one, two);
    const Duration flushes = phase(scenario, "scheduler", "flush", seconds(1));
    const SimTime last = next_tick(first + seconds(2), flushes, seconds(1));

    REQUIRE(result.nodes.size() == 3);
    CHECK(result.nodes[1].requested == scan);
    CHECK(result.nodes[2].requested == scan);
    CHECK(result.nodes[1].ready == one);
    CHECK(result.nodes[2].ready == two);
    REQUIRE(result.pods.size() == 3);
    CHECK(result.pods[0].scheduled == created);
    CHECK(result.pods[1].scheduled == first);
    CHECK(result.pods[2].scheduled == last);
    CHECK(result.pods[1].node_wait == first - created);
    for (const PodRow& pod : result.pods) {
      CHECK(pod.created == created);
      CHECK(pod.pull_started == pod.scheduled);
      CHECK(*pod.pull_finished - *pod.pull_started == seconds(3));
      CHECK(pod.outcome == Outcome::ok);
    }
  }
}

namespace {

/// Changes of a series after the start.
std::vector<std::pair<SimTime, double>> changes(const RunResult& result,
                                                const std::string& series) {
  std::vector<std::pair<SimTime, double>> rows;
  for (const TimelineRow& row : result.timeline) {
    if (result.series[row.series].series == series && row.time > kSimStart) {
      rows.emplace_back(row.time, row.value);
    }
  }
  return rows;
}

}  // namespace

// Five pods fill the node that has the image; the others come to a node that lacks it.
TEST_CASE("an autoscaler waits while its new pods pull") {
  Scenario scenario = small_scenario({image("web", {layer("a", 100)})}, 1, 0);
  scenario.events.clear();
  scenario.duration = seconds(400);
  NodePoolSpec& full = scenario.node_pools[0];
  full.cpu = full.allocatable_cpu = MilliCpu{5000};
  NodePoolSpec fresh = full;
  fresh.name = "fresh";
  fresh.cpu = fresh.allocatable_cpu = MilliCpu{100'000};
  fresh.nodes_initial = fresh.nodes_min = 0;
  fresh.nodes_max = 1;
  fresh.provisioning = Distribution::constant(0.5);
  scenario.node_pools.push_back(fresh);
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  WorkloadSpec& web = scenario.workloads[0];
  web.replicas = 5;
  web.cpu_request = MilliCpu{1000};
  web.autoscaler = HorizontalPodAutoscalerSpec{1, 40, 50};
  TrafficSpec traffic;
  traffic.per_pod = 100;
  scenario.traffic = {traffic};
  scenario.registries[0].per_connection = Bandwidth{1e6};  // 100 s for 100 MB

  const Duration period = seconds(15);
  for (scenario.seed = 1; scenario.seed <= 20; ++scenario.seed) {
    INFO("seed " << scenario.seed);
    const Duration scrapes = phase(scenario, "metrics-server", "scrape", period);
    const Duration passes = phase(scenario, "web", "autoscaler", period);
    const SimTime step = kSimStart + scrapes + 4 * period + seconds(0.001);
    scenario.traffic[0].rate = {{seconds(0), 250}, {step - kSimStart, 10'000}};
    const RunResult result = simulate(scenario, 0);

    // 100 % of five pods at twice the target: ten. They fit nowhere. A node comes 0.5 s after the
    // scan that finds them 2 s old, and takes them at once: their back-off of 1 s is over.
    const SimTime first = next_tick(step + period - seconds(0.001), passes, period);
    const Duration scans = phase(scenario, "cluster-autoscaler", "scan", seconds(10));
    SimTime scan = next_tick(first + Duration{1}, scans, seconds(10));
    if (scan - first < seconds(2)) scan += seconds(10);
    const SimTime bound = scan + seconds(0.5);
    // One pull for all five: 100 s of download and 1 s of unpacking; the others find the image.
    const SimTime pulled = bound + seconds(101);
    REQUIRE(result.pods.size() == 35);
    SimTime ready{};
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(result.pods[i].created == first);
      CHECK(result.pods[i].scheduled == bound);
      // Ends of transfers are rounded up to a nanosecond.
      CHECK(*result.pods[i].started - pulled <= Duration{1});
      CHECK(*result.pods[i].started >= pulled);
      ready = std::max(ready, *result.pods[i].ready);
    }
    CHECK(ready - pulled < seconds(1.1));

    // Until then five of ten are idle: 50 % of the target 50 %. Their own use counts once a whole
    // window lies behind Ready: ten at 97 to 100 %, twenty. From here on the image is there: two
    // passes for the next doubling, as with warm nodes.
    const SimTime window = next_tick(ready + period, scrapes, period);
    const SimTime second = next_tick(window, passes, period);
    using Changes = std::vector<std::pair<SimTime, double>>;
    CHECK(changes(result, "replicas_wanted") ==
          Changes{{first, 10}, {second, 20}, {second + 2 * period, 40}});
  }
}
