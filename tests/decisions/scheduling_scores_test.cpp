// Scores by resources and images, sampling of nodes and back-off: tables and bounds.
#include "models/decisions/image_locality.hpp"

#include <pullsim/random.hpp>

#include "models/decisions/go_arithmetic.hpp"
#include "models/decisions/pod_affinity.hpp"
#include "models/decisions/resource_scores.hpp"
#include "models/decisions/scheduling_queue.hpp"
#include "tests/support/catch.hpp"

#include <limits>
#include <vector>

using namespace pullsim;

namespace {
constexpr std::int64_t kMb = std::int64_t{1} << 20;
using Shares = std::vector<ResourceShare>;
}  // namespace

TEST_CASE("scores by resources") {
  struct Case {
    const char* name;
    Shares shares;
    std::int64_t least, balanced;
  };
  const Case cases[] = {
      {"nothing used", {{4000, 0}, {10000, 0}}, 100, 100},
      {"divisions are cut", {{3, 1}, {3, 2}}, 49, 83},  // (66 + 33) / 2
      {"all used", {{10, 10}, {10, 10}}, 0, 100},
      {"more than there is", {{10, 30}, {10, 0}}, 50, 50},
      {"weights", {{100, 50, 3}, {100, 100, 1}}, 37, 75},
      {"a node without one of them", {{0, 50}, {100, 40}}, 60, 100},
      {"a node without any", {{0, 50}, {0, 40}}, 0, 100},
      {"three: the deviation of the population", {{10, 1}, {10, 5}, {10, 9}}, 50, 67},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      CHECK(least_allocated(c.shares) == c.least);
      CHECK(balanced_allocation(c.shares) == c.balanced);
    }
  }
}

TEST_CASE("extended resources count for the pods that ask for them") {
  CHECK(share_of({8, 3, 1, 1, true}).requested == 4);
  CHECK(share_of({8, 3, 0, 1, true}).allocatable == 0);
  CHECK(share_of({8, 3, 0, 1, false}).allocatable == 8);
}

TEST_CASE("names of images are compared with a tag") {
  CHECK(normalized_image_name("web") == "web:latest");
  CHECK(normalized_image_name("host:5000/web") == "host:5000/web:latest");
  CHECK(normalized_image_name("host:5000/web:1") == "host:5000/web:1");
  CHECK(normalized_image_name("web@sha256:00") == "web@sha256:00");
  CHECK(normalized_image_name("") == ":latest");
}

TEST_CASE("locality of images") {
  struct Case {
    const char* name;
    std::vector<PresentImage> images;
    std::int64_t nodes, containers;
    std::int64_t per_container, fixed;
  };
  const Case cases[] = {
      {"none there", {}, 3, 1, 0, 0},
      {"at the floor", {{23 * kMb, 1}}, 1, 1, 0, 0},
      {"half way", {{512 * kMb, 1}}, 1, 1, 50, 50},
      {"at the ceiling", {{1000 * kMb, 1}}, 1, 1, 100, 100},
      {"above it", {{4000 * kMb, 1}}, 1, 1, 100, 100},
      {"one of a hundred nodes has 2 GB: nothing", {{2000 * kMb, 1}}, 100, 1, 0, 0},
      {"two containers share a higher ceiling", {{1000 * kMb, 1}}, 1, 2, 49, 100},
      {"both there", {{1000 * kMb, 1}, {1000 * kMb, 1}}, 1, 2, 100, 100},
      {"a pod without containers", {}, 3, 0, 0, 0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      CHECK(image_locality(c.images, c.nodes, c.containers) == c.per_container);
      CHECK(image_locality(c.images, c.nodes, c.containers, LocalityBound::fixed) == c.fixed);
    }
  }
}

TEST_CASE("scores lie between 0 and 100") {
  RandomStream chance(1, 0, "scores", "bounds");
  const auto up_to = [&](double n) { return static_cast<std::int64_t>(chance.next() * n); };
  for (int trial = 0; trial < 5000; ++trial) {
    Shares shares;
    for (int i = 0; i < 1 + trial % 4; ++i) {
      shares.push_back({up_to(1e12), up_to(2e12), 1 + up_to(100)});
    }
    const std::int64_t least = least_allocated(shares);
    const std::int64_t balanced = balanced_allocation(shares);
    std::vector<PresentImage> images;
    const std::int64_t nodes = 1 + up_to(5000);
    for (int i = 0; i < trial % 4; ++i)
      images.push_back({up_to(1e11), 1 + up_to(static_cast<double>(nodes))});
    const std::int64_t locality = image_locality(images, nodes, trial % 4);
    for (const std::int64_t score : {least, balanced, locality}) {
      REQUIRE(score >= 0);
      REQUIRE(score <= kNodeScoreMax);
    }
  }
}

TEST_CASE("how many nodes are looked at") {
  struct Case {
    std::int32_t percentage, nodes, want;
  };
  const Case cases[] = {{0, 0, 0},      {0, 99, 99},      {0, 100, 100},    {0, 1000, 420},
                        {0, 5000, 500}, {0, 6000, 300},   {0, 20000, 1000}, {40, 1000, 400},
                        {1, 1000, 100}, {100, 1000, 1000}};
  for (const Case& c : cases) {
    CAPTURE(c.percentage, c.nodes);
    CHECK(feasible_nodes_to_find(c.percentage, c.nodes) == c.want);
  }
}

TEST_CASE("back-off doubles up to its maximum and never overflows") {
  constexpr Duration second = std::chrono::seconds(1);
  CHECK(queue_backoff(1) == second);
  CHECK(queue_backoff(2) == 2 * second);
  CHECK(queue_backoff(4) == 8 * second);
  CHECK(queue_backoff(5) == 10 * second);
  CHECK(queue_backoff(1'000'000'000) == 10 * second);
  CHECK(queue_backoff(64, Duration{1}, Duration::max()) == Duration::max());
  CHECK(queue_backoff(63, Duration{1}, Duration::max()) == Duration{std::int64_t{1} << 62});
}

TEST_CASE("the queue goes by priority, then by time") {
  const QueuedPod early{0, SimTime{Duration{1}}};
  const QueuedPod late{0, SimTime{Duration{2}}};
  const QueuedPod important{9, SimTime{Duration{3}}};
  CHECK(is_before(early, late));
  CHECK_FALSE(is_before(late, early));
  CHECK(is_before(important, early));
}

TEST_CASE("numbers that do not fit become the least, as Go has them on amd64") {
  const double huge = 1e300;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::int32_t least = std::numeric_limits<std::int32_t>::min();
  CHECK(go_int32(2147483647.9) == 2147483647);
  CHECK(go_int32(2147483648.0) == least);
  CHECK(go_int32(-2147483648.9) == least);
  CHECK(go_int32(-1.9) == -1);
  CHECK(go_int32(nan) == least);
  CHECK(go_int64(huge) == std::numeric_limits<std::int64_t>::min());
  CHECK(go_int64(nan) == std::numeric_limits<std::int64_t>::min());
  CHECK(go_int64(-2.9) == -2);
  CHECK(go_int32((std::int64_t{1} << 32) + 7) == 7);
  CHECK(wrapping_product(std::int64_t{1} << 62, 2) == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("sums of affinity go from the least to the greatest") {
  using Scores = std::vector<std::int64_t>;
  const auto scaled = [](Scores scores) {
    scale_affinity(&scores);
    return scores;
  };
  CHECK(scaled({5, 10}) == Scores{0, 100});
  CHECK(scaled({-4, 0, 4}) == Scores{0, 50, 100});
  CHECK(scaled({0, 1, 3}) == Scores{0, 33, 100});  // truncated
  CHECK(scaled({7, 7}) == Scores{0, 0});
  CHECK(scaled({}) == Scores{});
}
