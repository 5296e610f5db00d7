// Load, metrics and the HorizontalPodAutoscaler together: a step from 5 to 50 pods to the
// nanosecond, worked out by hand; requests lost and waiting; what stays as it is under steady load.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "models/decisions/readiness.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr Duration kPeriod = std::chrono::seconds(15);

/// Five pods of one core and 100 requests per second each, half of it used, on one large node that
/// has the image; target 50 %, at most 50 pods.
Scenario loaded() {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 0);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.cpu = pool.allocatable_cpu = MilliCpu{100'000};
  WorkloadSpec& web = scenario.workloads[0];
  web.replicas = 5;
  web.cpu_request = MilliCpu{1000};
  web.autoscaler = HorizontalPodAutoscalerSpec{1, 50, 50, {}, std::nullopt};
  TrafficSpec traffic;
  traffic.per_pod = 100;
  traffic.rate = {{seconds(0), 250}};
  scenario.traffic = {traffic};
  scenario.events.clear();
  scenario.duration = seconds(600);
  return scenario;
}

Duration phase(const Scenario& scenario, const char* entity, const char* purpose) {
  const double u = RandomStream(scenario.seed, 0, entity, purpose).at(0);
  return duration_up(u * to_seconds(kPeriod));
}

/// The changes of a series of `web` after the start.
std::vector<std::pair<SimTime, double>> changes(const RunResult& result, const std::string& name) {
  std::vector<std::pair<SimTime, double>> rows;
  for (const TimelineRow& row : result.timeline) {
    if (result.series[row.series].series == name && row.time > kSimStart) {
      rows.emplace_back(row.time, row.value);
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("steady load at the target changes nothing") {
  const RunResult result = simulate(loaded(), 0);
  CHECK(result.pods.empty());
  CHECK(changes(result, "replicas_wanted").empty());
  CHECK(result.scale_outs.empty());
  CHECK(result.unserved_pod_seconds == 0);
  CHECK(result.counters.requests_offered == 250 * 600);
  CHECK(result.counters.requests_lost == 0);
}

TEST_CASE("from 5 to 50 pods: two passes for each doubling, since new pods count as idle") {
  Scenario scenario = loaded();
  const Duration scrapes = phase(scenario, "metrics-server", "scrape");
  const Duration passes = phase(scenario, "web", "autoscaler");
  // The load rises just after a scrape, to twenty times what five pods can serve.
  const SimTime step = kSimStart + scrapes + 4 * kPeriod + seconds(0.001);
  scenario.traffic[0].rate.push_back({step - kSimStart, 10'000});
  const RunResult result = simulate(scenario, 0);

  // The next scrape sees 14.999 s of full use: 999.97 milli-cores, 1000 as a quantity, 100 %; twice
  // the target of five ready pods.
  const SimTime scrape = step + kPeriod - seconds(0.001);
  const SimTime first = next_tick(scrape, passes, kPeriod);
  // New pods start at once and are ready at the node's next relist. One period later they have no
  // value or one from before they were ready, and count as idle: 50 % of ten, nothing changes.
  // Another period later a whole window lies behind them: all at 100 %, twice as many.
  using Changes = std::vector<std::pair<SimTime, double>>;
  CHECK(changes(result, "replicas_wanted") == Changes{{first, 10},
                                                      {first + 2 * kPeriod, 20},
                                                      {first + 4 * kPeriod, 40},
                                                      {first + 6 * kPeriod, 50}});
  REQUIRE(result.pods.size() == 45);
  for (std::size_t i = 0; i < 5; ++i) CHECK(result.pods[i].created == first);

  // One answer to one rise of the load, done when the last pod is ready.
  REQUIRE(result.scale_outs.size() == 1);
  CHECK(result.scale_outs[0].started == step);
  CHECK(result.scale_outs[0].pods_wanted == 50);
  SimTime last{};
  for (const PodRow& pod : result.pods) last = std::max(last, *pod.ready);
  CHECK(result.scale_outs[0].done == last);
}

TEST_CASE("users wait until the queue is full, then requests are lost") {
  Scenario scenario = loaded();
  scenario.workloads[0].autoscaler.reset();
  scenario.traffic[0].timeout = seconds(4);
  scenario.traffic[0].rate = {{seconds(0), 250}, {seconds(100), 700}, {seconds(200), 0}};
  const RunResult result = simulate(scenario, 0);
  // 500 per second are served. 2000 wait after 10 s; the other 90 s lose 200 per second each.
  CHECK(result.counters.requests_offered == 250 * 100 + 700 * 100);
  CHECK(result.counters.requests_lost == 90 * 200);
  CHECK(result.unserved_pod_seconds == Approx(2 * 100));  // seven pods needed, five there
  const auto queued = changes(result, "requests_queued");
  REQUIRE(queued.size() == 1);  // rows are made when something changes
  CHECK(queued[0].first == at_seconds(200));
  CHECK(queued[0].second == Approx(2000));
}

TEST_CASE("load that falls is answered after the stabilization window") {
  Scenario scenario = loaded();
  scenario.duration = seconds(900);
  const Duration scrapes = phase(scenario, "metrics-server", "scrape");
  const Duration passes = phase(scenario, "web", "autoscaler");
  const SimTime step = kSimStart + scrapes + 4 * kPeriod + seconds(0.001);
  scenario.traffic[0].rate.push_back({step - kSimStart, 100});
  const RunResult result = simulate(scenario, 0);
  // 20 % of five pods from the first pass after the next scrape on: two pods. The pass before has
  // recommended five, which holds for 300 s and one pass more, being exactly as old then.
  const SimTime first = next_tick(step + kPeriod - seconds(0.001), passes, kPeriod);
  const SimTime fall = first - kPeriod + std::chrono::minutes(5) + kPeriod;
  using Changes = std::vector<std::pair<SimTime, double>>;
  CHECK(changes(result, "replicas_wanted") == Changes{{fall, 2}});
  CHECK(result.scale_outs.empty());
}

TEST_CASE("a slow pull holds the autoscaler back, it never turns it round") {
  Scenario scenario = loaded();
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_initial = pool.nodes_min = pool.nodes_max = 10;
  pool.cpu = pool.allocatable_cpu = MilliCpu{5000};
  pool.network = Bandwidth{1e6};                         // 10 MB in 10.5 s
  scenario.images[0].layers[0].size = Bytes{100 * kMB};  // 105 s
  scenario.traffic[0].rate.push_back({seconds(60), 10'000});
  const RunResult result = simulate(scenario, 0);
  const auto wanted = changes(result, "replicas_wanted");
  REQUIRE(wanted.size() >= 2);
  CHECK(wanted[0].second == 10);
  // No second step before the first pods are ready.
  SimTime ready = SimTime::max();
  for (const PodRow& pod : result.pods) {
    if (pod.ready) ready = std::min(ready, *pod.ready);
  }
  CHECK(wanted[1].first > ready);
  CHECK(std::is_sorted(wanted.begin(), wanted.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; }));
}
