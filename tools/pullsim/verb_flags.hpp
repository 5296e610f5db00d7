// The flags that each verb knows, read as words; command_line.cpp makes arguments of them.
#pragma once

#include "tools/pullsim/inspect_flags.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace pullsim {

struct Words {
  std::vector<std::string> files, sets, variants, reports;
  std::string seed, replications, precision, max_time, jobs, out, format = "table", colour = "auto",
                                                                  unsure;
  std::string observed, test, validation, scenario, runtime, name, pod, at, run;
  InspectWords inspect;
  bool help = false, quiet = false, strict = false, exit_zero = false, no_progress = false;
};

/// Every verb of the program but the what-if ones, in the order of the help; what stands after it
/// is written to `words`.
void add_verbs(CLI::App* app, Words* words);

/// "--help", "--output", ... of one verb.
std::vector<std::string> flags_of(const CLI::App& verb);

}  // namespace pullsim
