// `pullsim run`: read, simulate, judge, write, print.
#include <pullsim/simulate.hpp>

#include "tools/input/diagnostic.hpp"
#include "tools/input/study.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/output/bill_text.hpp"
#include "tools/output/output_folder.hpp"
#include "tools/output/result_json.hpp"
#include "tools/output/summary.hpp"
#include "tools/output/summary_parts.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/runs_progress.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/report/evidence.hpp"
#include "tools/run/replications.hpp"
#include "tools/run/run_budget.hpp"
#include "tools/run/spread.hpp"
#include "tools/whatif/outlook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

namespace pullsim {
namespace {

constexpr std::size_t kWarningsShown = 5;

/// What chose the scenarios that were run.
std::string choices(const RunArguments& arguments) {
  std::string words;
  for (const auto& set : arguments.sets) words += " --set " + shell_word(set);
  for (const auto& variant : arguments.variants) words += " --variant " + shell_word(variant);
  return words;
}

/// The same numbers again; where files go does not change them.
std::string same_numbers_command(const RunArguments& arguments, const Study& study) {
  std::string runs = fmt::format("{}", study.replications);
  if (study.budget) runs = fmt::format("{}..{}", study.budget->least, study.budget->most);
  if (study.budget && study.budget->precision) {
    runs += fmt::format(" --precision {:g}%", *study.budget->precision * 100);
  }
  return printable(fmt::format("pullsim run {} --seed {} --replications {}{}",
                               shell_word(arguments.scenario), study.seed, runs,
                               choices(arguments)));
}

std::string again_command(const RunArguments& arguments, const Study& study) {
  std::string command = same_numbers_command(arguments, study);
  if (!arguments.out.empty()) command += printable(" --out " + shell_word(arguments.out));
  return command;
}

/// Somebody reads the result beyond the summary: what charts are made from is gathered, too.
bool wants_result(const RunArguments& arguments) {
  return !arguments.out.empty() || !arguments.reports.empty() || arguments.format == Format::json;
}

std::string explain_command(const RunArguments& arguments) {
  if (arguments.scenario == "-") return "";
  RunArguments first = arguments;  // `explain` takes one variant
  first.variants.resize(std::min<std::size_t>(first.variants.size(), 1));
  std::string command =
      fmt::format("pullsim explain {}{}", shell_word(arguments.scenario), choices(first));
  if (arguments.seed) command += fmt::format(" --seed {}", *arguments.seed);
  return printable(command);
}

bool use_colour(When when) {
  if (when != When::automatic) return when == When::always;
  return stdout_is_terminal() && !no_colour_wanted();
}

void print_warnings(const Study& study, const StudyResult& result) {
  const auto warnings = all_warnings(study, result);
  for (std::size_t i = 0; i < std::min(warnings.size(), kWarningsShown); ++i) {
    print_warning(warnings[i]);
  }
  if (warnings.size() > kWarningsShown) {
    print_warning(
        fmt::format("and {} more, all in the result file", warnings.size() - kWarningsShown));
  }
}

int exit_code(const StudyResult& result, const RunArguments& arguments, int signal) {
  if (result.partial) return kExitInterrupted + signal;
  if (arguments.exit_zero) return kExitDone;
  const int code = exit_code_of(result.overall.outcome);
  if (code != kExitUnsure || arguments.unsure == UnsureAs::itself) return code;
  return arguments.unsure == UnsureAs::pass ? kExitDone : kExitFailed;
}

constexpr const char* kPage = "report.html";

/// What was asked for, and the page that belongs to --out.
std::vector<ReportTarget> all_reports(const RunArguments& arguments) {
  std::vector<ReportTarget> reports = arguments.reports;
  if (!arguments.out.empty()) {
    make_folder(arguments.out);
    reports.push_back({"html", (std::filesystem::path(arguments.out) / kPage).string()});
  }
  return reports;
}

/// Everywhere that rows and results go, opened before the first run.
struct Outputs {
  std::vector<OutputFolder> folders;
  ReportFiles reports;

  explicit Outputs(const RunArguments& arguments) : reports(all_reports(arguments)) {
    if (!arguments.out.empty()) folders.emplace_back(arguments.out, true);
    for (const auto& folder : arguments.csv_folders) folders.emplace_back(folder, false);
  }
  void commit(const ReportInput& input) {
    for (OutputFolder& folder : folders) {
      folder.commit(
          [&](const TextSink& sink) { write_result_json(input.study, input.result, sink); });
    }
    reports.commit(input);
  }
};

SummaryOptions summary_options(const RunArguments& arguments, const Study& study,
                               const Outputs& outputs, double wall_seconds) {
  SummaryOptions options;
  options.width = terminal_width();
  options.utf8 = locale_is_utf8();
  options.colour = use_colour(arguments.colour);
  options.quiet = arguments.quiet;
  options.wall_seconds = wall_seconds;
  options.command = again_command(arguments, study);
  options.explain_command = explain_command(arguments);
  if (!arguments.out.empty()) {
    options.folder = arguments.out;
    options.files = outputs.folders.front().names();
    options.files.emplace_back(kPage);
  }
  return options;
}

/// Every run once, its rows written as it comes.
StudyResult all_runs(const Study& study, const ReplicationOptions& options, Outputs* outputs,
                     RunsProgress* progress) {
  StudyResult result;
  const auto done = run_and_summarise(
      study, options, [&](std::size_t variant, RunResult&& run, RunSummary&& summary) {
        for (OutputFolder& folder : outputs->folders) folder.add_run(study.variants[variant], run);
        add_run(study, variant, std::move(summary), run.warnings, &result);
        progress->add(study, variant, result.variants[variant].runs.back());
      });
  result.partial = done < study.replications * static_cast<std::int64_t>(study.variants.size());
  return result;
}

/// As many runs as the answer needs, variants side by side. Which runs count is known at the end:
/// where rows are wanted, these are made once more, in the order of rows.
StudyResult runs_as_needed(const RunArguments& arguments, Study* study,
                           const ReplicationOptions& options, Outputs* outputs,
                           RunsProgress* progress) {
  ReplicationOptions limited = options;
  limited.enough = arguments.runs.deadline();
  const RunBudget fixed{study->replications, study->replications, std::nullopt};
  StudyResult result = run_to_budget(
      study, limited, arguments.runs.budget.value_or(fixed), arguments.strict,
      [&](std::size_t variant, const RunSummary& run) { progress->add(*study, variant, run); });
  if (!arguments.runs.budget) {  // --max-time alone
    const bool all = study->replications == fixed.most;
    if (all || result.partial) study->budget.reset();
  }
  if (outputs->folders.empty() || result.partial) return result;
  run_replications(*study, options, [&](std::size_t variant, RunResult&& run) {
    for (OutputFolder& folder : outputs->folders) folder.add_run(study->variants[variant], run);
  });
  return result;
}

/// What if and what matters most, for the variant that slimming starts from.
void add_outlook(const RunArguments& arguments, const Study& study,
                 const ReplicationOptions& options, StudyResult* result) {
  const auto shown = shown_variants(*result);
  if (shown.empty()) return;
  Question question;
  question.scenario = arguments.scenario;
  question.options.sets = arguments.sets;
  question.execution = options;
  result->outlook = outlook_json(question, study, *result,
                                 static_cast<std::size_t>(shown.front() - result->variants.data()));
}

}  // namespace

int run_command(const RunArguments& arguments) {
  StudyOptions wanted;
  wanted.sets = arguments.sets;
  wanted.variants = arguments.variants;
  wanted.seed = arguments.seed;
  wanted.replications = arguments.runs.replications;
  ReadStudy read = read_checked_study(arguments.scenario, wanted);
  std::fputs(read.findings.c_str(), stderr);
  if (!read.study) return read.exit_code;
  Study& study = *read.study;

  Outputs outputs(arguments);
  const auto began = std::chrono::steady_clock::now();
  const std::atomic<int>& signal = watch_signals();
  ReplicationOptions options;
  options.threads = arguments.threads;
  options.run_one = simulate;
  options.stop = &signal;
  StudyResult result;
  {
    RunsProgress progress(arguments.progress && !arguments.quiet, study);
    result = arguments.runs.budget || arguments.runs.max_seconds
                 ? runs_as_needed(arguments, &study, options, &outputs, &progress)
                 : all_runs(study, options, &outputs, &progress);
  }
  finish(study, arguments.strict, &result);
  add_bills(study, &result);
  result.command = same_numbers_command(arguments, study);
  if (!result.partial && (wants_result(arguments) || !arguments.quiet)) {
    add_spreads(study, options, &result);
    result.alternatives = alternatives_json(study, result, options);
  }
  if (!result.partial && wants_result(arguments)) {
    gather_evidence(study, options, &result);
    add_outlook(arguments, study, options, &result);
  }
  const ReportInput report{study, result, arguments.strict};
  outputs.commit(report);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  if (!arguments.quiet) print_warnings(study, result);
  if (result.partial) {
    print_error(
        {"PS6003", "stopped by a signal", {"what was done is kept and marked partial"}, ""});
  }
  if (arguments.format == Format::json) {
    write_result_json(study, result, [](std::string_view text) { write_stdout(text); });
  } else {
    write_stdout(
        summary_text(study, result, summary_options(arguments, study, outputs, wall.count())));
  }
  write_stdout(outputs.reports.standard_output(report));
  return exit_code(result, arguments, signal.load());
}

}  // namespace pullsim
