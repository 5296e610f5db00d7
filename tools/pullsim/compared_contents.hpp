// What the two images of `pullsim compare` hold, read before anything is simulated.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/whatif/comparison_report.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// Rows for the table of differences, from reports given as IMAGE=REPORT of these two files; empty
/// without reports. Errors are in `diagnostics`.
std::vector<ContentsRow> compared_contents(const std::string& base_file,
                                           const std::string& candidate_file,
                                           const std::vector<std::string>& reports,
                                           std::vector<std::string>* warnings,
                                           Diagnostics& diagnostics);

}  // namespace pullsim
