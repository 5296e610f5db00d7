// Times, layers and bytes of builds, worked out by hand.
#include "tests/dockerfile/build_case.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT
using namespace std::chrono_literals;

namespace {

/// Two stages of two steps each, side by side, and a last one that reads both.
BuildGraph side_by_side() {
  const std::string text =
      "FROM a AS one\nRUN one\nRUN more\nFROM b AS two\nRUN two\nFROM c\n"
      "COPY --from=one /x /x\nCOPY --from=two /y /y\n";
  BuildPlan plan = plan_text(text, {});
  const Duration durations[] = {1s, 10s, 5s, 2s, 30s, 3s, 4s, 6s};
  REQUIRE(plan.steps.size() == std::size(durations));
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    plan.steps[i].duration = durations[i];
    plan.steps[i].size = Bytes{100};
    plan.steps[i].unpacked = Bytes{300};
  }
  return finish_plan(plan);
}

BuildOutcome fresh(const BuildGraph& graph, BuildMachine machine = {}) {
  BuildChange change;
  change.fresh_builder = true;
  return build(graph, graph, change, machine);
}

}  // namespace

TEST_CASE("independent stages run side by side, what reads them afterwards") {
  const BuildGraph graph = side_by_side();
  const BuildOutcome out = fresh(graph);
  // one: 0-1, 1-11, 11-16. two: 0-2, 2-32. last: FROM 0-3, COPY of one 16-20, of two 32-38.
  CHECK(out.times[2].finish == 16s);
  CHECK(out.times[4].finish == 32s);
  CHECK(out.times[6].start == 16s);
  CHECK(out.times[6].finish == 20s);
  CHECK(out.times[7].start == 32s);
  CHECK(out.steps == 38s);
  CHECK(out.total() == 38s);
}

TEST_CASE("with one worker steps run one after the other, the first of the graph first") {
  const BuildGraph graph = side_by_side();
  BuildMachine machine;
  machine.parallelism = 1;
  CHECK(fresh(graph, machine).steps == 61s);
  machine.parallelism = 2;
  // 0: one and two pull; 1: one runs until 11, two's RUN 2-32; 11-16 more; 16-19 the last FROM;
  // 19-23 COPY of one; 32-38 COPY of two.
  const BuildOutcome out = fresh(graph, machine);
  CHECK(out.times[5].start == 16s);
  CHECK(out.steps == 38s);
}

TEST_CASE("layers that are new are exported and pushed, each with its requests") {
  const BuildGraph graph = side_by_side();
  BuildMachine machine;
  machine.push.bandwidth = Bandwidth{50};
  machine.push.per_layer = 2s;
  machine.push.compress = Bandwidth{100};
  const BuildOutcome out = fresh(graph, machine);
  // The two copies; the base image's layers are in the registry.
  CHECK(out.pushed == std::vector<std::size_t>{6, 7});
  CHECK(out.pushed_bytes == Bytes{200});
  CHECK(out.layers == 3);
  CHECK(out.exported == 6s);  // 600 unpacked bytes at 100
  CHECK(out.push == 8s);      // 4 s of bytes, 2 requests of 2 s
  CHECK(out.total() == 38s + 6s + 8s);
}

TEST_CASE("another base image is pushed with its layers, and takes no time to export") {
  const BuildGraph graph = side_by_side();
  BuildChange change;
  change.images = {"c"};
  BuildMachine machine;
  machine.push.bandwidth = Bandwidth{100};
  machine.push.compress = Bandwidth{600};
  const BuildOutcome out = build(graph, graph, change, machine);
  CHECK(out.pushed == std::vector<std::size_t>{5, 6, 7});
  CHECK(out.steps == 3s + 4s + 6s);
  CHECK(out.push == 3s);
  CHECK(out.exported == 1s);
}

TEST_CASE("a step that makes the same bytes again need not be pushed") {
  BuildGraph graph = side_by_side();
  graph.steps[6].reproducible = true;
  CHECK(fresh(graph).pushed == std::vector<std::size_t>{7});
  // With another input it makes other bytes.
  BuildChange change;
  change.images = {"a"};
  CHECK(build(graph, graph, change, {}).pushed == std::vector<std::size_t>{6, 7});
}

TEST_CASE("a build of which all is cached takes no time and pushes nothing") {
  const BuildGraph graph = side_by_side();
  const BuildOutcome out = build(graph, graph, {}, {});
  CHECK(out.total() == 0s);
  CHECK(out.pushed.empty());
  CHECK(out.pushed_bytes == Bytes{0});
  CHECK(out.layers == 3);
}

TEST_CASE("a step on a linked copy waits for what is below the copy") {
  BuildPlan plan = plan_text("FROM a\nRUN slow\nCOPY --link src /src\nRUN last\n", {});
  plan.steps[1].duration = 20s;
  plan.steps[2].duration = 3s;
  plan.steps[3].duration = 1s;
  const BuildOutcome out = fresh(finish_plan(plan));
  CHECK(out.times[2].finish == 3s);
  CHECK(out.times[3].start == 20s);
  CHECK(out.steps == 21s);
}

TEST_CASE("an image from nothing has no steps and takes no time") {
  const BuildGraph graph = finish_plan(plan_text("FROM scratch\nCMD [\"x\"]\n", {}));
  CHECK(graph.steps.empty());
  CHECK_FALSE(graph.target.has_value());
  CHECK(fresh(graph).total() == 0s);
}
