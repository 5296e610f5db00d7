// Shards of a sweep joined: in any order, whatever their number, the lines are those of one
// process.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/whatif/sweep_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// Adds the points of all files to `lines`; the header of the whole. Findings, all of them: a file
/// that is missing (PS1001), no sweep (PS1018), of another sweep, points that are there twice or in
/// no file (PS6007).
std::optional<std::string> merge_sweeps(const std::vector<std::string>& files, SweepLines* lines,
                                        Diagnostics& findings);

}  // namespace pullsim
