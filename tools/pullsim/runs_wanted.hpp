// How many runs the command line asks for: `--replications N` or `A..B`, `--precision 2%`,
// `--max-time 60s`.
#pragma once

#include "tools/run/run_budget.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace pullsim {

struct RunsWanted {
  std::optional<std::int64_t> replications;  ///< a fixed number; absent: the scenario's
  std::optional<RunBudget> budget;           ///< as many as are needed
  std::optional<double> max_seconds;         ///< of the wall clock
  /// True from then on; asked for from any thread. Empty without a limit. The clock starts here.
  std::function<bool()> deadline() const;
};

/// Empty texts are flags that were not given. Refuses what cannot be read.
RunsWanted read_runs(const std::string& replications, const std::string& precision,
                     const std::string& max_time);

}  // namespace pullsim
