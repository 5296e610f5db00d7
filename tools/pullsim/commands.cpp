// The short verbs: validate, inspect, version, reference, schema. `run` has a file of its own.
#include "tools/pullsim/commands.hpp"

#include <pullsim/simulate.hpp>

#include "tools/images/image_reader.hpp"
#include "tools/input/diagnostic.hpp"
#include "tools/input/scenario_reader.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/output/inspect.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/report/sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace pullsim {

extern const char* const kResultSchema;  // docs/result.schema.json, put in by CMake

namespace {

/// One node for one pull of each image. Assumed: a common machine on a fast link, limits as
/// kAloneOn says them to the reader.
constexpr const char* kAloneOn = "2 cores, 10 Gbit/s, disk writes 125 MB/s, 85 MB/s a connection";

Scenario lone_node(const std::vector<ImageFile>& images) {
  Scenario scenario;
  scenario.name = "inspect";
  for (std::size_t i = 0; i < images.size(); ++i) {
    scenario.images.push_back(images[i].image);
    scenario.images.back().name = fmt::format("image-{}", i);
    scenario.images.back().ref = fmt::format("inspect.invalid/image-{}", i);
  }
  RegistrySpec registry;
  registry.per_connection = Bandwidth{85e6};
  scenario.registries = {registry};
  scenario.zones = {ZoneSpec{}};
  NodePoolSpec pool;
  pool.name = "lone";
  pool.zones = {0};
  pool.nodes_initial = pool.nodes_max = 1;
  pool.allocatable_cpu = pool.cpu;
  pool.allocatable_memory = pool.memory;
  pool.network = Bandwidth::bits_per_second(10e9);
  pool.disk_write = Bandwidth{125e6};
  pool.page_cache.emplace().available = pool.allocatable_memory;
  scenario.node_pools = {pool};
  return scenario;
}

}  // namespace

int validate_command(const ValidateArguments& arguments) {
  std::vector<AtomicFile> files;
  for (const ReportTarget& target : arguments.reports) {
    if (target.path != "-") files.emplace_back(target.path);
  }
  int worst = kExitDone;
  std::string text;
  StudyOptions options;
  options.builds_alone = true;
  std::vector<Diagnostic> findings;
  for (const std::string& file : arguments.files) {
    const ReadStudy read = read_checked_study(file, options);
    text += read.findings;
    if (read.findings.empty()) text += fmt::format("{}: no findings\n", printable(file));
    findings.insert(findings.end(), read.list.begin(), read.list.end());
    // Bad input outranks the surroundings: trying again would not help.
    if (read.exit_code == kExitBadInput || worst == kExitDone) worst = read.exit_code;
  }
  auto next = files.begin();
  for (const ReportTarget& target : arguments.reports) {
    const std::string report =
        target.format == "sarif" ? sarif_report(findings) : github_findings(findings);
    if (target.path == "-") {
      text += report;
    } else {
      (next++)->write(report);
    }
  }
  for (AtomicFile& file : files) file.commit();
  write_stdout(text);
  return worst;
}

int inspect_command(const InspectArguments& arguments) {
  ImageReadOptions options;
  if (!arguments.platform.empty()) options.platform = arguments.platform;
  if (arguments.unpacked_ratio) {
    options.unpacked_ratio = *arguments.unpacked_ratio;
    options.ratio_given = true;
  }
  Diagnostics diagnostics;
  std::vector<ImageFile> images;
  for (const std::string& file : arguments.images) {
    auto image = read_image(file, options, diagnostics);
    if (image) images.push_back(std::move(*image));
  }
  check_shared_digests(images, diagnostics);
  if (!diagnostics.list().empty()) std::fputs(diagnostics.render().c_str(), stderr);
  if (diagnostics.has_errors()) return exit_code_of(diagnostics);
  if (arguments.format == Format::json) {
    write_stdout(inspect_json(images));
    return kExitDone;
  }
  InspectTableOptions table;
  table.columns = static_cast<int>(terminal_width());
  const Scenario scenario = lone_node(images);
  if (find_problems(scenario).empty()) {
    table.alone_on = kAloneOn;
    for (std::size_t i = 0; i < images.size(); ++i) {
      table.alone.push_back(pull_alone(scenario, 0, i));
    }
  }
  write_stdout(inspect_table(images, table));
  return kExitDone;
}

int version_command(Format format) {
  if (format == Format::json) {
    nlohmann::ordered_json version;
    version["version"] = PULLSIM_VERSION;
    version["apiVersion"] = "pullsim/v1";
    version["compiler"] = __VERSION__;
    write_stdout(version.dump(1) + "\n");
  } else {
    write_stdout(fmt::format("pullsim {}\nscenarios and results: pullsim/v1\ncompiler: {}\n",
                             PULLSIM_VERSION, __VERSION__));
  }
  return kExitDone;
}

int reference_command() {
  write_stdout(scenario_reference());
  return kExitDone;
}

int schema_command(bool of_result) {
  write_stdout(of_result ? std::string(kResultSchema) : scenario_schema());
  return kExitDone;
}

}  // namespace pullsim
