// The charts of the page one by one, for slides and documents: as specifications, as SVG drawn by
// Vega in Node, as pixels made of these by librsvg. Equal results give equal bytes.
#pragma once

#include "tools/report/report.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pullsim {

enum class ChartFormat : std::uint8_t { vega_lite, svg, png };

/// Names of files with what is in them. Throws ProgramFailed.
std::vector<std::pair<std::string, std::string>> static_charts(const ReportInput& input,
                                                               ChartFormat format);

}  // namespace pullsim
