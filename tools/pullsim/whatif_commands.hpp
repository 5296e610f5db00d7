// The verbs that ask many questions of one scenario: compare, sweep, merge, solve, sensitivity;
// and `releases`, which has the same flags. Each takes its words as the command line has them, and
// returns its exit code.
#pragma once

#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/runs_wanted.hpp"
#include "tools/whatif/evaluation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pullsim {

enum class TableFormat : std::uint8_t { table, json, csv };

struct WhatIfArguments {
  std::vector<std::string> files;
  std::vector<std::string> sets;
  std::vector<std::string> variants;
  std::optional<std::uint64_t> seed;
  RunsWanted runs;
  TableFormat format = TableFormat::table;
  int threads = 1;
  bool quiet = false;
  bool progress = true;
  bool strict = false;
  bool exit_zero = false;
  UnsureAs unsure = UnsureAs::itself;
  std::vector<std::pair<std::string, std::string>> reports;  ///< format and file
  // compare
  std::string image;                  ///< "web=a.json"
  std::string against;                ///< "web=b.json": the base
  std::vector<std::string> contents;  ///< IMAGE=REPORT of a scanner, of these two images
  bool regressions_only = false;
  // sweep, solve, sensitivity
  std::vector<std::string> varies;
  std::optional<std::int64_t> points;
  std::string design;
  std::string result;  ///< the file of a sweep; `{shard}` stands for the shard's number
  std::string shard;   ///< "2/8", "auto", "auto/8"
  std::string until;
  double tolerance = 0.002;
  std::string release;  ///< releases: the one train; empty: all
};

int compare_command(const WhatIfArguments& arguments);
int sweep_command(const WhatIfArguments& arguments);
int merge_command(const WhatIfArguments& arguments);
int solve_command(const WhatIfArguments& arguments);
int sensitivity_command(const WhatIfArguments& arguments);
int releases_command(const WhatIfArguments& arguments);

/// The question of these arguments about `file`, with the signals watched and the clock started.
Question question_of(const WhatIfArguments& arguments, const std::string& file);
/// Exit code of a verdict under `--exit-zero` and `--unsure`.
int exit_code_for(Verdict verdict, const WhatIfArguments& arguments);

bool is_whatif_verb(std::string_view verb);
std::string whatif_help(std::string_view verb);

}  // namespace pullsim
