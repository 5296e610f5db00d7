// What a report shows beyond the runs that were asked for: the p95 of pod_ready over image size and
// whatever else moves it most, and how far each figure moves it alone. Everything is simulated.
#pragma once

#include "tools/whatif/evaluation.hpp"

#include <string>

namespace pullsim {

/// Events that all of it may take together: about three seconds. Assumed.
inline constexpr std::int64_t kOutlookEventsMost = 12'000'000;

/// For the variant `variant` of the study whose result is given, as a JSON object
/// (docs/output-files.md). `question` reads the same scenario. Empty: it would take too long, no
/// pod waits for an image, or the scenario cannot be read a second time.
std::string outlook_json(const Question& question, const Study& study, const StudyResult& result,
                         std::size_t variant);

}  // namespace pullsim
