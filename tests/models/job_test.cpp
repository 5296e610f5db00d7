// Jobs and CronJobs by hand.
#include <pullsim/simulate.hpp>

#include "models/decisions/job_step.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scenario_builder.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

/// A Job whose pods run for 20 s on a node that has their image.
Scenario batch() {
  Scenario scenario = small_scenario({image("batch", {layer("a", 10)})}, 1, 0);
  scenario.node_pools[0].cached = {0};
  WorkloadSpec& job = scenario.workloads[0];
  job.name = "batch";
  job.kind = WorkloadKind::job;
  job.run_time = Distribution::constant(20);
  scenario.events.clear();
  return scenario;
}

}  // namespace

TEST_CASE("a Job runs as many pods as parallelism says until its completions have succeeded") {
  Scenario scenario = batch();
  scenario.workloads[0].job.completions = 3;
  scenario.workloads[0].job.parallelism = 2;
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  CHECK(result.pods[0].created == kSimStart);
  CHECK(result.pods[1].created == kSimStart);
  // Both end 20 s after their start and are seen at the node's next relist; one more is made.
  const SimTime first = *result.pods[0].finished;
  CHECK(first - *result.pods[0].started >= seconds(20));
  CHECK(first - *result.pods[0].started < seconds(21));
  CHECK(result.pods[2].created == first);
  CHECK(result.scale_outs.at(0).done == result.pods[2].finished);
  CHECK(result.scale_outs.at(0).started == kSimStart);
  for (const PodRow& pod : result.pods) {
    CHECK(pod.outcome == Outcome::ok);
    CHECK_FALSE(pod.served);
  }
  CHECK(result.ended == *result.pods[2].finished);
}

TEST_CASE("the room of a pod that ran to its end is free at once") {
  Scenario scenario = batch();
  scenario.node_pools[0].max_pods = 1;
  scenario.workloads[0].job.completions = 2;
  scenario.workloads[0].job.parallelism = 2;
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 2);
  CHECK(*result.pods[1].scheduled >= *result.pods[0].finished);
  CHECK(*result.pods[1].scheduled < *result.pods[0].finished + seconds(15));
  CHECK(result.scale_outs.at(0).done.has_value());
}

TEST_CASE("a CronJob makes a Job at each time of its schedule, 0.1 s later") {
  Scenario scenario = batch();
  scenario.duration = std::chrono::minutes(20);
  scenario.time_of_day = std::chrono::hours(8) + std::chrono::minutes(58);
  WorkloadSpec& job = scenario.workloads[0];
  job.kind = WorkloadKind::cron_job;
  job.cron_job.schedule = {1U | (1ULL << 5) | (1ULL << 10), 1U << 9};  // 0,5,10 9 * * *
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pods.size() == 3);
  CHECK(result.pods[0].created == at_seconds(2 * 60 + 0.1));
  CHECK(result.pods[1].created == at_seconds(7 * 60 + 0.1));
  CHECK(result.pods[2].created == at_seconds(12 * 60 + 0.1));
  CHECK(result.scale_outs.size() == 3);
}

TEST_CASE("what becomes of a Job that still runs when the next one is due") {
  Scenario scenario = batch();
  scenario.duration = std::chrono::minutes(4);
  WorkloadSpec& job = scenario.workloads[0];
  job.kind = WorkloadKind::cron_job;
  job.run_time = Distribution::constant(90);
  job.cron_job.schedule = {~0ULL, ~0U};  // each minute
  const auto made = [&](ConcurrencyPolicy policy) {
    job.cron_job.concurrency = policy;
    return simulate(scenario, 0).pods.size();
  };
  CHECK(made(ConcurrencyPolicy::allow) == 3);  // at 60, 120, 180
  CHECK(made(ConcurrencyPolicy::forbid) == 2);
  const RunResult one_by_one =
      simulate(scenario, 0);  // that of 120 begins when the first has ended
  CHECK(one_by_one.pods[1].created >= *one_by_one.pods[0].finished);
  CHECK(one_by_one.pods[1].created < *one_by_one.pods[0].finished + seconds(0.1));
  CHECK(made(ConcurrencyPolicy::replace) == 3);
  job.cron_job.concurrency = ConcurrencyPolicy::replace;
  const RunResult replaced = simulate(scenario, 0);
  CHECK(std::count_if(replaced.pods.begin(), replaced.pods.end(),
                      [](const PodRow& pod) { return pod.finished.has_value(); }) == 0);
  CHECK(replaced.scale_outs.size() == 1);  // those replaced are not wanted any more
}

TEST_CASE("steps of a Job") {
  using Kind = JobStep::Kind;
  const JobSpec spec{5, 2, 1};
  CHECK(job_step(spec, {0, 0, 0}) == JobStep{Kind::create, 2});
  CHECK(job_step(spec, {1, 2, 0}) == JobStep{Kind::create, 1});
  CHECK(job_step(spec, {2, 2, 0}) == JobStep{Kind::none, 0});
  CHECK(job_step(spec, {0, 4, 0}) == JobStep{Kind::create, 1});  // one is missing
  CHECK(job_step(spec, {0, 5, 0}) == JobStep{Kind::complete, 0});
  CHECK(job_step(spec, {1, 2, 1}) == JobStep{Kind::create, 1});
  CHECK(job_step(spec, {1, 2, 2}) == JobStep{Kind::fail, 0});
}

TEST_CASE("a failed pod of a Job is replaced after 10 s, doubling, to 6 min") {
  CHECK(job_backoff(0) == Duration{0});
  CHECK(job_backoff(1) == std::chrono::seconds(10));
  CHECK(job_backoff(2) == std::chrono::seconds(20));
  CHECK(job_backoff(6) == std::chrono::seconds(320));
  CHECK(job_backoff(7) == std::chrono::minutes(6));
  CHECK(job_backoff(60) == std::chrono::minutes(6));
}

TEST_CASE("the next time of a schedule") {
  using std::chrono::hours;
  using std::chrono::minutes;
  const CronSchedule quarter{1U | (1ULL << 15) | (1ULL << 30) | (1ULL << 45), 0xFFFFFF};
  CHECK(until_next(quarter, hours(8)) == minutes(15));
  CHECK(until_next(quarter, hours(8) + seconds(1)) == minutes(15) - seconds(1));
  CHECK(until_next(quarter, hours(23) + minutes(50)) == minutes(10));
  const CronSchedule nine{1, 1U << 9};
  CHECK(until_next(nine, hours(9)) == hours(24));
  CHECK(until_next(nine, hours(8) + minutes(58)) == minutes(2));
}
