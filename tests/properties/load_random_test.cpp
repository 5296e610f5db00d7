// Autoscalers under random loads: what must hold whatever comes.
#include <pullsim/random.hpp>
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>
#include <cmath>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr int kTrials = 60;

/// `pods` pods that serve 100 requests per second each, scaled by requests, 50 for each pod.
Scenario scaled(std::int64_t pods, HpaMetricSpec::Source source) {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 1, 0);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.cpu = pool.allocatable_cpu = MilliCpu{100'000};
  pool.max_pods = 1000;
  scenario.workloads[0].replicas = pods;
  scenario.workloads[0].cpu_request = MilliCpu{1000};
  HorizontalPodAutoscalerSpec autoscaler;
  autoscaler.max_replicas = 60;
  autoscaler.target_cpu_utilization = 50;
  if (source != HpaMetricSpec::Source::resource) {
    autoscaler.metrics = {
        {source, kRequestsPerSecond, "", HpaMetricSpec::Target::average_value, 50'000}};
  }
  scenario.workloads[0].autoscaler = autoscaler;
  TrafficSpec traffic;
  traffic.per_pod = 100;
  traffic.rate = {{seconds(0), 50.0 * static_cast<double>(pods)}};
  scenario.traffic = {traffic};
  scenario.events.clear();
  scenario.duration = seconds(400);
  return scenario;
}

ScalingRules random_rules(RandomStream& chance) {
  ScalingRules rules;
  rules.select = static_cast<SelectPolicy>(chance.next() * 3);
  rules.stabilization_window = seconds(std::floor(chance.next() * 120));
  const int policies = 1 + static_cast<int>(chance.next() * 3);
  for (int i = 0; i < policies; ++i) {
    rules.policies.push_back({static_cast<ScalingPolicy::Type>(chance.next() * 2),
                              static_cast<std::int32_t>(1 + chance.next() * 100),
                              seconds(std::floor(1 + chance.next() * 120))});
  }
  return rules;
}

std::vector<std::int64_t> sizes(const RunResult& result) {
  std::vector<std::int64_t> after;
  for (const AutoscalerPass& pass : result.passes) after.push_back(pass.after);
  return after;
}

}  // namespace

TEST_CASE("replicas stay within their bounds, and every request is accounted for") {
  RandomStream chance(1, 0, "load", "bounds");
  for (int trial = 0; trial < kTrials; ++trial) {
    using Source = HpaMetricSpec::Source;
    const Source sources[] = {Source::resource, Source::pods, Source::external};
    Scenario scenario = scaled(5, sources[trial % 3]);
    scenario.seed = static_cast<std::uint64_t>(trial);
    HorizontalPodAutoscalerSpec& autoscaler = *scenario.workloads[0].autoscaler;
    autoscaler.min_replicas = 1 + static_cast<std::int64_t>(chance.next() * 8);
    autoscaler.max_replicas =
        autoscaler.min_replicas + static_cast<std::int64_t>(chance.next() * 40);
    if (trial % 2 == 0) {
      autoscaler.behavior = ScalingBehavior{random_rules(chance), random_rules(chance)};
    }
    if (trial % 4 == 1) scenario.traffic[0].retries = {2, seconds(3)};
    if (trial % 5 == 1) scenario.traffic[0].warm_up = {seconds(30), 20};
    for (int step = 1; step < 6; ++step) {
      scenario.traffic[0].rate.push_back({seconds(step * 60), chance.next() * 4000});
    }
    const RunResult result = simulate(scenario, 0);
    INFO("trial " << trial);
    REQUIRE_FALSE(result.passes.empty());
    for (const AutoscalerPass& pass : result.passes) {
      if (pass.after == pass.before) continue;
      REQUIRE(pass.after <= autoscaler.max_replicas);
      REQUIRE(pass.after >= std::min(autoscaler.min_replicas, pass.before));
    }
    REQUIRE(result.counters.requests_lost <= result.counters.requests_offered);
    for (const ServiceGap& gap : result.gaps) {
      if (gap.restored) REQUIRE(*gap.restored > gap.began);
    }
  }
}

TEST_CASE("inside the tolerance nothing changes") {
  RandomStream chance(1, 0, "load", "tolerance");
  for (int trial = 0; trial < kTrials; ++trial) {
    Scenario scenario = scaled(20, HpaMetricSpec::Source::external);
    for (int step = 1; step < 40; ++step) {
      const double ratio = 0.901 + chance.next() * 0.198;
      scenario.traffic[0].rate.push_back({seconds(step * 10), 20 * 50 * ratio});
    }
    const RunResult result = simulate(scenario, 0);
    for (const AutoscalerPass& pass : result.passes) REQUIRE(pass.after == 20);
    REQUIRE(result.pods.empty());
  }
}

TEST_CASE("a higher step of load never leads to fewer pods") {
  RandomStream chance(1, 0, "load", "monotone");
  for (int trial = 0; trial < kTrials; ++trial) {
    Scenario scenario = scaled(5, HpaMetricSpec::Source::external);
    scenario.seed = static_cast<std::uint64_t>(trial);
    const double lower = 250 + chance.next() * 2000;
    scenario.traffic[0].rate.push_back({seconds(50), lower});
    const auto few = sizes(simulate(scenario, 0));
    scenario.traffic[0].rate.back().per_second = lower + chance.next() * 2000;
    const auto more = sizes(simulate(scenario, 0));
    REQUIRE(few.size() == more.size());
    for (std::size_t i = 0; i < few.size(); ++i) REQUIRE(more[i] >= few[i]);
  }
}

TEST_CASE("scaled at random in the middle of roll-outs: surge holds, and all ends well") {
  RandomStream chance(1, 0, "load", "roll-outs");
  for (int trial = 0; trial < kTrials; ++trial) {
    Scenario scenario =
        small_scenario({image("v1", {layer("a", 10)}), image("v2", {layer("b", 10)})}, 1, 0);
    scenario.registries[0].per_connection = Bandwidth{1e6};
    scenario.node_pools[0].max_pods = 1000;
    scenario.workloads[0].replicas = 1 + static_cast<std::int64_t>(chance.next() * 20);
    scenario.workloads[0].min_ready = seconds(std::floor(chance.next() * 4));
    std::int64_t most = scenario.workloads[0].replicas;
    scenario.events.clear();
    std::int64_t last = most;
    for (int i = 0; i < 6; ++i) {
      ScenarioEvent event;
      event.at = seconds(10 + i * 4);
      event.kind = i % 2 == 0 ? ScenarioEvent::Kind::set_image : ScenarioEvent::Kind::scale;
      event.image = i % 4 == 0 ? 1 : 0;
      event.replicas = 1 + static_cast<std::int64_t>(chance.next() * 20);
      if (event.kind == ScenarioEvent::Kind::scale) {
        most = std::max(most, event.replicas);
        last = event.replicas;
      }
      scenario.events.push_back(event);
    }
    const RunResult result = simulate(scenario, 0);
    INFO("trial " << trial);
    const std::int64_t surge = (most + 3) / 4;  // 25 %, rounded up
    const auto surged = static_cast<double>(most + surge);
    double ready = 0;
    for (const TimelineRow& row : result.timeline) {
      const std::string& series = result.series[row.series].series;
      if (series == "replicas_created") {
        REQUIRE(row.value <= surged);
      }
      if (series == "replicas_ready") ready = row.value;
    }
    REQUIRE(ready == static_cast<double>(last));
  }
}
