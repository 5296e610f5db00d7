// Every scenario that comes along has a recorded result: metrics in milliseconds and whole bytes,
// verdicts, and nothing that depends on the machine. A change of any number here is a change of the
// model and an entry in the changelog. Set PULLSIM_UPDATE_GOLDEN=1 to write the files anew.
#include <pullsim/simulate.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/reduced_scenario.hpp"
#include "tools/input/study.hpp"
#include "tools/run/build_results.hpp"
#include "tools/run/replications.hpp"
#include "tools/run/study_result.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace pullsim;  // NOLINT: tests read better without the prefix
namespace fs = std::filesystem;

namespace {

const fs::path kRoot = PULLSIM_SOURCE_DIR;
constexpr std::int64_t kRuns = 3;

std::string value_text(const std::optional<double>& value) {
  if (!value) return "-";
  if (std::isinf(*value)) return "never";
  return fmt::format("{:.3f}", *value);
}

std::string record(const Study& study, const StudyResult& result) {
  std::string text = "# " + study.question + "\n";
  for (const VariantResult& variant : result.variants) {
    text += "\n" + variant.name + "\n";
    for (const Metric metric : {Metric::pod_ready, Metric::pod_served, Metric::pull_time,
                                Metric::scaleout_done, Metric::registry_egress, Metric::unserved}) {
      for (const SummaryAggregate which : {SummaryAggregate::p50, SummaryAggregate::max}) {
        text += fmt::format("  {} {}:", metric_name(metric), summary_name(which));
        for (const auto& value : per_run(variant, metric, which)) text += " " + value_text(value);
        text += "\n";
      }
    }
  }
  text += "\n";
  for (const Judged& judged : result.thresholds) {
    text += fmt::format("{} {}: {}\n", verdict_word(judged.result.outcome), judged.result.variant,
                        judged.result.name);
  }
  return text;
}

/// Of builds, which have no runs: what each commit costs.
std::string record_builds(const Study& study) {
  std::string text = "# " + study.question + "\n";
  const BuildAnswers answers = answer_builds(study);
  for (const BuildResult& build : answers.builds) {
    text += fmt::format("\n{} {}: expected {:.3f} s, {:.0f} bytes\n", build.variant,
                        build.build->name, build.expected_seconds, build.expected_pushed_bytes);
    for (const CommitResult& commit : build.commits) {
      text += fmt::format("  {}: {:.3f} s, {} bytes, runs", commit.commit->name,
                          to_seconds(commit.outcome.total()), commit.outcome.pushed_bytes.count);
      for (std::size_t i = 0; i < commit.graph->steps.size(); ++i) {
        if (commit.outcome.decisions[i].state != BuildStepState::run) continue;
        text += fmt::format(" [{}]", commit.graph->steps[i].name);
      }
      text += "\n";
    }
  }
  text += "\n";
  for (const BuildJudged& judged : answers.judged) {
    text += fmt::format("{} {}: {}\n", judged.holds ? "PASS" : "FAIL", judged.variant,
                        judged.threshold->name);
  }
  return text;
}

std::string record_runs(const Study& study) {
  for (const Variant& variant : study.variants) CHECK(find_problems(variant.scenario).empty());
  StudyResult result;
  ReplicationOptions replications;
  replications.threads = 2;
  replications.run_one = simulate;
  run_replications(study, replications, [&](std::size_t variant, RunResult&& run) {
    add_run(study, variant, run, &result);
  });
  finish(study, false, &result);
  return record(study, result);
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("scenarios give their recorded results") {
  for (const auto& entry : fs::directory_iterator(kRoot / "scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    if (test::holds_releases_alone(read(entry.path()))) continue;  // docs/scenarios has them
    const std::string name = entry.path().stem().string();
    DYNAMIC_SECTION(name) {
      Diagnostics diagnostics;
      StudyOptions options;
      options.replications = kRuns;
      options.sets = test::reduced(name);
      options.purpose = StudyPurpose::any;
      const auto study = read_study(entry.path().string(), options, diagnostics);
      INFO(diagnostics.render());
      REQUIRE(study.has_value());
      const bool builds = study->variants.front().no_cluster;
      const std::string now = builds ? record_builds(*study) : record_runs(*study);
      const fs::path golden = kRoot / "tests/golden/scenarios" / (name + ".txt");
      if (std::getenv("PULLSIM_UPDATE_GOLDEN") != nullptr) {
        fs::create_directories(golden.parent_path());
        std::ofstream(golden, std::ios::binary) << now;
      }
      CHECK(now == read(golden));
    }
  }
}
