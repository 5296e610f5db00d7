// The `builds` of a scenario: what they become, and what is refused where.
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"
#include "tools/run/build_results.hpp"

#include <fmt/format.h>

#include <algorithm>

using namespace pullsim;  // NOLINT: tests read better without the prefix
using namespace std::chrono_literals;

namespace {

const std::string kDockerfile =
    "ARG TAG=20\nFROM node:$TAG AS builder\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n"
    "COPY . .\nRUN npm run build\nFROM alpine\nCOPY --from=builder /app/dist /dist\n";
const std::string kSteps =
    "    steps:\n"
    "      - {match: RUN npm ci, duration: 100s}\n"
    "      - {step: builder 6/6, duration: 50s}\n"
    "      - {line: 9, duration: 2s, size: 26MB}\n";
const std::string kCommits =
    "    commits:\n"
    "      - {name: source, share: 75%, touches: [src/app.js]}\n"
    "      - {name: dependencies, share: 25%, touches: [package.json]}\n";

struct Read {
  std::optional<Study> study;
  Diagnostics diagnostics;

  std::vector<std::string> codes() const {
    std::vector<std::string> out;
    for (const Diagnostic& one : diagnostics.list()) out.push_back(one.code);
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string text() const { return diagnostics.render(); }
};

struct Given {
  std::string build =
      "    files: [{path: package.json, size: 1kB}, {path: src/app.js, size: 2kB}]\n";
  std::string steps = kSteps;
  std::string commits = kCommits;
  std::string rest = {};
  std::string dockerfile = kDockerfile;
  std::vector<std::pair<std::string, std::string>> more = {};  ///< files
};

Read read(const Given& given, bool alone = true) {
  const test::TemporaryFolder folder;
  folder.write("Dockerfile", given.dockerfile);
  folder.write("other.Dockerfile", "FROM alpine AS builder\nRUN npm ci\nFROM alpine\nRUN new\n");
  folder.write("ctx/.dockerignore", "*.md\n");
  folder.write("ctx/README.md", "x");
  folder.write("ctx/package.json", "{}");
  folder.write("ctx/src/app.js", "12345");
  folder.write("progress.json", "{}");
  for (const auto& [name, content] : given.more) folder.write(name, content);
  Read out;
  StudyOptions options;
  options.purpose = alone ? StudyPurpose::builds : StudyPurpose::runs;
  const std::string text =
      "apiVersion: pullsim/v1\nkind: Scenario\nname: b\nbuilds:\n  - name: web\n"
      "    dockerfile: Dockerfile\n" +
      given.build + given.steps + given.commits + given.rest;
  out.study = read_study(folder.write("scenario.yaml", text), options, out.diagnostics);
  return out;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("a build is read with its durations, sizes and commits") {
  const Read found = read({});
  INFO(found.text());
  REQUIRE(found.study);
  CHECK(found.codes().empty());
  const Variant& variant = found.study->variants.front();
  CHECK(variant.no_cluster);
  REQUIRE(variant.builds.size() == 1);
  const BuildSpec& build = variant.builds.front();
  REQUIRE(build.graph.steps.size() == 8);
  CHECK(build.graph.steps[3].duration == 100s);
  CHECK(build.graph.steps[4].unpacked == Bytes{3000});  // the files of the context
  CHECK(build.graph.steps[5].duration == 50s);
  CHECK(build.graph.steps[7].size == Bytes{26'000'000});
  CHECK(build.graph.steps[7].unpacked == Bytes{67'600'000});
  REQUIRE(build.commits.size() == 2);
  CHECK(build.commits[0].share == 0.75);
  CHECK(build.commits[0].change.files == std::vector<std::string>{"src/app.js"});
}

TEST_CASE("a folder is a context, without what its .dockerignore leaves out") {
  Given given;
  given.build = "    context: ctx\n";
  const Read found = read(given);
  INFO(found.text());
  REQUIRE(found.study);
  const BuildSpec& build = found.study->variants.front().builds.front();
  CHECK(build.graph.steps[4].unpacked.count > 7);  // package.json, src/app.js, .dockerignore
  const auto& files = build.graph.steps[4].reads.front().files;
  CHECK(std::count(files.begin(), files.end(), "README.md") == 0);
  CHECK(std::count(files.begin(), files.end(), "src/app.js") == 1);
}

TEST_CASE("a .dockerignore that has the name of the Dockerfile comes before that of the context") {
  Given given;
  given.build = "    context: ctx\n";
  given.more = {{"Dockerfile.dockerignore", "src/lib\n"}, {"ctx/src/lib/x.js", "1"}};
  const Read found = read(given);
  INFO(found.text());
  REQUIRE(found.study);
  const auto& files =
      found.study->variants.front().builds.front().graph.steps[4].reads.front().files;
  CHECK(std::count(files.begin(), files.end(), "README.md") == 1);
  CHECK(std::count(files.begin(), files.end(), "src/lib/x.js") == 0);
}

TEST_CASE("arguments and other Dockerfiles of a commit") {
  Given given;
  given.commits =
      "    commits:\n"
      "      - {name: newer, args: {TAG: 22}}\n"
      "      - {name: base, baseChanged: [alpine]}\n"
      "      - {name: other, dockerfile: other.Dockerfile}\n";
  given.steps += "      - {match: RUN new, duration: 7s}\n";
  // `RUN new` is not in the Dockerfile itself.
  CHECK(read(given).codes() == Codes{"PS5113"});
  given.steps = kSteps;
  CHECK(read(given).codes() == Codes{"PS5114"});
  given.build += "    assumedDuration: 7s\n";
  const Read found = read(given);
  INFO(found.text());
  REQUIRE(found.study);
  const BuildAnswers answers = answer_builds(*found.study);
  const auto& commits = answers.builds.front().commits;
  CHECK(commits[0].outcome.steps == 152s);
  CHECK(commits[1].outcome.steps == 2s);
  CHECK(commits[2].outcome.decisions.back().state == BuildStepState::run);
  CHECK(commits[2].outcome.steps == 7s);  // the other stage is not needed
}

TEST_CASE("expected time and bytes are means over the commits, and thresholds are judged on them") {
  Given given;
  given.build += "    push: {bandwidth: 2600kB/s}\n";
  given.rest =
      "thresholds:\n"
      "  - build_time mean < 90s\n"
      "  - {metric: build_time, require: max <= 162s, where: {build: web, commit: dependencies}}\n"
      "  - {metric: build_time, require: mean < 60s, where: {commit: source}, severity: warn}\n"
      "  - {metric: build_pushed, require: min >= 26MB}\n";
  const Read found = read(given);
  INFO(found.text());
  REQUIRE(found.study);
  CHECK(found.study->thresholds.empty());
  const BuildAnswers answers = answer_builds(*found.study);
  // source: 50 + 2 + 10 of push; dependencies: 100 + 50 + 2 + 10.
  CHECK(answers.builds.front().expected_seconds == Approx(0.75 * 62 + 0.25 * 162));
  CHECK(answers.builds.front().expected_pushed_bytes == Approx(26e6));
  REQUIRE(answers.judged.size() == 4);
  CHECK(answers.judged[0].value == Approx(87));
  CHECK(answers.judged[0].holds);
  CHECK(answers.judged[1].holds);
  CHECK_FALSE(answers.judged[2].holds);
  CHECK(answers.judged[3].value == 26e6);
  CHECK_FALSE(answers.failed);
}

TEST_CASE("what a build says wrong is refused, each with its code") {
  struct Case {
    const char* name;
    Given given;
    Codes codes;
    const char* says;
  };
  const std::string files = Given{}.build;
  const auto commits = [](const std::string& text) {
    Given given;
    given.commits = "    commits:\n" + text;
    return given;
  };
  const auto build = [](const std::string& text) {
    Given given;
    given.build += text;
    return given;
  };
  const auto steps = [](const std::string& text) {
    Given given;
    given.steps += text;
    return given;
  };
  const auto thresholds = [](const std::string& text) {
    Given given;
    given.rest = "thresholds: [" + text + "]\n";
    return given;
  };
  const Case cases[] = {
      {"shares that are not all",
       commits("      - {name: a, share: 100%}\n      - {name: b}\n"),
       {"PS3080"},
       "and some have none"},
      {"shares over 100 %",
       commits("      - {name: a, share: 60%}\n      - {name: b, share: 50%}\n"),
       {"PS3080"},
       "110 %"},
      {"a share of nothing", commits("      - {name: a, share: 0%}\n"), {"PS2006"}, "70%"},
      {"no commits", commits("      []\n"), {"PS3013"}, "has no commits"},
      {"two commits of one name",
       commits("      - {name: a}\n      - {name: a}\n"),
       {"PS3002"},
       "two commits"},
      {"a pattern that names nothing",
       commits("      - {name: a, touches: [\"*.go\"]}\n"),
       {"PS3081"},
       "names no file"},
      {"an address that is not there",
       commits("      - {name: a, touches: [\"https://x\"]}\n"),
       {"PS3081"},
       "no ADD fetches"},
      {"an image that is not there",
       commits("      - {name: a, baseChanged: [alpin]}\n"),
       {"PS3001"},
       "`alpine` is near"},
      {"an argument that is not there",
       commits("      - {name: a, args: {TGA: 1}}\n"),
       {"PS3001"},
       "`TAG` is near"},
      {"a target that is not there",
       build("    target: bulder\n"),
       {"PS5103"},
       "`builder` is near"},
      {"a context twice", build("    context: ctx\n"), {"PS2011"}, "both"},
      {"a progress of nothing", build("    progress: progress.json\n"), {"PS5115"}, "ran here"},
      {"a step that is not there",
       steps("      - {line: 1, duration: 1s}\n"),
       {"PS5113"},
       "builder 4/6 (line 5): RUN npm ci"},
      {"a step named twice over",
       steps("      - {line: 4, match: RUN, duration: 1s}\n"),
       {"PS2011"},
       "one of `step`"},
      {"a range", steps("      - {line: 5, duration: {low: 1s, high: 2s}}\n"), {"PS2017"}, ""},
      {"a percentile of builds", thresholds("build_time p(95) < 5m"), {"PS4002"}, "`mean`"},
      {"runs of builds",
       thresholds("{metric: build_time, require: mean < 5m, across: every run}"),
       {"PS4012"},
       "a build has none"},
      {"a commit that is not there",
       thresholds("{metric: build_time, require: mean < 5m, where: {commit: x}}"),
       {"PS4005"},
       ""},
      {"pods of builds",
       thresholds("{metric: build_time, require: mean < 5m, where: {workload: x}}"),
       {"PS2001"},
       "`build`, `commit`"},
      {"pods where nothing runs", thresholds("pod_ready p(95) < 5m"), {"PS4005"}, "build_pushed"},
  };
  for (const Case& one : cases) {
    DYNAMIC_SECTION(one.name) {
      const Read found = read(one.given);
      INFO(found.text());
      CHECK(found.codes() == one.codes);
      CHECK(found.text().find(one.says) != std::string::npos);
    }
  }
}

TEST_CASE("a real build tells durations and sizes, and the scenario comes before them") {
  Given given;
  given.build += "    progress: build.json\n    history: history.json\n";
  given.steps = "    steps: [{step: builder 6/6, duration: 1s}]\n";
  given.more = {
      {"build.json",
       R"({"vertexes":[{"name":"[builder 4/6] RUN npm ci","started":"2026-11-25T10:00:00Z",)"
       R"("completed":"2026-11-25T10:01:35Z"}]})"
       "\n"
       R"({"vertexes":[{"name":"[builder 6/6] RUN npm run build","started":"2026-11-25T10:02:00Z",)"
       R"("completed":"2026-11-25T10:03:00Z"}]})"},
      {"history.json", R"({"CreatedBy":"COPY /app/dist /dist # buildkit","Size":"26MB"})"}};
  const Read found = read(given);
  INFO(found.text());
  CHECK(found.codes().empty());
  REQUIRE(found.study);
  const BuildGraph& graph = found.study->variants.front().builds.front().graph;
  CHECK(graph.steps[3].duration == 95s);
  CHECK(graph.steps[5].duration == 1s);
  CHECK(graph.steps[7].unpacked == Bytes{26'000'000});
  CHECK(graph.steps[7].size == Bytes{10'000'000});
  const auto& inputs = found.study->inputs;
  CHECK(inputs.size() == 3);  // with the Dockerfile
}

TEST_CASE("where numbers are ranges, builds are read once and stay the same") {
  Given given;
  given.rest =
      "images: {web: {layers: [{size: 1MB}]}}\n"
      "registries: [{name: main, egress: {low: 1Gbit/s, high: 2Gbit/s}}]\n"
      "nodePools: [{name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi}]\n"
      "workloads: [{name: web, image: web, replicas: 1}]\n";
  const Read found = read(given, false);
  INFO(found.text());
  REQUIRE(found.study);
  const Variant& variant = found.study->variants.front();
  CHECK(variant.builds.size() == 1);
  CHECK(variant.of_run(3).registries.front().egress != variant.of_run(4).registries.front().egress);
}

TEST_CASE("a mistake in the Dockerfile is shown there, with its line") {
  Given given;
  given.dockerfile = "FROM node\nRUNN npm ci\n";
  const Read found = read(given);
  CHECK(found.codes() == Codes{"PS5101"});
  CHECK(found.text().find("Dockerfile:2:1") != std::string::npos);
  CHECK(found.text().find("RUNN npm ci") != std::string::npos);
}

TEST_CASE("a step without a duration is shown in the Dockerfile, or assumed with a warning") {
  Given given;
  given.steps = "    steps: [{match: RUN npm ci, duration: 1s}]\n";
  const Read found = read(given);
  CHECK(found.codes() == Codes{"PS5114", "PS8023"});
  CHECK(found.text().find("Dockerfile:7:1") != std::string::npos);
  given.build += "    assumedDuration: 5s\n";
  const Read assumed = read(given);
  CHECK(assumed.codes() == Codes{"PS8022", "PS8023"});
  REQUIRE(assumed.study);
  CHECK(assumed.study->variants.front().builds.front().graph.steps[5].duration == 5s);
}

TEST_CASE("a source that no file matches is a warning") {
  Given given;
  given.dockerfile = kDockerfile + "COPY *.go /go/\n";
  const Read found = read(given);
  CHECK(found.codes() == Codes{"PS8021", "PS8023"});
}

TEST_CASE("a scenario of builds alone is none to run, a part of a cluster is none at all") {
  CHECK(read({}, false).codes() == Codes{"PS3013"});
  Given given;
  given.rest = "images: {web: {layers: [{size: 1MB}]}}\n";
  const Read found = read(given);
  CHECK(found.codes() == Codes{"PS2002", "PS2002"});
  CHECK(found.text().find("`nodePools` is missing") != std::string::npos);
}

TEST_CASE("builds may stand beside a cluster, each with its thresholds") {
  Given given;
  given.rest =
      "images: {web: {layers: [{size: 1MB}]}}\n"
      "nodePools: [{name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi}]\n"
      "workloads: [{name: web, image: web, replicas: 1}]\n"
      "thresholds: [\"build_time mean < 1h\", \"pod_ready p(95) < 5m\"]\n";
  const Read found = read(given, false);
  INFO(found.text());
  REQUIRE(found.study);
  CHECK(found.study->thresholds.size() == 1);
  CHECK(found.study->build_thresholds.size() == 1);
  CHECK_FALSE(found.study->variants.front().no_cluster);
}

TEST_CASE("a threshold about builds needs a build") {
  const test::TemporaryFolder folder;
  Diagnostics diagnostics;
  const std::string text =
      "apiVersion: pullsim/v1\nkind: Scenario\nname: b\nimages: {web: {layers: [{size: 1MB}]}}\n"
      "nodePools: [{name: general, nodes: {initial: 2}, cpu: 4, memory: 16Gi}]\n"
      "workloads: [{name: web, image: web, replicas: 1}]\nthresholds: [build_time mean < 1h]\n";
  CHECK_FALSE(read_study(folder.write("s.yaml", text), {}, diagnostics).has_value());
  CHECK(diagnostics.list().front().code == "PS4005");
}

TEST_CASE("more files than a context may have are refused") {
  Given given;
  given.build = "    files:\n";
  for (int i = 0; i < 20'001; ++i) given.build += fmt::format("      - {{path: f{}}}\n", i);
  CHECK(read(given).codes() == Codes{"PS5117"});
}
