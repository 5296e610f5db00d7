// Random small scenarios again: what must not change a run - running it once more, things beside it
// that nobody uses, and the order of lists whose order has no meaning (contract, section 4: a draw
// is never keyed by the order of construction).
#include "tests/support/catch.hpp"
#include "tests/support/random_scenario.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr std::uint64_t kScenarios = 300;

/// All moments of all pods and pulls, and the digest over all events.
struct Trace {
  std::uint64_t digest = 0;
  std::vector<MaybeTime> moments;
  std::vector<double> totals;
  friend bool operator==(const Trace&, const Trace&) = default;
};

Trace trace(const Scenario& scenario, std::uint32_t run = 0) {
  const RunResult result = simulate(scenario, run);
  Trace trace;
  trace.digest = result.digest;
  for (const PodRow& pod : result.pods) {
    for (const MaybeTime& moment : {MaybeTime{pod.created}, pod.scheduled, pod.sandbox,
                                    pod.pull_started, pod.pull_finished, pod.ready, pod.served}) {
      trace.moments.push_back(moment);
    }
  }
  for (const PullRow& pull : result.pulls) trace.moments.push_back(pull.finished);
  trace.totals = {result.unserved_pod_seconds, result.node_seconds};
  return trace;
}

void remap(std::vector<std::size_t>& images, const std::vector<std::size_t>& place) {
  for (std::size_t& image : images) image = place[image];
}

/// The same scenario with its images in the opposite order.
Scenario with_images_reversed(Scenario scenario) {
  std::vector<std::size_t> place(scenario.images.size());
  std::iota(place.rbegin(), place.rend(), std::size_t{0});
  std::reverse(scenario.images.begin(), scenario.images.end());
  for (NodePoolSpec& pool : scenario.node_pools) {
    remap(pool.cached, place);
    remap(pool.cached_initially, place);
    std::reverse(pool.cached.begin(), pool.cached.end());
  }
  for (WorkloadSpec& workload : scenario.workloads) workload.image = place[workload.image];
  for (ScenarioEvent& event : scenario.events) event.image = place[event.image];
  return scenario;
}

Scenario with_bystanders(Scenario scenario) {
  ImageSpec image = scenario.images.front();
  image.name = "bystander";
  image.layers.push_back(LayerSpec{"sha256:bystander", Bytes{1}, Bytes{1}, 0, {}, true, {}});
  scenario.images.push_back(image);
  RegistrySpec registry;
  registry.name = "bystander";
  registry.hosts = {"bystander.example"};
  registry.egress = Bandwidth{1};
  scenario.registries.push_back(registry);
  scenario.zones.push_back({"bystander", Bandwidth{1}});
  NodePoolSpec pool = scenario.node_pools.front();
  pool.name = "bystander";
  pool.nodes_initial = pool.nodes_min = pool.nodes_max = 0;
  scenario.node_pools.push_back(pool);
  WorkloadSpec workload;
  workload.name = "bystander";
  workload.replicas = 0;
  workload.image = scenario.images.size() - 1;
  scenario.workloads.insert(scenario.workloads.begin(), workload);
  for (ScenarioEvent& event : scenario.events) ++event.workload;
  return scenario;
}

}  // namespace

TEST_CASE("random scenarios: a run is the same when it is made again") {
  for (std::uint64_t number = 0; number < kScenarios; ++number) {
    const Scenario scenario = random_scenario(number);
    INFO("scenario " << number);
    CHECK(trace(scenario, 3) == trace(scenario, 3));
  }
}

TEST_CASE("random scenarios: things that nobody uses change nothing") {
  for (std::uint64_t number = 0; number < kScenarios; ++number) {
    const Scenario scenario = random_scenario(number);
    INFO("scenario " << number);
    CHECK(trace(with_bystanders(scenario)) == trace(scenario));
  }
}

TEST_CASE("random scenarios: the order of images and of events at other times changes nothing") {
  for (std::uint64_t number = 0; number < kScenarios; ++number) {
    Scenario scenario = random_scenario(number);
    INFO("scenario " << number);
    CHECK(trace(with_images_reversed(scenario)) == trace(scenario));
    Scenario sorted = scenario;
    std::stable_sort(sorted.events.begin(), sorted.events.end(),
                     [](const ScenarioEvent& a, const ScenarioEvent& b) { return a.at < b.at; });
    CHECK(trace(sorted) == trace(scenario));
  }
}
