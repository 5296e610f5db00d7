// Random small scenarios through simulate(): what must hold in every run.
#include "tests/support/catch.hpp"
#include "tests/support/layer_rules.hpp"
#include "tests/support/random_scenario.hpp"
#include "tests/support/timeline_rules.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr std::uint64_t kScenarios = 2000;

/// What random scenarios are made of has to occur, or the rules below would hold for nothing.
struct Seen {
  std::size_t pods = 0, pulls = 0, cut_off = 0, failed_pulls = 0, deleted = 0, new_nodes = 0;
  std::size_t failed_attempts = 0, resumed = 0, no_progress = 0, throttled = 0, mirrored = 0;
};

void count(Seen& seen, const RunResult& result) {
  seen.pods += result.pods.size();
  seen.pulls += result.pulls.size();
  for (const PullRow& pull : result.pulls) {
    seen.cut_off += pull.started && !pull.finished ? 1 : 0;
    seen.failed_pulls += pull.retries->back_off > Duration{0} ? 1 : 0;
    seen.failed_attempts += pull.retries->failed > Duration{0} ? 1 : 0;
    seen.resumed += pull.retries->failed > Duration{0} && pull.finished ? 1 : 0;
    seen.no_progress += pull.retries->failure == PullFailure::no_progress ? 1 : 0;
    seen.throttled += pull.retries->throttled > 0 ? 1 : 0;
  }
  for (const PodRow& pod : result.pods) seen.deleted += pod.outcome == Outcome::deleted ? 1 : 0;
  for (const LayerRow& row : result.layers) {
    seen.mirrored += row.first_byte && row.registry == 2 ? 1 : 0;
  }
  for (const NodeRow& node : result.nodes) seen.new_nodes += node.initial ? 0 : 1;
}

}  // namespace

TEST_CASE("random scenarios: pods, pulls, layers, queues, rooms and series keep their rules") {
  Seen seen;
  for (std::uint64_t number = 0; number < kScenarios; ++number) {
    const Scenario scenario = random_scenario(number);
    INFO("scenario " << number);
    REQUIRE(find_problems(scenario).empty());
    const RunResult result = simulate(scenario, 0);
    CHECK(broken_run_rules(scenario, result) == "");
    CHECK(broken_layer_rules(scenario, result) == "");
    CHECK(broken_timeline_rules(scenario, result) == "");
    count(seen, result);
  }
  CHECK(seen.pods > 5000);
  CHECK(seen.pulls > 1000);
  CHECK(seen.cut_off > 50);
  CHECK(seen.failed_pulls > 50);
  CHECK(seen.deleted > 50);
  CHECK(seen.new_nodes > 500);
  CHECK(seen.failed_attempts > 200);
  CHECK(seen.resumed > 100);
  CHECK(seen.no_progress > 5);
  CHECK(seen.throttled > 100);
  CHECK(seen.mirrored > 100);
}
