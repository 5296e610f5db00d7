// A stored result read back: everything that summaries, reports, comparisons and merges need,
// without simulating again. For a result of this version result_json() and summary_text() of what
// was read give the bytes that they gave when it was written.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/input/study.hpp"
#include "tools/run/study_result.hpp"

#include <optional>
#include <string>

namespace pullsim {

struct StoredResult {
  /// As it was run, but without scenarios: names, thresholds, inputs, warnings (all of them in
  /// Study::warnings) and what happens, in words.
  Study study;
  StudyResult result;   ///< its thresholds point into `study`
  std::string version;  ///< of the pullsim that wrote it
};

/// Reads a file that `pullsim run` wrote as result.json ("-": stdin). PS1001 and PS1002 if it
/// cannot be read, PS1017 if it is no result of `pullsim/v1`. Outcomes are those that are stored.
std::optional<StoredResult> read_result(const std::string& file, Diagnostics& diagnostics);
/// The same of a text.
std::optional<StoredResult> read_result_text(const std::string& text, const std::string& file,
                                             Diagnostics& diagnostics);

}  // namespace pullsim
