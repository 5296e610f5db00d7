// `pullsim report`: a stored result in any format, without simulating.
#include "tools/input/diagnostic.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/output/summary.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/results/stored_result.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace pullsim {
namespace {

std::string summary_of(const ReportArguments& arguments, const StoredResult& stored) {
  SummaryOptions options;
  options.width = terminal_width();
  options.utf8 = locale_is_utf8();
  options.colour =
      arguments.colour == When::always ||
      (arguments.colour == When::automatic && stdout_is_terminal() && !no_colour_wanted());
  options.quiet = arguments.quiet;
  options.command = printable(stored.result.command);
  return summary_text(stored.study, stored.result, options);
}

}  // namespace

int report_command(const ReportArguments& arguments) {
  Diagnostics diagnostics;
  const auto stored = read_result(arguments.result, diagnostics);
  if (!diagnostics.list().empty()) std::fputs(diagnostics.render().c_str(), stderr);
  if (!stored) return exit_code_of(diagnostics);
  try {
    ReportFiles files(arguments.reports);
    const ReportInput input{stored->study, stored->result, false};
    const std::string text = arguments.format == "table"
                                 ? summary_of(arguments, *stored)
                                 : find_report_format(arguments.format)->write(input);
    const std::string more = files.standard_output(input);
    files.commit(input);
    write_stdout(text);
    write_stdout(more);
  } catch (const nlohmann::json::exception& fault) {
    // The rest of the file was read strictly; what charts are made from is taken as it comes.
    print_error({"PS1017",
                 "the evidence in the file is not as this version writes it",
                 {printable(fault.what())},
                 "make the result again"});
    return kExitBadInput;
  }
  return kExitDone;
}

}  // namespace pullsim
