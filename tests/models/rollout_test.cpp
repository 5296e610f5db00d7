// Roll-outs and rollbacks, worked out by hand.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "models/decisions/readiness.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

Scenario two_versions(std::int64_t replicas) {
  Scenario scenario = small_scenario({image("v1", {layer("a", 10), layer("b", 10)}),
                                      image("v2", {layer("a", 10), layer("c", 10)})},
                                     1, 0);
  scenario.workloads[0].replicas = replicas;
  ScenarioEvent event;
  event.at = seconds(100);
  event.kind = ScenarioEvent::Kind::set_image;
  event.image = 1;
  scenario.events = {event};
  return scenario;
}

struct Counts {
  double wanted = 0, created = 0, ready = 0, served = 0;
};

// Walks the counts of `web` through time; `see` is called after the last row of each instant.
template <class See>
void walk(const RunResult& result, See see) {
  Counts counts;
  for (std::size_t i = 0; i < result.timeline.size(); ++i) {
    const TimelineRow& row = result.timeline[i];
    const std::string& series = result.series[row.series].series;
    if (series == "replicas_wanted") counts.wanted = row.value;
    if (series == "replicas_created") counts.created = row.value;
    if (series == "replicas_ready") counts.ready = row.value;
    if (series == "replicas_served") counts.served = row.value;
    if (i + 1 == result.timeline.size() || result.timeline[i + 1].time != row.time) see(counts);
  }
}

}  // namespace

TEST_CASE("10 replicas at 25 %/25 %: five new pods before any is ready") {
  const Scenario scenario = two_versions(10);
  const RunResult result = simulate(scenario, 0);
  // Surge 3, unavailable 2: new 0 -> 3, old 10 -> 8, new 3 -> 5, all at the event.
  REQUIRE(result.pods.size() == 10);
  CHECK(std::count_if(result.pods.begin(), result.pods.end(),
                      [](const PodRow& pod) { return pod.created == at_seconds(100); }) == 5);
  for (const PodRow& pod : result.pods) {
    CHECK(pod.image == 1);
    CHECK(pod.outcome == Outcome::ok);
  }
  REQUIRE(result.scale_outs.size() == 1);
  SimTime last{};
  for (const PodRow& pod : result.pods) last = std::max(last, *pod.ready);
  CHECK(*result.scale_outs[0].done == last);
}

// The new image takes 1 s to unpack, once for the node; a container 0.25 s to start; pods count as
// available when they have been ready for 3 s, which the controller looks at a second later.
TEST_CASE("10 replicas at 25 %/25 %, to the event") {
  Scenario scenario = two_versions(10);
  scenario.workloads[0].min_ready = seconds(3);
  scenario.node_pools[0].kubelet.container_start = Distribution::constant(0.25);
  scenario.control_plane.controller_manager = {1000, 1000};
  const RunResult result = simulate(scenario, 0);
  const Duration relists = duration_up(RandomStream(scenario.seed, 0, "general-0", "relist").at(0) *
                                       to_seconds(kRelistPeriod));
  // Three new pods, two old ones fewer, two new ones more: 8 and 5.
  const SimTime start = at_seconds(100);
  const SimTime ready = next_tick(start + seconds(1 + 0.25), relists, kRelistPeriod);
  // Five are available: five old ones go, 8 to 3, and five new ones come, 5 to 10.
  const SimTime available = ready + seconds(3 + 1);
  const SimTime all_ready = next_tick(available + seconds(0.25), relists, kRelistPeriod);
  // When these are available, the last three old ones go.
  const SimTime done = all_ready + seconds(3 + 1);
  using Changes = std::vector<std::pair<SimTime, double>>;
  Changes created;
  Changes ready_pods;
  for (const TimelineRow& row : result.timeline) {
    if (row.time == kSimStart) continue;
    const std::string& series = result.series[row.series].series;
    if (series == "replicas_created") created.emplace_back(row.time, row.value);
    if (series == "replicas_ready") ready_pods.emplace_back(row.time, row.value);
  }
  CHECK(created == Changes{{start, 13}, {done, 10}});
  CHECK(ready_pods ==
        Changes{{start, 8}, {ready, 13}, {available, 8}, {all_ready, 13}, {done, 10}});
  REQUIRE(result.pods.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(result.pods[i].created == (i < 5 ? start : available));
    CHECK(result.pods[i].ready == (i < 5 ? ready : all_ready));
  }
  REQUIRE(result.scale_outs.size() == 1);
  CHECK(result.scale_outs[0].done == all_ready);
}

TEST_CASE("never more pods than surge allows, never fewer ready than unavailable allows") {
  for (const std::int64_t replicas : {1, 2, 3, 7, 10, 25}) {
    Scenario scenario = two_versions(replicas);
    scenario.workloads[0].min_ready = seconds(3);
    const RunResult result = simulate(scenario, 0);
    const double surge = static_cast<double>((replicas + 3) / 4);
    const double unavailable = static_cast<double>(replicas / 4);
    const double n = static_cast<double>(replicas);
    walk(result, [&](const Counts& counts) {
      CHECK(counts.wanted == n);
      CHECK(counts.created <= n + surge);
      CHECK(counts.ready >= n - unavailable);
    });
    CHECK(result.scale_outs.at(0).done.has_value());
  }
}

TEST_CASE("a new version that shares its base fetches only what changed") {
  const RunResult result = simulate(two_versions(2), 0);
  REQUIRE_FALSE(result.pulls.empty());
  CHECK(result.pulls[0].work->bytes_fetched.count == 10 * kMB);
  CHECK(result.pulls[0].work->layers_reused == 1);
}

TEST_CASE("rolling back to a version that is cached pulls nothing") {
  Scenario scenario = two_versions(4);
  ScenarioEvent back;
  back.at = seconds(300);
  back.kind = ScenarioEvent::Kind::set_image;
  back.image = 0;
  scenario.events.push_back(back);
  const RunResult result = simulate(scenario, 0);
  CHECK(std::none_of(result.pulls.begin(), result.pulls.end(),
                     [](const PullRow& pull) { return pull.requested >= at_seconds(300); }));
  REQUIRE(result.scale_outs.size() == 2);
  CHECK(*result.scale_outs[1].done - result.scale_outs[1].started < seconds(10));
}

TEST_CASE("a roll-out that is superseded is not measured, its pods are not wanted") {
  Scenario scenario = two_versions(4);
  scenario.registries[0].per_connection = Bandwidth{1e6};  // 10 s for the changed layer
  ScenarioEvent back;
  back.at = seconds(101);
  back.kind = ScenarioEvent::Kind::set_image;
  back.image = 0;
  scenario.events.push_back(back);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.scale_outs.size() == 1);
  CHECK(result.scale_outs[0].started == at_seconds(101));
  for (const PodRow& pod : result.pods) {
    if (pod.image != 1) continue;
    CHECK_FALSE(pod.wanted);
    CHECK(pod.outcome == Outcome::deleted);
  }
}

TEST_CASE("scaling down removes pods that are not ready first") {
  Scenario scenario = small_scenario({image("web", {layer("a", 1000)})}, 2, 4);
  scenario.workloads[0].replicas = 2;
  scenario.node_pools[0].cached_initially = {};
  scenario.registries[0].per_connection = Bandwidth{1e6};
  scenario.workloads[0].pull_policy = PullPolicy::always;
  scenario.events[0].replicas = 5;
  ScenarioEvent down;
  down.at = seconds(0.01);
  down.replicas = 2;
  scenario.events.push_back(down);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  for (const PodRow& pod : result.pods) CHECK(pod.outcome == Outcome::deleted);
  double served = -1;
  walk(result, [&](const Counts& counts) { served = counts.served; });
  CHECK(served == 2);  // the initial ones stayed
}

TEST_CASE("a scale-down during a scale-out lowers what it waits for") {
  // Room for three pods, ten asked for; later two.
  Scenario scenario = small_scenario({image("web", {})}, 1, 10);
  scenario.node_pools[0].max_pods = 3;
  ScenarioEvent down;
  down.at = seconds(600);
  down.replicas = 2;
  scenario.events.push_back(down);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.scale_outs.size() == 1);
  CHECK(result.scale_outs[0].started == kSimStart);
  CHECK(result.scale_outs[0].pods_wanted == 2);
  CHECK(result.scale_outs[0].done == at_seconds(600));
}
