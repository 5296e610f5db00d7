// Random pods of several containers on small disks: no disk above its size, no two images of one
// pod at once, no image in use collected (pullsim checks the first and the last itself and would
// stop), phases that add up, and the same again from the same numbers.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/random_scenario.hpp"

#include <algorithm>
#include <map>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr std::uint64_t kScenarios = 200;
constexpr std::int64_t kMega = 1'000'000;

/// Every container of every workload has an image of its own, so that a pull tells whose it is; the
/// images share layers.
class RandomPods {
 public:
  explicit RandomPods(std::uint64_t number) : dice_(number * 7919 + 1) {
    scenario_.name = "random-pods";
    scenario_.seed = number;
    scenario_.duration = std::chrono::seconds(dice_.one_of({60, 900, 2400}));
    scenario_.events_max = 2'000'000;
    RegistrySpec registry;
    if (dice_.percent(50)) registry.egress = Bandwidth{dice_.one_of({2e6, 40e6})};
    registry.request_latency = Distribution::constant(0.01);
    scenario_.registries = {registry};
    scenario_.zones = {ZoneSpec{}};
    pool();
    for (std::int64_t w = dice_.within(1, 4); w > 0; --w) workload();
  }

  const Scenario& get() const { return scenario_; }

 private:
  void pool() {
    NodePoolSpec pool;
    pool.name = "general";
    pool.zones = {0};
    pool.nodes_initial = pool.nodes_min = dice_.within(1, 2);
    pool.nodes_max = pool.nodes_initial + dice_.within(0, 1);
    if (pool.nodes_max > pool.nodes_initial) {
      scenario_.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
    }
    pool.allocatable_cpu = pool.cpu = MilliCpu{4000};
    pool.allocatable_memory = pool.memory;
    if (dice_.percent(80)) pool.disk_size = Bytes{dice_.within(60, 400) * kMega};
    pool.disk_used = Bytes{dice_.within(0, 50) * kMega};
    pool.runtime.version = dice_.one_of<const char*>({"1.6", "1.7", "2.1"});
    if (dice_.percent(20)) pool.runtime.name = "cri-o";
    if (dice_.percent(15)) pool.runtime.name = "docker";
    if (dice_.percent(15)) pool.runtime.soci.emplace();
    if (dice_.percent(25)) pool.runtime.discard_unpacked_layers = true;
    KubeletSpec& kubelet = pool.kubelet;
    kubelet.serialize_image_pulls = dice_.percent(50);
    kubelet.registry_burst = dice_.one_of({1, 10});
    kubelet.api = {dice_.one_of({1.0, 50.0}), 10};
    if (dice_.percent(30)) kubelet.disk.imagefs_available.reset();
    if (dice_.percent(30)) kubelet.disk.nodefs_available = EvictionThreshold{0, Bytes{20 * kMega}};
    if (dice_.percent(20)) kubelet.disk.image_maximum_gc_age = std::chrono::minutes(6);
    kubelet.disk.image_minimum_gc_age = std::chrono::seconds(dice_.one_of({0, 120}));
    kubelet.disk.pressure_transition = std::chrono::seconds(dice_.one_of({0, 30, 300}));
    scenario_.node_pools.push_back(pool);
  }

  std::size_t image() {
    ImageSpec image;
    image.name = "image-" + std::to_string(scenario_.images.size());
    image.ref = image.name + ":1";
    for (std::int64_t i = dice_.within(0, 3); i >= 0; --i) {
      LayerSpec layer;
      layer.digest = "sha256:" + std::to_string(dice_.within(0, 12));
      layer.size = Bytes{(std::stoll(layer.digest.substr(7)) + 1) * 2 * kMega};
      layer.unpacked = Bytes{layer.size.count * 2};
      image.layers.push_back(layer);
    }
    image.startup = Distribution::constant(dice_.one_of({0.0, 2.0, 45.0}));
    scenario_.images.push_back(image);
    return scenario_.images.size() - 1;
  }

  ContainerSpec container(const std::string& name) {
    ContainerSpec spec;
    spec.name = name;
    spec.image = image();
    if (dice_.percent(30)) spec.pull_policy = PullPolicy::always;
    if (dice_.percent(30)) spec.startup_probe = StartupProbeSpec{};
    if (dice_.percent(30)) spec.readiness_probe = ReadinessProbeSpec{};
    spec.sidecar = dice_.percent(30);
    spec.run_time = Distribution::constant(dice_.one_of({0.0, 3.0}));
    return spec;
  }

  void workload() {
    WorkloadSpec workload;
    workload.name = "web-" + std::to_string(scenario_.workloads.size());
    workload.replicas = 0;
    workload.image = image();
    workload.cpu_request = MilliCpu{500};
    workload.ephemeral_storage_use = Bytes{dice_.one_of<std::int64_t>({0, 5, 60}) * kMega};
    if (dice_.percent(30)) workload.startup_probe = StartupProbeSpec{};
    for (std::int64_t i = dice_.within(0, 2); i > 0; --i) {
      workload.init_containers.push_back(container("init-" + std::to_string(i)));
    }
    for (std::int64_t i = dice_.within(0, 2); i > 0; --i) {
      workload.more_containers.push_back(container("more-" + std::to_string(i)));
    }
    const std::size_t index = scenario_.workloads.size();
    scenario_.workloads.push_back(workload);
    for (const std::int64_t replicas : {1, 0, 1}) {
      ScenarioEvent event;
      const std::int64_t end = scenario_.duration / std::chrono::seconds(1);
      event.at = std::chrono::seconds(dice_.one_of<std::int64_t>({0, 0, 30, end / 2, end}));
      event.workload = index;
      event.replicas = replicas;
      scenario_.events.push_back(event);
    }
  }

  Dice dice_;
  Scenario scenario_;
};

std::map<std::size_t, std::size_t> owner_of_images(const Scenario& scenario) {
  std::map<std::size_t, std::size_t> owner;
  for (std::size_t w = 0; w < scenario.workloads.size(); ++w) {
    const WorkloadSpec& workload = scenario.workloads[w];
    owner[workload.image] = w;
    for (const ContainerSpec& container : workload.init_containers) owner[container.image] = w;
    for (const ContainerSpec& container : workload.more_containers) owner[container.image] = w;
  }
  return owner;
}

}  // namespace

TEST_CASE("random pods on small disks keep the kubelet's rules") {
  std::int64_t evicted = 0;
  std::int64_t no_space = 0;
  std::int64_t ready = 0;
  for (std::uint64_t number = 1; number <= kScenarios; ++number) {
    const Scenario scenario = RandomPods(number).get();
    INFO("scenario " << number);
    REQUIRE(find_problems(scenario).empty());
    const RunResult result = simulate(scenario, 0);
    for (const TimelineRow& row : result.timeline) {
      if (result.series[row.series].series != "disk_used") continue;
      CHECK(row.value <= static_cast<double>(scenario.node_pools[0].disk_size->count));
    }
    for (const PodRow& pod : result.pods) {
      evicted += pod.outcome == Outcome::evicted ? 1 : 0;
      ready += pod.ready ? 1 : 0;
      if (pod.outcome == Outcome::ok) CHECK(pod.ready.has_value());
      if (pod.started) CHECK(pod.pull_started.has_value() == pod.pull_finished.has_value());
      if (pod.ready) CHECK(pod.started.has_value());
    }
    // Pods of a workload follow one another, so two of its pulls at once would be of one pod - or
    // of one that is gone and whose pull goes on.
    const auto owner = owner_of_images(scenario);
    for (const PodRow& pod : result.pods) {
      if (!pod.sandbox) continue;
      const SimTime from = *pod.sandbox;
      const SimTime until = pod.started.value_or(from);
      std::vector<std::pair<SimTime, SimTime>> pulls;
      for (const PullRow& pull : result.pulls) {
        no_space += pull.retries->failure == PullFailure::no_space ? 1 : 0;
        if (owner.at(pull.image) != pod.workload || pull.node != *pod.node) continue;
        if (pull.requested < from || !pull.finished || *pull.finished > until) continue;
        pulls.emplace_back(*pull.started, *pull.finished);
      }
      std::sort(pulls.begin(), pulls.end());
      for (std::size_t i = 1; i < pulls.size(); ++i) CHECK(pulls[i].first >= pulls[i - 1].second);
    }
    if (number % 10 == 0) CHECK(simulate(scenario, 0).digest == result.digest);
  }
  // The generator does what it is for.
  CHECK(evicted > 20);
  CHECK(no_space > 20);
  CHECK(ready > 200);
}
