// A stored result read back: the same bytes again, and refusals that say what is wrong.
#include "tools/results/stored_result.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"
#include "tests/support/result_builder.hpp"
#include "tools/output/result_json.hpp"
#include "tools/output/summary.hpp"

#include <nlohmann/json.hpp>

using namespace pullsim;
using namespace pullsim::test;

namespace {

StoredResult read_back(const std::string& text) {
  Diagnostics diagnostics;
  auto stored = read_result_text(text, "result.json", diagnostics);
  INFO(diagnostics.render());
  REQUIRE(stored);
  return std::move(*stored);
}

std::string refusal(const std::string& text) {
  Diagnostics diagnostics;
  CHECK_FALSE(read_result_text(text, "result.json", diagnostics));
  return diagnostics.render();
}

RunResult small_run(std::uint32_t number) {
  RunBuilder run;
  const auto node = run.node(true, 0, 0);
  run.pod(60, node, 0, run.pull(node, 60.5, 0, 1, 40.125 + number, 2), 1.5);
  run.pod(61, node, 0, std::nullopt, 1.5 + 0.25 * number);
  RunResult& result = run.result();
  result.run = number;
  result.digest = 0xABC0 + number;
  result.counters.flows_peak = 3 + number;
  result.scale_outs.push_back({0, moment(60), result.pods[0].ready, 2});
  return result;
}

Threshold condition(const std::string& text, ThresholdLimit limit, Across across) {
  Threshold threshold;
  threshold.name = threshold.text = text;
  threshold.aggregate = {Aggregate::Kind::percentile, 95, ""};
  threshold.limit = std::move(limit);
  threshold.across = across;
  threshold.place = {"hand-made.yaml", 40, 5};
  return threshold;
}

}  // namespace

TEST_CASE("What was read gives the bytes of the result and of the summary again") {
  for (const char* name : {"large-vs-slim", "flash-crowd", "calibrated", "registry-limits"}) {
    const std::string scenario = std::string(PULLSIM_SOURCE_DIR) + "/scenarios/" + name + ".yaml";
    const Ran ran = run_pullsim("run " + scenario + " --replications 3 -o json");
    INFO(name);
    const StoredResult stored = read_back(ran.out);
    CHECK(result_json(stored.study, stored.result) == ran.out);
    const Ran table = run_pullsim("run " + scenario + " --replications 3");
    SummaryOptions options;
    options.utf8 = false;
    const std::string again = summary_text(stored.study, stored.result, options);
    // What stands before the first empty line has the time taken, the last ones the commands.
    const auto part = [](const std::string& text) {
      const std::size_t begin = text.find("\n\n");
      return text.substr(begin, text.find("\n  Again:") - begin);
    };
    const Ran plain =
        shell("LC_ALL=C " PULLSIM_BINARY " run " + scenario + " --replications 3", Folder());
    CHECK(part(again) == part(plain.out));
  }
}

TEST_CASE("Never, nothing measured and a variant that was not run come back as they were") {
  Study study = study_of({"large", "slim"}, 2);
  study.variants[0].warnings = {"assumed"};
  study.thresholds = {
      condition("pod_ready p(95) < 30s", {30, "", 1, 0}, {}),
      condition("pod_ready p(95) <= large * 0.6", {0, "large", 0.6, 0}, {}),
      condition("pod_ready p(95) < huge", {0, "huge", 1, 0}, {}),
      condition("pod_ready p(95) < baseline + 5s", {0, "baseline", 1, 5},
                {Across::Kind::share_of_runs, 0.95, true}),
      condition("pod_ready p(95) < 40s", {40, "", 1, 0}, {Across::Kind::every_run, 1, true})};
  StudyResult result;
  for (std::uint32_t run = 0; run < 2; ++run) {
    RunResult large = small_run(run);
    if (run == 1) large.pods[1].ready.reset();
    add_run(study, 0, large, &result);
    RunResult slim = small_run(run);
    if (run == 1) slim.pods.clear();
    add_run(study, 1, slim, &result);
  }
  result.partial = true;
  finish(study, true, &result);
  const std::string text = result_json(study, result);
  const StoredResult stored = read_back(text);
  CHECK(result_json(stored.study, stored.result) == text);
  CHECK(stored.result.partial);
  CHECK(std::isinf(*stored.result.variants[0].runs[1].thresholds[0]));
  CHECK_FALSE(stored.result.variants[1].runs[1].thresholds[0]);
  CHECK(stored.study.thresholds[3].across.share == 0.95);
  CHECK(stored.study.warnings == std::vector<std::string>{"large: assumed"});
}

TEST_CASE("What is no result is refused with what is wrong") {
  CHECK(refusal("{").find("PS1015") != std::string::npos);
  CHECK(refusal("[1]").find("error[PS1017]") != std::string::npos);
  CHECK(refusal(R"({"apiVersion": "pullsim/v2", "kind": "Result"})").find("pullsim/v1") !=
        std::string::npos);
  const Study study = study_of({"large"}, 2);
  StudyResult result;
  add_run(study, 0, small_run(0), &result);
  finish(study, false, &result);
  const auto good = nlohmann::ordered_json::parse(result_json(study, result));
  const auto with = [&](const char* pointer, const nlohmann::ordered_json& value) {
    auto document = good;
    document[nlohmann::ordered_json::json_pointer(pointer)] = value;
    return refusal(document.dump());
  };
  CHECK(with("/seed", -1).find("`seed` is no whole number from 0 on") != std::string::npos);
  CHECK(with("/replications", 1.5).find("`replications` is no whole number") != std::string::npos);
  CHECK(with("/variants", nlohmann::ordered_json::array()).find("`variants` is empty") !=
        std::string::npos);
  CHECK(with("/variants/0/runs/0/digest", "xyz").find("`variants.0.runs.0.digest` is no digest") !=
        std::string::npos);
  CHECK(with("/variants/0/runs/0/ended_seconds", -1).find("is no length of time") !=
        std::string::npos);
  CHECK(with("/variants/0/runs/0/metrics/pod_ready/p95", "x").find("is no number") !=
        std::string::npos);
  CHECK(with("/variants/0/runs/0/pod_at_p95/phases/download/held_up_by", "x")
            .find("names nothing that holds up") != std::string::npos);
  auto document = good;
  document.erase("verdict");
  CHECK(refusal(document.dump()).find("has no `verdict`") != std::string::npos);
}
