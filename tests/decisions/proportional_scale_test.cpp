// Scaling a Deployment with several replica sets.
#include "models/decisions/proportional_scale.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <numeric>

using namespace pullsim;

namespace {

using Sizes = std::vector<std::int32_t>;

ScaledSet set_of(const char* name, bool is_new, std::int32_t replicas, std::int32_t before,
                 std::int64_t age) {
  return {name, is_new, replicas, before, before, 0, age};
}

ScalingDeployment to(std::int32_t replicas, std::int32_t surge = 0) {
  return {DeploymentStrategy::rolling_update, replicas, surge, 0};
}

}  // namespace

TEST_CASE("sizes of the replica sets when a Deployment is scaled") {
  struct Case {
    const char* name;
    ScalingDeployment deployment;
    std::vector<ScaledSet> sets;
    Sizes want;
  };
  ScaledSet complete = set_of("new", true, 10, 10, 0);
  complete.available = 10;
  ScaledSet almost = complete;
  almost.available = 9;
  ScaledSet unknown = set_of("old", false, 4, 0, 1);
  unknown.max_annotation.reset();
  ScalingDeployment recreate = to(20);
  recreate.strategy = DeploymentStrategy::recreate;
  ScalingDeployment known_status = to(16);
  known_status.status_replicas = 8;
  const Case cases[] = {
      {"one active set takes all", to(12), {set_of("new", true, 10, 10, 0)}, {12}},
      {"also an old one",
       to(12),
       {set_of("new", true, 0, 10, 0), set_of("old", false, 10, 10, 1)},
       {0, 12}},
      {"none is active: the new one",
       to(3),
       {set_of("old", false, 0, 0, 1), set_of("new", true, 0, 0, 0)},
       {0, 3}},
      {"no new one: the newest of the old",
       to(3),
       {set_of("a", false, 0, 0, 2), set_of("b", false, 0, 0, 1)},
       {0, 3}},
      {"a complete roll-out drops what is left of the old set",
       to(10),
       {complete, set_of("old", false, 4, 10, 1)},
       {10, 0}},
      {"one that is not complete keeps it",
       to(10, 4),
       {almost, set_of("old", false, 4, 10, 1)},
       {10, 4}},
      {"each its share, half away from zero",
       to(15),
       {set_of("new", true, 5, 10, 0), set_of("old", false, 5, 10, 1)},
       {8, 7}},
      {"the rest goes to the larger",
       to(11),
       {set_of("new", true, 4, 10, 0), set_of("old", false, 6, 10, 1)},
       {4, 7}},
      {"equal sizes grow from the newest",
       to(7),
       {set_of("new", true, 3, 6, 0), set_of("old", false, 3, 6, 1)},
       {4, 3}},
      {"and shrink from the oldest",
       to(5),
       {set_of("new", true, 3, 6, 0), set_of("old", false, 3, 6, 1)},
       {3, 2}},
      {"to zero", to(0, 5), {set_of("new", true, 3, 6, 0), set_of("old", false, 3, 6, 1)}, {0, 0}},
      {"surge is part of the share",
       to(20, 2),
       {set_of("new", true, 6, 12, 0), set_of("old", false, 6, 12, 1)},
       {11, 11}},
      {"without an annotation the status stands in",
       known_status,
       {set_of("new", true, 4, 8, 0), unknown},
       {8, 8}},
      {"Recreate leaves several sets alone",
       recreate,
       {set_of("new", true, 5, 10, 0), set_of("old", false, 5, 10, 1)},
       {5, 5}},
      {"no set", to(5), {}, {}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(scaled_sizes(c.deployment, c.sets) == c.want); }
  }
}

TEST_CASE("in the middle of a roll-out the sizes add up to replicas and surge") {
  RandomStream chance(1, 0, "scaling", "proportional");
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int32_t>(chance.next() * static_cast<double>(n + 1));
  };
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<ScaledSet> sets;
    std::int32_t total = 0;
    for (std::int32_t i = 0; i < 2 + trial % 3; ++i) {
      sets.push_back(set_of("s", i == 0, 1 + up_to(20), 0, i));
      sets.back().name += std::to_string(i);
      total += sets.back().replicas;
    }
    for (ScaledSet& set : sets) set.max_annotation = total;
    const ScalingDeployment deployment = to(1 + up_to(60), up_to(5));
    const Sizes sizes = scaled_sizes(deployment, sets);
    CAPTURE(trial, total, deployment.replicas, deployment.surge, sizes);
    REQUIRE(std::accumulate(sizes.begin(), sizes.end(), 0) ==
            deployment.replicas + deployment.surge);
    REQUIRE(*std::min_element(sizes.begin(), sizes.end()) >= 0);
    const bool grows = deployment.replicas + deployment.surge > total;
    for (std::size_t i = 0; i < sets.size(); ++i) {
      REQUIRE((grows ? sizes[i] >= sets[i].replicas : sizes[i] <= sets[i].replicas));
    }
  }
}
