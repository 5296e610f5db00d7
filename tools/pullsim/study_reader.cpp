// The reader of the library with exit codes.
#include "tools/pullsim/study_reader.hpp"

#include "tools/pullsim/commands.hpp"
#include "tools/run/checked_study.hpp"

#include <algorithm>

namespace pullsim {

int exit_code_of(const Diagnostics& diagnostics) {
  if (!diagnostics.has_errors()) return kExitDone;
  const auto& list = diagnostics.list();
  const bool surroundings = std::all_of(list.begin(), list.end(), [](const Diagnostic& finding) {
    return finding.severity != Severity::error || finding.code == "PS1002";  // cannot be read
  });
  return surroundings ? kExitSurroundings : kExitBadInput;
}

ReadStudy read_checked_study(const std::string& file, const StudyOptions& options) {
  Diagnostics diagnostics;
  ReadStudy read;
  read.study = read_checked_study(file, options, diagnostics);
  read.exit_code = exit_code_of(diagnostics);
  if (!diagnostics.list().empty()) read.findings = diagnostics.render();
  read.list = diagnostics.list();
  return read;
}

}  // namespace pullsim
