// As many runs as the answer needs, within bounds. The design keeps intervals and verdicts right,
// which "stop as soon as it looks good" does not:
//
//  1. A pilot of `least` runs says how many are needed, and is then left out of everything.
//  2. That many further runs are made and looked at. Their number does not depend on them, so their
//     intervals cover what they say.
//  3. Where something is still open, or the interval is wider than wanted, they are extended; three
//     looks at most. Verdicts are made at a third of 2.5 % a look, so that a wrong PASS and a wrong
//     FAIL each have a probability of 2.5 % at most, over all looks.
//
// What is open when the bound is reached is UNSURE. docs/statistics.md has the reasons.
#pragma once

#include "tools/run/replications.hpp"
#include "tools/run/study_result.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace pullsim {

struct RunBudget {
  std::int64_t least = 20;
  std::int64_t most = 1000;
  std::optional<double> precision;  ///< wanted half width of intervals, as a share of the value
};

inline constexpr std::int64_t kLooksMost = 3;
inline constexpr double kLookLevel = 0.025 / kLooksMost;

/// The half width that is precise enough for a value: the share of it, or, near zero, where a share
/// of nothing would never be reached, what nobody decides on: 10 ms, 1 MB, 0.1 %, half a piece.
double wanted_half_width(double value, std::string_view unit, double precision);

/// All thresholds are decided and all values precise, as far as more runs can bring that.
bool is_settled(const StudyResult& result, const RunBudget& budget);
/// The number of runs, `most` at most, that would settle everything were they like those of
/// `result`, which is finished; with a reserve of 40 %, since they will not be.
std::int64_t runs_needed(const StudyResult& result, const RunBudget& budget, std::int64_t most);

/// Told of every run once it is added, in a fixed order.
using RunWatch = std::function<void(std::size_t variant, const RunSummary& run)>;

/// Makes the runs, sets first_run, replications and budget of the study, judges. `watch` sees the
/// runs of the pilot, too.
StudyResult run_to_budget(Study* study, const ReplicationOptions& options, const RunBudget& budget,
                          bool strict, const RunWatch& watch);

/// Adds the runs first_run .. first_run + replications - 1 of every variant of the study to the
/// result; false if it ended before all were made.
using MakeRuns = std::function<bool(const Study& study, StudyResult* result)>;
/// The same with runs from elsewhere.
StudyResult run_to_budget(Study* study, const MakeRuns& make, const RunBudget& budget, bool strict);

}  // namespace pullsim
