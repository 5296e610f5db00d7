// Autoscalers by other metrics than the CPU of pods, with `behavior`, and KEDA: timelines worked
// out by hand, to the pass.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "models/custom_metrics.hpp"
#include "models/decisions/readiness.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr Duration kPeriod = std::chrono::seconds(15);
using Changes = std::vector<std::pair<SimTime, double>>;

HpaMetricSpec metric(HpaMetricSpec::Source source, const char* name, HpaMetricSpec::Target target,
                     std::int64_t value) {
  return {source, name, "", target, value};
}

/// `pods` pods that have the image, on one large node; each serves 100 requests per second with
/// one core. Half of that is asked for.
Scenario served(std::int64_t pods) {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 0);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.cpu = pool.allocatable_cpu = MilliCpu{100'000};
  pool.cached = {0};
  scenario.workloads[0].replicas = pods;
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  TrafficSpec traffic;
  traffic.per_pod = 100;
  traffic.rate = {{seconds(0), 50.0 * static_cast<double>(pods)}};
  scenario.traffic = {traffic};
  scenario.events.clear();
  scenario.duration = seconds(600);
  return scenario;
}

/// Scaled by requests per second, 50 for each pod, from 1 to 50 pods.
Scenario by_requests(HpaMetricSpec::Source source) {
  Scenario scenario = served(5);
  HorizontalPodAutoscalerSpec autoscaler;
  autoscaler.max_replicas = 50;
  autoscaler.metrics = {
      metric(source, kRequestsPerSecond, HpaMetricSpec::Target::average_value, 50'000)};
  scenario.workloads[0].autoscaler = autoscaler;
  return scenario;
}

SimTime first_pass(const Scenario& scenario, SimTime after) {
  const double u = RandomStream(scenario.seed, 0, "web", "autoscaler").at(0);
  return next_tick(after, duration_up(u * to_seconds(kPeriod)), kPeriod);
}

Changes wanted(const RunResult& result) {
  Changes rows;
  for (const TimelineRow& row : result.timeline) {
    const bool is_wanted = result.series[row.series].series == "replicas_wanted";
    if (is_wanted && row.time > kSimStart) rows.emplace_back(row.time, row.value);
  }
  return rows;
}

}  // namespace

TEST_CASE("5 to 50 pods by an External metric: doubled at each pass, whatever pulls") {
  Scenario scenario = by_requests(HpaMetricSpec::Source::external);
  scenario.traffic[0].rate.push_back({seconds(100), 2500});
  const RunResult result = simulate(scenario, 0);
  const SimTime pass = first_pass(scenario, at_seconds(100));
  CHECK(wanted(result) ==
        Changes{
            {pass, 10}, {pass + kPeriod, 20}, {pass + 2 * kPeriod, 40}, {pass + 3 * kPeriod, 50}});
  std::vector<PassReason> reasons;
  for (const AutoscalerPass& one : result.passes) {
    if (one.after != one.before) reasons.push_back(one.reason);
    if (one.at >= pass) CHECK(one.proposed == 50);
  }
  CHECK(reasons == std::vector<PassReason>{PassReason::scale_up_limit, PassReason::scale_up_limit,
                                           PassReason::scale_up_limit,
                                           PassReason::desired_within_range});
}

TEST_CASE("with `behavior` a policy counts what was added in its period") {
  Scenario scenario = by_requests(HpaMetricSpec::Source::external);
  scenario.traffic[0].rate.push_back({seconds(100), 2500});
  ScalingBehavior behavior;
  behavior.up.policies = {{ScalingPolicy::Type::pods, 10, seconds(30)}};
  scenario.workloads[0].autoscaler->behavior = behavior;
  const RunResult result = simulate(scenario, 0);
  // Ten are added; 15 s later they still count; after 30 s exactly they do not.
  const SimTime pass = first_pass(scenario, at_seconds(100));
  CHECK(wanted(result) == Changes{{pass, 15},
                                  {pass + 2 * kPeriod, 25},
                                  {pass + 4 * kPeriod, 35},
                                  {pass + 6 * kPeriod, 45},
                                  {pass + 8 * kPeriod, 50}});
}

TEST_CASE("with default `behavior` the CPU path steps as without") {
  Scenario scenario = served(5);
  HorizontalPodAutoscalerSpec autoscaler;
  autoscaler.max_replicas = 50;
  autoscaler.target_cpu_utilization = 50;
  scenario.workloads[0].autoscaler = autoscaler;
  scenario.traffic[0].rate.push_back({seconds(100), 10'000});
  const RunResult without = simulate(scenario, 0);
  scenario.workloads[0].autoscaler->behavior = ScalingBehavior{};
  const RunResult with = simulate(scenario, 0);
  REQUIRE(wanted(without).size() >= 4);
  CHECK(wanted(without).back().second == 50);
  CHECK(wanted(with) == wanted(without));
}

TEST_CASE("a window of scaleDown holds the greatest recommendation younger than it") {
  Scenario scenario = by_requests(HpaMetricSpec::Source::external);
  ScalingBehavior behavior;
  behavior.down.stabilization_window = seconds(60);
  scenario.workloads[0].autoscaler->behavior = behavior;
  scenario.traffic[0].rate.push_back({seconds(100), 100});
  const RunResult result = simulate(scenario, 0);
  // The last pass before the fall recommended five; it is not younger than 60 s three passes after
  // the first one that recommends two.
  const SimTime pass = first_pass(scenario, at_seconds(100));
  CHECK(wanted(result) == Changes{{pass + 3 * kPeriod, 2}});
}

TEST_CASE("what selectPolicy Disabled forbids does not happen") {
  Scenario scenario = by_requests(HpaMetricSpec::Source::external);
  scenario.traffic[0].rate.push_back({seconds(100), 2500});
  ScalingBehavior behavior;
  behavior.up.select = SelectPolicy::disabled;
  scenario.workloads[0].autoscaler->behavior = behavior;
  CHECK(wanted(simulate(scenario, 0)).empty());
}

TEST_CASE("a Pods metric is as old as a scrape, and new pods count as soon as they have one") {
  Scenario scenario = by_requests(HpaMetricSpec::Source::pods);
  const double u = RandomStream(scenario.seed, 0, "metrics-server", "scrape").at(0);
  const Duration phase = duration_up(u * to_seconds(kPeriod));
  const SimTime step = kSimStart + phase + 4 * kPeriod + seconds(0.001);
  scenario.traffic[0].rate.push_back({step - kSimStart, 10'000});
  const RunResult result = simulate(scenario, 0);
  // 100 requests per second and pod, twice the target, in the first window after the step.
  const SimTime pass = first_pass(scenario, step + kPeriod - seconds(0.001));
  const Changes changes = wanted(result);
  REQUIRE(changes.size() >= 2);
  CHECK(changes[0] == std::pair<SimTime, double>{pass, 10});
  CHECK(changes.back().second == 50);
}

TEST_CASE(
    "an Object's Value multiplies the ready pods, a series of the scenario is known by name") {
  Scenario scenario = served(4);
  scenario.metrics = {{"jobs", {{seconds(0), 10'000}, {seconds(100), 15'000}}}};
  HorizontalPodAutoscalerSpec autoscaler;
  autoscaler.max_replicas = 50;
  autoscaler.metrics = {
      metric(HpaMetricSpec::Source::object, "jobs", HpaMetricSpec::Target::value, 10'000)};
  scenario.workloads[0].autoscaler = autoscaler;
  const RunResult result = simulate(scenario, 0);
  // 1.5 times four ready pods; then 1.5 times those that are ready at each pass.
  const SimTime pass = first_pass(scenario, at_seconds(100));
  const Changes changes = wanted(result);
  REQUIRE(changes.size() >= 2);
  CHECK(changes[0] == std::pair<SimTime, double>{pass, 6});
  CHECK(changes[1] == std::pair<SimTime, double>{pass + kPeriod, 9});
  CHECK(result.scale_outs.at(0).started == at_seconds(100));
}

TEST_CASE("the greatest of several metrics counts, one that nobody reports blocks scaling down") {
  Scenario scenario = by_requests(HpaMetricSpec::Source::external);
  scenario.workloads[0].autoscaler->metrics.push_back(metric(
      HpaMetricSpec::Source::external, "unknown", HpaMetricSpec::Target::average_value, 1000));
  scenario.traffic[0].rate.push_back({seconds(100), 500});
  scenario.traffic[0].rate.push_back({seconds(200), 50});
  const RunResult result = simulate(scenario, 0);
  CHECK(wanted(result) == Changes{{first_pass(scenario, at_seconds(100)), 10}});
  CHECK(result.passes.back().reason == PassReason::metrics_failed);
}

TEST_CASE("the CPU of a container grows with its share of the requests") {
  Scenario scenario = served(5);
  ContainerSpec proxy;
  proxy.name = "proxy";
  proxy.cpu_request = MilliCpu{1000};
  scenario.workloads[0].more_containers = {proxy};
  HorizontalPodAutoscalerSpec autoscaler;
  autoscaler.max_replicas = 50;
  HpaMetricSpec cpu;
  cpu.source = HpaMetricSpec::Source::container_resource;
  cpu.container = "proxy";
  cpu.target = HpaMetricSpec::Target::average_value;
  cpu.value = 500;  // half of its request: what half of the load uses
  autoscaler.metrics = {cpu};
  scenario.workloads[0].autoscaler = autoscaler;
  CHECK(wanted(simulate(scenario, 0)).empty());
  scenario.workloads[0].autoscaler->metrics[0].value = 250;
  CHECK(wanted(simulate(scenario, 0)).at(0).second == 10);
}

TEST_CASE("a series has the value of its last step") {
  const MetricSeriesSpec series{"jobs", {{seconds(10), 3000}, {seconds(20), 7000}}};
  CHECK_FALSE(value_at(series, seconds(9.999)));
  CHECK(value_at(series, seconds(10)) == 3000);
  CHECK(value_at(series, seconds(19)) == 3000);
  CHECK(value_at(series, seconds(500)) == 7000);
}

TEST_CASE("KEDA: from none to one at a poll, to five by its autoscaler, back to none") {
  Scenario scenario = served(0);
  TrafficSpec& traffic = scenario.traffic[0];
  traffic.per_pod = 10;
  traffic.timeout = seconds(300);
  traffic.rate = {{seconds(0), 0}, {seconds(100), 45}, {seconds(300), 0}};
  ScaledObjectSpec keda;
  keda.cooldown = seconds(60);
  keda.triggers = {{kRequestsPerSecond, 10'000, 0}};
  scenario.workloads[0].scaled_object = keda;
  const RunResult result = simulate(scenario, 0);

  constexpr Duration kPoll = std::chrono::seconds(30);
  const double u = RandomStream(scenario.seed, 0, "web", "keda").at(0);
  const Duration phase = duration_up(u * to_seconds(kPoll));
  const SimTime poll = next_tick(at_seconds(100), phase, kPoll);
  const SimTime pass = first_pass(scenario, poll);
  // 45 / 10 asks for five; the first pass may add up to four in all. The last poll with requests
  // was before 300; 60 s later is not more than the cooldown, 90 s is.
  const SimTime last_active = next_tick(at_seconds(300), phase, kPoll) - kPoll;
  CHECK(wanted(result) ==
        Changes{{poll, 1}, {pass, 4}, {pass + kPeriod, 5}, {last_active + 3 * kPoll, 0}});
  CHECK(result.counters.requests_lost == 0);  // they waited for the first pod
  CHECK(result.counters.requests_offered == std::int64_t{45} * 200);
  REQUIRE_FALSE(result.gaps.empty());
  CHECK(result.gaps[0].began == at_seconds(100));
  REQUIRE(result.gaps[0].restored);
  CHECK(result.gaps[0].pod == 4);
  CHECK(result.passes.back().reason == PassReason::off);
}

TEST_CASE("KEDA: an idle count of none stands below the minimum") {
  Scenario scenario = served(0);
  scenario.metrics = {{"jobs", {{seconds(0), 0}, {seconds(100), 1000}}}};
  ScaledObjectSpec keda;
  keda.min_replicas = 3;
  keda.idle_replicas = 0;
  keda.triggers = {{"jobs", 5000, 0}};
  scenario.workloads[0].scaled_object = keda;
  const Changes changes = wanted(simulate(scenario, 0));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].second == 3);
}
