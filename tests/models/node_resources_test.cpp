// Burst credit, page cache, and cores of running and starting pods in pulls and clusters:
// timelines worked out by hand.
#include <pullsim/simulate.hpp>

#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

Bandwidth line_rate(double payload) { return Bandwidth{payload * 1514 / 1448}; }

double finished(const RunResult& result, std::size_t pull = 0) {
  return to_seconds(*result.pulls[pull].finished - kSimStart);
}

double held(const RunResult& result, Bottleneck cause) {
  return to_seconds(held_up(result.pulls[0], cause));
}

/// One layer of 100 MB, 300 MB unpacked in 1 s of a core, at 100 MB/s onto a disk of 50 MB/s.
Scenario on_disk(const std::string& version) {
  LayerSpec one = layer("a", 100);
  one.unpacked = Bytes{300 * kMB};
  Scenario scenario = runtime_scenario(version, {image("web", {one})});
  scenario.registries[0].per_connection = Bandwidth{100e6};
  scenario.node_pools[0].disk_write = Bandwidth{50e6};
  return scenario;
}

}  // namespace

TEST_CASE("a node falls to the baseline of its network when its credit is used up") {
  Scenario scenario = runtime_scenario("1.7", {image("web", {layer("a", 100)})});
  scenario.registries[0].per_connection.reset();
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.network = line_rate(20e6);
  pool.network_burst = BurstSpec{line_rate(5e6), seconds(2), 100};
  // 2 s at 20 MB/s, 60 MB at 5 MB/s, 1 s of unpacking.
  RunResult result = simulate_pulls(scenario, {PullRequest{}}, 0);
  CHECK(finished(result) == Approx(15).epsilon(1e-9));
  CHECK(held(result, Bottleneck::network) == Approx(14).epsilon(1e-9));
  pool.network_burst->initial_percent = 50;  // 1 s at 20 MB/s, 80 MB at 5 MB/s
  result = simulate_pulls(scenario, {PullRequest{}}, 0);
  CHECK(finished(result) == Approx(18).epsilon(1e-9));
}

TEST_CASE("without a page cache every byte waits for the disk") {
  const RunResult result = simulate_pulls(on_disk("1.7"), {PullRequest{}}, 0);
  CHECK(finished(result) == Approx(2 + 6));
  CHECK(held(result, Bottleneck::disk) == Approx(8));
}

TEST_CASE("a blob is flushed at its commit, unpacked files are not waited for") {
  Scenario scenario = on_disk("1.7");
  // Background 200 MB, limit 300 MB. Download 1 s, flush 2 s, unpack 1 s: 200 MB in the first two
  // thirds, then 250 MB/s more than is written, which ends before the limit.
  scenario.node_pools[0].page_cache = PageCacheSpec{20, 10, Bytes{2000 * kMB}};
  const RunResult result = simulate_pulls(scenario, {PullRequest{}}, 0);
  CHECK(*result.layers[0].committed == at_seconds(3));
  CHECK(finished(result) == Approx(4).epsilon(1e-9));
  CHECK(held(result, Bottleneck::connection) == Approx(1));
  CHECK(held(result, Bottleneck::disk) == Approx(2));
  CHECK(held(result, Bottleneck::cpu) == Approx(1));
}

TEST_CASE("before containerd 1.3 a layer is unpacked once its files are on the disk") {
  Scenario scenario = on_disk("1.2");
  LayerSpec second = layer("b", 100);
  second.unpacked = Bytes{100 * kMB};
  scenario.images[0].layers.push_back(second);
  scenario.node_pools[0].page_cache = PageCacheSpec{20, 10, Bytes{4000 * kMB}};
  // Downloads 0..1 s, the two blobs' 200 MB at 50 MB/s: 5 s. Unpacking: 300 MB in 1 s, below the
  // background limit of 400 MB, so that nothing is written until the overlay is unmounted: 6 s
  // more. The second one: 1 s, then 100 MB in 2 s.
  const RunResult result = simulate_pulls(scenario, {PullRequest{}}, 0);
  CHECK(*result.layers[0].unpack_started == at_seconds(5));
  CHECK(to_seconds(*result.layers[0].unpack_finished - kSimStart) == Approx(12).epsilon(1e-9));
  CHECK(finished(result) == Approx(15).epsilon(1e-9));
  CHECK(held(result, Bottleneck::connection) == Approx(1));
  CHECK(held(result, Bottleneck::cpu) == Approx(2));
  CHECK(held(result, Bottleneck::disk) == Approx(4 + 6 + 2));
  // From 1.3 on nobody waits for files.
  scenario.node_pools[0].runtime.version = "1.6";
  const RunResult later = simulate_pulls(scenario, {PullRequest{}}, 0);
  CHECK(finished(later) == Approx(7).epsilon(1e-9));
  // Without a page cache they are on the disk as soon as they are written.
  scenario.node_pools[0].runtime.version = "1.2";
  scenario.node_pools[0].page_cache.reset();
  CHECK(finished(simulate_pulls(scenario, {PullRequest{}}, 0)) == Approx(4 + 6 + 2));
}

TEST_CASE("with less memory unpacking meets the disk") {
  Scenario scenario = on_disk("1.7");
  // Background 100 MB, limit 150 MB: from 3 s on a third of a second to 100 MB, 0.2 s to 150 MB,
  // and the last 140 MB at 50 MB/s.
  scenario.node_pools[0].page_cache = PageCacheSpec{20, 10, Bytes{1000 * kMB}};
  const RunResult result = simulate_pulls(scenario, {PullRequest{}}, 0);
  // What memory takes in the nanosecond in which it is full, the disk need not write any more.
  CHECK(finished(result) == Approx(3 + 1.0 / 3 + 0.2 + 2.8).margin(1e-8));
  CHECK(held(result, Bottleneck::disk) == Approx(4.8).margin(1e-8));
}

TEST_CASE("a rate of flushing that is given stands for the disk, and CRI-O waits for none") {
  Scenario scenario = on_disk("1.7");
  scenario.node_pools[0].page_cache = PageCacheSpec{20, 10, Bytes{2000 * kMB}};
  scenario.node_pools[0].runtime.commit_flush = Bandwidth{200e6};
  CHECK(*simulate_pulls(scenario, {PullRequest{}}, 0).layers[0].committed == at_seconds(1.5));
  Scenario crio = on_disk("cri-o");
  crio.node_pools[0].page_cache = PageCacheSpec{20, 10, Bytes{8000 * kMB}};
  const RunResult result = simulate_pulls(crio, {PullRequest{}}, 0);
  CHECK(*result.layers[0].committed == at_seconds(1));
  CHECK(held(result, Bottleneck::disk) == 0);
}

TEST_CASE("up to containerd 2.0 a layer keeps its download slot while it is flushed") {
  LayerSpec second = layer("b", 100);
  Scenario scenario = on_disk("1.7");
  scenario.images[0].layers.push_back(second);
  scenario.node_pools[0].runtime.max_concurrent_downloads = 1;
  scenario.node_pools[0].page_cache = PageCacheSpec{20, 10, Bytes{8000 * kMB}};
  CHECK(*simulate_pulls(scenario, {PullRequest{}}, 0).layers[1].requested == at_seconds(3));
  scenario.node_pools[0].runtime.version = "2.1";
  CHECK(*simulate_pulls(scenario, {PullRequest{}}, 0).layers[1].requested == at_seconds(1));
}

TEST_CASE("pods that use cores leave fewer for unpacking") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 1);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.cpu = pool.allocatable_cpu = MilliCpu{1000};
  WorkloadSpec busy = scenario.workloads[0];
  busy.name = "busy";
  busy.image = 1;
  busy.replicas = 1;
  scenario.images.push_back(image("busy", {layer("b", 10)}));
  scenario.workloads.push_back(busy);
  const auto unpacking = [&scenario](std::int64_t usage) {
    scenario.workloads[1].cpu_usage = MilliCpu{usage};
    const RunResult result = simulate(scenario, 0);
    return to_seconds(*result.layers[0].unpack_finished - *result.layers[0].unpack_started);
  };
  CHECK(unpacking(0) == Approx(1));
  CHECK(unpacking(200) == Approx(1 / 0.8).epsilon(1e-9));
  // system.slice: weight 100 against 1 + 1022 * 9999 / 262142.
  CHECK(unpacking(900) == Approx((100 + 1 + 1022.0 * 9999 / 262142) / 100).epsilon(1e-9));
}

TEST_CASE("pods that start together on few cores slow each other") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 2);
  scenario.images[0].startup = Distribution::constant(2);
  scenario.workloads[0].readiness_probe = ReadinessProbeSpec{Duration{0}, seconds(1), 1};
  scenario.node_pools[0].cached = {0};
  const auto ready = [&scenario](std::int64_t percent, std::int64_t cores) {
    scenario.images[0].startup_cpu_percent = percent;
    scenario.node_pools[0].cpu = MilliCpu{cores * 1000};
    const RunResult result = simulate(scenario, 0);
    CHECK(result.pods[0].ready == result.pods[1].ready);
    return to_seconds(*result.pods[0].ready - kSimStart);
  };
  const double alone = ready(0, 1);
  CHECK(ready(50, 2) == alone);      // a core for each
  CHECK(ready(50, 1) == alone + 1);  // 1 s of work each on one core, then 1 s of waiting
  CHECK(ready(100, 1) == alone + 2);
}

TEST_CASE("without a probe a pod is ready before its process has worked") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 2);
  scenario.images[0].startup = Distribution::constant(5);
  scenario.images[0].startup_cpu_percent = 100;
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[0].cpu = MilliCpu{1000};
  const RunResult result = simulate(scenario, 0);
  CHECK(*result.pods[1].ready <= at_seconds(1));
}

TEST_CASE("credit and dirty pages of watched nodes are in the timeline") {
  Scenario scenario = small_scenario({image("web", {layer("a", 100)})}, 1, 1);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.network = line_rate(20e6);
  pool.network_burst = BurstSpec{line_rate(5e6), seconds(2), 100};
  pool.disk_write = Bandwidth{50e6};
  pool.page_cache = PageCacheSpec{20, 10, Bytes{2000 * kMB}};
  const RunResult result = simulate(scenario, 0);
  double credit_least = 1e18;
  double dirty_most = 0;
  for (const TimelineRow& row : result.timeline) {
    const std::string& series = result.series[row.series].series;
    if (series == "network_credit") credit_least = std::min(credit_least, row.value);
    if (series == "dirty_pages") dirty_most = std::max(dirty_most, row.value);
  }
  CHECK(credit_least == 0);
  CHECK(dirty_most == Approx(100e6));
}
