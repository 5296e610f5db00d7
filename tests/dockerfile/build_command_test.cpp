// `pullsim build` as a user calls it: what it prints, and its exit codes.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim;        // NOLINT: tests read better without the prefix
using namespace pullsim::test;  // NOLINT

namespace {

const std::string kRoot = PULLSIM_SOURCE_DIR;

/// A folder with one build; `limit` is that of its threshold.
void write_scenario(const Folder& folder, const std::string& limit) {
  folder.write("Dockerfile", "FROM alpine\nCOPY . /app\nRUN make\n");
  folder.write("s.yaml",
               "apiVersion: pullsim/v1\nkind: Scenario\nname: s\nbuilds:\n"
               "  - name: app\n    dockerfile: Dockerfile\n"
               "    steps: [{match: RUN, duration: 30s, size: 2MB}, {match: COPY, size: 1MB}]\n"
               "    push: {bandwidth: 1MB/s}\n"
               "    commits:\n      - {name: source, touches: [main.c]}\n"
               "      - {name: nothing}\n"
               "thresholds:\n"
               "  - {metric: build_time, require: max < " +
                   limit + ", where: {commit: source}}\n");
}

}  // namespace

TEST_CASE("build: the answer as JSON has every figure with its unit in its name") {
  const Folder folder;
  write_scenario(folder, "34s");
  const Ran ran = run_pullsim("build s.yaml -o json", folder);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.err.empty());
  const auto json = nlohmann::json::parse(ran.out);
  CHECK(json["verdict"] == "PASS");
  CHECK(json["inputs"][0]["file"] == "Dockerfile");
  const auto& build = json["builds"][0];
  CHECK(build["expected_seconds"] == 16.5);
  CHECK(build["expected_pushed_bytes"] == 1.5e6);
  const auto& commit = build["commits"][0];
  CHECK(commit["commit"] == "source");
  CHECK(commit["share"] == 0.5);
  CHECK(commit["total_seconds"] == 33.0);
  CHECK(commit["steps_seconds"] == 30.0);
  CHECK(commit["push_seconds"] == 3.0);
  CHECK(commit["export_seconds"] == 0.0);
  CHECK(commit["pushed_bytes"] == 3'000'000);
  CHECK(commit["image_layers"] == 2);
  CHECK(commit["pushed_layers"][1]["size_bytes"] == 2'000'000);
  CHECK(commit["steps"][0]["state"] == "cached");
  CHECK(commit["steps"][1]["because"] == "main.c changed");
  CHECK(commit["steps"][2]["because"] == "after COPY . /app");
  CHECK(commit["steps"][2]["line"] == 3);
  CHECK(commit["steps"][2]["finish_seconds"] == 30.0);
  CHECK(build["commits"][1]["total_seconds"] == 0.0);
  CHECK(json["thresholds"][0]["value"] == 33.0);
  CHECK(run_pullsim("build s.yaml -o json", folder).out == ran.out);
}

TEST_CASE("build: a threshold that fails makes the exit code 1") {
  const Folder folder;
  write_scenario(folder, "33s");
  const Ran ran = run_pullsim("build s.yaml", folder);
  CHECK(ran.code == 1);
  CHECK(ran.out.find("FAIL  s.yaml   1 of 1 threshold fails") == 0);
  CHECK(ran.out.find("main.c changed") != std::string::npos);
  CHECK(ran.out.find("nothing: every step is cached") != std::string::npos);
}

TEST_CASE("build: one commit may be shown alone, names that are not there are refused") {
  const Folder folder;
  write_scenario(folder, "34s");
  const Ran one = run_pullsim("build s.yaml --build app --commit nothing", folder);
  CHECK(one.code == 0);
  CHECK(one.out.find("source") == one.out.rfind("source"));  // no row, no steps of it
  const Ran commit = run_pullsim("build s.yaml --commit sorce", folder);
  CHECK(commit.code == 2);
  CHECK(commit.err.find("`source` is near") != std::string::npos);
  CHECK(run_pullsim("build s.yaml --build ap", folder).code == 2);
  CHECK(run_pullsim("build", folder).code == 2);
  CHECK(run_pullsim("build s.yaml --comit source", folder).code == 2);
  CHECK(run_pullsim("build --help", folder).out.find("pullsim build SCENARIO") !=
        std::string::npos);
}

TEST_CASE("build: values may be overridden, and run refuses what has nothing to run") {
  const Folder folder;
  write_scenario(folder, "20s");
  CHECK(run_pullsim("build s.yaml", folder).code == 1);
  CHECK(run_pullsim("build s.yaml --set builds.app.steps.0.duration=10s", folder).code == 0);
  const Ran run = run_pullsim("run s.yaml", folder);
  CHECK(run.code == 2);
  CHECK(run.err.find("PS3013") != std::string::npos);
  CHECK(run_pullsim("validate s.yaml", folder).code == 0);
}

TEST_CASE("build: a scenario without builds is told so") {
  const Ran ran = run_pullsim("build " + kRoot + "/scenarios/large-vs-slim.yaml");
  CHECK(ran.code == 2);
  CHECK(ran.err.find("has no builds") != std::string::npos);
}

TEST_CASE("build: a Dockerfile that is wrong is shown with its place") {
  const Folder folder;
  write_scenario(folder, "34s");
  folder.write("Dockerfile", "FROM alpine\nCOPY --form=x . /app\nRUN make\n");
  const Ran ran = run_pullsim("build s.yaml", folder);
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("error[PS5108]") != std::string::npos);
  CHECK(ran.err.find("Dockerfile:2:6") != std::string::npos);
}

TEST_CASE("the article's two Dockerfiles: which steps a source commit runs") {
  const auto steps_of = [](const std::string& variant) {
    const Ran ran = run_pullsim("build " + kRoot + "/scenarios/build-two-stages.yaml -o json " +
                                "--commit source --variant " + variant);
    INFO(ran.err);
    std::vector<std::string> names;
    const auto json = nlohmann::json::parse(ran.out);
    for (const auto& step : json["builds"][0]["commits"][0]["steps"]) {
      if (step["state"] == "run") names.push_back(step["text"]);
    }
    return names;
  };
  CHECK(steps_of("one-stage") ==
        std::vector<std::string>{"COPY . .", "RUN npm install", "RUN npm run build"});
  CHECK(steps_of("two-stages") == std::vector<std::string>{"COPY . .", "RUN npm run build",
                                                           "COPY --from=builder /app/dist ./dist"});
}
