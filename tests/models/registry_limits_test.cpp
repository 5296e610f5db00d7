// Registries that throttle, fail or go away, to the nanosecond: what the runtime retries, when the
// kubelet comes back, and what the second attempt still has to ask for.
#include "models/decisions/retry_backoff.hpp"
#include "tests/models/runtime_scenario.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr Duration kTrip = std::chrono::milliseconds(10);

/// One layer of 100 MB, 10 s of download and 1 s of unpacking; `pods` pods, each on a node of its
/// own; requests take 10 ms.
Scenario spread_out(std::int64_t pods, const std::string& version = "1.7") {
  Scenario scenario = runtime_scenario(version, {image("web", {layer("a", 100)})}, pods);
  NodePoolSpec& pool = scenario.node_pools[0];
  pool.nodes_initial = pool.nodes_min = pool.nodes_max = pods;
  scenario.workloads[0].cpu_request = pool.allocatable_cpu;
  scenario.registries[0].round_trip = kTrip;
  return scenario;
}

void add_outage(Scenario& scenario, double at, double length, bool silent,
                std::size_t registry = 0) {
  ScenarioEvent event;
  event.kind = ScenarioEvent::Kind::registry_outage;
  event.at = seconds(at);
  event.length = seconds(length);
  event.silent = silent;
  event.registry = registry;
  scenario.events.push_back(event);
}

const PullRow& only_pull(const RunResult& result) {
  REQUIRE(result.pulls.size() == 1);
  return result.pulls[0];
}

}  // namespace

TEST_CASE("a burst of requests over the limit: five 429, a failed pull, back-off, the rest") {
  // Tokens: two HEADs at 0, two manifests at 10 ms, one config at 20 ms. The other config is asked
  // for five times from 20 ms on, the blob of the first node from 30 ms on.
  Scenario scenario = spread_out(2);
  scenario.registries[0].requests = RequestLimit{1, 5};
  const RunResult result = simulate(scenario, 0);
  REQUIRE(result.pulls.size() == 2);
  CHECK(result.registry_throttled == std::vector<std::int64_t>{10});
  Duration failed{0};
  for (const PullRow& pull : result.pulls) {
    CHECK(pull.retries->attempts == 2);
    CHECK(pull.outcome == Outcome::ok);
    CHECK(pull.retries->failure == PullFailure::registry);
    CHECK(pull.retries->throttled == 5);
    failed += pull.retries->failed;
    // The worker comes back 10 to 15 s after the failure; all tokens are there again.
    CHECK(pull.retries->back_off >= seconds(10));
    CHECK(pull.retries->back_off < seconds(15));
    CHECK(*pull.started == pull.requested + pull.retries->failed + pull.retries->back_off);
    // What the node has read of the image is not asked for again.
    const bool has_config = pull.retries->failed == 8 * kTrip;
    CHECK(pull.work->resolve == (has_config ? 1 : 2) * kTrip);
    CHECK(about(*pull.finished, *pull.started + pull.work->resolve + kTrip + seconds(11)));
    CHECK(held_up(pull, Bottleneck::latency) == pull.retries->failed + pull.work->resolve + kTrip);
    CHECK(held_up(pull, Bottleneck::back_off) == pull.retries->back_off);
    CHECK(sum_of_causes(pull) == *pull.finished - pull.requested);
  }
  CHECK(failed == 8 * kTrip + 7 * kTrip);  // 3 good and 5 bad answers; 2 good and 5 bad
  CHECK(result.counters.requests == 8 + 7 + 2 + 3);
}

TEST_CASE("CRI-O waits 2, 4, 8 and 16 s between its five requests") {
  Scenario scenario = spread_out(1, "cri-o");
  scenario.registries[0].requests = RequestLimit{0.001, 1};  // no second token in this test
  scenario.duration = seconds(35);
  const RunResult result = simulate(scenario, 0);
  const PullRow& pull = only_pull(result);
  CHECK(pull.retries->failed == 6 * kTrip + seconds(2 + 4 + 8 + 16));
  CHECK(result.registry_throttled[0] == 5);
  CHECK(pull.outcome == Outcome::back_off);
  CHECK_FALSE(pull.finished);
}

TEST_CASE("an outage breaks a transfer and fails the pull, later attempts back off and resume") {
  // The blob flows from 40 ms on; at 4 s 39.6 MB are there. Five refusals later, at 4.05 s, the
  // pull fails. The outage ends at 34 s.
  Scenario scenario = spread_out(1);
  add_outage(scenario, 4, 30, false);
  const RunResult result = simulate(scenario, 0);
  const PullRow& pull = only_pull(result);
  CHECK(*pull.started >= at_seconds(34));
  CHECK(pull.retries->bytes_lost == 0);
  CHECK(pull.work->bytes_fetched.count == 100 * kMB);
  // HEAD and the rest of the blob: 60.4 MB, then unpacking.
  CHECK(pull.work->resolve == kTrip);
  CHECK(*pull.finished == *pull.started + 2 * kTrip + seconds(6.04) + seconds(1));
  // Attempts are 10 and 20 s and so on after a failure, at the earliest, and each takes five
  // refusals of HEAD.
  CHECK(pull.retries->failed == seconds(4.05) + (pull.retries->attempts - 2) * 5 * kTrip);
  Duration least{0};
  for (std::int64_t n = 1; n < pull.retries->attempts; ++n) least += pull_backoff(n);
  CHECK(pull.retries->back_off >= least);
  CHECK(sum_of_causes(pull) == *pull.finished - kSimStart);
  CHECK(pull.bottleneck == Bottleneck::back_off);
  CHECK(result.pods[0].pull_started == pull.started);
  CHECK(result.registry_bytes[0] == Approx(100e6));
}

TEST_CASE("a registry that falls silent for 30 s delays a download by 30 s") {
  Scenario scenario = spread_out(1);
  SECTION("in the middle of a blob") {
    add_outage(scenario, 4, 30, true);
    const RunResult result = simulate(scenario, 0);
    const PullRow& pull = only_pull(result);
    CHECK(*pull.finished == at_seconds(0.04 + 10 + 30 + 1));
    CHECK(pull.retries->attempts == 1);
    CHECK(held_up(pull, Bottleneck::latency) == seconds(30.04));
  }
  SECTION("before the first request") {
    add_outage(scenario, 0, 30, true);
    std::swap(scenario.events[0], scenario.events[1]);
    CHECK(*only_pull(simulate(scenario, 0)).finished == at_seconds(30 + 0.04 + 11));
  }
  SECTION("while a request is under way, whose answer is lost") {
    add_outage(scenario, 0.015, 5, true);
    // Sent at 10 ms, and again when the registry is back.
    CHECK(*only_pull(simulate(scenario, 0)).finished == at_seconds(5.015 + 0.03 + 11));
  }
}

TEST_CASE("a pull that receives nothing for five minutes is given up, from containerd 1.7 on") {
  // Silent from 4 to 404 s. Looked at every 10 s: bytes had come by 10 s; at 310 s that is not more
  // than 300 s ago, at 320 s it is.
  Scenario scenario = spread_out(1);
  add_outage(scenario, 4, 400, true);
  SECTION("1.7") {
    const RunResult result = simulate(scenario, 0);
    const PullRow& pull = only_pull(result);
    CHECK(pull.retries->failure == PullFailure::no_progress);
    CHECK(pull.retries->failed == seconds(320));
    CHECK(pull.retries->attempts == 2);
    // The HEAD of the second attempt goes out between 330 and 335 s, times out after 30 s twice,
    // and the third one gets through at 404 s.
    CHECK(*pull.finished == at_seconds(404) + 2 * kTrip + seconds(6.04 + 1));
    CHECK(sum_of_causes(pull) == *pull.finished - kSimStart);
  }
  SECTION("1.6 has no such timeout") {
    scenario.node_pools[0].runtime.version = "1.6";
    CHECK(*only_pull(simulate(scenario, 0)).finished == at_seconds(411.04));
  }
  SECTION("a short one is looked at twice as often") {
    scenario.node_pools[0].runtime.pull_progress_timeout = seconds(3);
    scenario.duration = seconds(12);
    // Every 1.5 s: bytes by 4.5 s; 7.5 s is not more than 3 s later, 9 s is.
    CHECK(only_pull(simulate(scenario, 0)).retries->failed == seconds(9));
  }
}

TEST_CASE("a request that is not answered is given up after 30 s, and after five the pull") {
  Scenario scenario = spread_out(1);
  scenario.node_pools[0].runtime.version = "1.6";
  add_outage(scenario, 0, 1000, true);
  std::swap(scenario.events[0], scenario.events[1]);
  scenario.duration = seconds(155);
  CHECK(only_pull(simulate(scenario, 0)).retries->failed == seconds(150));
}

TEST_CASE("nodes behind one NAT share the pulls of its address") {
  Scenario scenario = spread_out(4);
  scenario.registries[0].pull_limit = PullLimit{2, seconds(600), PullLimit::Per::zone, 0};
  SECTION("two get their image, two are refused until the window has passed") {
    const RunResult result = simulate(scenario, 0);
    std::int64_t at_once = 0;
    std::int64_t attempts = 0;
    for (const PullRow& pull : result.pulls) {
      if (pull.retries->attempts == 1) {
        ++at_once;
        CHECK(*pull.finished == at_seconds(11.04));
        continue;
      }
      attempts += pull.retries->attempts - 1;
      CHECK(*pull.started >= at_seconds(600));
      // HEAD is free; the manifest is refused five times.
      CHECK(pull.retries->failed == (pull.retries->attempts - 1) * 6 * kTrip);
      CHECK(*pull.finished == *pull.started + 4 * kTrip + seconds(11));
    }
    CHECK(at_once == 2);
    CHECK(result.registry_throttled[0] == 5 * attempts);
  }
  SECTION("an address for each node") {
    scenario.registries[0].pull_limit->per = PullLimit::Per::node;
    CHECK(simulate(scenario, 0).registry_throttled[0] == 0);
  }
  SECTION("an address for each of two zones") {
    scenario.zones.push_back(ZoneSpec{"other", {}});
    scenario.node_pools[0].zones = {0, 1};
    CHECK(simulate(scenario, 0).registry_throttled[0] == 0);
    scenario.registries[0].pull_limit->per = PullLimit::Per::registry;
    CHECK(simulate(scenario, 0).registry_throttled[0] > 0);
  }
  SECTION("pulls made before the start count") {
    scenario.registries[0].pull_limit->pulls = 100;
    scenario.registries[0].pull_limit->used = 97;
    const RunResult result = simulate(scenario, 0);
    CHECK(std::count_if(result.pulls.begin(), result.pulls.end(),
                        [](const PullRow& pull) { return pull.retries->attempts == 1; }) == 3);
  }
}

TEST_CASE("server errors are retried once on the last host") {
  Scenario scenario = spread_out(1);
  scenario.registries[0].request_failure_probability = 1;
  scenario.duration = seconds(5);
  const RunResult result = simulate(scenario, 0);
  CHECK(only_pull(result).retries->failed == 2 * kTrip);
  CHECK(result.counters.requests == 2);
}

TEST_CASE("some requests fail at random, and pulls come to their end nevertheless") {
  Scenario scenario = spread_out(20);
  scenario.registries[0].request_failure_probability = 0.3;
  const RunResult result = simulate(scenario, 0);
  std::int64_t attempts = 0;
  for (const PullRow& pull : result.pulls) {
    CHECK(pull.outcome == Outcome::ok);
    CHECK(sum_of_causes(pull) == *pull.finished - pull.requested);
    attempts += pull.retries->attempts;
  }
  CHECK(attempts > 20);
  CHECK(attempts < 60);
}
