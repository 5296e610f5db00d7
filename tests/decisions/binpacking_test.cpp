// The Cluster Autoscaler's estimate: order, ports, spread, limits, and that no simulated node ever
// holds more than it can.
#include "models/decisions/binpacking.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <numeric>

using namespace pullsim;

namespace {

NodeRoom room(std::int64_t cpu, std::int64_t memory, std::int64_t pods = 1) {
  return {MilliCpu{cpu}, Bytes{memory}, pods};
}

PodGroup group(std::int64_t count, std::int64_t cpu, std::int64_t memory = 1) {
  return {room(cpu, memory), count, {}, std::nullopt};
}

PodGroup with_port(PodGroup pods) {
  pods.host_ports = {80};
  return pods;
}

PodGroup spread(PodGroup pods, const char* key, std::int64_t skew, std::int64_t domains = 1) {
  pods.spread = GroupSpread{key, skew, domains};
  return pods;
}

PackingNode in_zone(const char* zone, NodeRoom free) { return {free, {{kZoneKey, zone}}}; }

}  // namespace

TEST_CASE("nodes for groups of pods") {
  using Scheduled = std::vector<std::int64_t>;
  struct Case {
    const char* name;
    std::vector<PodGroup> groups;
    std::vector<PackingNode> existing;
    std::int64_t nodes_max;
    std::int64_t nodes;
    Scheduled scheduled;
  };
  const NodeRoom full = room(0, 0, 0);
  const Case cases[] = {
      {"two to a node", {group(10, 500)}, {}, 99, 5, {10}},
      {"a pod too large for any node", {group(3, 1001)}, {}, 99, 0, {0}},
      {"the large ones first, whatever the order given",
       {group(4, 100), group(2, 600)},
       {},
       2,
       2,
       {4, 2}},
      {"the limit cuts the smaller ones", {group(20, 200), group(2, 600)}, {}, 2, 2, {4, 2}},
      {"pods per node", {group(25, 1)}, {}, 99, 3, {25}},
      {"one host port to a node", {with_port(group(3, 1))}, {}, 99, 3, {3}},
      {"ports of different groups meet too",
       {with_port(group(2, 10)), with_port(group(1, 20)), group(1, 1)},
       {},
       99,
       3,
       {2, 1, 1}},
      {"what is not requested is not looked at", {group(30, 0, 0)}, {}, 99, 3, {30}},
      {"no limit left", {group(5, 10)}, {}, 0, 0, {0}},
      {"spread over new nodes alone: no more than skew above the emptiest",
       {spread(group(8, 200), kHostnameKey, 1)},
       {},
       99,
       2,
       {8}},
      {"a full existing node is an empty domain: skew on each node",
       {spread(group(8, 200), kHostnameKey, 2)},
       {in_zone("b", full)},
       99,
       4,
       {8}},
      {"one zone of new nodes, another that is full: only skew pods",
       {spread(group(8, 200), kZoneKey, 2)},
       {in_zone("b", full)},
       99,
       1,
       {2}},
      {"too few domains: the emptiest counts as empty",
       {spread(group(8, 200), kZoneKey, 3, 2)},
       {},
       99,
       1,
       {3}},
      {"a key that the template does not have", {spread(group(8, 200), "rack", 1)}, {}, 99, 0, {0}},
      {"an existing node with room takes what the newest may not, and is counted",
       {spread(group(2, 200), kHostnameKey, 1)},
       {in_zone("b", room(1000, 1000, 10))},
       99,
       2,
       {2}},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      PackingInput input;
      input.node_template = in_zone("a", room(1000, 1000, 10));
      input.existing = c.existing;
      input.groups = c.groups;
      input.nodes_max = c.nodes_max;
      const Packing packing = estimate_nodes(input);
      CHECK(packing.nodes == c.nodes);
      CHECK(packing.scheduled == c.scheduled);
    }
  }
}

TEST_CASE("groups go by the sum of their shares, equal ones as given") {
  const std::vector<PodGroup> groups = {group(1, 100, 0), group(1, 0, 600), group(1, 300, 300),
                                        group(1, 600, 0)};
  CHECK(packing_order(room(1000, 1000), groups) == std::vector<std::size_t>{1, 2, 3, 0});
  CHECK(packing_order(room(0, 1000), groups) == std::vector<std::size_t>{1, 2, 0, 3});
}

TEST_CASE("random groups: everything fits that is said to, and nothing more would") {
  RandomStream chance(1, 0, "binpacking", "property");
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(chance.next() * static_cast<double>(n + 1));
  };
  for (int trial = 0; trial < 2000; ++trial) {
    PackingInput input;
    input.node_template = in_zone("a", room(1000, 1000, 1 + up_to(20)));
    input.nodes_max = up_to(30);
    for (std::int64_t i = 1 + up_to(4); i > 0; --i) {
      input.groups.push_back(group(up_to(40), up_to(1100), up_to(1100)));
    }
    const Packing packing = estimate_nodes(input);
    NodeRoom used = room(0, 0, 0);
    bool all = true;
    bool some_left_that_fit = false;
    for (std::size_t i = 0; i < input.groups.size(); ++i) {
      const PodGroup& pods = input.groups[i];
      const std::int64_t placed = packing.scheduled[i];
      REQUIRE(placed >= 0);
      REQUIRE(placed <= pods.count);
      const bool fits = pods.pod.cpu.count <= 1000 && pods.pod.memory.count <= 1000;
      REQUIRE((fits || placed == 0));
      all = all && (placed == pods.count || !fits);
      some_left_that_fit = some_left_that_fit || (fits && placed < pods.count);
      used.cpu.count += placed * pods.pod.cpu.count;
      used.memory.count += placed * pods.pod.memory.count;
      used.pods += placed;
    }
    CAPTURE(trial, packing.nodes, input.nodes_max);
    REQUIRE(packing.nodes <= input.nodes_max);
    REQUIRE(used.cpu.count <= packing.nodes * 1000);
    REQUIRE(used.memory.count <= packing.nodes * 1000);
    REQUIRE(used.pods <= packing.nodes * input.node_template.room.pods);
    // What fits an empty node is left only at the limit, or behind an empty node kept for a group
    // that fits nowhere.
    if (some_left_that_fit) REQUIRE(packing.nodes >= input.nodes_max - 1);
    REQUIRE((all || some_left_that_fit));
  }
}
