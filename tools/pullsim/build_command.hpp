// The verb `build`: its arguments and what it does.
#pragma once

#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/completion.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct BuildArguments {
  std::string scenario;
  std::vector<std::string> sets;
  std::vector<std::string> variants;
  std::string build;   ///< shown alone; empty: all
  std::string commit;  ///< the same
  Format format = Format::table;
};

/// Answers what each commit costs; nothing is simulated. 1 when a threshold about builds fails.
int build_command(const BuildArguments& arguments);

/// `words` begin with the verb. Throws Refused, and CLI's parse errors. Absent: its help is asked
/// for.
std::optional<BuildArguments> build_arguments(std::vector<std::string> words);
/// The flags, with what each takes; and their names alone.
std::vector<CompletionFlag> build_completion();
std::vector<std::string> build_flags();

}  // namespace pullsim
