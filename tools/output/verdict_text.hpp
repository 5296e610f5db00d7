// The words of a verdict that summary and reports share: outcomes, findings, what an estimate is
// worth. Names from files are made safe for terminals; formats escape on top of that.
#pragma once

#include "tools/input/study.hpp"
#include "tools/run/study_result.hpp"

#include <cstdint>
#include <string>

namespace pullsim {

/// "1 run", "20 runs".
std::string plural(std::int64_t count, const char* one, const char* many);

/// PASS, FAIL, UNSURE, or WARN for a failure that does not count.
std::string outcome_word(const Judged& judged);
/// Failures first (0), so that cutting a list never hides one behind a success (3).
int urgency(const Judged& judged);
/// "189.4 s [186.1, 193.0]" or "not measured".
std::string value_of(const Judged& judged);
/// "57.8 % over; never in 2 of 20 runs; ..."; may be empty.
std::string note_of(const Judged& judged);

/// The first word of all outputs: PASS, FAIL, UNSURE, or DONE where nothing was to be judged.
std::string verdict_of(const StudyResult& result);
/// "1 of 3 thresholds fails".
std::string finding(const StudyResult& result);
/// "20 runs", or of a stopped study those that were finished.
std::string runs_text(const Study& study, const StudyResult& result);
/// How many runs, what intervals cover, where parameters come from.
std::string trust(const Study& study, const StudyResult& result);

}  // namespace pullsim
