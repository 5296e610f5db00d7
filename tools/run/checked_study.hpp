// A scenario file read and checked for everything that can be known before a run: its form, its
// keys, its meaning. All findings at once.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/input/study.hpp"

#include <optional>
#include <string>

namespace pullsim {

/// Absent with errors. What the models find is added to `diagnostics` and, where it is a warning,
/// to the study's.
std::optional<Study> read_checked_study(const std::string& file, const StudyOptions& options,
                                        Diagnostics& diagnostics);

}  // namespace pullsim
