// Dockerfiles with random changes: whatever they say, they end in a graph or in findings, and what
// is a graph keeps the rules of graphs.
#include "tests/dockerfile/build_case.hpp"

#include <cstdint>
#include <string>
#include <string_view>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

constexpr std::string_view kText =
    "# syntax=docker/dockerfile:1\nARG TAG=20\nFROM node:${TAG:-18} AS builder\nARG V=1\n"
    "ENV A=$V B=\"x $A\"\nWORKDIR /app\nCOPY --chown=1:1 package*.json ./\n"
    "RUN --mount=type=bind,from=tools,source=/bin,target=/b --mount=type=cache,target=/c npm ci "
    "\\\n"
    "  # why\n  && npm test\nCOPY [\"src\", \"/app/src\"]\nRUN <<EOF\nnpm run build\nEOF\n"
    "ONBUILD RUN x\nFROM alpine AS tools\nADD https://example.com/x /bin/x\n"
    "FROM builder AS test\nRUN true\nFROM alpine\nCOPY --from=builder --link /app/dist /dist\n"
    "COPY --from=0 /app/src /src\nLABEL a=b\nUSER app\nCMD [\"node\"]\n";

/// The same numbers everywhere: a linear congruential generator.
class Numbers {
 public:
  std::size_t below(std::size_t end) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33U) % end;
  }

 private:
  std::uint64_t state_ = 1;
};

std::string mutated(Numbers& numbers) {
  static constexpr std::string_view kPieces[] = {
      "\n", "\\", "\"", "'",  "$",     "${",    "}",    "<<EOF",   "[", "]",
      "--", "=",  ",",  "#",  "FROM ", "COPY ", " AS ", "builder", "0", "\xFF",
      "\r", "\t", "*",  "**", "!",     "RUN ",  "ARG ", "\\\n"};
  std::string text(kText);
  for (std::size_t changes = 1 + numbers.below(6); changes > 0; --changes) {
    const std::size_t at = numbers.below(text.size());
    switch (numbers.below(3)) {
      case 0:
        text.erase(at, 1 + numbers.below(20));
        break;
      case 1:
        text.insert(at, kPieces[numbers.below(std::size(kPieces))]);
        break;
      default: {
        const std::string part = text.substr(at, numbers.below(60));
        text.insert(numbers.below(text.size()), part);
      }
    }
    if (text.empty()) text = "FROM a\n";
  }
  return text;
}

void check_rules(const BuildGraph& graph) {
  for (std::size_t i = 0; i < graph.steps.size(); ++i) {
    const BuildStep& step = graph.steps[i];
    if (step.parent) CHECK(*step.parent < i);
    for (const BuildRead& read : step.reads) {
      if (read.kind == BuildRead::Kind::step) CHECK(read.step < i);
    }
  }
  if (graph.target) CHECK(*graph.target < graph.steps.size());
}

}  // namespace

TEST_CASE("Dockerfiles with random changes end in a graph or in findings") {
  Numbers numbers;
  std::size_t graphs = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = mutated(numbers);
    INFO(text);
    Diagnostics diagnostics;
    const auto file = read_dockerfile(text, "Dockerfile", diagnostics);
    std::optional<BuildPlan> plan;
    if (file) plan = plan_build(*file, project(), {}, diagnostics);
    CHECK(plan.has_value() != diagnostics.has_errors());
    if (!plan) {
      ++refused;
      CHECK_FALSE(diagnostics.render().empty());
      continue;
    }
    ++graphs;
    const BuildGraph graph = finish_plan(*plan);
    check_rules(graph);
    const BuildOutcome same = build(graph, graph, {}, {});
    CHECK(names_that_run(graph, same.decisions).empty());
    BuildChange fresh;
    fresh.fresh_builder = true;
    CHECK(build(graph, graph, fresh, {}).decisions.size() == graph.steps.size());
  }
  CHECK(graphs > 300);
  CHECK(refused > 300);
}
