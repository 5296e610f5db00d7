// StatefulSets by hand: in order up and down, roll-outs from the last ordinal, names that stay.
#include <pullsim/simulate.hpp>

#include "models/decisions/stateful_set_step.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// Two versions of an image whose only layer takes 10 s; `replicas` pods of the first.
Scenario ordered(std::int64_t replicas) {
  Scenario scenario =
      small_scenario({image("v1", {layer("a", 10)}), image("v2", {layer("b", 10)})}, 1, 0);
  scenario.node_pools[0].runtime = flat_runtime(0);
  scenario.registries[0].per_connection = Bandwidth{1e6};
  scenario.workloads[0].kind = WorkloadKind::stateful_set;
  scenario.workloads[0].replicas = replicas;
  scenario.events.clear();
  return scenario;
}

ScenarioEvent scale(double at, std::int64_t replicas) {
  ScenarioEvent event;
  event.at = seconds(at);
  event.replicas = replicas;
  return event;
}

ScenarioEvent roll_out(double at) {
  ScenarioEvent event;
  event.at = seconds(at);
  event.kind = ScenarioEvent::Kind::set_image;
  event.image = 1;
  return event;
}

}  // namespace

TEST_CASE("a StatefulSet makes a pod when the one before is ready") {
  Scenario scenario = ordered(0);
  scenario.events = {scale(0, 3)};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  CHECK(result.pods[0].created == kSimStart);
  for (std::size_t i = 1; i < 3; ++i) {
    CHECK(result.pods[i].ordinal == static_cast<std::int64_t>(i));
    CHECK(result.pods[i].created == *result.pods[i - 1].ready);
  }
  CHECK(result.scale_outs.at(0).done == result.pods[2].ready);

  scenario.workloads[0].stateful_set.parallel = true;
  for (const PodRow& pod : simulate(scenario, 0).pods) CHECK(pod.created == kSimStart);
}

TEST_CASE("a StatefulSet shrinks from its last ordinal, one gone after the other") {
  Scenario scenario = ordered(3);
  scenario.workloads[0].termination = seconds(5);
  scenario.events = {scale(10, 1)};
  const RunResult result = simulate(scenario, 0);
  std::vector<std::pair<SimTime, double>> created;
  for (const TimelineRow& row : result.timeline) {
    if (result.series[row.series].series == "replicas_created" && row.time > kSimStart) {
      created.emplace_back(row.time, row.value);
    }
  }
  using Rows = std::vector<std::pair<SimTime, double>>;
  CHECK(created == Rows{{at_seconds(10), 2}, {at_seconds(15), 1}});
}

TEST_CASE("a roll-out of a StatefulSet: the last ordinal first, its successor when it is gone") {
  Scenario scenario = ordered(3);
  scenario.workloads[0].termination = seconds(5);
  scenario.events = {roll_out(100)};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  SimTime before = at_seconds(100);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(result.pods[i].ordinal == 2 - static_cast<std::int64_t>(i));
    CHECK(result.pods[i].image == 1);
    CHECK(result.pods[i].created == before + seconds(5));
    before = *result.pods[i].ready;
  }
  CHECK(result.scale_outs.at(0).done == before);
}

TEST_CASE("ordinals below the partition keep their image, in roll-outs and when made anew") {
  Scenario scenario = ordered(3);
  scenario.workloads[0].stateful_set.partition = 2;
  scenario.events = {roll_out(100), scale(300, 1), scale(400, 3)};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  CHECK(result.pods[0].ordinal == 2);
  CHECK(result.pods[0].image == 1);
  CHECK(result.pods[1].ordinal == 1);
  CHECK(result.pods[1].image == 0);
  CHECK(result.pods[2].ordinal == 2);
  CHECK(result.pods[2].image == 1);
}

TEST_CASE("a pod of a StatefulSet that is evicted has its name until it is gone") {
  Scenario scenario = ordered(1);
  scenario.node_pools[0].nodes_initial = scenario.node_pools[0].nodes_max = 2;
  scenario.workloads[0].termination = seconds(30);
  ScenarioEvent event;
  event.at = seconds(10);
  event.kind = ScenarioEvent::Kind::remove_nodes;
  event.count = 2;  // whichever it is on
  event.notice = seconds(100);
  scenario.events = {event};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 1);
  CHECK(result.pods[0].ordinal == 0);
  CHECK(result.pods[0].created == at_seconds(40));
}

TEST_CASE("steps of a StatefulSet") {
  const StatefulPod ready{true, false, true, true};
  const StatefulPod old{true, false, true, false};
  const StatefulPod starting{true, false, false, true};
  const StatefulPod going{true, true, false, true};
  const StatefulPod none;
  struct Case {
    const char* name;
    StatefulSettings settings;
    std::vector<StatefulPod> pods;
    StatefulStep step;
  };
  const Case cases[] = {
      {"the first that is missing", {3, false, 0}, {ready, none, none}, {{1}, {}}},
      {"all that are missing", {3, true, 0}, {ready, none, none}, {{1, 2}, {}}},
      {"one that starts is waited for", {3, false, 0}, {ready, starting, none}, {{}, {}}},
      {"one that goes is waited for", {2, false, 0}, {ready, going}, {{}, {}}},
      {"the highest goes first", {1, false, 0}, {ready, ready, ready}, {{}, {2}}},
      {"and is waited for", {1, false, 0}, {ready, ready, going}, {{}, {}}},
      {"all go at once", {1, true, 0}, {ready, ready, ready}, {{}, {2, 1}}},
      {"the lowest unhealthy one goes", {1, false, 0}, {ready, ready, starting}, {{}, {2}}},
      {"a higher unhealthy one is waited for",
       {1, false, 0},
       {ready, starting, starting},
       {{}, {}}},
      {"roll-out from above", {3, false, 0}, {old, old, old}, {{}, {2}}},
      {"one at a time even in parallel", {3, true, 0}, {old, old, starting}, {{}, {}}},
      {"the next below", {3, false, 0}, {old, old, ready}, {{}, {1}}},
      {"not below the partition", {3, false, 2}, {old, old, ready}, {{}, {}}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(stateful_set_step(c.settings, c.pods) == c.step); }
  }
}
