// The flags of `pullsim inspect`.
#pragma once

#include "tools/pullsim/commands.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace pullsim {

struct InspectWords {
  std::vector<std::string> images, contents, bases;
  std::string format = "table", platform, ratio;
};

void add_inspect_flags(CLI::App* verb, InspectWords* words);
/// Throws as the readers of flags do.
InspectArguments inspect_arguments(const InspectWords& words);

}  // namespace pullsim
