// Another program run to its end: Node to draw charts, librsvg to make pixels of them.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace pullsim {

/// The program is not there, or it failed.
struct ProgramFailed : std::runtime_error {
  ProgramFailed(const std::string& what, bool missing_)
      : std::runtime_error(what), missing(missing_) {}
  bool missing;  ///< it could not even be started
};

/// Runs `words` with `input` on its standard input and returns its standard output. Words are not
/// seen by a shell.
std::string run_program(const std::vector<std::string>& words, const std::string& input);

}  // namespace pullsim
