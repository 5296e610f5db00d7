// A disk that fills up: garbage collection, eviction and failing pulls, worked out by hand. A layer
// of n MB takes n MB as a blob and n MB unpacked; unpacking takes 1 s a layer, downloads no time.
#include <pullsim/simulate.hpp>

#include "models/decisions/readiness.hpp"
#include "models/decisions/retry_backoff.hpp"
#include "models/node_disk.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// One node with a disk of 1000 MB and nothing else on it; no thresholds unless a test sets them.
Scenario small_disk(std::vector<ImageSpec> images) {
  Scenario scenario = small_scenario(std::move(images), 1, 1);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.disk_size = Bytes{1000 * kMB};
  pool.disk_used = Bytes{0};
  pool.kubelet.disk.imagefs_available.reset();
  pool.kubelet.disk.nodefs_available.reset();
  for (ImageSpec& image : scenario.images) image.manifest_size = image.config_size = Bytes{0};
  return scenario;
}

void add_workload(Scenario& scenario, const std::string& name, std::size_t image, double at) {
  WorkloadSpec workload = scenario.workloads[0];
  workload.name = name;
  workload.image = image;
  ScenarioEvent event;
  event.at = seconds(at);
  event.workload = scenario.workloads.size();
  event.replicas = 1;
  scenario.workloads.push_back(workload);
  scenario.events.push_back(event);
}

double draw_of(const Scenario& scenario, const char* entity, const char* purpose,
               std::uint64_t ordinal = 0) {
  return RandomStream(scenario.seed, 0, entity, purpose).at(ordinal);
}

Duration phase(const Scenario& scenario, const char* purpose, double period,
               std::uint64_t ordinal = 0) {
  return duration_up(draw_of(scenario, "general-0", purpose, ordinal) * period);
}

/// Changes of one series of the node.
std::vector<std::pair<SimTime, double>> series(const RunResult& result, const char* name) {
  std::vector<std::pair<SimTime, double>> rows;
  for (const TimelineRow& row : result.timeline) {
    if (result.series[row.series].series == name) rows.emplace_back(row.time, row.value);
  }
  return rows;
}

double megabytes(double count) { return count * kMB; }

}  // namespace

TEST_CASE("room on a disk is taken and given back, and never more than there is") {
  NodeDisk disk(Bytes{100}, Bytes{10});
  int changes = 0;
  disk.on_change([&changes] { ++changes; });
  CHECK(disk.try_take(Bytes{60}));
  CHECK_FALSE(disk.try_take(Bytes{31}));
  CHECK(disk.available() == Bytes{30});
  CHECK(disk.take_up_to(Bytes{50}) == Bytes{30});
  CHECK(disk.available() == Bytes{0});
  disk.give_back(Bytes{90});
  CHECK(disk.used() == Bytes{10});
  CHECK(changes == 3);
  NodeDisk endless(std::nullopt, Bytes{10});
  CHECK(endless.try_take(Bytes{std::int64_t{1} << 60}));
}

TEST_CASE("a garbage collection pass counts reported sizes and stops at the low threshold") {
  // 120 + 80 MB of old images, 680 MB pulled: 88 %. 80 MB are wanted; the sizes that containerd
  // reports are compressed, 60 and 40 MB, so both go although the first alone frees 120 MB.
  Scenario scenario = small_disk({image("web", {layer("a", 340)}), image("old", {layer("b", 60)}),
                                  image("older", {layer("c", 40)})});
  scenario.node_pools[0].cached_initially = {1, 2};
  const SimTime pass = next_tick(at_seconds(0) + Duration{1}, phase(scenario, "image-gc", 300),
                                 std::chrono::minutes(5));
  const RunResult result = simulate(scenario, 0);
  const auto used = series(result, "disk_used");
  REQUIRE(used.size() >= 2);
  CHECK(used[used.size() - 2].second == megabytes(880));
  CHECK(used.back() == std::pair{pass, megabytes(680)});

  SECTION("CRI-O keeps no blobs, but holds one beside what it unpacks") {
    // 100 MB there, 21 + 21 for the pull, 121 of 142 in the end: 85 %. 60 MB are more than enough.
    scenario.node_pools[0].runtime.name = "cri-o";
    scenario.node_pools[0].disk_size = Bytes{142 * kMB};
    scenario.images[0].layers = {layer("a", 21)};
    const RunResult crio = simulate(scenario, 0);
    CHECK(series(crio, "disk_used").back().second == megabytes(61));
    CHECK(crio.pulls.at(0).retries->attempts == 1);
  }
  SECTION("below the high threshold nothing goes") {
    scenario.node_pools[0].disk_size = Bytes{1048 * kMB};  // 84 %
    CHECK(series(simulate(scenario, 0), "disk_used").back().second == megabytes(880));
  }
  SECTION("an image in use stays, whatever the use of the disk") {
    add_workload(scenario, "older", 2, 0);
    CHECK(series(simulate(scenario, 0), "disk_used").back().second == megabytes(760));
  }
  SECTION("layers that another image needs stay") {
    scenario.images[0].layers.insert(scenario.images[0].layers.begin(), layer("b", 60));
    CHECK(series(simulate(scenario, 0), "disk_used").back().second == megabytes(800));
  }
}

TEST_CASE("an image pulled lately is too young for a pass, the next one takes it") {
  // `first` is given up at once; the kubelet detects its image at the next tick of its clock.
  Scenario scenario =
      small_disk({image("web", {layer("a", 340)}), image("first", {layer("b", 90)})});
  add_workload(scenario, "first", 1, 0);
  ScenarioEvent down;
  down.at = seconds(2);
  down.workload = 1;
  down.replicas = 0;
  scenario.events.push_back(down);
  scenario.duration = seconds(1200);
  const SimTime tick =
      next_tick(at_seconds(4), phase(scenario, "image-gc", 300), std::chrono::minutes(5));
  const auto used = series(simulate(scenario, 0), "disk_used");
  CHECK(used.back() == std::pair{tick + std::chrono::minutes(5), megabytes(680)});
}

TEST_CASE("imageMaximumGCAge removes unused images from a disk with room") {
  Scenario scenario = small_disk({image("web", {layer("a", 10)}), image("old", {layer("b", 10)})});
  scenario.node_pools[0].cached_initially = {1};
  scenario.node_pools[0].kubelet.disk.image_maximum_gc_age = std::chrono::hours(1);
  const SimTime tick = next_tick(at_seconds(0) + Duration{1}, phase(scenario, "image-gc", 300),
                                 std::chrono::minutes(5));
  const auto used = series(simulate(scenario, 0), "disk_used");
  const auto gone =
      std::find_if(used.begin(), used.end(), [tick](const auto& row) { return row.first == tick; });
  REQUIRE(gone != used.end());  // never used: as old as can be
  CHECK(gone->second == std::prev(gone)->second - megabytes(20));
}

TEST_CASE("disk pressure: unused images go first, and that is enough") {
  Scenario scenario =
      small_disk({image("web", {layer("a", 340)}), image("old", {layer("b", 100)})});
  scenario.node_pools[0].cached_initially = {1};
  scenario.node_pools[0].kubelet.disk.imagefs_available = EvictionThreshold{15, {}};
  const RunResult result = simulate(scenario, 0);
  // 880 MB when the unpack begins, at t = 0.
  const SimTime check =
      next_tick(at_seconds(0) + Duration{1}, phase(scenario, "eviction", 10), seconds(10));
  CHECK(series(result, "disk_used").back() == std::pair{check, megabytes(680)});
  const auto pressure = series(result, "disk_pressure");
  REQUIRE(pressure.size() == 2);
  CHECK(pressure[0] == std::pair{check, 1.0});
  CHECK(pressure[1] == std::pair{check + std::chrono::minutes(5), 0.0});
  CHECK(result.pods[0].outcome == Outcome::ok);
}

TEST_CASE("an eviction, to the second") {
  // `web` takes 600 MB of images, `log` 2 MB and writes 280 MB: 882 of 1000.
  Scenario scenario = small_disk({image("web", {layer("a", 300)}), image("log", {layer("b", 1)})});
  scenario.node_pools[0].kubelet.disk.imagefs_available = EvictionThreshold{15, {}};
  add_workload(scenario, "log", 1, 20);
  scenario.workloads[1].ephemeral_storage_use = Bytes{280 * kMB};
  scenario.duration = seconds(700);
  const RunResult result = simulate(scenario, 0);
  const SimTime full = at_seconds(21);  // its container has started
  const SimTime evicted = next_tick(full, phase(scenario, "eviction", 10), seconds(10));
  const auto log = std::find_if(result.pods.begin(), result.pods.end(),
                                [](const PodRow& pod) { return pod.workload == 1; });
  REQUIRE(log != result.pods.end());
  CHECK(log->outcome == Outcome::evicted);
  CHECK(result.pods[0].outcome == Outcome::ok);  // uses nothing beyond its image

  const auto used = series(result, "disk_used");
  const auto freed = std::find_if(used.begin(), used.end(),
                                  [](const auto& row) { return row.second == megabytes(602); });
  CHECK(std::any_of(used.begin(), used.end(), [&](const auto& row) {
    return row == std::pair{evicted + seconds(1), megabytes(602)};
  }));
  CHECK(freed != used.end());

  // The condition lasts 5 min from the look that evicted; looks now count from the pod's end.
  const auto pressure = series(result, "disk_pressure");
  REQUIRE(pressure.size() >= 2);
  CHECK(pressure[0] == std::pair{evicted, 1.0});
  const SimTime over = evicted + seconds(301);
  CHECK(pressure[1] == std::pair{over, 0.0});

  // Its successors are created at once and not admitted, as long as nobody knows; from the node's
  // next status on they wait for the one that says that it is over.
  const Duration status = phase(scenario, "node-status", 10, 1);
  const SimTime tainted = next_tick(evicted, status, seconds(10));
  const SimTime untainted = next_tick(over, status, seconds(10));
  CHECK(std::next(log)->created == evicted);
  const PodRow* successor = nullptr;
  for (const PodRow& pod : result.pods) {
    if (pod.workload != 1 || &pod == &*log) continue;
    if (pod.sandbox) successor = successor == nullptr ? &pod : successor;
    if (!pod.sandbox && pod.outcome == Outcome::evicted && successor == nullptr) {
      CHECK(*pod.scheduled < tainted);
    }
  }
  REQUIRE(successor != nullptr);
  CHECK(*successor->scheduled == untainted);
}

TEST_CASE("a pod bound before the taint is known is not admitted") {
  Scenario scenario = small_disk({image("web", {layer("a", 300)}), image("log", {layer("b", 1)})});
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.kubelet.disk.imagefs_available = EvictionThreshold{15, {}};
  pool.kubelet.node_status_period = std::chrono::seconds(1000);  // nobody hears of it
  add_workload(scenario, "log", 1, 20);
  scenario.workloads[1].ephemeral_storage_use = Bytes{280 * kMB};
  add_workload(scenario, "late", 1, 60);
  scenario.duration = seconds(61);
  const RunResult result = simulate(scenario, 0);
  const auto late = std::find_if(result.pods.begin(), result.pods.end(),
                                 [](const PodRow& pod) { return pod.workload == 2; });
  REQUIRE(late != result.pods.end());
  CHECK(late->outcome == Outcome::evicted);
  CHECK_FALSE(late->sandbox);
}

TEST_CASE("a full disk fails the pull, which comes back after its back-off") {
  // 700 MB are in use; the image needs 300 + 300. At 30 s the other pod goes and gives 500 MB back.
  Scenario scenario =
      small_disk({image("web", {layer("a", 300)}), image("log", {layer("b", 100)})});
  add_workload(scenario, "log", 1, 0);
  scenario.workloads[1].ephemeral_storage_use = Bytes{500 * kMB};
  scenario.workloads[1].replicas = 1;
  scenario.events[0].at = seconds(10);
  scenario.events[1].at = seconds(30);
  scenario.events[1].replicas = 0;
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 1);
  const PullRow& pull = result.pulls.at(*result.pods[0].pull);
  CHECK(pull.retries->failure == PullFailure::no_space);
  CHECK(pull.outcome == Outcome::ok);
  // Fails at 10 s when the unpack finds no room, looks again 10 to 15 s later, fails again; the
  // third attempt comes when 20 s have passed since then.
  const double first = draw_of(scenario, "web-0", "requeue", 0);
  const SimTime second = at_seconds(10) + worker_requeue(std::nullopt, first);
  SimTime third = second + worker_requeue(std::nullopt, draw_of(scenario, "web-0", "requeue", 1));
  third += worker_requeue(second + seconds(20) - third, draw_of(scenario, "web-0", "requeue", 2));
  CHECK(pull.retries->attempts == 3);
  CHECK(*pull.started == third);
  CHECK(*pull.finished == third + seconds(1));
  CHECK(pull.work->bytes_fetched.count == 300 * kMB);  // the blob was kept
}

TEST_CASE("the scheduler knows of an image when the node's status has it") {
  // `web` is pulled to one of two equal nodes; a second pod prefers it once the status tells.
  for (const bool late : {false, true}) {
    Scenario scenario = small_scenario({image("web", {layer("a", 900)})}, 2, 1);
    ScenarioEvent more;
    more.replicas = 2;
    more.at = seconds(late ? 41.5 : 1.5);
    scenario.events.push_back(more);
    scenario.workloads[0].cpu_request = MilliCpu{100};
    scenario.workloads[0].memory_request = Bytes{1};
    const RunResult result = simulate(scenario, 0);
    REQUIRE(result.pods.size() == 2);
    CHECK((result.pods[0].node == result.pods[1].node) == late);
  }
}
