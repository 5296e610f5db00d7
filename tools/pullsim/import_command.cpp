// The verb `import`: objects of a cluster in, a first scenario out.
#include <pullsim/simulate.hpp>

#include "tools/import/imported_scenario.hpp"
#include "tools/input/study.hpp"
#include "tools/input/text_file.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/study_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace pullsim {
namespace {

constexpr std::size_t kDumpBytesMax = std::size_t{1} << 30;
constexpr std::size_t kDumpValuesMax = 40'000'000;
// More nodes than this share and pods would not fit for another reason. Assumed.
constexpr std::int64_t kNodesAddedShare = 10;
constexpr std::size_t kLeftOutShown = 10;

bool read_dump(const std::vector<std::string>& files, ClusterDump& dump, Diagnostics& diagnostics) {
  for (const std::string& file : files) {
    auto text = read_text_file(file, kDumpBytesMax, diagnostics);
    if (!text) continue;
    JsonLimits limits;
    limits.bytes_max = kDumpBytesMax;
    limits.nodes_max = kDumpValuesMax;
    const auto document = JsonDocument::parse_sequence(file, std::move(*text), diagnostics, limits);
    if (document) read_cluster(*document, dump, diagnostics);
  }
  return !diagnostics.has_errors();
}

void check_enough(const std::string& file, const ImportedScenario& scenario,
                  Diagnostics& diagnostics) {
  const char* lacking = scenario.pools.empty()       ? "node that takes pods"
                        : scenario.workloads.empty() ? "workload"
                                                     : nullptr;
  if (lacking == nullptr) return;
  Diagnostic finding;
  finding.code = "PS3013";
  finding.text = fmt::format("there is no {} in these objects", lacking);
  finding.file = file;
  for (std::size_t i = 0; i < std::min(scenario.left_out.size(), kLeftOutShown); ++i) {
    finding.notes.push_back("left out: " + scenario.left_out[i]);
  }
  finding.help = "give what `kubectl get nodes,pods,deployments,hpa -A -o json` prints";
  diagnostics.add(std::move(finding));
}

/// The workload that a problem is about; none for other problems.
std::vector<ImportedWorkload>::iterator workload_of(ImportedScenario& scenario,
                                                    const ScenarioProblem& problem) {
  return std::find_if(scenario.workloads.begin(), scenario.workloads.end(),
                      [&](const ImportedWorkload& one) {
                        return problem.path.rfind("workloads." + one.name, 0) == 0;
                      });
}

void drop_workload(ImportedScenario& scenario, std::vector<ImportedWorkload>::iterator at,
                   const std::string& why) {
  scenario.left_out.push_back(fmt::format("{}: {}", at->origin, why));
  auto& scalers = scenario.autoscalers;
  scalers.erase(std::remove_if(scalers.begin(), scalers.end(),
                               [&](const auto& one) { return one.workload == at->name; }),
                scalers.end());
  scenario.workloads.erase(at);
  const auto unused = [&](const std::string& image) {
    return std::none_of(scenario.workloads.begin(), scenario.workloads.end(),
                        [&](const ImportedWorkload& one) { return one.uses(image); });
  };
  auto& images = scenario.images;
  images.erase(std::remove_if(images.begin(), images.end(),
                              [&](const ImportedImage& one) { return unused(one.name); }),
               images.end());
  for (ImportedPool& pool : scenario.pools) {
    pool.cached.erase(std::remove_if(pool.cached.begin(), pool.cached.end(), unused),
                      pool.cached.end());
  }
}

/// Changes what keeps the scenario from running; false when there is nothing more to change.
bool mend(ImportedScenario& scenario, const ScenarioProblem& problem) {
  const auto workload = workload_of(scenario, problem);
  if (problem.code == "PS3006" && workload != scenario.workloads.end()) {
    drop_workload(scenario, workload, "a pod of it fits no node of this scenario");
    return !scenario.workloads.empty();
  }
  if (problem.code != "PS3007") return false;
  // Pods were spread by a scheduler with more rules, and daemons differ from node to node.
  const auto pool = std::max_element(
      scenario.pools.begin(), scenario.pools.end(),
      [](const auto& a, const auto& b) { return a.allocatable_memory < b.allocatable_memory; });
  if (pool->nodes_added > 2 + pool->nodes / kNodesAddedShare) return false;
  ++pool->nodes;
  ++pool->nodes_added;
  return true;
}

/// The text of a scenario that runs, as far as it can be mended.
std::string runnable_text(ImportedScenario& scenario, const std::string& file,
                          Diagnostics& diagnostics) {
  while (true) {
    std::string text = scenario_text(scenario);
    Diagnostics found;
    const auto study = read_study_text(text, file, found);
    if (!study) {
      for (const Diagnostic& finding : found.list()) diagnostics.add_from(found, finding);
      return text;
    }
    const auto problems = find_problems(study->variants.front().scenario);
    if (problems.empty()) return text;
    if (mend(scenario, problems.front())) continue;
    for (const ScenarioProblem& problem : problems) {
      print_warning(
          fmt::format("{} ({}): change it before the scenario runs", problem.text, problem.code));
    }
    return text;
  }
}

}  // namespace

int import_command(const ImportArguments& arguments) {
  Diagnostics diagnostics;
  ClusterDump dump;
  ImportedScenario scenario;
  if (read_dump(arguments.files, dump, diagnostics)) {
    scenario = import_cluster(dump, arguments.name);
    check_enough(arguments.files.front(), scenario, diagnostics);
  }
  if (!diagnostics.list().empty()) std::fputs(diagnostics.render().c_str(), stderr);
  if (diagnostics.has_errors()) return exit_code_of(diagnostics);
  const std::string file = arguments.out.empty() ? "scenario.yaml" : arguments.out;
  Diagnostics of_text;
  const std::string text = runnable_text(scenario, file, of_text);
  if (!of_text.list().empty()) std::fputs(of_text.render().c_str(), stderr);
  if (of_text.has_errors()) return exit_code_of(of_text);
  for (std::size_t i = 0; i < std::min(scenario.left_out.size(), kLeftOutShown); ++i) {
    print_warning("left out: " + scenario.left_out[i]);
  }
  if (scenario.left_out.size() > kLeftOutShown) {
    print_warning(fmt::format("{} more are left out; the end of the scenario names all",
                              scenario.left_out.size() - kLeftOutShown));
  }
  if (arguments.out.empty()) {
    write_stdout(text);
    return kExitDone;
  }
  AtomicFile out(arguments.out);
  out.write(text);
  out.commit();
  std::fputs(fmt::format("{}: {} node pools, {} images, {} workloads\n", arguments.out,
                         scenario.pools.size(), scenario.images.size(), scenario.workloads.size())
                 .c_str(),
             stderr);
  return kExitDone;
}

}  // namespace pullsim
