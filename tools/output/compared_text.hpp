// The words of predictions beside measured pulls, for summary and reports. Names from files are
// made safe for terminals; formats escape on top of that.
#pragma once

#include "tools/input/study.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// "fits that had not seen them".
std::string predicted_by_text(PredictedBy by);
/// "half of 43 measured pulls are predicted within 2.4 %, by fits that had not seen them".
std::string compared_finding(const ComparedGroup& group);
/// For each profile that carries cases: what its first group says, nine of ten, and the furthest
/// off, as one sentence without its full stop. Empty: no profile carries any.
std::vector<std::string> compared_sentences(const Study& study);

/// Largest relative errors first.
std::vector<const ComparedCase*> furthest_first(const ComparedGroup& group);
/// "+5.8 %": how far the prediction is from what was measured.
std::string error_text(const ComparedCase& one);

}  // namespace pullsim
