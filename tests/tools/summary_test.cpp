// The summary as a whole, on a study made by hand.
#include "tools/output/summary.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/result_builder.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace pullsim;
using namespace pullsim::test;

namespace {

/// Three pods, one of them on a new node; the download takes `download` s, and a little more in
/// later runs.
RunResult scale_out(std::uint32_t number, double download) {
  RunBuilder run;
  const double more = 0.5 * number * number / 2;
  const auto old_node = run.node(true, 0, 0);
  const auto new_node = run.node(false, 60, 105 + more);
  const auto first = run.pull(old_node, 60.5, 0, 1, download + more * download / 40, download / 4);
  const auto second =
      run.pull(new_node, 105.5 + more, 0, 1, download + more * download / 40, download / 4);
  run.pod(60, new_node, 45 + more, second, 1.5);
  run.pod(60, old_node, 0, first, 1.5);
  run.pod(60, old_node, 0, first, 2.5);
  RunResult& result = run.result();
  result.run = number;
  result.digest = number + 1;
  result.scale_outs.push_back({0, moment(60), result.pods[0].ready, 3});
  result.unserved_pod_seconds = 3 * download;
  return result;
}

Study example_study() {
  Study study = study_of({"large", "slim"}, 4);
  study.file = "large-vs-slim.yaml";
  for (Variant& variant : study.variants) {
    ScenarioEvent event;
    event.at = seconds(60);
    event.replicas = 6;
    variant.scenario.events = {event};
  }
  Threshold all;
  all.name = all.text = "pod_ready max < 90s";
  all.aggregate.kind = Aggregate::Kind::max;
  all.limit.value = 90;
  all.across = {Across::Kind::every_run, 1, true};
  Threshold pays = all;
  pays.name = "slim-pays-off";
  pays.text = "pod_ready max <= large * 0.6";
  pays.variant = "slim";
  pays.op = Operator::less_equal;
  pays.limit = {0, "large", 0.6, 0};
  pays.across = {};
  study.thresholds = {all, pays};
  return study;
}

StudyResult example_result(const Study& study) {
  StudyResult result;
  for (std::uint32_t run = 0; run < 4; ++run) {
    add_run(study, 0, scale_out(run, 40), &result);
    add_run(study, 1, scale_out(run, 4), &result);
  }
  finish(study, false, &result);
  return result;
}

SummaryOptions options_of(std::size_t width) {
  SummaryOptions options;
  options.width = width;
  options.wall_seconds = 0.94;
  options.command = "pullsim run large-vs-slim.yaml --seed 1 --replications 4 --out out/example";
  options.explain_command = "pullsim explain large-vs-slim.yaml";
  options.folder = "out/example";
  options.files = {"result.json", "pods.csv", "pulls.csv", "layers.csv", "timeline.csv"};
  return options;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::size_t here = 0;
  for (const char c : text) {
    if (c == '\n') {
      longest = std::max(longest, here);
      here = 0;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++here;
    }
  }
  return longest;
}

/// Compares with the recorded text; PULLSIM_UPDATE_GOLDEN=1 records it, to be reviewed as a diff.
void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(PULLSIM_SOURCE_DIR) + "/tests/golden/summary/" + name;
  const char* update = std::getenv("PULLSIM_UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") std::ofstream(path) << text;
  std::stringstream recorded;
  recorded << std::ifstream(path).rdbuf();
  CHECK(text == recorded.str());
}

}  // namespace

TEST_CASE("The summary of two variants at 100 and 80 columns") {
  const Study study = example_study();
  const StudyResult result = example_result(study);
  for (const std::size_t width : {std::size_t{100}, std::size_t{80}}) {
    const std::string text = summary_text(study, result, options_of(width));
    check_golden("two-variants-" + std::to_string(width) + ".txt", text);
    CHECK(longest_line(text) <= width);
    if (width == 100) CHECK(std::count(text.begin(), text.end(), '\n') <= 40);
  }
}

TEST_CASE("The summary of one variant has no comparison and names causes in the table") {
  Study study = example_study();
  study.variants.erase(study.variants.begin());
  study.thresholds.clear();
  StudyResult result;
  for (std::uint32_t run = 0; run < 4; ++run) add_run(study, 0, scale_out(run, 4), &result);
  finish(study, false, &result);
  auto options = options_of(100);
  options.folder.clear();
  options.files.clear();
  const std::string text = summary_text(study, result, options);
  check_golden("one-variant-100.txt", text);
  CHECK(text.substr(0, 4) == "DONE");
}

TEST_CASE("Where UTF-8 is not safe the summary is ASCII") {
  const Study study = example_study();
  const StudyResult result = example_result(study);
  auto options = options_of(100);
  options.utf8 = false;
  const std::string text = summary_text(study, result, options);
  CHECK(std::all_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  CHECK(text.find("####") != std::string::npos);
}

TEST_CASE("Quiet is the verdict line alone, colour marks the word, never replaces it") {
  const Study study = example_study();
  const StudyResult result = example_result(study);
  auto options = options_of(100);
  options.quiet = true;
  CHECK(summary_text(study, result, options) ==
        "FAIL  large-vs-slim.yaml   1 of 3 thresholds fails" + std::string(29, ' ') +
            "0.9 s, 4 runs, seed 1\n");
  options.colour = true;
  CHECK(summary_text(study, result, options).substr(0, 15) == "\x1b[31mFAIL\x1b[0m  ");
}

TEST_CASE("Control characters of file names never reach the terminal") {
  Study study = example_study();
  study.file = "evil\x1b[2J.yaml";
  const StudyResult result = example_result(study);
  CHECK(summary_text(study, result, options_of(100)).find('\x1b') == std::string::npos);
}

TEST_CASE("Pods that are never ready are said, not averaged away") {
  Study study = example_study();
  study.thresholds.resize(1);
  StudyResult result;
  for (std::uint32_t run = 0; run < 4; ++run) {
    RunResult lost = scale_out(run, 4);
    if (run == 2) lost.pods[1].ready.reset();
    add_run(study, 0, lost, &result);
    add_run(study, 1, scale_out(run, 4), &result);
  }
  finish(study, false, &result);
  const std::string text = summary_text(study, result, options_of(100));
  CHECK(text.find("never in 1 of 4 runs") != std::string::npos);
  CHECK(text.substr(0, 4) == "FAIL");
}

TEST_CASE("Of many variants the pair that a threshold compares is taken apart") {
  Study study = study_of({"a-large", "b-other", "c-slim"}, 2);
  Threshold pays;
  pays.name = "pays-off";
  pays.text = "p(95) < a-large";
  pays.variant = "c-slim";
  pays.limit = {0, "a-large", 1, 0};
  study.thresholds = {pays};
  StudyResult result;
  for (std::uint32_t run = 0; run < 2; ++run) {
    add_run(study, 0, scale_out(run, 40), &result);
    add_run(study, 1, scale_out(run, 2), &result);
    add_run(study, 2, scale_out(run, 4), &result);
  }
  finish(study, false, &result);
  const std::string text = summary_text(study, result, options_of(100));
  CHECK(text.find("c-slim pods are ready 4") != std::string::npos);
  CHECK(text.find("sooner than a-large at p95") != std::string::npos);
  CHECK(text.find("intervals: in the result file") != std::string::npos);
}

TEST_CASE("Columns that do not fit stand below, and every figure under its heading") {
  const std::vector<std::string> names = {"large-warm-nodes", "slim-warm", "large-new-nodes",
                                          "slim-new"};
  const Study study = study_of(names, 2);
  StudyResult result;
  for (std::size_t variant = 0; variant < names.size(); ++variant) {
    for (std::uint32_t run = 0; run < 2; ++run) {
      RunResult row = scale_out(run, 40);
      row.unserved_pod_seconds = 60e9 * static_cast<double>(variant + 1);
      add_run(study, variant, row, &result);
    }
  }
  finish(study, false, &result);
  const std::string text = summary_text(study, result, options_of(80));
  CHECK(longest_line(text) <= 80);
  const auto column_of = [&](const std::string& word, std::size_t from) {
    const std::size_t at = text.find(word, from);
    REQUIRE(at != std::string::npos);
    return at - text.rfind('\n', at);
  };
  const std::size_t below = text.find("slim-new\n");
  REQUIRE(below != std::string::npos);
  CHECK(column_of("slim-warm", 0) == column_of("2000000000", 0));
  CHECK(column_of("large-new-nodes", 0) == column_of("3000000000", 0));
  CHECK(column_of("slim-new", below) == column_of("4000000000", below));
}

TEST_CASE("A stopped study tells how many runs stand behind its figures") {
  const Study study = example_study();
  StudyResult result;
  result.partial = true;
  for (std::uint32_t run = 0; run < 3; ++run) add_run(study, 0, scale_out(run, 40), &result);
  finish(study, false, &result);
  const std::string text = summary_text(study, result, options_of(100));
  CHECK(text.find("; stopped after 3 of 8 runs") != std::string::npos);
  CHECK(text.find("How sure: stopped after 3 of 8 runs; intervals are of these") !=
        std::string::npos);
  CHECK(text.find("4 runs") == std::string::npos);
}
