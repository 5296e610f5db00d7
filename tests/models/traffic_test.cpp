// Clients that try again and pods that warm up, worked out by hand.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <cmath>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// `pods` pods that serve 100 requests per second each; who waits for 4 s leaves.
Scenario served(std::int64_t pods) {
  Scenario scenario = small_scenario({image("web", {})}, 1, 0);
  scenario.node_pools[0].cpu = scenario.node_pools[0].allocatable_cpu = MilliCpu{100'000};
  scenario.workloads[0].replicas = pods;
  TrafficSpec traffic;
  traffic.per_pod = 100;
  traffic.timeout = seconds(4);
  scenario.traffic = {traffic};
  scenario.events.clear();
  scenario.duration = seconds(600);
  return scenario;
}

}  // namespace

TEST_CASE("requests that come again add to the load that made them leave") {
  Scenario scenario = served(5);
  scenario.traffic[0].rate = {{seconds(0), 250}, {seconds(100), 700}, {seconds(200), 0}};
  scenario.traffic[0].retries = {1, seconds(10)};
  const RunResult result = simulate(scenario, 0);
  // The queue is full at 110. Until 200, in blocks of 10 s: what the block before lost of new
  // requests comes in again; both lose the same share of what 500 per second cannot serve.
  double again = 0;
  double lost = 0;
  double retried = 0;
  for (int block = 0; block < 9; ++block) {
    const double all = 700 + again;
    const double share = (all - 500) / all;
    lost += 10 * again * share;
    retried += 10 * again;
    again = 700 * share;
  }
  retried += 10 * again;  // from 200 on there is room for them
  CHECK(result.counters.requests_offered == 250 * 100 + 700 * 100);
  CHECK(result.counters.requests_lost == std::llround(lost));
  CHECK(result.counters.requests_retried == std::llround(retried));

  scenario.traffic[0].retries.attempts = 0;
  CHECK(simulate(scenario, 0).counters.requests_lost == 90 * 200);
}

TEST_CASE("without pods requests wait for the first as long as their patience") {
  Scenario scenario = served(0);
  scenario.traffic[0].rate = {{seconds(0), 50}};
  ScenarioEvent event;
  event.at = seconds(10);
  event.replicas = 1;
  scenario.events = {event};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 1);
  // 200 wait after 4 s; the rest is lost until the pod is served. It serves 400 in four seconds.
  const double until = to_seconds(*result.pods[0].served);
  CHECK(result.counters.requests_lost == std::llround(50 * (until - 4)));
  REQUIRE(result.gaps.size() == 1);
  CHECK(result.gaps[0].began == kSimStart);
  CHECK(result.gaps[0].restored == result.pods[0].served);
  CHECK(result.gaps[0].pod == 0);
}

TEST_CASE("a pod that warms up takes its full share in ten steps") {
  Scenario scenario = served(0);
  scenario.traffic[0].rate = {{seconds(0), 79}};
  scenario.traffic[0].warm_up = {seconds(100), 50};
  ScenarioEvent event;
  event.replicas = 1;
  scenario.events = {event};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 1);
  REQUIRE(result.gaps.size() == 1);
  // From 50 % in steps of 5 %: the sixth gives 80 requests per second.
  CHECK(result.gaps[0].restored == *result.pods[0].served + seconds(60));
  CHECK(result.gaps[0].pod == 0);
}
