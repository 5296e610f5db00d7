// The formats of `--report FORMAT=PATH` by name, and the files of one call: all opened before
// anything runs, so that a path that cannot be written is found at once, and put in place together.
#pragma once

#include "tools/output/atomic_file.hpp"
#include "tools/report/report.hpp"
#include "tools/report/static_charts.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pullsim {

/// A format that is one text.
struct ReportFormat {
  const char* name;
  std::string (*write)(const ReportInput&);
};
/// In the order in which people are told of them.
const std::vector<ReportFormat>& report_formats();
const ReportFormat* find_report_format(const std::string& name);

/// A format that is a folder with a file for each chart; needs other programs to draw them.
const std::vector<std::pair<const char*, ChartFormat>>& chart_formats();
/// All names of both lists.
std::vector<std::string> report_format_names();

struct ReportTarget {
  std::string format;  ///< a name of the lists above
  std::string path;    ///< "-": standard output
};

class ReportFiles {
 public:
  explicit ReportFiles(const std::vector<ReportTarget>& targets);
  /// Throws ProgramFailed where charts are to be drawn and what draws them is not there.
  void commit(const ReportInput& input);
  /// What goes to standard output, after the summary.
  std::string standard_output(const ReportInput& input) const;

 private:
  std::vector<std::pair<const ReportFormat*, AtomicFile>> files_;
  std::vector<const ReportFormat*> standard_output_;
  std::vector<std::pair<ChartFormat, std::string>> folders_;
};

}  // namespace pullsim
