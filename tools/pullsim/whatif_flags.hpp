// Words of the command line into the arguments of the what-if verbs.
#pragma once

#include "tools/pullsim/whatif_commands.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

/// `words` begin with the verb. Throws Refused, and CLI's parse errors. Absent: its help is asked
/// for.
std::optional<WhatIfArguments> whatif_arguments(std::vector<std::string> words);

/// Names of the verbs, each with its flags: for completion.
std::vector<std::pair<std::string, std::vector<std::string>>> whatif_verbs();

}  // namespace pullsim
