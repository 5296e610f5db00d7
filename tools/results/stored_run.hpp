// One run of a stored result.
#pragma once

#include "tools/results/json_view.hpp"
#include "tools/run/study_result.hpp"

#include <optional>

namespace pullsim {

/// The counterpart of run_json(); throws MalformedFile.
RunSummary read_run(const JsonView& run);
/// The counterpart of value_json(), with other names for its members: "other", "other_never".
std::optional<double> read_value(const JsonView& object, const char* value = "value",
                                 const char* never = "never");

}  // namespace pullsim
