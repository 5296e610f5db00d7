// Reports of a study: each a pure function of what a result file holds, so that `report RESULT`
// gives later what `run` gives now. A format is one file of this folder and one row of
// report_formats.cpp.
#pragma once

#include "tools/input/study.hpp"
#include "tools/run/study_result.hpp"

#include <string>

namespace pullsim {

struct ReportInput {
  const Study& study;
  const StudyResult& result;
  bool strict = false;  ///< JUnit: UNSURE is an error and not skipped
};

/// JUnit XML: a suite for the scenario, a case for each threshold and variant.
std::string junit_report(const ReportInput& input);
/// Workflow commands of GitHub: an annotation at the line of each threshold that does not hold.
std::string github_report(const ReportInput& input);
/// A step summary, and a comment that its bot finds again by the first line. Under 64 kB.
std::string markdown_report(const ReportInput& input);
/// One page with charts and tables, self-contained.
std::string html_report(const ReportInput& input);
/// Chrome trace events of the middle runs, for Perfetto.
std::string trace_report(const ReportInput& input);
/// OpenMetrics 1.0 text.
std::string openmetrics_report(const ReportInput& input);

}  // namespace pullsim
