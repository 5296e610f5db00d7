// Settings against predicted times: each warning at its edge, with its numbers, and none where the
// settings work.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;
using namespace pullsim::test;

namespace {

std::vector<ScenarioProblem> warnings_of(const Scenario& scenario, const std::string& code) {
  std::vector<ScenarioProblem> found = find_warnings(scenario);
  std::erase_if(found, [&](const ScenarioProblem& warning) { return warning.code != code; });
  return found;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Scenario plain(std::int64_t pods = 1) {
  Scenario scenario = small_scenario({image("web", {layer("a", 100)})}, 1, pods);
  scenario.node_pools[0].nodes_max = 4;
  scenario.registries[0].per_connection = Bandwidth{50e6};
  return scenario;
}

}  // namespace

TEST_CASE("a plain scenario has no warnings") { CHECK(find_warnings(plain()).empty()); }

TEST_CASE("one pod alone: sandbox, its pulls, its start, its probe") {
  Scenario scenario = plain();
  scenario.node_pools[0].kubelet.sandbox = Distribution::constant(0.5);
  scenario.node_pools[0].kubelet.container_start = Distribution::constant(0.25);
  scenario.images.push_back(image("init", {layer("b", 50)}));
  ContainerSpec init;
  init.name = "migrate";
  init.image = 1;
  init.run_time = Distribution::constant(2);
  scenario.workloads[0].init_containers = {init};
  const auto pod = pod_alone(scenario, 0, 0);
  REQUIRE(pod);
  CHECK(pod->sandbox == seconds(0.5));
  // 50 MB at 50 MB/s and 1 s of unpacking, then 100 MB and 1 s.
  CHECK(pod->pull == seconds(2 + 3));
  CHECK(pod->ready > seconds(0.5 + 5 + 0.25 + 2 + 0.25));
  CHECK(pod->ready < seconds(0.5 + 5 + 0.25 + 2 + 0.25 + 3));  // relists and their syncs
  scenario.node_pools[0].cached = {0, 1};
  CHECK(pod_alone(scenario, 0, 0)->pull == seconds(0));
  scenario.workloads[0].cpu_request = MilliCpu{4001};
  CHECK_FALSE(pod_alone(scenario, 0, 0));
}

TEST_CASE("a pod that is never ready has no times") {
  Scenario scenario = plain();
  scenario.images[0].startup = Distribution::constant(60);
  scenario.workloads[0].startup_probe = StartupProbeSpec{seconds(0), seconds(10), 3};
  CHECK_FALSE(pod_alone(scenario, 0, 0));
}

TEST_CASE("a startup probe that kills what starts slowly") {
  Scenario scenario = plain();
  scenario.workloads[0].startup_probe = StartupProbeSpec{seconds(5), seconds(10), 3};
  scenario.images[0].startup.kind = Distribution::Kind::uniform;
  scenario.images[0].startup.a = 0;
  scenario.images[0].startup.b = 35;
  CHECK(warnings_of(scenario, "PS8002").empty());  // 5 s + 3 x 10 s
  scenario.images[0].startup.b = 50;
  const auto found = warnings_of(scenario, "PS8002");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "workloads.web.startupProbe");
  CHECK(contains(found[0].text, "30.0 %"));  // (50 - 35) / 50
  CHECK(contains(found[0].note, "35.0 s after the start"));
  CHECK(contains(found[0].note, "half of the starts take 25.0 s"));

  // An image that comes later is looked at, too.
  scenario.images[0].startup = Distribution::constant(1);
  scenario.images.push_back(image("next", {layer("b", 1)}));
  scenario.images[1].startup = Distribution::constant(100);
  ScenarioEvent event;
  event.kind = ScenarioEvent::Kind::set_image;
  event.image = 1;
  scenario.events.push_back(event);
  REQUIRE(warnings_of(scenario, "PS8002").size() == 1);
  CHECK(contains(warnings_of(scenario, "PS8002")[0].text, "100.0 % of the starts of image `next`"));
}

TEST_CASE("more pods on a fresh node than the kubelet may pull at once") {
  Scenario scenario = plain(12);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.kubelet.serialize_image_pulls = false;
  const auto found = warnings_of(scenario, "PS8005");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "nodePools.general.kubelet.registryBurst");
  CHECK(contains(found[0].text, "12 pods of `web`"));
  CHECK(contains(found[0].text, "2 of their pulls are refused"));
  // It is so: two pulls of this very scenario are refused.
  Scenario one_node = scenario;
  one_node.node_pools[0].nodes_max = 1;
  const RunResult run = simulate(one_node, 0);
  CHECK(std::count_if(run.pulls.begin(), run.pulls.end(), [](const PullRow& pull) {
          return pull.retries->back_off > Duration{0};
        }) == 2);

  SECTION("as many as allowed") { scenario.events[0].replicas = 10; }
  SECTION("a node takes fewer") { scenario.workloads[0].cpu_request = MilliCpu{400}; }
  SECTION("the queue waits instead") { pool.kubelet.max_parallel_image_pulls = 10; }
  SECTION("one by one") { pool.kubelet.serialize_image_pulls = true; }
  SECTION("no rate") { pool.kubelet.registry_pull_qps = 0; }
  SECTION("nothing to pull") { pool.cached = {0}; }
  CHECK(warnings_of(scenario, "PS8005").empty());
}

TEST_CASE("a disk that the images fill") {
  Scenario scenario = plain();
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.disk_used = Bytes{1'000'000'000};
  pool.disk_size = Bytes{1'500'000'000};  // 100 MB of blobs and 100 MB of files: 80 %
  CHECK(warnings_of(scenario, "PS8006").empty());
  pool.disk_size = Bytes{1'400'000'000};  // 85.7 %
  auto found = warnings_of(scenario, "PS8006");
  REQUIRE(found.size() == 1);
  CHECK(contains(found[0].text, "garbage collection"));
  CHECK(contains(found[0].note, "85.7 % of 1.4 GB"));
  pool.disk_size = Bytes{1'100'000'000};
  found = warnings_of(scenario, "PS8006");
  REQUIRE(found.size() == 1);
  CHECK(contains(found[0].text, "larger than its disk"));
}

TEST_CASE("more pulls behind one address than the registry allows") {
  Scenario scenario = plain();
  scenario.node_pools[0].nodes_max = 102;  // one of which is there and has the image
  CHECK(warnings_of(scenario, "PS8007").empty());
  scenario.registries[0].hosts = {"docker.io", "registry.example"};
  auto found = warnings_of(scenario, "PS8007");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "registries.main");
  CHECK(contains(found[0].text, "up to 101 pulls"));

  scenario.registries[0].pull_limit = PullLimit{};
  scenario.registries[0].pull_limit->used = 20;
  found = warnings_of(scenario, "PS8007");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "registries.main.pullLimit");
  CHECK(contains(found[0].text, "which may make 80"));

  SECTION("two addresses") {
    scenario.zones.emplace_back();
    scenario.node_pools[0].zones = {0, 1};
  }
  SECTION("an address for each node") {
    scenario.registries[0].pull_limit->per = PullLimit::Per::node;
  }
  SECTION("nothing to pull") { scenario.node_pools[0].cached = {0}; }
  CHECK(warnings_of(scenario, "PS8007").empty());
}

TEST_CASE("a roll-out that cannot progress in time") {
  Scenario scenario = plain();  // 2 s of download, 1 s of unpacking
  scenario.workloads[0].progress_deadline = seconds(5);
  CHECK(warnings_of(scenario, "PS8001").empty());
  scenario.workloads[0].progress_deadline = seconds(2);
  const auto found = warnings_of(scenario, "PS8001");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "workloads.web.progressDeadlineSeconds");
  CHECK(contains(found[0].note, "the deadline is 2.0 s"));
  // It is so: the run counts it.
  scenario.workloads[0].replicas = 1;
  scenario.images.push_back(image("next", {layer("b", 100)}));
  ScenarioEvent event;
  event.at = seconds(1);
  event.kind = ScenarioEvent::Kind::set_image;
  event.image = 1;
  scenario.events = {event};
  CHECK(simulate(scenario, 0).counters.deadlines_exceeded > 0);
  SECTION("baked in") { scenario.node_pools[0].cached = {0, 1}; }
  SECTION("enough time") { scenario.workloads[0].progress_deadline = seconds(10); }
  CHECK(warnings_of(scenario, "PS8001").empty());
}

TEST_CASE("nodes that Karpenter takes away while they pull") {
  Scenario scenario = plain();
  scenario.registries[0].per_connection = Bandwidth{5e6};  // 20 s, and 1 s of unpacking
  scenario.node_autoscaler.kind = NodeAutoscalerKind::karpenter;
  const auto found = warnings_of(scenario, "PS8003");
  REQUIRE(found.size() == 1);
  CHECK(contains(found[0].note, "left alone for 15.0 s"));
  KarpenterPoolSpec pool;
  pool.pools = {0};
  SECTION("long enough") { pool.disruption.consolidate_after = seconds(10); }
  SECTION("never") { pool.disruption.consolidate_after.reset(); }
  SECTION("only empty nodes") { pool.disruption.policy = ConsolidationPolicy::when_empty; }
  SECTION("nothing to pull") { scenario.node_pools[0].cached = {0}; }
  scenario.node_autoscaler.node_pools = {pool};
  CHECK(warnings_of(scenario, "PS8003").empty());
}

TEST_CASE("autoscalers that decide before new pods can work") {
  Scenario scenario = plain();
  scenario.registries[0].per_connection = Bandwidth{1e6};  // 100 s, and 1 s of unpacking
  WorkloadSpec& web = scenario.workloads[0];
  web.autoscaler = HorizontalPodAutoscalerSpec{1, 20, 50};
  CHECK(warnings_of(scenario, "PS8004").empty());
  SECTION("it forgets what it asked for") {
    web.autoscaler->behavior.emplace().down.stabilization_window = seconds(60);
    const auto found = warnings_of(scenario, "PS8004");
    REQUIRE(found.size() == 1);
    CHECK(contains(found[0].note, "it remembers 60.0 s"));
    web.autoscaler->behavior->down.stabilization_window = seconds(300);
  }
  SECTION("a backlog doubles its pods") {
    HpaMetricSpec metric;
    metric.source = HpaMetricSpec::Source::external;
    metric.name = kQueueLength;
    metric.target = HpaMetricSpec::Target::average_value;
    web.autoscaler->metrics = {metric};
    REQUIRE(warnings_of(scenario, "PS8004").size() == 1);  // 1, 4, 8, 16, 20 in 75 s
    CHECK(contains(warnings_of(scenario, "PS8004")[0].text, "all 20 pods"));
    web.autoscaler->max_replicas = 1000;  // 256 in 101 s
  }
  CHECK(warnings_of(scenario, "PS8004").empty());
}
