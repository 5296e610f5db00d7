// Durations out of BuildKit's progress, sizes out of histories.
#include "tools/dockerfile/measured_steps.hpp"
#include "tests/dockerfile/build_case.hpp"

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT
using namespace std::chrono_literals;

namespace {

std::string vertex(const std::string& name, const std::string& rest) {
  return R"({"vertexes":[{"digest":"sha256:1","name":")" + name + "\"" + rest + "}]}\n";
}

std::string times(const std::string& start, const std::string& end) {
  return R"(,"started":"2026-11-25T10:00:)" + start + R"(Z","completed":"2026-11-25T10:0)" + end +
         "Z\"";
}

std::vector<std::string> codes(const Diagnostics& diagnostics) {
  std::vector<std::string> out;
  for (const Diagnostic& one : diagnostics.list()) out.push_back(one.code);
  return out;
}

}  // namespace

TEST_CASE("progress as raw JSON gives the durations of steps that ran") {
  const std::string text =
      vertex("[internal] load build definition from Dockerfile", times("00", "0:01")) +
      vertex("[builder 4/6] RUN npm ci", R"(,"started":"2026-11-25T10:00:01.5Z")") +
      R"({"statuses":[{"id":"x","current":1}],"logs":[{"vertex":"a","data":"b"}]})"
      "\n" +
      vertex("[builder 4/6] RUN npm ci", times("01.5", "1:36.75")) +
      vertex("[builder 4/6] RUN npm ci", times("01.5", "1:36.75")) +
      vertex("[linux/amd64 builder  5/16] COPY . .", times("01", "0:03")) +
      vertex("[builder 3/6] COPY package.json ./", R"(,"cached":true)" + times("00", "0:09")) +
      vertex("[2/3] RUN two", times("01", "0:02")) +
      R"({"vertexes":[{"name":"[2/3] RUN two",)"
      R"("started":"2026-11-25T11:00:00+01:00","completed":"2026-11-25T11:00:00.25+01:00"}]})"
      "\n" +
      vertex("exporting to image", times("01", "0:02"));
  Diagnostics diagnostics;
  const auto found = read_progress(text, "progress.json", diagnostics);
  INFO(diagnostics.render());
  CHECK(diagnostics.list().empty());
  CHECK(found == std::map<std::string, Duration>{
                     {"builder 4/6", 95'250ms}, {"builder 5/16", 2s}, {"2/3", 1'250ms}});
}

TEST_CASE("progress that is none is refused with its place") {
  Diagnostics diagnostics;
  CHECK(read_progress("{}\n", "p", diagnostics).empty());
  CHECK(codes(diagnostics) == std::vector<std::string>{"PS5115"});
  Diagnostics not_json;
  CHECK(read_progress("#1 [internal] load\n", "p", not_json).empty());
  CHECK(codes(not_json) == std::vector<std::string>{"PS1015"});
  Diagnostics wrong;
  const std::string text =
      vertex("[1/2] RUN a", R"(,"started":"yesterday","completed":"2026-11-25T10:00:00Z")") +
      vertex("[2/2] RUN b", times("05", "0:01"));
  CHECK(read_progress(text, "p", wrong).empty());
  CHECK(codes(wrong) == std::vector<std::string>{"PS5115", "PS5115"});
  CHECK(wrong.list()[0].at.line == 1);
  CHECK(wrong.list()[1].at.line == 2);
}

TEST_CASE("a history gives the sizes of the steps of the image, from the last one") {
  const std::string dockerfile =
      "FROM node AS builder\nRUN npm ci\nFROM alpine\nRUN apk add nodejs\nWORKDIR /app\n"
      "COPY --from=builder /app/dist ./dist\nRUN true\n";
  BuildPlan plan = plan_text(dockerfile, {});
  const std::string text =
      R"({"CreatedBy":"CMD [\"node\"]","Size":"0B"})"
      "\n"
      R"({"CreatedBy":"RUN /bin/sh -c true # buildkit","Size":"0B"})"
      "\n"
      R"({"CreatedBy":"COPY /app/dist ./dist # buildkit","Size":"26MB"})"
      "\n"
      R"({"CreatedBy":"WORKDIR /app","Size":"0B"})"
      "\n"
      R"({"CreatedBy":"RUN /bin/sh -c apk add nodejs # buildkit","Size":"52MB"})"
      "\n"
      R"({"CreatedBy":"ADD alpine.tar.gz / # buildkit","Size":"7.8MB"})"
      "\n";
  Diagnostics diagnostics;
  apply_history(text, "history.json", plan, diagnostics);
  INFO(diagnostics.render());
  CHECK_FALSE(diagnostics.has_errors());
  CHECK(plan.steps[1].unpacked == Bytes{0});  // of another stage
  CHECK(plan.steps[3].unpacked == Bytes{52'000'000});
  CHECK(plan.steps[3].size == Bytes{20'000'000});  // 2.6 unpacked bytes for each
  CHECK(plan.steps[4].unpacked == Bytes{0});
  CHECK(plan.steps[5].unpacked == Bytes{26'000'000});
  CHECK(plan.steps[6].unpacked == Bytes{0});
}

TEST_CASE("a history of another image is refused") {
  BuildPlan plan = plan_text("FROM a\nRUN x\n", {});
  Diagnostics diagnostics;
  apply_history(R"({"CreatedBy":"RUN /bin/sh -c y # buildkit","Size":"1MB"})", "h", plan,
                diagnostics);
  CHECK(codes(diagnostics) == std::vector<std::string>{"PS5115"});
}
