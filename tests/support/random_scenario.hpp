// Random small scenarios that can run: everything that a scenario may hold, in odd combinations and
// with odd values - images without layers, empty and repeated layers, layers that no registry
// serves, events at one instant, at 0 and at the end. The same number gives the same scenario.
#pragma once

#include <pullsim/simulate.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace pullsim::test {

/// SplitMix64.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t x = (state_ += 0x9e3779b97f4a7c15u);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
  std::int64_t within(std::int64_t low, std::int64_t high) {
    const auto count = static_cast<std::uint64_t>(high - low + 1);
    return low + static_cast<std::int64_t>(next() % count);
  }
  std::size_t index(std::size_t size) { return static_cast<std::size_t>(next() % size); }
  bool percent(std::int64_t chance) { return within(0, 99) < chance; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(index(values.size())));
  }

 private:
  std::uint64_t state_;
};

class RandomScenario {
 public:
  explicit RandomScenario(std::uint64_t number) : dice_(number * 2654435761u + 1) {
    scenario_.name = "random-" + std::to_string(number);
    scenario_.seed = number;
    scenario_.duration = std::chrono::seconds(dice_.one_of({20, 120, 600}));
    scenario_.events_max = 2'000'000;
    images();
    registries();
    for (std::int64_t i = dice_.within(1, 2); i > 0; --i) pool();
    for (std::int64_t i = dice_.within(1, 3); i > 0; --i) workload();
    control_plane();
    for (std::int64_t i = dice_.within(0, 5); i > 0; --i) event();
    make_it_fit();
  }
  const Scenario& get() const { return scenario_; }

 private:
  Distribution delay(double most) {
    Distribution result = Distribution::constant(dice_.one_of({0.0, 0.01, most}));
    if (dice_.percent(50)) result = {Distribution::Kind::uniform, most / 10, most, {}};
    return result;
  }

  std::optional<Bandwidth> maybe(std::initializer_list<double> rates) {
    if (dice_.percent(40)) return std::nullopt;
    return Bandwidth{dice_.one_of(rates)};
  }

  void images() {
    std::vector<LayerSpec> blobs;
    for (std::int64_t i = dice_.within(3, 9); i > 0; --i) {
      LayerSpec layer;
      layer.digest = "sha256:" + std::to_string(i);
      layer.size =
          Bytes{dice_.one_of<std::int64_t>({0, 1, 1000, 1'000'000, 7'654'321, 40'000'000})};
      layer.unpacked = Bytes{layer.size.count * dice_.within(0, 3)};
      layer.files = dice_.within(0, 1000);
      layer.compression = dice_.one_of({Compression::gzip, Compression::zstd, Compression::none});
      layer.fetched = dice_.percent(92);
      blobs.push_back(layer);
    }
    for (std::int64_t i = dice_.within(1, 4); i > 0; --i) {
      ImageSpec image;
      image.name = "image-" + std::to_string(i);
      image.ref = dice_.one_of<const char*>({"a.example/", "b.example/"}) + image.name + ":1";
      if (!scenario_.images.empty() && dice_.percent(60)) {  // a base in common
        const auto& below = scenario_.images[dice_.index(scenario_.images.size())].layers;
        const std::int64_t most = static_cast<std::int64_t>(below.size());
        image.layers.assign(below.begin(), below.begin() + dice_.within(0, most));
      }
      for (std::int64_t k = dice_.within(0, 5); k > 0; --k) {
        image.layers.push_back(blobs[dice_.index(blobs.size())]);
      }
      image.startup = delay(3);
      image.index = dice_.percent(30);
      scenario_.images.push_back(image);
    }
  }

  void registries() {
    for (const char* name : {"first", "second"}) {
      RegistrySpec registry;
      registry.name = name;
      if (scenario_.registries.empty()) registry.hosts = {"a.example"};
      registry.egress = maybe({1e6, 20e6, 200e6});
      registry.per_connection = maybe({1e6, 10e6, 80e6});
      registry.cold_fetch = maybe({0.5e6, 5e6, 40e6});
      registry.round_trip = std::chrono::milliseconds(dice_.within(0, 5));
      registry.request_latency = delay(0.2);
      limits(registry);
      scenario_.registries.push_back(registry);
    }
    if (dice_.percent(40)) mirror();
    for (const char* name : {"a", "b"}) {
      scenario_.zones.push_back({name, maybe({5e6, 50e6, 500e6})});
    }
  }

  void limits(RegistrySpec& registry) {
    if (dice_.percent(20)) registry.requests = RequestLimit{dice_.one_of({0.5, 5., 200.}), 8};
    if (dice_.percent(15)) {
      registry.pull_limit = PullLimit{
          dice_.within(1, 4), std::chrono::seconds(dice_.one_of({20, 300})),
          dice_.one_of({PullLimit::Per::node, PullLimit::Per::zone, PullLimit::Per::registry}),
          dice_.within(0, 2)};
    }
    if (dice_.percent(15)) registry.request_failure_probability = dice_.one_of({0.02, 0.3});
    if (dice_.percent(15)) registry.token = RequestHop{};
    if (dice_.percent(15)) registry.object_store = RequestHop{};
    if (dice_.percent(15)) registry.connection_round_trips = dice_.within(1, 3);
    if (dice_.percent(15)) registry.initial_window = Bytes{14480};
    registry.cold_waits = dice_.percent(20);
  }

  // The first registry's; it lacks some images, or all.
  void mirror() {
    RegistrySpec mirror = scenario_.registries[0];
    mirror.name = "mirror";
    mirror.hosts.clear();
    mirror.images = some_images();
    if (dice_.percent(50)) mirror.images.reset();
    limits(mirror);
    scenario_.registries[0].mirrors = {scenario_.registries.size()};
    scenario_.registries.push_back(mirror);
  }

  std::vector<std::size_t> some_images() {
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < scenario_.images.size(); ++i) {
      if (dice_.percent(15)) some.push_back(i);
    }
    return some;
  }

  void pool() {
    NodePoolSpec pool;
    pool.name = "pool-" + std::to_string(scenario_.node_pools.size());
    pool.zones = dice_.one_of<std::vector<std::size_t>>({{0}, {0, 1}, {1, 0}});
    pool.nodes_initial = dice_.within(0, 3);
    pool.nodes_max = pool.nodes_initial + dice_.within(0, 3);
    pool.provisioning = delay(40);
    pool.cpu = MilliCpu{1000 * dice_.within(1, 4)};
    pool.allocatable_cpu = MilliCpu{pool.cpu.count - 100};
    pool.allocatable_memory = pool.memory;
    pool.max_pods = dice_.one_of<std::int64_t>({1, 3, 110});
    pool.network = maybe({2e6, 20e6, 200e6});
    pool.disk_write = maybe({2e6, 20e6, 200e6});
    pool.cached = some_images();
    pool.cached_initially = some_images();
    pool.runtime.max_concurrent_downloads = dice_.within(1, 4);
    if (dice_.percent(30)) pool.runtime.download_cpu_per_byte = 0;
    if (dice_.percent(20)) pool.runtime.unpack = UnpackCost{0, 0, 0, 0, 0, 0, 0};
    if (dice_.percent(50)) pool.runtime.pull_progress_timeout = std::chrono::seconds(15);
    pool.kubelet.serialize_image_pulls = dice_.percent(50);
    if (dice_.percent(50)) pool.kubelet.max_parallel_image_pulls = dice_.within(1, 3);
    pool.kubelet.registry_pull_qps = dice_.one_of({0.0, 0.5, 5.0});
    pool.kubelet.registry_burst = dice_.one_of({1, 2, 10});
    pool.kubelet.sandbox = delay(1);
    pool.kubelet.container_start = delay(0.5);
    scenario_.node_pools.push_back(pool);
  }

  IntOrPercent count_or_share() {
    if (dice_.percent(50)) return {dice_.one_of<std::int64_t>({0, 25, 50, 100}), true};
    return {dice_.within(0, 2), false};
  }

  void workload() {
    WorkloadSpec workload;
    workload.name = "web-" + std::to_string(scenario_.workloads.size());
    workload.replicas = dice_.within(0, 4);
    workload.image = dice_.index(scenario_.images.size());
    workload.pull_policy = dice_.one_of({PullPolicy::if_not_present, PullPolicy::if_not_present,
                                         PullPolicy::always, PullPolicy::never});
    workload.cpu_request = MilliCpu{dice_.one_of<std::int64_t>({0, 100, 500, 900})};
    workload.memory_request = Bytes{dice_.one_of<std::int64_t>({0, 1 << 28, 1 << 30})};
    workload.max_surge = count_or_share();
    workload.max_unavailable = count_or_share();
    workload.min_ready = std::chrono::seconds(dice_.one_of({0, 0, 7}));
    workload.termination = std::chrono::seconds(dice_.one_of({0, 2, 30}));
    if (dice_.percent(50)) {
      ReadinessProbeSpec probe;
      probe.period = std::chrono::seconds(dice_.within(1, 10));
      probe.initial_delay = std::chrono::seconds(dice_.one_of({0, 3}));
      probe.success_threshold = dice_.within(1, 3);
      workload.readiness_probe = probe;
    }
    scenario_.workloads.push_back(workload);
  }

  void control_plane() {
    scenario_.control_plane.controller_manager = {dice_.one_of({0.5, 20.0}),
                                                  dice_.one_of({1., 30.})};
    scenario_.control_plane.scheduler = {dice_.one_of({0.5, 50.0}), dice_.one_of({1., 100.})};
    if (dice_.percent(60)) {
      scenario_.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
    }
    if (dice_.percent(30)) {
      scenario_.load_balancer.emplace();
      scenario_.load_balancer->registration = std::chrono::seconds(dice_.within(0, 10));
      scenario_.load_balancer->healthy_threshold = dice_.within(1, 3);
    }
  }

  void event() {
    ScenarioEvent event;
    const std::int64_t end = scenario_.duration / std::chrono::seconds(1);
    event.at = std::chrono::seconds(
        dice_.one_of({std::int64_t{0}, end, end / 4, end / 3, dice_.within(0, end)}));
    event.workload = dice_.index(scenario_.workloads.size());
    if (dice_.percent(15)) {
      event.kind = ScenarioEvent::Kind::registry_outage;
      event.registry = dice_.index(scenario_.registries.size());
      event.length = std::chrono::seconds(dice_.within(1, 60));
      event.silent = dice_.percent(50);
    } else if (dice_.percent(65)) {
      event.replicas = dice_.within(0, 9);
    } else {
      event.kind = ScenarioEvent::Kind::set_image;
      event.image = dice_.index(scenario_.images.size());
    }
    scenario_.events.push_back(event);
  }

  // Initial replicas that find no room are taken away; a pod of any workload fits an empty node.
  void make_it_fit() {
    if (find_problems(scenario_).empty()) return;
    for (WorkloadSpec& workload : scenario_.workloads) workload.replicas = 0;
  }

  Dice dice_;
  Scenario scenario_;
};

inline Scenario random_scenario(std::uint64_t number) { return RandomScenario(number).get(); }

}  // namespace pullsim::test
