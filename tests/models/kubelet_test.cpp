// The pull queue of a node and the clocks of its kubelet, worked out by hand.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

// `count` workloads with an image of 10 MB each on one node: 1 s of download, 1 s of unpacking.
Scenario several_images(std::size_t count) {
  std::vector<ImageSpec> images;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "image" + std::to_string(i);
    images.push_back(image(name, {layer(name, 10)}));
  }
  Scenario scenario = small_scenario(std::move(images), 1, 1);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.node_pools[0].cpu = MilliCpu{64000};
  for (std::size_t i = 1; i < count; ++i) {
    add_pod_of(i, "web" + std::to_string(i), scenario);
  }
  return scenario;
}

std::vector<double> finish_seconds(const RunResult& result) {
  std::vector<double> seconds;
  for (const PullRow& pull : result.pulls) seconds.push_back(to_seconds(*pull.finished));
  std::sort(seconds.begin(), seconds.end());
  return seconds;
}

}  // namespace

TEST_CASE("serial pulls follow one another") {
  const RunResult result = simulate(several_images(3), 0);
  CHECK(finish_seconds(result) == std::vector<double>{2, 4, 6});
  CHECK(*result.pulls[2].started == at_seconds(4));
  CHECK(held_up_by(result.pulls[2]).back().first != Bottleneck::none);
}

TEST_CASE("parallel pulls run side by side, up to their limit") {
  Scenario scenario = several_images(3);
  scenario.node_pools[0].kubelet.serialize_image_pulls = false;
  CHECK(finish_seconds(simulate(scenario, 0)) == std::vector<double>{2, 2, 2});
  scenario.node_pools[0].kubelet.max_parallel_image_pulls = 2;
  CHECK(finish_seconds(simulate(scenario, 0)) == std::vector<double>{2, 2, 4});
}

TEST_CASE("a second pod of the same image waits in the serial queue and pulls nothing") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 2);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.registries[0].round_trip = std::chrono::milliseconds(10);
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 2);
  // First: 3 requests, 1 for the layer, 1 s download, 1 s unpack. Second: one request to resolve.
  CHECK(*result.pulls[0].finished == at_seconds(2.040));
  CHECK(*result.pulls[1].started == at_seconds(2.040));
  CHECK(*result.pulls[1].finished == at_seconds(2.050));
  CHECK(result.pulls[1].work->bytes_fetched.count == 0);
  CHECK(result.pulls[1].outcome == Outcome::ok);
  CHECK(result.pulls[1].bottleneck == Bottleneck::queue);
}

TEST_CASE("an image that is there is not pulled, unless the policy is Always") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 1);
  scenario.node_pools[0].cached = {0};
  const RunResult present = simulate(scenario, 0);
  CHECK(present.pulls.empty());
  CHECK_FALSE(present.pods[0].pull_started);
  CHECK(present.pods[0].outcome == Outcome::ok);

  scenario.workloads[0].pull_policy = PullPolicy::always;
  scenario.registries[0].round_trip = std::chrono::milliseconds(10);
  const RunResult always = simulate(scenario, 0);
  REQUIRE(always.pulls.size() == 1);
  CHECK(*always.pulls[0].finished == at_seconds(0.010));
  CHECK(always.pulls[0].work->bytes_fetched.count == 0);
}

TEST_CASE("policy Never without the image fails the pod") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 1);
  scenario.workloads[0].pull_policy = PullPolicy::never;
  const RunResult result = simulate(scenario, 0);
  CHECK(result.pulls.empty());
  CHECK(result.pods[0].outcome == Outcome::failed);
  CHECK_FALSE(result.pods[0].ready);
}

TEST_CASE("more pulls at once than the burst: the rest fail and come back by back-off") {
  Scenario scenario = several_images(3);
  scenario.node_pools[0].kubelet.serialize_image_pulls = false;
  scenario.node_pools[0].kubelet.registry_burst = 2;
  scenario.node_pools[0].kubelet.registry_pull_qps = 1;
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 3);
  const auto late = std::find_if(result.pulls.begin(), result.pulls.end(),
                                 [](const PullRow& pull) { return pull.retries->attempts == 2; });
  REQUIRE(late != result.pulls.end());
  // The worker wakes up 10 to 15 s after the failure; the back-off of 10 s is over by then.
  CHECK(*late->started - late->requested >= seconds(10));
  CHECK(*late->started - late->requested <= seconds(15));
  CHECK(late->retries->back_off == *late->started - late->requested);
  CHECK(late->bottleneck == Bottleneck::back_off);
  CHECK(late->outcome == Outcome::ok);
  // Without a rate all three start at once.
  scenario.node_pools[0].kubelet.registry_pull_qps = 0;
  CHECK(finish_seconds(simulate(scenario, 0)) == std::vector<double>{2, 2, 2});
}

TEST_CASE("an image that comes during a back-off is not pulled again") {
  // Three pods of one image; one pull may begin, the others fail and look again 10 to 15 s later,
  // when the image is there.
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 3);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  KubeletSpec& kubelet = scenario.node_pools[0].kubelet;
  kubelet.serialize_image_pulls = false;
  kubelet.registry_burst = 1;
  kubelet.registry_pull_qps = 0.001;  // no second token in this run
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 3);
  CHECK(result.counters.requests == 4);  // of the one pull that was made
  for (const PodRow& pod : result.pods) {
    CHECK(pod.outcome == Outcome::ok);
    const PullRow& pull = result.pulls[*pod.pull];
    CHECK(pull.outcome == Outcome::ok);
    CHECK(pull.retries->attempts == 1);
    if (pull.retries->back_off == Duration{0}) continue;
    CHECK(pull.bottleneck == Bottleneck::back_off);
    CHECK(*pull.started == *pull.finished);
    CHECK(pull.retries->back_off == *pull.finished - pull.requested);
    CHECK(pull.retries->back_off >= seconds(10));
    CHECK(pull.retries->back_off <= seconds(15));
  }
  // With Always the image is asked for again whatever is there: no token, no pull, no pod.
  scenario.workloads[0].pull_policy = PullPolicy::always;
  const RunResult always = simulate(scenario, 0);
  CHECK(std::count_if(always.pods.begin(), always.pods.end(), [](const PodRow& pod) {
          return pod.outcome == Outcome::back_off && !pod.ready;
        }) == 2);
}

TEST_CASE("a pod deleted during its back-off leaves a deleted pull") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 2);
  KubeletSpec& kubelet = scenario.node_pools[0].kubelet;
  kubelet.serialize_image_pulls = false;
  kubelet.registry_burst = 1;
  kubelet.registry_pull_qps = 0.001;
  ScenarioEvent down;
  down.at = seconds(5);
  down.replicas = 1;
  scenario.events.push_back(down);
  scenario.duration = seconds(6);  // its worker would have looked again later
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 2);
  CHECK(result.pulls[1].outcome == Outcome::deleted);
  CHECK(result.pulls[1].retries->attempts == 1);
}

TEST_CASE("ready follows the relist and the probe's ticks") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 1);
  scenario.node_pools[0].cached = {0};
  scenario.images[0].startup = Distribution::constant(7.0);
  const RunResult without = simulate(scenario, 0);
  const SimTime started = *without.pods[0].started;
  const Duration phase = (*without.pods[0].ready - kSimStart) % std::chrono::seconds(1);
  CHECK(*without.pods[0].ready - started < std::chrono::seconds(1));

  ReadinessProbeSpec probe;
  probe.period = std::chrono::seconds(5);
  scenario.workloads[0].readiness_probe = probe;
  const RunResult with = simulate(scenario, 0);
  // First probe at the relist, then every 5 s: the process answers after 7 s, so the third.
  CHECK(*with.pods[0].ready == *without.pods[0].ready + seconds(10));
  CHECK((*with.pods[0].ready - kSimStart) % std::chrono::seconds(1) == phase);
}
