// See the header.
#include "tools/pullsim/build_command.hpp"

#include "tools/input/spelling.hpp"
#include "tools/output/build_report.hpp"
#include "tools/pullsim/command_line.hpp"
#include "tools/pullsim/flag_values.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

namespace pullsim {
namespace {

void add_flags(CLI::App& verb, BuildArguments& arguments, std::string& format) {
  verb.add_option("--set", arguments.sets)->take_all()->expected(1)->type_name(kTakesPath);
  verb.add_option("--variant", arguments.variants)
      ->take_all()
      ->expected(1)
      ->type_name(kTakesVariant);
  verb.add_option("--build", arguments.build);
  verb.add_option("--commit", arguments.commit);
  verb.add_option("-o,--output", format)->type_name("table|json");
}

void check_name(const char* flag, const std::string& name, const std::vector<std::string>& known) {
  if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return;
  refuse("PS2901", fmt::format("`{}` names no {} of the scenario: `{}`", flag, flag + 2, name),
         spelling_help(name, known, "the scenario"));
}

/// What `--build` and `--commit` name must be there.
void check_names(const BuildArguments& arguments, const Study& study) {
  std::vector<std::string> builds;
  std::vector<std::string> commits;
  for (const Variant& variant : study.variants) {
    for (const BuildSpec& build : variant.builds) {
      builds.push_back(build.name);
      for (const BuildCommit& commit : build.commits) commits.push_back(commit.name);
    }
  }
  for (auto* names : {&builds, &commits}) {
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
  if (builds.empty()) {
    refuse("PS2901", "the scenario has no builds", "give it `builds`; docs/builds.md says how");
  }
  check_name("--build", arguments.build, builds);
  check_name("--commit", arguments.commit, commits);
}

}  // namespace

int build_command(const BuildArguments& arguments) {
  StudyOptions options;
  options.sets = arguments.sets;
  options.variants = arguments.variants;
  options.purpose = StudyPurpose::builds;
  const ReadStudy read = read_checked_study(arguments.scenario, options);
  std::fputs(read.findings.c_str(), stderr);
  if (!read.study) return read.exit_code;
  try {
    check_names(arguments, *read.study);
  } catch (const Refused& refused) {
    print_error(refused.message);
    return kExitBadInput;
  }
  const BuildAnswers answers = answer_builds(*read.study);
  const BuildReportOptions shown{arguments.build, arguments.commit};
  write_stdout(arguments.format == Format::json ? build_json(*read.study, answers, shown)
                                                : build_table_text(*read.study, answers, shown));
  return answers.failed ? kExitFailed : kExitDone;
}

std::optional<BuildArguments> build_arguments(std::vector<std::string> words) {
  words.erase(words.begin());
  BuildArguments arguments;
  std::string format = "table";
  std::vector<std::string> files;
  bool help = false;
  CLI::App verb("build", "build");
  verb.set_help_flag("");
  add_flags(verb, arguments, format);
  verb.add_flag("-h,--help", help);
  verb.add_option("files", files);
  verb.allow_extras();
  std::reverse(words.begin(), words.end());  // CLI11 takes the words from the back
  verb.parse(words);
  if (help) return std::nullopt;
  for (const std::string& extra : verb.remaining()) {
    const std::string flag = extra.substr(0, extra.find('='));
    refuse(kUnknown, fmt::format("unknown flag `{}`", flag),
           spelling_help(flag, build_flags(), "`build`"));
  }
  if (files.size() != 1) {
    refuse(files.empty() ? kMissing : kBadValue, "`build` needs one scenario file",
           "write `pullsim build SCENARIO`");
  }
  arguments.scenario = files.front();
  arguments.format = read_format(format);
  return arguments;
}

CommandLine parse_build(const std::vector<std::string>& words) {
  if (auto arguments = build_arguments(words)) return std::move(*arguments);
  return ShowHelp{"build", kExitDone};
}

std::vector<CompletionFlag> build_completion() {
  BuildArguments arguments;
  std::string format;
  bool help = false;
  CLI::App verb("build", "build");
  verb.set_help_flag("");
  verb.add_flag("-h,--help", help);
  add_flags(verb, arguments, format);
  return completion_flags(verb);
}

std::vector<std::string> build_flags() {
  std::vector<std::string> names;
  for (CompletionFlag& flag : build_completion()) names.push_back(std::move(flag.name));
  return names;
}

}  // namespace pullsim
