// result.json: its form against the schema, and what a reader may rely on.
#include "tools/output/result_json.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/program.hpp"
#include "tests/support/reduced_scenario.hpp"
#include "tests/support/result_builder.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace pullsim;
using namespace pullsim::test;
using Json = nlohmann::json;

namespace {

RunResult small_run(std::uint32_t number, double download) {
  RunBuilder run;
  const auto node = run.node(true, 0, 0);
  run.pod(60, node, 0, run.pull(node, 60.5, 0, 1, download + number, 2), 1.5);
  run.pod(61, node, 0, std::nullopt, 1.5 + 0.25 * number);
  RunResult& result = run.result();
  result.run = number;
  result.digest = 0xABC0 + number;
  result.counters.events = 100 + number;
  result.counters.flows_peak = 3 + number;
  result.scale_outs.push_back({0, moment(60), result.pods[0].ready, 2});
  return result;
}

Study example() {
  Study study = study_of({"large", "slim"}, 3);
  study.resolved_json = R"({"large": {"seed": 1}, "slim": {"seed": 1}})";
  Threshold threshold;
  threshold.name = threshold.text = "pod_ready p(95) < 30s";
  threshold.aggregate = {Aggregate::Kind::percentile, 95, ""};
  threshold.limit.value = 30;
  threshold.place = {"hand-made.yaml", 40, 5};
  Threshold paired = threshold;
  paired.name = "pays-off";
  paired.text = "pod_ready p(95) <= large * 0.6";
  paired.variant = "slim";
  paired.limit = {0, "large", 0.6, 0};
  study.thresholds = {threshold, paired};
  return study;
}

Json written(const Study& study, const StudyResult& result) {
  return Json::parse(result_json(study, result));
}

StudyResult run_all(const Study& study, bool one_never_ready) {
  StudyResult result;
  for (std::uint32_t run = 0; run < 3; ++run) {
    RunResult large = small_run(run, 40);
    if (one_never_ready && run == 1) {
      large.pods[1].ready.reset();
      large.scale_outs[0].done.reset();
    }
    add_run(study, 0, large, &result);
    add_run(study, 1, small_run(run, 4), &result);
  }
  finish(study, false, &result);
  return result;
}

std::vector<std::string> schema_errors(const Json& document) {
  Json text;
  std::ifstream(std::string(PULLSIM_SOURCE_DIR) + "/docs/result.schema.json") >> text;
  return test::schema_errors(text, document);
}

}  // namespace

TEST_CASE("A result fits its schema, also with pods that are never ready") {
  const Study study = example();
  for (const bool never : {false, true}) {
    const auto errors = schema_errors(written(study, run_all(study, never)));
    for (const std::string& error : errors) UNSCOPED_INFO(error);
    CHECK(errors.empty());
  }
  StudyResult stopped;
  stopped.partial = true;
  finish(study, false, &stopped);
  CHECK(schema_errors(written(study, stopped)).empty());
}

TEST_CASE("The result of every scenario fits the schema") {
  int scenarios = 0;
  const std::string folder = std::string(PULLSIM_SOURCE_DIR) + "/scenarios";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    if (test::holds_releases_alone(test::text_of(entry.path().string()))) continue;
    INFO(entry.path().string());
    const std::string text = text_of(entry.path().string());
    if (text.find("\nworkloads:") == std::string::npos) continue;  // builds or releases alone
    const Ran ran = run_pullsim("run " + entry.path().string() + " --replications 2 -o json");
    for (const std::string& error : schema_errors(Json::parse(ran.out))) UNSCOPED_INFO(error);
    CHECK(schema_errors(Json::parse(ran.out)).empty());
    ++scenarios;
  }
  CHECK(scenarios >= 6);
}

TEST_CASE("The schema refuses what is no result") {
  const Study study = example();
  Json document = written(study, run_all(study, false));
  SECTION("a key is missing") { document.erase("digest"); }
  SECTION("an outcome of its own") { document["thresholds"][0]["outcome"] = "MAYBE"; }
  SECTION("null for a value that does not exist") {
    document["variants"][0]["metrics"]["pod_ready"]["p95"]["value"] = nullptr;
  }
  SECTION("an interval of one number") {
    document["variants"][0]["metrics"]["pod_ready"]["p95"]["interval95"] = {1.0};
  }
  CHECK_FALSE(schema_errors(document).empty());
}

TEST_CASE("A metric is the mean over runs of the per-run aggregate, with Student's interval") {
  const Study study = example();
  const Json document = written(study, run_all(study, false));
  const Json& ready = document["variants"][0]["metrics"]["pod_ready"];
  // Runs end at 45.3, 46.3, 47.3 s: mean 46.3, s = 1, t(2, 0.975) = 4.3027, half width 2.484.
  CHECK(ready["p95"]["value"].get<double>() == Approx(45.3 + 1));
  CHECK(ready["p95"]["interval95"][0].get<double>() == Approx(46.3 - 4.302652730 / std::sqrt(3.0)));
  CHECK(ready["count"] == 6);
  CHECK(ready["never"] == 0);
  CHECK(document["variants"][0]["runs"][2]["metrics"]["pod_ready"]["max"] == 47.3);
  CHECK(document["variants"][0]["counters"]["events"] == 303);
  CHECK(document["variants"][0]["counters"]["flows_peak"] == 5);
  CHECK(document["resolved"]["slim"]["seed"] == 1);
  CHECK(document["digest"].get<std::string>().size() == 16);
}

TEST_CASE("Never is counted and its value absent: no null, no NaN, no infinity in the file") {
  const Study study = example();
  const std::string text = result_json(study, run_all(study, true));
  CHECK(text.find("null") == std::string::npos);
  CHECK(text.find("nan") == std::string::npos);
  CHECK(text.find("inf") == std::string::npos);
  const Json document = Json::parse(text);
  const Json& ready = document["variants"][0]["metrics"]["pod_ready"];
  CHECK(ready["never"] == 1);
  CHECK(ready["count"] == 6);
  CHECK_FALSE(ready.contains("p95"));
  CHECK(ready.contains("p50"));
  CHECK_FALSE(document["variants"][0]["runs"][1]["metrics"]["pod_ready"].contains("max"));
  CHECK(document["thresholds"][0]["runs_never"] == 1);
  CHECK(document["thresholds"][0]["per_run"][1]["never"] == true);
  CHECK_FALSE(document["thresholds"][0].contains("value"));
  CHECK(document["thresholds"][0]["line"] == 40);
}

TEST_CASE("Comparisons are paired against the first variant") {
  const Study study = example();
  const Json document = written(study, run_all(study, false));
  const auto& all = document["comparisons"];
  const auto found = std::find_if(all.begin(), all.end(), [](const Json& one) {
    return one["metric"] == "pod_ready" && one["aggregate"] == "p95";
  });
  REQUIRE(found != all.end());
  CHECK((*found)["variant"] == "slim");
  CHECK((*found)["against"] == "large");
  CHECK((*found)["difference"]["value"].get<double>() == Approx(-36));
  CHECK((*found)["correlation"].get<double>() == Approx(1));
}

TEST_CASE("Warnings are told once, one of a single variant names it") {
  Study study = example();
  study.variants[0].warnings = {"ratio 2.6 assumed", "size of the config assumed"};
  study.variants[1].warnings = {"ratio 2.6 assumed"};
  const auto result = run_all(study, false);
  CHECK(all_warnings(study, result) ==
        std::vector<std::string>{"ratio 2.6 assumed", "large: size of the config assumed"});
}
