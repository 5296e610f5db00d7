// `--report FORMAT=PATH` read or refused.
#pragma once

#include "tools/report/report_files.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// FORMAT=PATH, of one of the formats.
ReportTarget read_target(const std::string& text, const std::vector<std::string>& formats);
/// The names of all formats of a result, and more.
std::vector<std::string> format_names(const std::vector<std::string>& more);
/// Workflow commands between the lines of a machine's format would spoil both.
void check_stdout(const std::vector<ReportTarget>& reports, bool table);

}  // namespace pullsim
