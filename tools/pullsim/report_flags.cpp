// Targets of reports on the command line; see the header.
#include "tools/pullsim/report_flags.hpp"

#include "tools/pullsim/flag_values.hpp"

#include <fmt/format.h>

namespace pullsim {

ReportTarget read_target(const std::string& text, const std::vector<std::string>& formats) {
  const auto equals = text.find('=');
  const std::string format = text.substr(0, equals);
  if (equals == std::string::npos || equals + 1 == text.size()) {
    refuse(kBadValue, fmt::format("`--report` takes FORMAT=FILE, not `{}`", text),
           fmt::format("write `--report {}=FILE`", formats.front()));
  }
  read_choice("--report", format, formats);
  ReportTarget target{format, text.substr(equals + 1)};
  if (target.path == "-" && format != "github") {
    refuse(kBadValue, "`--report` writes files; standard output is `-o`'s",
           "write `-o json` for the result on standard output");
  }
  return target;
}

std::vector<std::string> format_names(const std::vector<std::string>& more) {
  std::vector<std::string> names = report_format_names();
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

void check_stdout(const std::vector<ReportTarget>& reports, bool table) {
  for (const ReportTarget& target : reports) {
    if (target.path == "-" && !table) {
      refuse(kBadValue, "`--report github=-` and `-o` would both write to standard output",
             "write the annotations or the result to a file");
    }
  }
}

}  // namespace pullsim
