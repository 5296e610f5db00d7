// The short verbs: validate, version, reference, schema.
#include "tools/pullsim/commands.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/input/scenario_reader.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/report/sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace pullsim {

extern const char* const kResultSchema;  // docs/result.schema.json, put in by CMake

int validate_command(const ValidateArguments& arguments) {
  std::vector<AtomicFile> files;
  for (const ReportTarget& target : arguments.reports) {
    if (target.path != "-") files.emplace_back(target.path);
  }
  int worst = kExitDone;
  std::string text;
  std::vector<Diagnostic> findings;
  for (const std::string& file : arguments.files) {
    const ReadStudy read = read_checked_study(file, {.purpose = StudyPurpose::any});
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
