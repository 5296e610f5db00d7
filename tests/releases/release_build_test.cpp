// Release trains whose releases come out of a build: what a commit pushes is what a release
// changes.
#include <pullsim/build.hpp>
#include <pullsim/release_train.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

#include <map>

using namespace pullsim;  // NOLINT: tests read better without the prefix
using test::TemporaryFolder;

namespace {

constexpr const char* kDockerfile =
    "FROM node:20\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY . .\nCMD [\"node\"]\n";
constexpr const char* kScenario = R"(apiVersion: pullsim/v1
kind: Scenario
name: s
builds:
  - name: web
    dockerfile: Dockerfile
    files: [{path: package.json, size: 2kB}, {path: app.js, size: 3MB}]
    steps:
      - {match: FROM, size: 100MB}
      - {match: RUN npm ci, duration: 60s, size: 200MB}
    assumedDuration: 10s
    commits:
      - {name: source, share: 70%, touches: [app.js]}
      - {name: dependencies, share: 20%, touches: [package.json]}
      - {name: base, share: 10%, baseChanged: ["node:20"]}
releases:
  - name: web
    perDay: 10
    days: 200
    build: web
    nodes: {count: 3, disk: 80GB}
)";

std::string with(const std::string& from, const std::string& to) {
  std::string text = kScenario;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::optional<Study> read(const std::string& text, std::string* findings) {
  const TemporaryFolder folder;
  folder.write("Dockerfile", kDockerfile);
  folder.write("Other", std::string(kDockerfile) + "RUN npm test\n");
  Diagnostics diagnostics;
  StudyOptions options;
  options.purpose = StudyPurpose::releases;
  auto study = read_study(folder.write("s.yaml", text), options, diagnostics);
  *findings = diagnostics.render();
  return study;
}

}  // namespace

TEST_CASE("a release changes the layers that its commit pushes, as often as the commit comes") {
  std::string findings;
  const auto study = read(kScenario, &findings);
  INFO(findings);
  REQUIRE(study);
  const ReleaseTrainSpec& train = study->variants.front().releases.front();
  REQUIRE(train.layers.size() == 4);  // base, package.json, node_modules, source
  CHECK(train.layers[0].size == Bytes{100'000'000});
  CHECK(train.layers[2].size == Bytes{200'000'000});
  REQUIRE(train.kinds.size() == 3);
  CHECK(train.kinds[0].changed == std::vector<std::size_t>{3});
  CHECK(train.kinds[1].changed == std::vector<std::size_t>{1, 2, 3});
  CHECK(train.kinds[2].changed == std::vector<std::size_t>{0, 1, 2, 3});

  const auto releases = releases_of(train, 1, 0);
  REQUIRE(releases.size() == 2001);
  std::map<std::size_t, int> changed;  // by number of layers
  for (std::size_t r = 1; r < releases.size(); ++r) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      count += releases[r].layers[i].content != releases[r - 1].layers[i].content ? 1U : 0U;
    }
    ++changed[count];
  }
  CHECK(changed.size() == 3);
  CHECK(changed[1] > 1320);  // 1,400 of 2,000; four deviations are 82
  CHECK(changed[1] < 1480);
  CHECK(changed[4] > 146);  // 200; four are 54
  CHECK(changed[4] < 254);
}

TEST_CASE("what such a train moves is what its commits push, to the byte") {
  std::string findings;
  const auto study = read(kScenario, &findings);
  REQUIRE(study);
  const Variant& variant = study->variants.front();
  const ReleaseTrainSpec& train = variant.releases.front();
  const auto result = simulate_releases(train, 1, 0);
  std::map<std::int64_t, int> pushes;
  for (const RolloutRow& row : result.rollouts) {
    CHECK(row.pulled.count == row.pushed.count * train.nodes.count);  // each had the one before
    ++pushes[row.pushed.count];
  }
  const BuildSpec& build = variant.builds.front();
  for (const BuildCommit& commit : build.commits) {
    CHECK(pushes.count(pullsim::build(build, commit).pushed_bytes.count) == 1);
  }
  CHECK(pushes.size() == build.commits.size());
  CHECK(result.pushed.count == result.stored.count + result.deleted.count);
}

TEST_CASE("a train of a build that is not there, changes itself or has no layers is refused") {
  struct Case {
    std::string text;
    const char* code;
  };
  for (const Case& c : std::vector<Case>{
           {with("    build: web", "    build: wbe"), "PS3001"},
           {with("touches: [package.json]", "dockerfile: Other"), "PS3104"},
           {with("    build: web", "    build: web\n    layers: [{name: a, size: 1MB}]"),
            "PS2011"}}) {
    INFO(c.text);
    std::string findings;
    CHECK_FALSE(read(c.text, &findings));
    INFO(findings);
    CHECK(findings.find(std::string("error[") + c.code + "]") != std::string::npos);
  }
}
