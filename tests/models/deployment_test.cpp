// Deployments beyond the plain roll-out: scaled in the middle of one, stuck, recreated, in batches.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// `replicas` pods of v1; v2, whose one layer takes 10 s, from 100 s on.
Scenario two_versions(std::int64_t replicas) {
  Scenario scenario =
      small_scenario({image("v1", {layer("a", 10)}), image("v2", {layer("b", 10)})}, 1, 0);
  scenario.node_pools[0].runtime = flat_runtime(0);
  scenario.registries[0].per_connection = Bandwidth{1e6};
  scenario.workloads[0].replicas = replicas;
  ScenarioEvent event;
  event.at = seconds(100);
  event.kind = ScenarioEvent::Kind::set_image;
  event.image = 1;
  scenario.events = {event};
  return scenario;
}

std::int64_t made(const RunResult& result, std::size_t image, SimTime at) {
  return std::count_if(result.pods.begin(), result.pods.end(),
                       [&](const PodRow& pod) { return pod.image == image && pod.created == at; });
}

std::vector<std::pair<SimTime, double>> rows(const RunResult& result, const std::string& series) {
  std::vector<std::pair<SimTime, double>> found;
  for (const TimelineRow& row : result.timeline) {
    if (result.series[row.series].series == series) found.emplace_back(row.time, row.value);
  }
  return found;
}

}  // namespace

TEST_CASE("scaling in the middle of a roll-out: every replica set keeps its share") {
  Scenario scenario = two_versions(10);
  ScenarioEvent up;
  up.at = seconds(105);
  up.replicas = 20;
  scenario.events.push_back(up);
  const RunResult result = simulate(scenario, 0);
  // 10 at 25 %/25 %: five new and eight old pods. 20 and a surge of 5 make 25: of eight in
  // thirteen fifteen, of five ten.
  CHECK(made(result, 1, at_seconds(100)) == 5);
  CHECK(made(result, 0, at_seconds(105)) == 7);
  CHECK(made(result, 1, at_seconds(105)) == 5);
  REQUIRE(result.scale_outs.size() == 1);
  CHECK(result.scale_outs[0].pods_wanted == 20);
  CHECK(result.scale_outs[0].done.has_value());
}

TEST_CASE("scaling down in the middle of a roll-out takes shares away") {
  Scenario scenario = two_versions(10);
  ScenarioEvent down;
  down.at = seconds(105);
  down.replicas = 4;
  scenario.events.push_back(down);
  const RunResult result = simulate(scenario, 0);
  // Thirteen pods to five: 8 * 5 / 13 = 3.08 of the old, 5 * 5 / 13 = 1.92 of the new.
  const auto created = rows(result, "replicas_created");
  const auto at_once = std::find_if(created.rbegin(), created.rend(),
                                    [](const auto& row) { return row.first == at_seconds(105); });
  REQUIRE(at_once != created.rend());
  CHECK(at_once->second == 5);
  const auto deleted_new = std::count_if(
      result.pods.begin(), result.pods.end(),
      [](const PodRow& pod) { return pod.image == 1 && pod.outcome == Outcome::deleted; });
  CHECK(deleted_new == 3);
}

TEST_CASE("a roll-out without progress for the deadline is counted and goes on") {
  Scenario scenario = two_versions(4);
  scenario.workloads[0].progress_deadline = seconds(5);
  const RunResult result = simulate(scenario, 0);
  // The last new pod of the first step is made at 100; the controller looks a second later than
  // the deadline. The pods are ready at about 110, which is progress.
  CHECK(result.counters.deadlines_exceeded >= 1);
  const auto exceeded = rows(result, "progress_deadline_exceeded");
  REQUIRE(exceeded.size() >= 3);
  CHECK(exceeded[0].second == 0);
  CHECK(exceeded[1] == std::pair<SimTime, double>{at_seconds(106), 1});
  CHECK(exceeded[2].second == 0);
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].find("ProgressDeadlineExceeded") != std::string::npos);
  CHECK(result.scale_outs.at(0).done.has_value());

  scenario.workloads[0].progress_deadline = seconds(600);
  const RunResult patient = simulate(scenario, 0);
  CHECK(patient.counters.deadlines_exceeded == 0);
  CHECK(patient.warnings.empty());
  CHECK(patient.scale_outs.at(0).done == result.scale_outs.at(0).done);
}

TEST_CASE("Recreate: new pods are made when the last old process has ended") {
  Scenario scenario = two_versions(3);
  scenario.workloads[0].recreate = true;
  scenario.workloads[0].termination = seconds(7);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  for (const PodRow& pod : result.pods) CHECK(pod.created == at_seconds(107));
  const auto ready = rows(result, "replicas_ready");
  const auto none =
      std::find_if(ready.begin(), ready.end(), [](const auto& row) { return row.second == 0; });
  REQUIRE(none != ready.end());
  CHECK(none->first == at_seconds(100));
}

TEST_CASE("a pod counts as available a second after minReadySeconds") {
  Scenario scenario = two_versions(1);
  scenario.workloads[0].min_ready = seconds(5);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 1);
  const auto created = rows(result, "replicas_created");
  REQUIRE(created.back().second == 1);  // the old pod went then
  CHECK(created.back().first == *result.pods[0].ready + seconds(6));
}

TEST_CASE("slow start: batches of 1, 2, 4 and what is left, each after the answers to the last") {
  Scenario scenario = small_scenario({image("web", {})}, 1, 10);
  scenario.control_plane.api_latency = seconds(0.1);
  const RunResult result = simulate(scenario, 0);
  CHECK(made(result, 0, kSimStart) == 1);
  CHECK(made(result, 0, at_seconds(0.1)) == 2);
  CHECK(made(result, 0, at_seconds(0.2)) == 4);
  CHECK(made(result, 0, at_seconds(0.3)) == 3);

  scenario.events.push_back(scenario.events[0]);
  scenario.events.back().at = seconds(0.15);
  scenario.events.back().replicas = 3;
  CHECK(simulate(scenario, 0).pods.size() == 3);  // later batches are not made
}

TEST_CASE("slow start: after 500 pods the next sync begins with one again") {
  Scenario scenario = small_scenario({image("web", {})}, 1, 503);
  scenario.node_pools[0].max_pods = 1000;
  scenario.control_plane.api_latency = seconds(1);
  scenario.control_plane.controller_manager = {1'000'000, 1'000'000};
  const RunResult result = simulate(scenario, 0);
  // 1, 2, 4, ... 128 are 255 pods in eight batches; 245 in the ninth; then 1 and 2.
  CHECK(made(result, 0, at_seconds(8)) == 245);
  CHECK(made(result, 0, at_seconds(9)) == 1);
  CHECK(made(result, 0, at_seconds(10)) == 2);
  CHECK(result.pods.size() == 503);
}
