// The critical path of a pull as data: steps without gaps, each with its layer and its causes.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

using Kind = PullStep::Kind;

struct Expected {
  Kind kind;
  std::optional<std::size_t> layer;
  double begin;
  double end;
  Bottleneck cause;
};

// Layers of n MB take n / 10 s to fetch and 1 s to unpack.
Scenario capped(std::vector<ImageSpec> images, std::int64_t pods = 1) {
  Scenario scenario = small_scenario(std::move(images), 1, pods);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.keep_paths = true;
  return scenario;
}

void check_path(const PullRow& pull, const std::vector<Expected>& expected) {
  REQUIRE(pull.work->path->size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO("step " << i);
    const PullStep& step = (*pull.work->path)[i];
    CHECK(step.kind == expected[i].kind);
    CHECK(step.layer == expected[i].layer);
    CHECK(step.begin == at_seconds(expected[i].begin));
    CHECK(step.end == at_seconds(expected[i].end));
    REQUIRE(step.held_up_by.size() == 1);
    CHECK(step.held_up_by[0].first == expected[i].cause);
    CHECK(step.held_up_by[0].second == step.end - step.begin);
  }
}

}  // namespace

TEST_CASE("the path goes through the base layer's download and all unpacks") {
  Scenario scenario = capped({image("web", {layer("a", 100), layer("b", 10), layer("c", 20)})});
  scenario.registries[0].request_latency = Distribution::constant(0.5);
  const RunResult result = simulate(scenario, 0);
  check_path(result.pulls[0], {{Kind::request, {}, 0, 0.5, Bottleneck::latency},
                               {Kind::request, {}, 0.5, 1, Bottleneck::latency},
                               {Kind::request, {}, 1, 1.5, Bottleneck::latency},
                               {Kind::request, 0, 1.5, 2, Bottleneck::latency},
                               {Kind::transfer, 0, 2, 12, Bottleneck::connection},
                               {Kind::work, 0, 12, 13, Bottleneck::cpu},
                               {Kind::work, 1, 13, 14, Bottleneck::cpu},
                               {Kind::work, 2, 14, 15, Bottleneck::cpu}});
}

TEST_CASE("a layer that waits for a slot of its own pull follows the layer that freed it") {
  Scenario scenario = capped({image("web", {layer("a", 10), layer("b", 50)})});
  scenario.node_pools[0].runtime.max_concurrent_downloads = 1;
  const RunResult result = simulate(scenario, 0);
  check_path(result.pulls[0], {{Kind::transfer, 0, 0, 1, Bottleneck::connection},
                               {Kind::transfer, 1, 1, 6, Bottleneck::connection},
                               {Kind::work, 1, 6, 7, Bottleneck::cpu}});
}

TEST_CASE("a pull behind another in the kubelet's queue") {
  Scenario scenario = capped({image("one", {layer("a", 10)}), image("two", {layer("b", 20)})});
  add_pod_of(1, "other", scenario);
  const RunResult result = simulate(scenario, 0);
  check_path(result.pulls[1], {{Kind::queue, {}, 0, 2, Bottleneck::queue},
                               {Kind::transfer, 0, 2, 4, Bottleneck::connection},
                               {Kind::work, 0, 4, 5, Bottleneck::cpu}});
}

TEST_CASE("a layer that another pull unpacks is waited for") {
  Scenario scenario =
      capped({image("one", {layer("a", 100)}), image("two", {layer("a", 100), layer("c", 50)})});
  scenario.node_pools[0].kubelet.serialize_image_pulls = false;
  add_pod_of(1, "other", scenario);
  const RunResult result = simulate(scenario, 0);
  check_path(result.pulls[1], {{Kind::other_pulls, {}, 0, 11, Bottleneck::slots},
                               {Kind::transfer, 1, 11, 16, Bottleneck::connection},
                               {Kind::work, 1, 16, 17, Bottleneck::cpu}});
}

TEST_CASE("transactions are steps of the path, in CRI-O after the blob that they wait for") {
  Scenario scenario = capped({image("web", {layer("a", 10), layer("b", 100)})});
  scenario.node_pools[0].runtime.name = scenario.node_pools[0].runtime.version = "cri-o";
  scenario.node_pools[0].runtime.commit_transaction = 0.1;
  const RunResult result = simulate(scenario, 0);
  check_path(result.pulls[0], {{Kind::commit, {}, 0, 0.1, Bottleneck::disk},    // lease
                               {Kind::commit, {}, 0.1, 0.2, Bottleneck::disk},  // manifest
                               {Kind::commit, {}, 0.2, 0.4, Bottleneck::disk},
                               {Kind::commit, {}, 0.4, 0.5, Bottleneck::disk},  // config
                               {Kind::commit, {}, 0.5, 0.6, Bottleneck::disk},
                               {Kind::commit, 1, 0.6, 0.8, Bottleneck::disk},  // behind a's
                               {Kind::transfer, 1, 0.8, 10.8, Bottleneck::connection},
                               {Kind::commit, 1, 10.8, 10.9, Bottleneck::disk},
                               {Kind::commit, {}, 10.9, 11.2, Bottleneck::disk},  // prepared
                               {Kind::work, 1, 11.2, 12.2, Bottleneck::cpu},
                               {Kind::commit, 1, 12.2, 12.5, Bottleneck::disk},
                               {Kind::commit, {}, 12.5, 13, Bottleneck::disk}});
}

TEST_CASE("a pull alone on its node, with a slot for each layer, waits for nobody") {
  for (const char* version : {"1.2", "1.6", "1.7", "2.0", "2.1", "2.2", "cri-o"}) {
    Scenario scenario = capped({image("web", {layer("a", 1), layer("b", 1), layer("c", 20)})});
    RuntimeSpec& runtime = scenario.node_pools[0].runtime;
    runtime.version = version;
    if (runtime.version == "cri-o") runtime.name = version;
    runtime.max_concurrent_unpacks = 4;
    for (const double transaction : {0.0, 0.1}) {
      runtime.commit_transaction = transaction;
      INFO(version << ", transactions of " << transaction << " s");
      const RunResult result = simulate(scenario, 0);
      for (const PullStep& step : *result.pulls[0].work->path) {
        CHECK(step.kind != Kind::other_pulls);
      }
    }
  }
}

TEST_CASE("paths are kept only where the scenario asks for them") {
  Scenario scenario = capped({image("web", {layer("a", 10)})});
  scenario.keep_paths = false;
  CHECK(simulate(scenario, 0).pulls[0].work->path->empty());
}
