// What each metric measures, on runs made by hand.
#include "tools/run/metrics.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/result_builder.hpp"
#include "tools/run/step_series.hpp"

#include <limits>

using namespace pullsim;
using namespace pullsim::test;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
using Values = std::vector<double>;

/// Two nodes, one of them new; three pods ready after 40.8, 20.8 and 1.8 s.
RunBuilder small_run() {
  RunBuilder run;
  const auto old_node = run.node(true, 0, 0);
  const auto new_node = run.node(false, 60, 105);
  const auto first = run.pull(old_node, 61, 0, 1, 14, 3.5);
  const auto second = run.pull(new_node, 90.5, 2, 1, 3, 2.5);
  run.pod(60, new_node, 30, second, 1.5);
  run.pod(60.5, old_node, 0, first, 1.5);
  run.pod(80, old_node, 0, std::nullopt, 1);
  return run;
}

Aggregate how(Aggregate::Kind kind, double parameter = 0, std::string op = "") {
  return {kind, parameter, std::move(op)};
}

}  // namespace

TEST_CASE("pod_ready runs from creation to readiness, sorted over pods") {
  const auto scenario = one_pool_scenario();
  auto run = small_run();
  CHECK(samples(Metric::pod_ready, scenario, run.result()) == Values{1.8, 20.8, 40.8});
  CHECK(samples(Metric::pod_started, scenario, run.result()) == Values{0.8, 19.3, 39.3});
}

TEST_CASE("A pod that is wanted and not ready is above every limit, whatever kept it") {
  const auto scenario = one_pool_scenario();
  auto run = small_run();
  SECTION("pending to the end") { run.pending_pod(100); }
  SECTION("evicted after it was ready") { run.result().pods[0].outcome = Outcome::evicted; }
  SECTION("failed") { run.result().pods[0].outcome = Outcome::failed; }
  SECTION("evicted, then no longer wanted") {
    run.result().pods[0].outcome = Outcome::evicted;
    run.result().pods[0].wanted = false;
  }
  const auto values = samples(Metric::pod_ready, scenario, run.result());
  CHECK(values.back() == kNever);
  CHECK(aggregate(how(Aggregate::Kind::mean), values) == kNever);
  CHECK(aggregate(how(Aggregate::Kind::max), values) == kNever);
  CHECK(aggregate(how(Aggregate::Kind::min), values) == 1.8);
  CHECK(aggregate(how(Aggregate::Kind::count), values) == double(values.size() - 1));
}

TEST_CASE("A pod deleted by a scale-down before it was ready is left out, a ready one counts") {
  const auto scenario = one_pool_scenario();
  auto run = small_run();
  PodRow& gone = run.pending_pod(100);
  gone.wanted = false;
  gone.outcome = Outcome::deleted;
  run.result().pods[2].wanted = false;
  run.result().pods[2].outcome = Outcome::deleted;
  CHECK(samples(Metric::pod_ready, scenario, run.result()) == Values{1.8, 20.8, 40.8});
}

TEST_CASE("Metrics of pulls, nodes, scale-outs and bytes") {
  const auto scenario = one_pool_scenario();
  auto run = small_run();
  run.result().scale_outs.push_back({0, moment(60), moment(100.8), 3});
  run.result().scale_outs.push_back({0, moment(300), std::nullopt, 2});
  run.result().pulls[1].work.edit().layers_fetched = 1;
  run.result().pulls[1].work.edit().layers_reused = 3;
  run.result().unserved_pod_seconds = 91.5;
  const auto of = [&](Metric metric) { return samples(metric, scenario, run.result()); };
  CHECK(of(Metric::pull_time) == Values{6.5, 18.5});
  CHECK(of(Metric::pull_wait) == Values{0, 2});
  CHECK(of(Metric::unpack_time) == Values{2.5, 3.5});
  CHECK(of(Metric::node_ready) == Values{45});
  CHECK(of(Metric::scaleout_done) == Values{40.8, kNever});
  CHECK(of(Metric::registry_egress) == Values{84e6});
  CHECK(of(Metric::cache_hits) == Values{0, 0.75});
  CHECK(of(Metric::unserved) == Values{91.5});
  // 3 of the 2 + 4 layers, not the mean of 0 and 0.75.
  CHECK(measure(Metric::cache_hits, how(Aggregate::Kind::mean), scenario, run.result()) == 0.5);
}

TEST_CASE("A new node that never becomes ready never did, one removed before is left out") {
  const auto scenario = one_pool_scenario();
  RunBuilder run;
  run.node(false, 10, std::nullopt);
  const auto removed = run.node(false, 10, std::nullopt);
  run.result().nodes[removed].removed = moment(20);
  CHECK(samples(Metric::node_ready, scenario, run.result()) == Values{kNever});
}

TEST_CASE("Filters: all must match") {
  const auto scenario = one_pool_scenario();
  auto run = small_run();
  const auto ready = [&](const Where& where) {
    return samples(Metric::pod_ready, scenario, run.result(), where);
  };
  CHECK(ready({{"node", "general-0"}}) == Values{1.8, 20.8});
  CHECK(ready({{"pool", "general"}, {"workload", "web"}, {"image", "web"}}).size() == 3);
  CHECK(ready({{"workload", "other"}}).empty());
  CHECK(ready({{"node", "general-0"}, {"image", "other"}}).empty());
  CHECK(samples(Metric::pull_time, scenario, run.result(), {{"workload", "web"}}).size() == 2);
  CHECK(samples(Metric::registry_egress, scenario, run.result(), {{"node", "general-1"}}) ==
        Values{42e6});
  run.pending_pod(100);
  CHECK(ready({{"pool", "general"}}).size() == 3);
}

TEST_CASE("Aggregates of samples") {
  const Values values = {1, 2, 3, 4, 5, 6, 7, 8, 9, kNever};
  const auto of = [&](Aggregate::Kind kind, double parameter = 0, const char* op = "") {
    return aggregate(how(kind, parameter, op), values);
  };
  using Kind = Aggregate::Kind;
  CHECK(of(Kind::percentile, 0) == 1.0);
  CHECK(of(Kind::percentile, 50) == 5.0);
  CHECK(of(Kind::percentile, 90) == 9.0);
  CHECK(of(Kind::percentile, 91) == kNever);
  CHECK(of(Kind::fraction, 3, "<") == 0.2);
  CHECK(of(Kind::fraction, 3, "<=") == 0.3);
  CHECK(of(Kind::fraction, 9, ">") == 0.1);
  CHECK(of(Kind::fraction, 9, ">=") == 0.2);
  CHECK(of(Kind::count) == 9.0);
  CHECK(of(Kind::total) == kNever);
  CHECK_FALSE(of(Kind::at, 10).has_value());
  CHECK_FALSE(aggregate(how(Kind::mean), {}).has_value());
  CHECK(aggregate(how(Kind::count), {}) == 0.0);
}

TEST_CASE("Use of links is a share of the payload rate, over the time a node is ready") {
  auto scenario = one_pool_scenario();
  scenario.duration = seconds(100);
  RunBuilder run;
  run.node(true, 0, 0);
  run.node(false, 10, 60);
  const double full = payload_of(*scenario.node_pools[0].network).bytes_per_second;
  run.step("network_rate", "general-0", 0, 0);
  run.step("network_rate", "general-0", 20, full);
  run.step("network_rate", "general-0", 30, 0);
  run.step("network_rate", "general-1", 60, full / 2);
  using Kind = Aggregate::Kind;
  const auto use = samples(Metric::nic_use, scenario, run.result());
  REQUIRE(use.size() == 2);
  CHECK(use[0] == Approx(0.1));
  CHECK(use[1] == Approx(0.5));
  CHECK(*measure(Metric::nic_use, how(Kind::peak), scenario, run.result()) == Approx(1.0));
  CHECK(*measure(Metric::nic_use, how(Kind::at, 70), scenario, run.result()) == Approx(0.25));
  scenario.node_pools[0].network.reset();
  CHECK(samples(Metric::nic_use, scenario, run.result()).empty());
  CHECK(samples(Metric::disk_use, scenario, run.result()) == Values{0, 0});
}

TEST_CASE("Egress over time: bytes until a moment and the highest rate of all registries") {
  const auto scenario = one_pool_scenario();
  RunBuilder run;
  run.step("egress_rate", "main", 10, 5e6);
  run.step("egress_rate", "mirror", 12, 3e6);
  run.step("egress_rate", "main", 20, 0);
  run.step("egress_rate", "mirror", 20, 0);
  using Kind = Aggregate::Kind;
  const auto of = [&](const Aggregate& aggregate) {
    return measure(Metric::registry_egress, aggregate, scenario, run.result());
  };
  CHECK(of(how(Kind::peak)) == 8e6);
  CHECK(of(how(Kind::at, 14)) == 26e6);
  CHECK(aggregate_unit(Metric::registry_egress, how(Kind::peak)) == "bytes/s");
}

TEST_CASE("Unserved of one workload is wanted minus served to the scenario's end") {
  const auto scenario = one_pool_scenario();
  RunBuilder run;
  run.step("replicas_wanted", "web", 0, 3);
  run.step("replicas_served", "web", 0, 3);
  run.step("replicas_wanted", "web", 60, 5);
  run.step("replicas_served", "web", 70, 4);
  CHECK(samples(Metric::unserved, scenario, run.result(), {{"workload", "web"}}) ==
        Values{2 * 10 + 1 * 530});
  const auto until_80 =
      measure(Metric::unserved, how(Aggregate::Kind::at, 80), scenario, run.result());
  CHECK(until_80 == 30.0);
}

TEST_CASE("Throttled requests are those of the registries, or of the pulls that match") {
  const auto scenario = one_pool_scenario();
  RunResult result = small_run().result();
  result.registry_throttled = {3, 4};
  result.pulls.at(0).retries.edit().throttled = 2;
  CHECK(samples(Metric::registry_throttled, scenario, result) == Values{7});
  const Where image = {{"image", scenario.images[result.pulls[0].image].name}};
  CHECK(samples(Metric::registry_throttled, scenario, result, image) == Values{2});
  CHECK(measure(Metric::registry_throttled, how(Aggregate::Kind::total), scenario, result) == 7);
}

TEST_CASE("cost is the price of nodes while they are there, or absent where one has no price") {
  auto scenario = one_pool_scenario();
  const RunResult result = small_run().result();
  CHECK(samples(Metric::cost, scenario, result).empty());
  scenario.node_pools[0].price = 0.36;  // 0.0001 a second
  double seconds = 0;
  for (const NodeRow& node : result.nodes) {
    const SimTime end = node.removed.value_or(SimTime{scenario.duration});
    seconds += to_seconds(end - node.requested);
  }
  REQUIRE(seconds > 0);
  CHECK(measure(Metric::cost, how(Aggregate::Kind::total), scenario, result).value() ==
        Approx(seconds * 0.0001));
  const Where first = {{"node", result.nodes[0].name}};
  const double one = to_seconds(result.nodes[0].removed.value_or(SimTime{scenario.duration}) -
                                result.nodes[0].requested);
  CHECK(measure(Metric::cost, how(Aggregate::Kind::total), scenario, result, first).value() ==
        Approx(one * 0.0001));
}

TEST_CASE("A step series: the later of two values at one time counts, before the first it is 0") {
  StepSeries series;
  series.add(moment(10), 4);
  series.add(moment(10), 6);
  series.add(moment(20), 1);
  CHECK(series.at(moment(9.999)) == 0);
  CHECK(series.at(moment(10)) == 6);
  CHECK(series.integral(moment(5), moment(25)) == 65);
  CHECK(series.integral(moment(12), moment(13)) == 6);
  CHECK(series.integral(moment(30), moment(20)) == 0);
  CHECK(series.peak(moment(20), moment(30)) == 1);
  CHECK(series.peak(moment(0), moment(10)) == 0);
}
