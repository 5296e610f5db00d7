// Blocks of the page as HTML; every text from a file is escaped here.
#pragma once

#include "tools/report/chart.hpp"

#include <string>

namespace pullsim {

std::string table_html(const Table& table, const std::string& caption);
/// Title, legend, place to draw in, note and table; the specification in a script element.
std::string chart_html(const Chart& chart);

std::string answer_section(const ReportView& view);
std::string asked_section(const ReportView& view);
std::string trust_section(const ReportView& view);
std::string again_section(const ReportView& view);

}  // namespace pullsim
