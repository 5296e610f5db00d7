// What makes the p95 of pod_ready differ from run to run: chance, or figures that nobody knows. A
// study whose ranges or profile are drawn meets both at once. Every run is made once more with the
// same figures and other chance; what two such runs share is what the figures do, the rest is
// chance: Saltelli et al., "Global sensitivity analysis", 2008, 4.6 (pick and freeze).
//
// Leaves out that chance may be larger for some figures than for others: it is an average.
#pragma once

#include "tools/run/replications.hpp"
#include "tools/run/study_result.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace pullsim {

/// Runs made again for it at most. Assumed.
inline constexpr std::int64_t kSpreadRunsMost = 100;
/// Events that they may take together: about two seconds. Assumed.
inline constexpr std::int64_t kSpreadEventsMost = 8'000'000;

/// `first[i]` and `again[i]` are of the same figures and other chance. Absent below three pairs or
/// with a run that has no finite value. Intervals are Student's over the values that leaving out
/// one pair after the other gives (jackknife: Efron & Stein, 1981), cut off at zero.
std::optional<Spread> spread_of(const std::vector<std::optional<double>>& first,
                                const std::vector<std::optional<double>>& again);

/// For every variant, where the study draws anything; left out where it would take too long.
void add_spreads(const Study& study, const ReplicationOptions& options, StudyResult* result);

}  // namespace pullsim
