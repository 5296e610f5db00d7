// Completion scripts for shells, made from the flags that the command line knows.
#pragma once

#include <string>
#include <vector>

namespace pullsim {

struct VerbFlags {
  std::string verb;
  std::vector<std::string> flags;  ///< "--set"
};

/// For "bash", "zsh" or "fish".
std::string completion_script(const std::string& shell, const std::vector<VerbFlags>& verbs);

}  // namespace pullsim
