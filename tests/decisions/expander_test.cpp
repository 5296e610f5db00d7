// Node groups of the Cluster Autoscaler: expanders, back-off, scaling down.
#include "models/decisions/expander.hpp"

#include <pullsim/random.hpp>

#include "models/decisions/node_group_backoff.hpp"
#include "models/decisions/node_scale_down.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace pullsim;

namespace {

using Indices = std::vector<std::size_t>;
constexpr std::int64_t kGi = std::int64_t{1} << 30;

constexpr Duration minutes(std::int64_t count) { return std::chrono::minutes(count); }
constexpr SimTime at(std::int64_t count) { return SimTime{minutes(count)}; }

/// `nodes` with so many cores and four times as many GiB for `pods` of one core and 1 GiB.
ExpansionOption option(std::int64_t nodes, std::int64_t cores, std::int64_t pods) {
  ExpansionOption result;
  result.nodes = nodes;
  result.pods = pods;
  result.pods_cpu = MilliCpu{1000 * pods};
  result.pods_memory = Bytes{kGi * pods};
  result.node_cpu = MilliCpu{1000 * cores};
  result.node_memory = Bytes{4 * kGi * cores};
  return result;
}

NodeRoom room(std::int64_t cpu, std::int64_t pods = 1) { return {MilliCpu{cpu}, Bytes{cpu}, pods}; }

NodeToKeep node(std::vector<NodeRoom> pods, std::optional<SimTime> unneeded_since = at(0)) {
  NodeToKeep result;
  result.allocatable = room(1000, 10);
  result.pods = std::move(pods);
  result.unneeded_since = unneeded_since;
  return result;
}

}  // namespace

TEST_CASE("each expander keeps what is best by its measure") {
  std::vector<ExpansionOption> options = {option(5, 2, 8), option(1, 8, 8), option(3, 4, 10),
                                          option(1, 8, 8)};
  options[0].node_price = 0.1;
  options[1].node_price = 0.5;
  options[2].node_price = 0.2;
  options[2].priority = 10;
  options[3].priority = 10;
  struct Case {
    const char* name;
    std::vector<Expander> chain;
    Indices want;
  };
  const Case cases[] = {
      {"random keeps all", {Expander::random}, {0, 1, 2, 3}},
      {"most pods", {Expander::most_pods}, {2}},
      {"least nodes", {Expander::least_nodes}, {1, 3}},
      {"least waste: no idle core", {Expander::least_waste}, {1, 3}},
      {"price", {Expander::price}, {2}},
      {"priority", {Expander::priority}, {2, 3}},
      {"one after the other", {Expander::priority, Expander::least_nodes}, {3}},
      {"the order counts", {Expander::most_pods, Expander::least_nodes}, {2}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      CHECK(best_options({options, c.chain, {0.03, 0.004}, 10}) == c.want);
    }
  }
  CHECK(wasted_share(options[1]) == 0.75);               // no core, 24 of 32 GiB
  CHECK(wasted_share(options[0]) == Approx(0.2 + 0.8));  // 2 of 10 cores, 32 of 40 GiB
  for (ExpansionOption& each : options) each.priority.reset();
  CHECK(best_options({options, {Expander::priority}, {}, 0}) == Indices{0, 1, 2, 3});
  for (ExpansionOption& each : options) each.node_price.reset();
  CHECK(best_options({options, {Expander::price}, {1, 1}, 0}).empty());
}

TEST_CASE(
    "the price of a group counts against its pods, sizes that suit the cluster are preferred") {
  ExpansionOption four = option(1, 4, 4);
  four.node_price = 0.2;
  // (0.2 + 0.5 * 0.03 + 0.5 * 0.004) / (4 * 0.034 + 0.017); 4 cores are what suits 10 nodes
  CHECK(*price_score(four, {0.03, 0.004}, 10) == Approx(0.217 / 0.153));
  CHECK(*price_score(four, {0.03, 0.004}, 1) == Approx(4 * 0.217 / 0.153));
  CHECK(*price_score(four, {0.03, 0.004}, 100) == Approx(4 * 0.217 / 0.153));
  four.node_price.reset();
  CHECK_FALSE(price_score(four, {0.03, 0.004}, 10));
}

TEST_CASE("an expander picks only what it was given, and every draw gives one") {
  RandomStream chance(1, 0, "expander", "property");
  for (int trial = 0; trial < 2000; ++trial) {
    ExpanderInput input;
    const auto count = static_cast<std::size_t>(chance.next() * 6);
    for (std::size_t i = 0; i < count; ++i) {
      input.options.push_back(option(1 + static_cast<std::int64_t>(chance.next() * 9),
                                     1 + static_cast<std::int64_t>(chance.next() * 31),
                                     1 + static_cast<std::int64_t>(chance.next() * 99)));
      if (chance.next() < 0.5) input.options.back().node_price = chance.next();
      if (chance.next() < 0.5) input.options.back().priority = trial % 7;
    }
    input.chain.clear();
    for (int i = trial % 4; i > 0; --i) {
      input.chain.push_back(static_cast<Expander>(chance.next() * 6));
    }
    input.prices = {0.03, 0.004};
    const Indices left = best_options(input);
    REQUIRE(std::is_sorted(left.begin(), left.end()));
    REQUIRE((left.empty() || left.back() < count));
    const bool priced = std::count(input.chain.begin(), input.chain.end(), Expander::price) > 0;
    REQUIRE((!left.empty() || count == 0 || priced));
    const auto chosen = choose_option(input, chance.next());
    REQUIRE(chosen.has_value() == !left.empty());
    if (chosen) REQUIRE(std::count(left.begin(), left.end(), *chosen) == 1);
  }
}

TEST_CASE("a failing group is left alone for longer each time") {
  const GroupBackoff first = after_failure(std::nullopt, at(0));
  CHECK(first == GroupBackoff{minutes(5), at(5), at(0)});
  CHECK(is_backed_off(first, at(4)));
  CHECK_FALSE(is_backed_off(first, at(5)));
  CHECK_FALSE(is_backed_off(std::nullopt, at(0)));
  CHECK(after_failure(first, at(3)).duration == minutes(5));  // one of several at once
  const GroupBackoff second = after_failure(first, at(6));
  CHECK(second.duration == minutes(10));
  const GroupBackoff third = after_failure(second, at(20));
  CHECK(third.duration == minutes(20));
  CHECK(after_failure(third, at(60)).duration == minutes(30));
  CHECK(after_failure(third, at(201)).duration == minutes(5));  // forgotten after 3 h
}

TEST_CASE("what delays scaling down") {
  const ScaleDownSettings settings;
  CHECK_FALSE(in_cooldown({}, settings, at(0)));
  CHECK(in_cooldown({at(0), {}, {}}, settings, at(9)));
  CHECK_FALSE(in_cooldown({at(0), {}, {}}, settings, at(10)));
  CHECK(in_cooldown({{}, {}, at(0)}, settings, at(2)));
  CHECK_FALSE(in_cooldown({{}, at(0), {}}, settings, at(0)));
}

TEST_CASE("nodes that are taken away") {
  const ScaleDownSettings settings;
  struct Case {
    const char* name;
    std::vector<NodeToKeep> nodes;
    std::int64_t spare;
    bool cooldown;
    Indices unneeded, removed;
  };
  NodeToKeep pinned = node({room(100)});
  pinned.movable = false;
  NodeToKeep broken = node({});
  broken.ready = false;
  const Case cases[] = {
      {"empty", {node({room(600)}), node({})}, 9, false, {1}, {1}},
      {"half used is not little used", {node({room(500)}), node({room(600)})}, 9, false, {}, {}},
      {"its pods have a place", {node({room(600)}), node({room(400)})}, 9, false, {1}, {1}},
      {"its pods have none", {node({room(700)}), node({room(400)})}, 9, false, {}, {}},
      {"a pod moved in thought must have a place when the next node goes",
       {node({room(300)}), node({room(300)}), node({room(700)})},
       9,
       false,
       {0},
       {0}},
      {"a pod that must stay", {node({room(600)}), pinned}, 9, false, {}, {}},
      {"not for long enough", {node({}, at(1)), node({room(600)})}, 9, false, {0}, {}},
      {"unready nodes wait longer", {broken, node({room(600)})}, 9, false, {0}, {}},
      {"never below the minimum", {node({}), node({})}, 1, false, {0, 1}, {0}},
      {"delayed", {node({}), node({room(600)})}, 9, true, {0}, {}},
      {"empty ones first, one drain at a time",
       {node({room(100)}), node({room(100)}), node({}), node({room(600)})},
       9,
       false,
       {2, 0, 1},
       {2, 0}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      const ScaleDownPlan plan = plan_scale_down(c.nodes, {c.spare}, c.cooldown, settings, at(10));
      CHECK(plan.unneeded == c.unneeded);
      CHECK(plan.removed == c.removed);
    }
  }
}

namespace {

/// What plan_scale_down() does, looking at every node for every pod.
std::vector<std::size_t> plainly_unneeded(const std::vector<NodeToKeep>& nodes, double threshold) {
  struct Place {
    NodeRoom room;
    std::vector<NodeRoom> pods;
    bool leaves = false;
  };
  std::vector<Place> places;
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    NodeRoom requested = nodes[i].staying;
    for (const NodeRoom& pod : nodes[i].pods) requested = requested + pod;
    places.push_back({nodes[i].allocatable - requested, nodes[i].pods, false});
    const bool little = node_utilization(requested, nodes[i].allocatable) < threshold;
    if (nodes[i].movable && little) candidates.push_back(i);
  }
  std::stable_partition(candidates.begin(), candidates.end(),
                        [&](std::size_t i) { return nodes[i].pods.empty(); });
  std::vector<std::size_t> unneeded;
  for (const std::size_t candidate : candidates) {
    std::vector<Place> after = places;
    after[candidate].leaves = true;
    const std::vector<NodeRoom> moving = after[candidate].pods;
    const bool all = std::all_of(moving.begin(), moving.end(), [&](const NodeRoom& pod) {
      for (Place& place : after) {
        if (place.leaves || !holds(place.room, pod)) continue;
        place.room = place.room - pod;
        place.pods.push_back(pod);
        return true;
      }
      return false;
    });
    if (!all) continue;
    places = after;
    unneeded.push_back(candidate);
  }
  return unneeded;
}

}  // namespace

TEST_CASE("scaling down: the fast search finds the nodes that the plain one finds") {
  RandomStream chance(1, 0, "scale-down", "twin");
  const auto below = [&chance](int count) {
    return static_cast<std::int64_t>(chance.next() * count);
  };
  std::size_t found = 0;
  for (int trial = 0; trial < 400; ++trial) {
    std::vector<NodeToKeep> nodes;
    for (std::int64_t i = 2 + below(12); i > 0; --i) {
      std::vector<NodeRoom> pods;
      std::int64_t left = 600;
      for (std::int64_t k = below(6); k > 0; --k) {
        const std::int64_t cpu = 50 * (1 + below(5));
        if (cpu > left) break;
        left -= cpu;
        pods.push_back(room(cpu));
      }
      nodes.push_back(node(pods));
      nodes.back().movable = below(10) > 0;
      if (below(4) == 0) nodes.back().staying = room(100);
    }
    const ScaleDownSettings settings;
    const auto plan = plan_scale_down(nodes, {0}, true, settings, at(10));
    const auto plain = plainly_unneeded(nodes, settings.utilization_threshold);
    REQUIRE(plan.unneeded == plain);
    found += plain.size();
  }
  CHECK(found > 400);
}
