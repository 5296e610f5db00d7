// Words of the command line into the arguments of one verb, or into a message. CLI11 splits the
// words; numbers, choices and every message are our own.
#pragma once

#include "tools/input/settings.hpp"
#include "tools/pullsim/build_command.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/whatif_commands.hpp"

#include <string>
#include <variant>
#include <vector>

namespace pullsim {

struct ShowHelp {
  std::string verb;
  int exit_code = kExitDone;
};
struct VersionArguments {
  Format format = Format::table;
};
struct ReferenceArguments {};
struct ClaimsArguments {
  std::string folder;
};
struct InitArguments {
  std::string file;  ///< empty: standard output
};
/// A completion script, the settings, the manual page: made while the words were read.
struct PrintText {
  std::string text;
};
/// Mistakes that were found before any verb.
struct Findings {
  std::string text;
  int exit_code = kExitBadInput;
};
struct SchemaArguments {
  bool of_result = false;
};

/// compare, sweep, merge, solve, sensitivity: `run` is the verb's command.
struct WhatIfVerb {
  int (*run)(const WhatIfArguments&) = nullptr;
  WhatIfArguments arguments;
};

using CommandLine =
    std::variant<ShowHelp, Message, RunArguments, ReportArguments, ValidateArguments,
                 InspectArguments, CalibrateArguments, ImportArguments, ExplainArguments,
                 VersionArguments, ReferenceArguments, SchemaArguments, PrintText, Findings,
                 ClaimsArguments, InitArguments, WhatIfVerb, BuildArguments>;

/// `words` without the program's name.
CommandLine parse_command_line(std::vector<std::string> words);
/// Of a what-if verb, which is the first word; throws as whatif_arguments() does.
CommandLine parse_whatif(const std::vector<std::string>& words, const Settings& settings);
/// Of `build`, in the same way.
CommandLine parse_build(const std::vector<std::string>& words);

}  // namespace pullsim
