// Pods of several containers, startup probes, restarts and retries, worked out by hand. Sandbox,
// creation and start take no time here unless a test says so; a pull takes 1 s for each 10 MB and 1
// s of unpacking for each layer.
#include <pullsim/simulate.hpp>

#include "models/decisions/readiness.hpp"
#include "models/decisions/retry_backoff.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// One pod on one node; images `count` of 10 MB, so that each pull takes 2 s.
Scenario one_pod(std::size_t count) {
  std::vector<ImageSpec> images;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "image" + std::to_string(i);
    images.push_back(image(name, {layer(name, 10)}));
  }
  Scenario scenario = small_scenario(std::move(images), 1, 1);
  scenario.registries[0].per_connection = Bandwidth{10e6};
  scenario.node_pools[0].kubelet.serialize_image_pulls = false;
  return scenario;
}

ContainerSpec container(const std::string& name, std::size_t image) {
  ContainerSpec spec;
  spec.name = name;
  spec.image = image;
  return spec;
}

double draw_of(const Scenario& scenario, const char* entity, const char* purpose,
               std::uint64_t ordinal = 0) {
  return RandomStream(scenario.seed, 0, entity, purpose).at(ordinal);
}

/// The first relist of the node not before `time`.
SimTime relist(const Scenario& scenario, SimTime time) {
  const Duration phase = duration_up(draw_of(scenario, "general-0", "relist"));
  return next_tick(time, phase, kRelistPeriod);
}

std::vector<const PullRow*> by_start(const RunResult& result) {
  std::vector<const PullRow*> pulls;
  for (const PullRow& pull : result.pulls) pulls.push_back(&pull);
  std::sort(pulls.begin(), pulls.end(),
            [](const PullRow* a, const PullRow* b) { return a->requested < b->requested; });
  return pulls;
}

}  // namespace

TEST_CASE("containers of a pod are pulled one after the other, each when the last has started") {
  Scenario scenario = one_pod(3);
  scenario.node_pools[0].kubelet.container_start = Distribution::constant(0.25);
  scenario.workloads[0].more_containers = {container("second", 1), container("third", 2)};
  const RunResult result = simulate(scenario, 0);
  const auto pulls = by_start(result);
  REQUIRE(pulls.size() == 3);
  CHECK(pulls[0]->requested == at_seconds(0));
  CHECK(pulls[1]->requested == at_seconds(2.25));
  CHECK(pulls[2]->requested == at_seconds(4.5));
  const PodRow& pod = result.pods[0];
  CHECK(pod.pull_started == at_seconds(0));
  CHECK(pod.pull_finished == at_seconds(6.5));
  CHECK(pod.started == at_seconds(6.75));
  CHECK(pod.ready == relist(scenario, at_seconds(6.75)));
}

TEST_CASE("init containers run to their end, and the relist that sees it lets the next begin") {
  Scenario scenario = one_pod(3);
  scenario.workloads[0].image = 2;
  scenario.workloads[0].init_containers = {container("fetch", 0), container("migrate", 1)};
  scenario.workloads[0].init_containers[0].run_time = Distribution::constant(4);
  scenario.workloads[0].init_containers[1].run_time = Distribution::constant(0.125);
  const RunResult result = simulate(scenario, 0);
  const auto pulls = by_start(result);
  REQUIRE(pulls.size() == 3);
  CHECK(pulls[0]->requested == at_seconds(0));
  const SimTime second = relist(scenario, at_seconds(6));
  CHECK(pulls[1]->requested == second);
  const SimTime third = relist(scenario, second + seconds(2.125));
  CHECK(pulls[2]->requested == third);
  CHECK(result.pods[0].started == third + seconds(2));
}

TEST_CASE("a sidecar lets the next container begin when it has started") {
  Scenario scenario = one_pod(2);
  scenario.workloads[0].init_containers = {container("proxy", 1)};
  ContainerSpec& proxy = scenario.workloads[0].init_containers[0];
  proxy.sidecar = true;
  proxy.run_time = Distribution::constant(1000);  // of no meaning
  scenario.images[1].startup = Distribution::constant(3);
  SECTION("seen running") {
    const RunResult result = simulate(scenario, 0);
    const SimTime next = relist(scenario, at_seconds(2));
    CHECK(by_start(result).at(1)->requested == next);
    CHECK(result.pods[0].started == next + seconds(2));
  }
  SECTION("its startup probe succeeded, at a tick that counts from the pod's addition") {
    proxy.startup_probe = StartupProbeSpec{Duration{0}, seconds(4), 3};
    const RunResult result = simulate(scenario, 0);
    // Started at 2 s, able to answer at 5 s; ticks at 4 and 8 s.
    CHECK(by_start(result).at(1)->requested == at_seconds(8));
    CHECK(result.pods[0].started == at_seconds(10));
  }
  SECTION("its readiness counts for the pod") {
    proxy.readiness_probe = ReadinessProbeSpec{seconds(60), seconds(10), 1};
    const RunResult result = simulate(scenario, 0);
    const SimTime first = relist(scenario, at_seconds(2));
    CHECK(result.pods[0].ready == first + seconds(60));
  }
}

TEST_CASE("a container whose startup probe fails is killed, restarted, and not ready before") {
  Scenario scenario = one_pod(1);
  scenario.images[0].startup = Distribution::constant(1000);
  WorkloadSpec& web = scenario.workloads[0];
  web.termination = seconds(2);
  web.startup_probe = StartupProbeSpec{Duration{0}, seconds(5), 2};
  scenario.duration = seconds(100);
  const RunResult result = simulate(scenario, 0);
  CHECK_FALSE(result.pods[0].ready);
  CHECK(result.pods[0].started == at_seconds(2));
  CHECK(result.pods[0].outcome != Outcome::ok);
  CHECK(result.pulls.size() == 1);  // restarts find the image

  // Started at 2 s: probes at 5 and 10 s, killed at 10, gone at 12, restarted at once. Probes at 15
  // and 20 s, gone at 22: now the back-off of 10 s, and the worker's own clock.
  const double u = draw_of(scenario, "web-0", "requeue");
  const SimTime third = at_seconds(22) + worker_requeue(seconds(10), u);
  scenario.workloads[0].pull_policy = PullPolicy::always;  // makes starts visible as pulls
  scenario.registries[0].round_trip = Duration{0};
  const RunResult always = simulate(scenario, 0);
  const auto pulls = by_start(always);
  REQUIRE(pulls.size() >= 3);
  CHECK(pulls[1]->requested == at_seconds(12));
  CHECK(pulls[2]->requested == third);
}

TEST_CASE("a slow process with a startup probe is ready at the probe that finds it started") {
  Scenario scenario = one_pod(1);
  scenario.images[0].startup = Distribution::constant(9);
  scenario.workloads[0].startup_probe = StartupProbeSpec{Duration{0}, seconds(5), 30};
  const RunResult without = simulate(scenario, 0);
  CHECK(without.pods[0].ready == at_seconds(15));  // answers at 11 s, ticks at 5, 10, 15
  scenario.workloads[0].readiness_probe = ReadinessProbeSpec{Duration{0}, seconds(7), 2};
  CHECK(simulate(scenario, 0).pods[0].ready == at_seconds(22));
}

TEST_CASE("a failed container does not keep the others of its pod from starting") {
  Scenario scenario = one_pod(2);
  KubeletSpec& kubelet = scenario.node_pools[0].kubelet;
  kubelet.registry_burst = 1;
  kubelet.registry_pull_qps = 0.001;
  scenario.node_pools[0].cached = {1};
  WorkloadSpec greedy = scenario.workloads[0];  // takes the one token
  greedy.name = "greedy";
  scenario.workloads.insert(scenario.workloads.begin(), greedy);
  ScenarioEvent event;
  event.workload = 1;
  event.replicas = 1;
  scenario.events.push_back(event);
  scenario.workloads[1].pull_policy = PullPolicy::always;
  scenario.workloads[1].more_containers = {container("helper", 1)};
  scenario.duration = seconds(60);
  const RunResult result = simulate(scenario, 0);
  const PodRow& pod = result.pods[1];
  CHECK(pod.outcome == Outcome::back_off);
  CHECK_FALSE(pod.started);
  CHECK(result.pulls[*pod.pull].retries->attempts >= 3);
  CHECK_FALSE(pod.pull_started);
}

TEST_CASE("attempts of a pull that always fails come at the worker's own times") {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 2);
  KubeletSpec& kubelet = scenario.node_pools[0].kubelet;
  kubelet.serialize_image_pulls = false;
  kubelet.registry_burst = 1;
  kubelet.registry_pull_qps = 0.001;  // the first pod's pull takes the only token
  scenario.workloads[0].pull_policy = PullPolicy::always;
  std::vector<SimTime> attempts;
  SimTime now = kSimStart;
  std::uint64_t looks = 0;
  for (std::int64_t failures = 1; failures <= 5; ++failures) {
    attempts.push_back(now);
    const SimTime until = now + pull_backoff(failures);
    const auto u = [&] { return draw_of(scenario, "web-1", "requeue", looks++); };
    now += worker_requeue(std::nullopt, u());
    while (now < until) now += worker_requeue(until - now, u());
  }
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    CHECK(attempts[i] - kSimStart >= seconds(std::vector<double>{0, 10, 30, 70, 150}[i]));
    scenario.duration = attempts[i] - kSimStart;
    const auto count = static_cast<std::int64_t>(i);
    if (i > 0) CHECK(simulate(scenario, 0).pulls.at(1).retries->attempts == count + 1);
    scenario.duration -= Duration{1};
    if (i > 1) CHECK(simulate(scenario, 0).pulls.at(1).retries->attempts == count);
  }
}

TEST_CASE("thirteen pulls at once: ten within the burst, three 10 to 15 s later") {
  std::vector<ImageSpec> images;
  for (int i = 0; i < 13; ++i) {
    const std::string name = "image" + std::to_string(i);
    images.push_back(image(name, {layer(name, 10)}));
  }
  Scenario scenario = small_scenario(std::move(images), 1, 1);
  scenario.node_pools[0].kubelet.serialize_image_pulls = false;  // 5 a second, 10 at once
  for (std::size_t i = 1; i < 13; ++i) {
    WorkloadSpec workload = scenario.workloads[0];
    workload.name = "web" + std::to_string(i);
    workload.image = i;
    scenario.workloads.push_back(workload);
    ScenarioEvent event;
    event.workload = i;
    event.replicas = 1;
    scenario.events.push_back(event);
  }
  const RunResult result = simulate(scenario, 0);
  std::int64_t late = 0;
  for (const PodRow& row : result.pods) {
    const PullRow& pull = result.pulls[*row.pull];
    if (pull.retries->attempts == 1) {
      CHECK(*pull.started == at_seconds(0));
      continue;
    }
    ++late;
    const std::string pod = scenario.workloads[row.workload].name + "-0";
    const double u = draw_of(scenario, pod.c_str(), "requeue");
    CHECK(*pull.started == at_seconds(0) + worker_requeue(std::nullopt, u));
    CHECK(*pull.started >= at_seconds(10));
    CHECK(*pull.started < at_seconds(15));
  }
  CHECK(late == 3);
}

TEST_CASE("a node that starts more pods than its client may report tells of the rest later") {
  Scenario scenario = small_scenario({image("web", {layer("a", 1)})}, 1, 100);
  scenario.node_pools[0].cached = {0};
  scenario.node_pools[0].kubelet.api = {5, 10};  // the defaults before Kubernetes 1.27
  scenario.control_plane.controller_manager = {1000, 1000};
  scenario.control_plane.scheduler = {1000, 1000};
  const RunResult result = simulate(scenario, 0);
  SimTime last{};
  for (const PodRow& pod : result.pods) last = std::max(last, *pod.ready);
  // Three updates for each pod; those after the first ten come at 5 a second.
  CHECK(last == at_seconds(58));
  scenario.node_pools[0].kubelet.api = {1000, 1000};
  for (const PodRow& pod : simulate(scenario, 0).pods) CHECK(*pod.ready <= at_seconds(1));
}
