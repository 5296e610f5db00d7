// A scenario file read and checked for everything that can be known before a run: its form, its
// keys, its meaning. All findings at once.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/input/study.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct ReadStudy {
  std::optional<Study> study;    ///< absent with errors
  std::string findings;          ///< rendered; may be empty
  std::vector<Diagnostic> list;  ///< the same one by one
  int exit_code = 0;             ///< 2: bad input; 4: only the surroundings are at fault
};

ReadStudy read_checked_study(const std::string& file, const StudyOptions& options);

/// 0 without errors, 4 when every error is a fault of the surroundings, else 2.
int exit_code_of(const Diagnostics& diagnostics);

}  // namespace pullsim
