// Roll-out arithmetic: named rows, the worked example of ten replicas, and random roll-outs.
#include "models/decisions/rolling_update.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <numeric>

using namespace pullsim;
using Kind = RolloutStep::Kind;

namespace {

constexpr IntOrPercent count(std::int64_t value) { return {value, false}; }
constexpr IntOrPercent percent(std::int64_t value) { return {value, true}; }

Fenceposts posts_of(IntOrPercent surge, IntOrPercent unavailable, std::int64_t replicas) {
  return rollout_fenceposts(DeploymentStrategy::rolling_update, surge, unavailable, replicas);
}

/// A roll-out as the replica sets would carry it out, with pods that become available when told.
struct Rollout {
  RolloutState state;

  /// Pods that are not available are stopped first, as the replica set controller does.
  static void resize(ReplicaSetSize* set, std::int64_t size) {
    set->spec = size;
    set->available = std::min(set->available, size);
  }
  Kind sync() {
    const RolloutStep step = next_rollout_step(state);
    resize(&state.new_set, step.new_set);
    for (std::size_t i = 0; i < step.old_sets.size(); ++i) {
      resize(&state.old_sets[i], step.old_sets[i]);
    }
    return step.kind;
  }
  std::int64_t total() const {
    std::int64_t sum = state.new_set.spec;
    for (const ReplicaSetSize& set : state.old_sets) sum += set.spec;
    return sum;
  }
  std::int64_t available() const {
    std::int64_t sum = state.new_set.available;
    for (const ReplicaSetSize& set : state.old_sets) sum += set.available;
    return sum;
  }
  std::int64_t old_total() const { return total() - state.new_set.spec; }
};

}  // namespace

TEST_CASE("maxSurge rounds up, maxUnavailable rounds down, and to what there is") {
  struct Case {
    const char* name;
    IntOrPercent surge, unavailable;
    std::int64_t replicas;
    Fenceposts want;
  };
  const Case cases[] = {
      {"defaults, 10 replicas", percent(25), percent(25), 10, {3, 2}},
      {"defaults, 4 replicas: exact", percent(25), percent(25), 4, {1, 1}},
      {"defaults, 1 replica: surge alone", percent(25), percent(25), 1, {1, 0}},
      {"defaults, 3 replicas", percent(25), percent(25), 3, {1, 0}},
      {"defaults, 5 replicas", percent(25), percent(25), 5, {2, 1}},
      {"counts stay", count(4), count(2), 10, {4, 2}},
      {"both 0 becomes one unavailable", count(0), count(0), 10, {0, 1}},
      {"0 % and 1 % of few: one unavailable", percent(0), percent(1), 10, {0, 1}},
      {"unavailable is at most all replicas", count(0), count(7), 3, {0, 3}},
      {"unavailable 100 %", percent(0), percent(100), 8, {0, 8}},
      {"surge above 100 %", percent(150), percent(0), 3, {5, 0}},
      {"surge may exceed the replicas", count(9), count(0), 3, {9, 0}},
      {"no replicas", percent(25), percent(25), 0, {0, 0}},
      {"1 % of 101 rounds to 2 and 1", percent(1), percent(1), 101, {2, 1}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      CHECK(rollout_fenceposts(DeploymentStrategy::rolling_update, c.surge, c.unavailable,
                               c.replicas) == c.want);
    }
  }
}

TEST_CASE("one sync scales the new set or the old ones") {
  struct Case {
    const char* name;
    RolloutState state;
    RolloutStep want;
  };
  const Case cases[] = {
      {"nothing old, complete", {10, {3, 2}, {10, 10}, {}}, {Kind::none, 10, {}}},
      {"nothing old, scale up at once", {10, {3, 2}, {4, 4}, {}}, {Kind::scale_new, 10, {}}},
      {"new set too large: straight down", {3, {1, 0}, {8, 8}, {}}, {Kind::scale_new, 3, {}}},
      {"surge first", {10, {3, 2}, {0, 0}, {{10, 10}}}, {Kind::scale_new, 3, {10}}},
      {"surge used: then the old ones",
       {10, {3, 2}, {3, 0}, {{10, 10}}},
       {Kind::scale_down_old, 3, {8}}},
      {"room again, before any is ready",
       {10, {3, 2}, {3, 0}, {{8, 8}}},
       {Kind::scale_new, 5, {8}}},
      {"held until a new pod is available", {10, {3, 2}, {5, 0}, {{8, 8}}}, {Kind::none, 5, {8}}},
      {"one new pod replaces one old",
       {10, {3, 2}, {5, 1}, {{8, 8}}},
       {Kind::scale_down_old, 5, {7}}},
      {"never more new pods than replicas",
       {10, {3, 2}, {9, 9}, {{2, 2}}},
       {Kind::scale_new, 10, {2}}},
      {"the last old pods go together",
       {10, {3, 2}, {10, 10}, {{2, 2}}},
       {Kind::scale_down_old, 10, {0}}},
      {"no surge: old ones first", {4, {0, 1}, {0, 0}, {{4, 4}}}, {Kind::scale_down_old, 0, {3}}},
      {"no unavailable: only surge", {4, {1, 0}, {1, 0}, {{4, 4}}}, {Kind::none, 1, {4}}},
      {"unavailable old pods go first, from whichever set",
       {10, {0, 2}, {0, 0}, {{5, 5}, {5, 3}}},
       {Kind::scale_down_old, 0, {5, 3}}},
      {"unavailable old pods go as far as allowed, oldest set first",
       {10, {3, 2}, {3, 0}, {{4, 2}, {6, 4}}},
       {Kind::scale_down_old, 3, {2, 6}}},
      {"available ones, oldest set first",
       {10, {3, 2}, {3, 3}, {{1, 1}, {9, 9}}},
       {Kind::scale_down_old, 3, {0, 5}}},
      {"a stuck release is rolled back at once",
       {10, {3, 2}, {8, 8}, {{5, 0}}},
       {Kind::scale_down_old, 8, {0}}},
      {"counts of a set that lag behind its size do no harm",
       {10, {3, 2}, {5, 0}, {{8, 10}}},
       {Kind::none, 5, {8}}},
      {"scaled to zero", {0, {0, 0}, {0, 0}, {{4, 4}}}, {Kind::scale_down_old, 0, {0}}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      const RolloutStep got = next_rollout_step(c.state);
      CHECK(got.kind == c.want.kind);
      CHECK(got.new_set == c.want.new_set);
      CHECK(got.old_sets == c.want.old_sets);
    }
  }
}

TEST_CASE("ten replicas at 25 %: five new pods before the first is ready") {
  Rollout rollout{{10, posts_of(percent(25), percent(25), 10), {0, 0}, {{10, 10}}}};
  CHECK(rollout.sync() == Kind::scale_new);
  CHECK(rollout.state.new_set.spec == 3);
  CHECK(rollout.sync() == Kind::scale_down_old);
  CHECK(rollout.old_total() == 8);
  CHECK(rollout.sync() == Kind::scale_new);
  CHECK(rollout.state.new_set.spec == 5);
  CHECK(rollout.sync() == Kind::none);
}

TEST_CASE("random roll-outs keep both bounds at every sync and end") {
  RandomStream chance(1, 0, "rollouts", "property");
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(chance.next() * static_cast<double>(n + 1));
  };
  for (int trial = 0; trial < 2000; ++trial) {
    CAPTURE(trial);
    const std::int64_t replicas = up_to(30);
    const bool in_percent = up_to(1) == 1;
    const IntOrPercent surge{up_to(in_percent ? 100 : 10), in_percent};
    const IntOrPercent unavailable{up_to(in_percent ? 100 : 10), in_percent};
    Rollout rollout{{replicas, posts_of(surge, unavailable, replicas), {0, 0}, {}}};
    std::int64_t left = replicas;
    for (std::int64_t sets = 1 + up_to(2); sets > 0; --sets) {
      const std::int64_t size = sets == 1 ? left : up_to(left);
      rollout.state.old_sets.push_back({size, size - (up_to(3) == 0 ? up_to(size) : 0)});
      left -= size;
    }
    const Fenceposts posts = rollout.state.fenceposts;
    const std::int64_t available_min = replicas - posts.unavailable;
    int releases = static_cast<int>(up_to(2));
    bool done = false;
    for (int syncs = 0; !done; ++syncs) {
      REQUIRE(syncs < 500);
      const std::int64_t available_before = rollout.available();
      const Kind kind = rollout.sync();
      REQUIRE(rollout.total() <= replicas + posts.surge);
      REQUIRE(rollout.available() >= std::min(available_min, available_before));
      ReplicaSetSize& fresh = rollout.state.new_set;
      if (kind == Kind::none) {
        done = fresh.available == replicas && rollout.old_total() == 0;
        // Whatever is not done waits for pods that are starting, or it would wait for ever.
        REQUIRE((done || fresh.available < fresh.spec));
      }
      fresh.available += up_to(fresh.spec - fresh.available);
      if (releases > 0 && up_to(9) == 0) {  // a newer version, half-way
        --releases;
        rollout.state.old_sets.push_back(fresh);
        fresh = {0, 0};
        done = false;
      }
    }
    REQUIRE(rollout.state.new_set.spec == replicas);
  }
}
