// What a report shows beside aggregates: the course of one run of each variant, taken from its
// middle run. The run is made once more for it, so that no rows have to be kept while the others
// are made; equal inputs give equal runs. The evidence goes into the result file as JSON text, and
// reports are made from there alone. Bounded: what has more steps than fit a chart is binned.
#pragma once

#include <pullsim/result.hpp>
#include <pullsim/scenario.hpp>

#include "tools/run/replications.hpp"
#include "tools/run/study_result.hpp"

#include <cstdint>
#include <string>

namespace pullsim {

/// A run with more events is not made again: that would double seconds, and its paths and rows fill
/// the memory. Assumed.
inline constexpr std::uint64_t kEvidenceEventsMost = 1'500'000;

/// Bins of everything that is shown over time.
inline constexpr std::size_t kEvidenceBins = 240;

/// Makes the middle run of every variant again and keeps its evidence in the result, a JSON object
/// each (docs/output-files.md).
void gather_evidence(const Study& study, const ReplicationOptions& options, StudyResult* result);

/// For the variant that slimming starts from: what one change at a time would have saved, as a JSON
/// object. Empty where one run takes too long to try a dozen more.
std::string alternatives_json(const Study& study, const StudyResult& result,
                              const ReplicationOptions& options);

}  // namespace pullsim
