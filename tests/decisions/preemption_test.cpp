// Which pods give way, and on which node: tables; and the order in which nodes are looked at.
#include "models/decisions/preemption.hpp"

#include "models/decisions/node_order.hpp"
#include "tests/support/catch.hpp"

#include <numeric>

using namespace pullsim;

namespace {

PreemptionPod victim(std::int32_t priority, int started, std::vector<std::size_t> budgets = {}) {
  return {priority, kSimStart + std::chrono::seconds(started), std::move(budgets)};
}

/// Fits when those that stay, of these sizes, leave `wanted` of `room`.
std::function<bool(const std::vector<bool>&)> room_for(std::vector<int> sizes, int room,
                                                       int wanted) {
  return [=](const std::vector<bool>& kept) {
    int used = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) used += kept[i] ? sizes[i] : 0;
    return used + wanted <= room;
  };
}

}  // namespace

TEST_CASE("victims on a node: as few important ones as possible") {
  struct Case {
    const char* name;
    std::vector<PreemptionPod> pods;
    std::vector<int> sizes;
    int wanted;
    std::vector<std::int64_t> allowed;
    std::optional<std::vector<std::size_t>> victims;
    std::int64_t violations;
  };
  // The node has room for 10.
  const Case cases[] = {
      {"nobody is there", {}, {}, 5, {}, std::nullopt, 0},
      {"it would not fit an empty node", {victim(0, 1)}, {10}, 11, {}, std::nullopt, 0},
      {"the less important one goes",
       {victim(5, 1), victim(0, 1)},
       {5, 5},
       5,
       {},
       std::vector<std::size_t>{1},
       0},
      {"of equal ones the younger goes",
       {victim(0, 9), victim(0, 3)},
       {5, 5},
       5,
       {},
       std::vector<std::size_t>{0},
       0},
      {"the important one goes if the other is too small",
       {victim(5, 1), victim(0, 1)},
       {8, 2},
       5,
       {},
       std::vector<std::size_t>{0},
       0},
      {"both go, the more important first",
       {victim(0, 1), victim(5, 1)},
       {5, 5},
       10,
       {},
       std::vector<std::size_t>{1, 0},
       0},
      {"a budget protects the less important one",
       {victim(5, 1), victim(0, 1, {0})},
       {5, 5},
       5,
       {0},
       std::vector<std::size_t>{0},
       0},
      {"a budget that allows one protects none",
       {victim(5, 1), victim(0, 1, {0})},
       {5, 5},
       5,
       {1},
       std::vector<std::size_t>{1},
       0},
      {"a budget is violated where nothing else helps",
       {victim(0, 1, {0})},
       {10},
       5,
       {0},
       std::vector<std::size_t>{0},
       1},
      {"of two under a budget of one the less important is protected",
       {victim(5, 1, {0}), victim(0, 1, {0})},
       {5, 5},
       5,
       {1},
       std::vector<std::size_t>{0},
       0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      const auto found = select_victims(c.pods, c.allowed, room_for(c.sizes, 10, c.wanted));
      REQUIRE(found.has_value() == c.victims.has_value());
      if (!found) continue;
      CHECK(found->pods == *c.victims);
      CHECK(found->violations == c.violations);
    }
  }
}

TEST_CASE("the node whose victims hurt least") {
  struct Case {
    const char* name;
    std::vector<PreemptionCandidate> candidates;
    std::size_t want;
  };
  const Case cases[] = {
      {"fewest violated budgets", {{1, {victim(0, 1)}}, {0, {victim(9, 1), victim(9, 1)}}}, 1},
      {"least important first victim",
       {{0, {victim(7, 1)}}, {0, {victim(6, 1), victim(6, 1), victim(6, 1)}}},
       1},
      {"least sum of priorities",
       {{0, {victim(7, 1), victim(5, 1)}}, {0, {victim(7, 1), victim(3, 1)}}},
       1},
      {"one victim less weighs more than negative priorities",
       {{0, {victim(0, 1), victim(-100, 1)}}, {0, {victim(0, 1)}}},
       1},
      {"latest start of the most important ones",
       {{0, {victim(7, 5), victim(3, 90)}}, {0, {victim(7, 6), victim(3, 1)}}},
       1},
      {"the first of equal ones", {{0, {victim(7, 5)}}, {0, {victim(7, 5)}}}, 0},
      {"room that has appeared", {{0, {victim(7, 5)}}, {0, {}}}, 1},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(choose_preemption(c.candidates) == c.want); }
  }
}

TEST_CASE("the search for candidates: a tenth of the nodes, but a hundred") {
  CHECK(preemption_candidates_to_find(7) == 7);
  CHECK(preemption_candidates_to_find(500) == 100);
  CHECK(preemption_candidates_to_find(5000) == 500);
}

TEST_CASE("nodes are looked at zone by zone in turn") {
  NodeOrder order;
  for (const std::uint32_t node : {0u, 1u, 2u}) order.add(node, "a");
  order.add(3, "b");
  order.add(4, "c");
  order.add(5, "c");
  CHECK(order.list() == std::vector<std::uint32_t>{0, 3, 4, 1, 5, 2});
  order.remove(3);
  order.remove(0);
  CHECK(order.list() == std::vector<std::uint32_t>{1, 4, 2, 5});
  order.add(6, "b");  // the zone is new again, and last
  CHECK(order.list() == std::vector<std::uint32_t>{1, 4, 6, 2, 5});
  CHECK(order.size() == 5);
}
