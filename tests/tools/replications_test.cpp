// Many runs on many threads: order, failures and stopping.
#include "tools/run/replications.hpp"

#include <pullsim/engine.hpp>

#include "sim/check.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/result_builder.hpp"
#include "tools/run/study_result.hpp"

#include <chrono>
#include <set>
#include <thread>

using namespace pullsim;
using namespace pullsim::test;

namespace {

/// Later runs end sooner, so that threads finish out of order.
RunResult out_of_order(const Scenario& scenario, std::uint32_t run) {
  std::this_thread::sleep_for(std::chrono::microseconds(200 * (7 - run % 8)));
  RunResult result;
  result.digest = scenario.seed * 1000 + run;
  return result;
}

std::vector<std::pair<std::size_t, std::uint32_t>> order_with(int threads) {
  auto study = study_of({"slim", "large"}, 8);
  ReplicationOptions options;
  options.threads = threads;
  options.run_one = out_of_order;
  std::vector<std::pair<std::size_t, std::uint32_t>> order;
  run_replications(study, options, [&](std::size_t variant, RunResult&& result) {
    order.emplace_back(variant, result.run);
  });
  return order;
}

}  // namespace

TEST_CASE("Results come by variant name, then run, for any number of threads") {
  const auto one = order_with(1);
  REQUIRE(one.size() == 16);
  CHECK(one[0] == std::pair<std::size_t, std::uint32_t>{1, 0});  // large before slim
  CHECK(one[7] == std::pair<std::size_t, std::uint32_t>{1, 7});
  CHECK(one[8] == std::pair<std::size_t, std::uint32_t>{0, 0});
  CHECK(order_with(2) == one);
  CHECK(order_with(5) == one);
}

TEST_CASE("The first failing run in order is the one reported, with seed, run and variant") {
  auto study = study_of({"only"}, 12);
  study.variants[0].scenario.seed = 42;
  ReplicationOptions options;
  options.threads = 4;
  options.run_one = [](const Scenario&, std::uint32_t run) -> RunResult {
    if (run >= 5) throw Fault("bytes are neither made nor lost");
    std::this_thread::sleep_for(std::chrono::microseconds(500));
    return {};
  };
  int handed_on = 0;
  try {
    run_replications(study, options, [&](std::size_t, RunResult&&) { ++handed_on; });
    FAIL("a fault ends the study");
  } catch (const RunFault& fault) {
    CHECK(std::string(fault.what()) == "bytes are neither made nor lost");
    CHECK(fault.seed == 42);
    CHECK(fault.run == 5);
    CHECK(fault.variant == "only");
  }
  CHECK(handed_on == 5);
}

TEST_CASE("A spent event budget names the run") {
  auto study = study_of({"only"}, 3);
  ReplicationOptions options;
  options.run_one = [](const Scenario&, std::uint32_t run) -> RunResult {
    if (run == 1) throw BudgetExceeded("2000 events");
    return {};
  };
  CHECK_THROWS_AS(run_replications(study, options, [](std::size_t, RunResult&&) {}),
                  RunBudgetSpent);
}

TEST_CASE("A stop lets the runs under way end and begins no other") {
  auto study = study_of({"only"}, 1000);
  std::atomic<int> stop{0};
  ReplicationOptions options;
  options.threads = 2;
  options.stop = &stop;
  options.run_one = [&](const Scenario&, std::uint32_t run) {
    if (run == 10) stop = 2;
    return RunResult{};
  };
  std::int64_t handed_on = 0;
  const auto done =
      run_replications(study, options, [&](std::size_t, RunResult&&) { ++handed_on; });
  CHECK(done == handed_on);
  CHECK(done >= 11);
  CHECK(done <= 11 + 4);  // at most twice the threads are under way
}

TEST_CASE("A paired threshold whose other variant was not run is UNSURE with that reason") {
  auto study = study_of({"slim"}, 2);
  Threshold threshold;
  threshold.name = "pays-off";
  threshold.limit.variant = "large";
  study.thresholds = {threshold};
  StudyResult result;
  RunBuilder run;
  run.pod(0, run.node(true, 0, 0), 0, std::nullopt, 1);
  add_run(study, 0, run.result(), &result);
  add_run(study, 0, run.result(), &result);
  finish(study, false, &result);
  REQUIRE(result.thresholds.size() == 1);
  CHECK(result.thresholds[0].result.outcome == Verdict::unsure);
  CHECK(result.thresholds[0].result.reason == "variant `large` was not run");
}

TEST_CASE("Phases of a pod add up, and a pod at a share is one of those that became ready") {
  RunBuilder run;
  const auto node = run.node(true, 0, 0);
  const auto pull = run.pull(node, 31, 2, 1, 20, 4);
  run.pod(0, node, 30, pull, 1.5);
  run.pod(0, node, 0, std::nullopt, 1);
  run.pending_pod(5);
  CHECK(pod_at(run.result(), 0.5) == 1u);
  CHECK(pod_at(run.result(), 0.95) == 0u);
  const auto phases = phases_of(run.result().pods[0], run.result());
  REQUIRE(phases.has_value());
  const auto of = [&](PodStage phase) { return phases->time[static_cast<std::size_t>(phase)]; };
  CHECK(of(PodStage::node_start) == seconds(30));
  CHECK(of(PodStage::sandbox) == seconds(0.5));
  CHECK(of(PodStage::pull_wait) == seconds(2.5));
  CHECK(of(PodStage::download) == seconds(20));
  CHECK(of(PodStage::unpack) == seconds(4));
  CHECK(of(PodStage::ready) == seconds(1.5));
  const auto held = phases->held_up[static_cast<std::size_t>(PodStage::download)];
  CHECK(held.by == Bottleneck::egress);
  CHECK(held.time == seconds(20));
  CHECK_FALSE(phases_of(run.result().pods[2], run.result()).has_value());
}

TEST_CASE("What held a download up may be the CPU or disk that unpacking does not account for") {
  RunBuilder run;
  const auto node = run.node(true, 0, 0);
  const auto pull = run.pull(node, 0.5, 0, 1, 6, 12);
  run.result().pulls[pull].work.edit().held_up_by = {{Bottleneck::latency, seconds(1)},
                                                     {Bottleneck::cpu, seconds(13)},
                                                     {Bottleneck::disk, seconds(5)}};
  run.pod(0, node, 0, pull, 1.5);
  const auto phases = phases_of(run.result().pods[0], run.result());
  const auto held = [&](PodStage phase) {
    return phases->held_up[static_cast<std::size_t>(phase)];
  };
  CHECK(held(PodStage::unpack).by == Bottleneck::cpu);
  CHECK(held(PodStage::unpack).time == seconds(12));
  CHECK(held(PodStage::download).by == Bottleneck::disk);
  CHECK(held(PodStage::download).time == seconds(5));
}
