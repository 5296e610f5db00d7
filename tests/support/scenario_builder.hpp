// Small scenarios for tests of models: no limits, no delays, no chance, unless a test sets them. So
// every nanosecond of a timeline comes from what the test wrote down.
#pragma once

#include <pullsim/scenario.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace pullsim::test {

inline constexpr std::int64_t kMB = 1'000'000;

/// The nearest nanosecond: what a person means who writes 0.15.
inline Duration seconds(double s) { return Duration{std::llround(s * 1e9)}; }
inline SimTime at_seconds(double s) { return kSimStart + seconds(s); }

/// A layer of `megabytes` compressed and as many unpacked, with its own digest.
inline LayerSpec layer(const std::string& digest, std::int64_t megabytes) {
  LayerSpec spec;
  spec.digest = "sha256:" + digest;
  spec.size = Bytes{megabytes * kMB};
  spec.unpacked = Bytes{megabytes * kMB};
  return spec;
}

inline ImageSpec image(const std::string& name, std::vector<LayerSpec> layers) {
  ImageSpec spec;
  spec.name = name;
  spec.ref = "registry.example/" + name + ":1";
  spec.layers = std::move(layers);
  spec.startup = Distribution::constant(0);
  return spec;
}

/// Unpacking takes `per_layer` CPU seconds for every layer and nothing else; downloads take no CPU.
inline RuntimeSpec flat_runtime(double per_layer) {
  RuntimeSpec runtime;
  runtime.unpack = UnpackCost{0, 0, 0, 0, 0, 0, per_layer};
  runtime.download_cpu_per_byte = 0;
  return runtime;
}

/// One registry without limits and delays, one zone, one pool `general` of `nodes` nodes with 4
/// cores, one workload `web` with no replica, and a scale event to `pods` at t = 0.
inline Scenario small_scenario(std::vector<ImageSpec> images, std::int64_t nodes,
                               std::int64_t pods) {
  Scenario scenario;
  scenario.name = "test";
  scenario.images = std::move(images);
  RegistrySpec registry;
  registry.name = "main";
  registry.round_trip = Duration{0};
  registry.request_latency = Distribution::constant(0);
  scenario.registries = {registry};
  scenario.zones = {ZoneSpec{}};
  NodePoolSpec pool;
  pool.name = "general";
  pool.zones = {0};
  pool.nodes_initial = pool.nodes_min = pool.nodes_max = nodes;
  pool.cpu = pool.allocatable_cpu = MilliCpu{4000};
  pool.allocatable_memory = pool.memory;
  pool.runtime = flat_runtime(1.0);
  pool.kubelet.sandbox = Distribution::constant(0);
  pool.kubelet.container_start = Distribution::constant(0);
  scenario.node_pools = {pool};
  WorkloadSpec web;
  web.name = "web";
  web.replicas = 0;
  scenario.workloads = {web};
  ScenarioEvent event;
  event.replicas = pods;
  scenario.events = {event};
  return scenario;
}

/// A second workload, one pod of `image` at `at`.
inline void add_pod_of(std::size_t image, const std::string& name, Scenario& scenario,
                       Duration at = Duration{0}) {
  WorkloadSpec workload = scenario.workloads[0];
  workload.name = name;
  workload.image = image;
  ScenarioEvent event;
  event.at = at;
  event.workload = scenario.workloads.size();
  event.replicas = 1;
  scenario.workloads.push_back(workload);
  scenario.events.push_back(event);
}

}  // namespace pullsim::test
