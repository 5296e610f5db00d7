// Stabilization, policies and whole passes of a HorizontalPodAutoscaler: tables, a step from 5 to
// 50 on both paths by hand, and random histories that stay within bounds and do not flap.
#include "models/decisions/hpa_behavior.hpp"

#include <pullsim/random.hpp>

#include "models/decisions/hpa_pass.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace pullsim;
using Type = ScalingPolicy::Type;
using Reason = LimitReason;

namespace {

constexpr Duration seconds(std::int64_t count) { return std::chrono::seconds(count); }
constexpr SimTime at(std::int64_t count) { return SimTime{seconds(count)}; }

ScalingRules rules(std::vector<ScalingPolicy> policies, SelectPolicy select = SelectPolicy::max) {
  return {select, seconds(0), std::move(policies), std::nullopt};
}

std::vector<std::int32_t> replicas_of(const std::vector<Recommendation>& log) {
  std::vector<std::int32_t> replicas;
  for (const Recommendation& entry : log) replicas.push_back(entry.replicas);
  return replicas;
}

/// Sizes after each pass, every 15 s from 0, while the metrics keep asking for `wanted`.
std::vector<std::int32_t> sizes(const HpaSettings& settings, std::int32_t from, std::int32_t wanted,
                                int passes, Duration period = seconds(15)) {
  HpaMemory memory;
  std::vector<std::int32_t> result;
  for (int pass = 0; pass < passes; ++pass) {
    from = hpa_pass(settings, from, wanted, SimTime{} + pass * period, &memory).replicas;
    result.push_back(from);
  }
  return result;
}

}  // namespace

TEST_CASE("without behavior the window keeps the greatest recommendation, itself included") {
  std::vector<Recommendation> log = {{9, at(0)}, {7, at(100)}};
  CHECK(stabilize(3, seconds(300), at(300), &log) == 9);  // exactly as old as the window: in it
  CHECK(replicas_of(log) == std::vector<std::int32_t>{9, 7, 3});
  CHECK(stabilize(3, seconds(300), at(301), &log) == 7);
  CHECK(replicas_of(log) == std::vector<std::int32_t>{3, 7, 3});  // in the place of the old one
  CHECK(stabilize(12, seconds(300), at(302), &log) == 12);
}

TEST_CASE("with behavior both windows hold in every pass") {
  struct Case {
    const char* name;
    std::int32_t current, desired;
    StabilizationWindows windows;
    std::vector<Recommendation> log;
    std::int32_t want;
    bool reuses = false;  // the entry that no window sees is overwritten
  };
  const Case cases[] = {
      {"no windows", 5, 9, {}, {{2, at(-10)}}, 9, true},
      {"up as far as all agree", 5, 9, {seconds(60), {}}, {{7, at(-30)}}, 7},
      {"one that wanted fewer holds it", 5, 9, {seconds(60), {}}, {{3, at(-30)}}, 5},
      {"down as far as all agree", 5, 1, {{}, seconds(60)}, {{3, at(-30)}}, 3},
      {"one that wanted more holds it", 5, 1, {{}, seconds(60)}, {{8, at(-30)}}, 5},
      {"exactly as old as the window is out", 5, 9, {seconds(60), {}}, {{7, at(-60)}}, 9},
      {"both", 5, 9, {seconds(60), seconds(60)}, {{4, at(-30)}, {6, at(-20)}}, 5},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      std::vector<Recommendation> log = c.log;
      CHECK(stabilize_with_behavior(c.current, c.desired, c.windows, at(0), &log) == c.want);
      CHECK(log.size() == c.log.size() + (c.reuses ? 0 : 1));
    }
  }
}

TEST_CASE("limits without behavior") {
  CHECK(limit_replicas(5, 50, {1, 100}) == LimitedReplicas{10, Reason::scale_up_limit});
  CHECK(limit_replicas(1, 50, {1, 100}) == LimitedReplicas{4, Reason::scale_up_limit});
  CHECK(limit_replicas(5, 50, {1, 10}) == LimitedReplicas{10, Reason::too_many_replicas});
  CHECK(limit_replicas(5, 0, {2, 10}) == LimitedReplicas{2, Reason::too_few_replicas});
  CHECK(limit_replicas(5, 7, {2, 10}) == LimitedReplicas{7, Reason::desired_within_range});
}

TEST_CASE("policies count what was added and removed in their period") {
  const std::vector<ScaleChange> ups = {{1, at(-100)}, {5, at(-60)}, {9, at(-20)}};
  const std::vector<ScaleChange> downs = {{4, at(-10)}};
  const ScaleHistory history{ups, downs, at(0)};
  struct Case {
    const char* name;
    ScalingRules rules;
    std::int32_t up, down;
  };
  const Case cases[] = {
      // start = 100 - 9 + 4 = 95 for 60 s; 100 - 15 + 4 = 89 for 120 s
      {"pods", rules({{Type::pods, 20, seconds(60)}}), 115, 75},
      {"a longer period", rules({{Type::pods, 20, seconds(120)}}), 109, 69},
      {"per cent: up is rounded up, down is cut", rules({{Type::percent, 10, seconds(60)}}), 105,
       85},
      {"the most change of several",
       rules({{Type::pods, 20, seconds(60)}, {Type::percent, 10, seconds(60)}}), 115, 75},
      {"the least",
       rules({{Type::pods, 20, seconds(60)}, {Type::percent, 10, seconds(60)}}, SelectPolicy::min),
       105, 85},
      {"disabled", rules({{Type::pods, 20, seconds(60)}}, SelectPolicy::disabled), 100, 100},
      {"no policy at all", rules({}), std::numeric_limits<std::int32_t>::min(),
       std::numeric_limits<std::int32_t>::max()},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      CHECK(scale_up_limit(100, c.rules, history) == c.up);
      CHECK(scale_down_limit(100, c.rules, history) == c.down);
    }
  }
  const ScalingBehavior behavior{rules({{Type::pods, 3, seconds(60)}}),
                                 rules({{Type::pods, 3, seconds(60)}})};
  // Used up: it stays where it is.
  CHECK(limit_with_behavior(100, 200, {1, 500}, behavior, history) ==
        LimitedReplicas{100, Reason::scale_up_limit});
  CHECK(limit_with_behavior(100, 5, {1, 500}, behavior, history) ==
        LimitedReplicas{92, Reason::scale_down_limit});
  CHECK(limit_with_behavior(100, 5, {95, 500}, behavior, history) ==
        LimitedReplicas{95, Reason::too_few_replicas});
  CHECK(limit_with_behavior(100, 100, {1, 50}, behavior, history) ==
        LimitedReplicas{100, Reason::desired_within_range});
}

TEST_CASE("the log of changes reuses the places of those that no policy sees") {
  const ScalingRules both = rules({{Type::pods, 1, seconds(30)}, {Type::pods, 1, seconds(60)}});
  std::vector<ScaleChange> changes = {{1, at(-70)}, {2, at(-65)}, {3, at(-60)}};
  store_scale_change(both, 9, at(0), &changes);
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].outdated);
  CHECK(changes[1].change == 9);  // the last outdated one
  CHECK_FALSE(changes[1].outdated);
  CHECK_FALSE(changes[2].outdated);  // exactly 60 s old
  store_scale_change(both, 8, at(0), &changes);
  CHECK(changes[0].change == 8);
  store_scale_change(both, 7, at(0), &changes);
  CHECK(changes.size() == 4);
}

TEST_CASE("several metrics: the greatest, and a broken one blocks scaling down") {
  using Proposals = std::vector<std::optional<std::int32_t>>;
  CHECK(combine_proposals(5, Proposals{3, 8, 6}) == 8);
  CHECK(combine_proposals(5, Proposals{3, 2}) == 3);
  CHECK(combine_proposals(5, Proposals{8, std::nullopt}) == 8);
  CHECK(combine_proposals(5, Proposals{5, std::nullopt}) == 5);
  CHECK(combine_proposals(5, Proposals{4, std::nullopt}) == std::nullopt);
  CHECK(combine_proposals(5, Proposals{std::nullopt}) == std::nullopt);
  CHECK(combine_proposals(5, Proposals{}) == std::nullopt);
  CHECK(combine_proposals(5, Proposals{0}) == 0);
}

TEST_CASE("from 5 to 50: without behavior every pass may double, with policies a period may") {
  HpaSettings settings;
  settings.bounds = {1, 60};
  CHECK(sizes(settings, 5, 50, 5) == std::vector<std::int32_t>{10, 20, 40, 50, 50});
  settings.behavior = ScalingBehavior{};
  // A change exactly 15 s old is out of the policies' period, so both paths go alike in step.
  CHECK(sizes(settings, 5, 50, 5) == std::vector<std::int32_t>{10, 20, 40, 50, 50});
  // Passes at 0, 10, 20, ... s: what was added less than 15 s ago is used up.
  CHECK(sizes(settings, 5, 50, 7, seconds(10)) ==
        std::vector<std::int32_t>{10, 10, 20, 20, 40, 40, 50});
  settings.behavior.reset();
  CHECK(sizes(settings, 5, 50, 4, seconds(10)) == std::vector<std::int32_t>{10, 20, 40, 50});
  settings.behavior = ScalingBehavior{};
  settings.behavior->up.policies = {{Type::percent, 100, seconds(60)}};
  // Twice the 5 of a minute ago until 60 s, then twice the 10, with the 10 added at 60 s until 120.
  CHECK(sizes(settings, 5, 50, 9) == std::vector<std::int32_t>{10, 10, 10, 10, 20, 20, 20, 20, 40});
}

TEST_CASE("scaling down waits for a whole window, and a restart starts a new one") {
  HpaSettings settings;
  settings.bounds = {1, 60};
  std::vector<std::int32_t> passes = sizes(settings, 50, 5, 23);
  // The first pass has logged 50 at 0 s, which is in the window at 300 s and not at 315 s.
  CHECK(passes[20] == 50);
  CHECK(passes[21] == 5);
  settings.behavior = ScalingBehavior{};
  passes = sizes(settings, 50, 5, 23);
  CHECK(passes[19] == 50);
  CHECK(passes[20] == 5);  // with behavior it is out at exactly 300 s
}

TEST_CASE("outside its bounds the size jumps, past windows and policies") {
  HpaSettings settings;
  settings.bounds = {3, 10};
  settings.behavior = ScalingBehavior{};
  HpaMemory memory;
  CHECK(hpa_pass(settings, 40, 7, at(0), &memory).replicas == 10);
  CHECK(memory.downs.size() == 1);
  CHECK(hpa_pass(settings, 1, std::nullopt, at(15), &memory).replicas == 3);
  CHECK(hpa_pass(settings, 0, 7, at(30), &memory).replicas == 0);  // switched off
  const HpaOutcome failed = hpa_pass(settings, 5, std::nullopt, at(45), &memory);
  CHECK(failed.replicas == 5);
  CHECK(failed.metrics_failed);
  CHECK(memory.recommendations.size() == 1);  // a failed pass recommends nothing
}

TEST_CASE("random passes never leave the bounds") {
  RandomStream chance(1, 0, "hpa", "bounds");
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int32_t>(chance.next() * static_cast<double>(n + 1));
  };
  for (int trial = 0; trial < 300; ++trial) {
    HpaSettings settings;
    settings.bounds.min = 1 + up_to(5);
    settings.bounds.max = settings.bounds.min + up_to(60);
    if (up_to(2) > 0) {
      const auto random_rules = [&] {
        ScalingRules result = rules({}, static_cast<SelectPolicy>(up_to(2)));
        result.stabilization_window = seconds(up_to(120));
        for (int i = 1 + up_to(2); i > 0; --i) {
          result.policies.push_back(
              {static_cast<Type>(up_to(1)), 1 + up_to(150), seconds(1 + up_to(120))});
        }
        return result;
      };
      settings.behavior = ScalingBehavior{random_rules(), random_rules()};
    }
    HpaMemory memory;
    std::int32_t replicas = settings.bounds.min + up_to(settings.bounds.max - settings.bounds.min);
    for (int pass = 0; pass < 60; ++pass) {
      const std::int32_t wanted = up_to(200);
      const std::int32_t next =
          hpa_pass(settings, replicas, wanted, at(15 * pass), &memory).replicas;
      CAPTURE(trial, pass, replicas, wanted, next);
      REQUIRE(next >= settings.bounds.min);
      REQUIRE(next <= settings.bounds.max);
      replicas = next;
    }
    // Logs reuse their places: they hold no more than the longest window has passes.
    REQUIRE(memory.recommendations.size() <= 23);
    REQUIRE(memory.ups.size() <= 10);
  }
}

TEST_CASE("constant load settles and stays") {
  RandomStream chance(1, 0, "hpa", "settles");
  for (int trial = 0; trial < 300; ++trial) {
    HpaSettings settings;
    settings.bounds = {1, 200};
    if (chance.next() < 0.5) settings.behavior = ScalingBehavior{};
    const auto target = static_cast<std::int32_t>(20 + chance.next() * 70);
    const double load = 50.0 + chance.next() * 50000.0;  // milli-cores, shared by all pods
    auto replicas = static_cast<std::int32_t>(1 + chance.next() * 100);
    HpaMemory memory;
    std::int32_t settled = -1;
    for (int pass = 0; pass < 80; ++pass) {
      const auto usage = static_cast<std::int64_t>(load / replicas);
      std::vector<HpaPod> pods(static_cast<std::size_t>(replicas));
      for (HpaPod& pod : pods) {
        pod.request = 1000;
        pod.sample = MetricSample{usage, at(15 * pass), seconds(15)};
      }
      HpaView view;
      view.pods = pods;
      view.replicas = replicas;
      view.now = at(15 * pass);
      const auto proposal = propose_by_utilization(view, HpaMetric::other, target);
      REQUIRE(proposal);
      replicas = hpa_pass(settings, replicas, proposal->replicas, view.now, &memory).replicas;
      if (pass == 40) settled = replicas;
      CAPTURE(trial, pass, load, target);
      if (pass > 40) REQUIRE(replicas == settled);
    }
  }
}
