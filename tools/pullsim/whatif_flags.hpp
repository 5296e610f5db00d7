// Words of the command line into the arguments of the what-if verbs.
#pragma once

#include "tools/pullsim/completion.hpp"
#include "tools/pullsim/whatif_commands.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// `words` begin with the verb. Throws Refused, and CLI's parse errors. Absent: its help is asked
/// for.
std::optional<WhatIfArguments> whatif_arguments(std::vector<std::string> words);

/// The verbs, each with its flags.
std::vector<VerbFlags> whatif_verbs();

}  // namespace pullsim
