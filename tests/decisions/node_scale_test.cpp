// The estimate of new nodes: named rows, and bounds that hold for any pods.
#include "models/decisions/node_scale.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <vector>

using namespace pullsim;

namespace {

using Rooms = std::vector<NodeRoom>;

constexpr NodeRoom pod(std::int64_t milli_cpu, std::int64_t bytes) {
  return {MilliCpu{milli_cpu}, Bytes{bytes}, 1};
}
constexpr NodeRoom room(std::int64_t milli_cpu, std::int64_t bytes, std::int64_t pods) {
  return {MilliCpu{milli_cpu}, Bytes{bytes}, pods};
}
/// Four cores, 1000 bytes, ten pods.
constexpr NodeRoom kNode = room(4000, 1000, 10);

Rooms times(std::size_t count, NodeRoom pod_shape) { return Rooms(count, pod_shape); }
Rooms operator+(Rooms a, const Rooms& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

TEST_CASE("nodes to add") {
  struct Case {
    const char* name;
    ScaleUpInput input;
    std::int64_t want;
  };
  const Case cases[] = {
      {"nothing pending", {{}, {}, kNode, 3, 10}, 0},
      {"one pod, one node", {times(1, pod(100, 10)), {}, kNode, 3, 10}, 1},
      {"four pods of a core fill a node", {times(4, pod(1000, 10)), {}, kNode, 3, 10}, 1},
      {"the fifth needs another", {times(5, pod(1000, 10)), {}, kNode, 3, 10}, 2},
      {"memory limits", {times(5, pod(10, 300)), {}, kNode, 3, 10}, 2},
      {"the count of pods limits", {times(21, pod(10, 10)), {}, kNode, 3, 10}, 3},
      {"upcoming nodes take them all", {times(8, pod(1000, 10)), {kNode, kNode}, kNode, 2, 10}, 0},
      {"upcoming nodes take some", {times(9, pod(1000, 10)), {kNode, kNode}, kNode, 2, 10}, 1},
      {"room in pieces is no room",
       {times(1, pod(1000, 10)), {room(600, 900, 5), room(600, 900, 5)}, kNode, 2, 10},
       1},
      {"a node full of pods is no room",
       {times(1, pod(1, 1)), {room(4000, 1000, 0)}, kNode, 1, 9},
       1},
      {"cut by the group's maximum", {times(40, pod(1000, 10)), {}, kNode, 8, 10}, 2},
      {"the group is at its maximum", {times(40, pod(1000, 10)), {}, kNode, 10, 10}, 0},
      {"the group is above its maximum", {times(40, pod(1000, 10)), {}, kNode, 12, 10}, 0},
      {"cut by the limit of one scale-up", {times(40, pod(1000, 10)), {}, kNode, 0, 100, 7}, 7},
      {"at most 1000 in one scale-up", {times(1500, pod(4000, 10)), {}, kNode, 0, 5000}, 1000},
      {"larger than any node: no node", {times(3, pod(4001, 10)), {}, kNode, 0, 10}, 0},
      {"two kinds larger than any node: no node",
       {{pod(4001, 10), pod(5000, 10), pod(10, 1001)}, {}, kNode, 0, 10},
       0},
      {"larger than any node beside ordinary ones, which use the node tried",
       {times(3, pod(4001, 10)) + times(4, pod(1000, 10)), {}, kNode, 0, 10},
       1},
      {"that failed try uses up the last permitted node, and the ordinary pods take it",
       {times(3, pod(4001, 10)) + times(8, pod(1000, 10)), {}, kNode, 9, 10},
       1},
      {"large ones first, small ones into the gaps: 3 + 1, 3 + 1",
       {times(2, pod(1000, 10)) + times(2, pod(3000, 10)), {}, kNode, 0, 10},
       2},
      {"sorted by CPU share plus memory share; by either alone, or unsorted, 3 nodes",
       {{pod(800, 600), pod(900, 400), pod(1900, 500), pod(2500, 100)}, {}, kNode, 0, 10},
       2},
      {"gaps of earlier nodes are used before a new node",
       {times(3, pod(3000, 300)) + times(3, pod(1000, 200)), {}, kNode, 0, 10},
       3},
      {"a template without room: no node", {times(3, pod(1, 1)), {}, room(0, 0, 0), 0, 10}, 0},
      {"pods without requests fill a node by count", {times(11, pod(0, 0)), {}, kNode, 0, 10}, 2},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(nodes_to_add(c.input) == c.want); }
  }
}

TEST_CASE("pods that each fit a node get enough nodes, once, and within any limit") {
  RandomStream chance(1, 0, "pods", "property");
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(chance.next() * static_cast<double>(n + 1));
  };
  for (int trial = 0; trial < 2000; ++trial) {
    CAPTURE(trial);
    ScaleUpInput input;
    input.node_template = kNode;
    NodeRoom sum = room(0, 0, 0);
    for (std::int64_t kinds = 1 + up_to(4); kinds > 0; --kinds) {
      const std::int64_t milli_cpu = up_to(4000);
      const NodeRoom shape = pod(milli_cpu, up_to(1000));
      for (std::int64_t i = up_to(20); i > 0; --i) {
        input.unschedulable.push_back(shape);
        sum.cpu.count += shape.cpu.count;
        sum.memory += shape.memory;
        ++sum.pods;
      }
    }
    const std::int64_t nodes = nodes_to_add(input);
    // Enough for the sums, and at most one node for each pod.
    REQUIRE(nodes * kNode.cpu.count >= sum.cpu.count);
    REQUIRE(nodes * kNode.memory.count >= sum.memory.count);
    REQUIRE(nodes * kNode.pods >= sum.pods);
    REQUIRE(nodes <= sum.pods);
    // Room for the same pods, once asked for, is not asked for again: that is what keeps the
    // autoscaler from adding nodes in each scan while the first ones boot. First fit in another
    // order can need more, so this is said of the order of the estimate.
    std::stable_sort(input.unschedulable.begin(), input.unschedulable.end(),
                     [](const NodeRoom& a, const NodeRoom& b) {
                       const auto size = [](const NodeRoom& r) {
                         return static_cast<double>(r.cpu.count) / 4000.0 +
                                static_cast<double>(r.memory.count) / 1000.0;
                       };
                       return size(a) > size(b);
                     });
    input.room = times(static_cast<std::size_t>(nodes), kNode);
    REQUIRE(nodes_to_add(input) == 0);
    // A limit cuts the answer and nothing else.
    input.room.clear();
    input.nodes_max = up_to(10);
    REQUIRE(nodes_to_add(input) == std::min(nodes, input.nodes_max));
  }
}

TEST_CASE("pods without room are those that first fit leaves over, for any mixture of shapes") {
  RandomStream draws(1, 0, "test", "first fit");
  const auto below = [&draws](int end) { return static_cast<std::int64_t>(draws.next() * end); };
  for (int round = 0; round < 300; ++round) {
    ScaleUpInput input;
    for (std::int64_t i = below(12); i > 0; --i) {
      input.room.push_back(room(below(4000), below(1000), below(5)));
    }
    for (std::int64_t i = below(30); i > 0; --i) {
      input.unschedulable.push_back(pod(500 * below(4), 200 * below(3)));
    }
    std::vector<std::size_t> expected;
    Rooms left = input.room;
    for (std::size_t i = 0; i < input.unschedulable.size(); ++i) {
      const NodeRoom& want = input.unschedulable[i];
      const auto place = std::find_if(left.begin(), left.end(), [&](const NodeRoom& free) {
        return want.cpu <= free.cpu && want.memory <= free.memory && free.pods >= 1;
      });
      if (place == left.end()) {
        expected.push_back(i);
        continue;
      }
      place->cpu.count -= want.cpu.count;
      place->memory.count -= want.memory.count;
      --place->pods;
    }
    CHECK(pods_without_room(input) == expected);
  }
}
