// `pullsim compare`: two sides are made or read, then compared.
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/compared_contents.hpp"
#include "tools/pullsim/flag_values.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/pullsim/whatif_commands.hpp"
#include "tools/results/stored_result.hpp"
#include "tools/whatif/comparison_report.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace pullsim {
namespace {

namespace fs = std::filesystem;

struct Made {
  Study study;
  StudyResult result;
  std::string version = PULLSIM_VERSION;
  Side side() const { return {&study, &result, version}; }
};

/// A result begins with a brace; a scenario, which is YAML for people, does not.
bool is_result(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  char first = 0;
  return stream >> first && first == '{';
}

struct ImageFlag {
  std::string name;
  std::string file;
};

ImageFlag read_image_flag(const std::string& flag, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    refuse(kBadValue, fmt::format("`{}` takes NAME=FILE, not `{}`", flag, text),
           fmt::format("write `{} web=web.json`", flag));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// The manifest as the scenario names files: relative to its own folder.
Point image_point(const std::string& scenario, const ImageFlag& image) {
  const fs::path folder = scenario == "-" ? fs::path() : fs::path(scenario).parent_path();
  const fs::path file = fs::path(image.file).is_absolute()
                            ? fs::path(image.file)
                            : fs::relative(image.file, folder.empty() ? "." : folder);
  return {{"images." + image.name + ".manifest", "\"" + file.string() + "\""}};
}

/// One side in the making: its question and what is different about it.
struct SideQuestion {
  Question question;
  Point point;
};

std::vector<SideQuestion> questions_of(const WhatIfArguments& arguments) {
  std::vector<SideQuestion> sides;
  if (arguments.image.empty()) {
    for (const std::string& file : arguments.files)
      sides.push_back({question_of(arguments, file), {}});
    return sides;
  }
  const std::string& scenario = arguments.files.front();
  const Question question = question_of(arguments, scenario);
  sides.push_back(
      {question, image_point(scenario, read_image_flag("--against", arguments.against))});
  sides.push_back({question, image_point(scenario, read_image_flag("--image", arguments.image))});
  return sides;
}

/// The names of the files; where these are the same, those of their folders; cut to a column.
ComparisonTitles titles_of(const WhatIfArguments& arguments) {
  const auto path_of = [](const std::string& text) {
    return fs::path(text.substr(text.find('=') + 1));
  };
  const bool images = !arguments.image.empty();
  const fs::path base = images ? path_of(arguments.against) : fs::path(arguments.files[0]);
  const fs::path candidate = images ? path_of(arguments.image) : fs::path(arguments.files[1]);
  ComparisonTitles titles{base.stem().string(), candidate.stem().string()};
  if (titles.base == titles.candidate) {
    titles = {base.parent_path().filename().string(), candidate.parent_path().filename().string()};
  }
  if (titles.base == titles.candidate || titles.base.empty() || titles.candidate.empty()) {
    titles = {"base", "candidate"};
  }
  return titles;
}

int report(const WhatIfArguments& arguments, const Comparison& comparison,
           const std::vector<ContentsRow>& contents = {}) {
  for (const std::string& warning : comparison.warnings) print_warning(warning);
  const ComparisonTitles titles = titles_of(arguments);
  write_stdout(arguments.format == TableFormat::json ? comparison_json(comparison, titles, contents)
               : arguments.quiet                     ? comparison_verdict_line(comparison, titles)
                                 : comparison_text(comparison, titles, terminal_width(), contents));
  return exit_code_for(comparison.overall.outcome, arguments);
}

int refuse_pair(const std::string& why) {
  print_error({"PS6008",
               "these two cannot be compared",
               {why},
               "run both with one seed, and with variants of the same names"});
  return kExitBadInput;
}

CompareOptions options_of(const WhatIfArguments& arguments) {
  return {arguments.strict, arguments.regressions_only};
}

int compare_stored(const WhatIfArguments& arguments) {
  Diagnostics findings;
  const auto base = read_result(arguments.files[0], findings);
  const auto candidate = read_result(arguments.files[1], findings);
  if (!findings.list().empty()) std::fputs(findings.render().c_str(), stderr);
  if (!base || !candidate) return exit_code_of(findings);
  const Side a{&base->study, &base->result, base->version};
  const Side b{&candidate->study, &candidate->result, candidate->version};
  const std::string why = cannot_compare(a, b);
  if (!why.empty()) return refuse_pair(why);
  Comparison comparison = compare(a, b, options_of(arguments));
  find_beyond_images(b, nullptr, &comparison);
  return report(arguments, comparison);
}

std::vector<ContentsRow> contents_of(const WhatIfArguments& arguments,
                                     std::vector<std::string>* warnings, Diagnostics& findings) {
  if (arguments.contents.empty()) return {};
  return compared_contents(read_image_flag("--against", arguments.against).file,
                           read_image_flag("--image", arguments.image).file, arguments.contents,
                           warnings, findings);
}

bool any_fails(const Comparison& comparison) { return comparison.overall.failed > 0; }

int compare_made(const WhatIfArguments& arguments) {
  auto sides = questions_of(arguments);
  Diagnostics findings;
  std::vector<std::string> warnings;
  const auto contents = contents_of(arguments, &warnings, findings);
  std::vector<Study> studies;
  for (const SideQuestion& side : sides) {
    auto study = study_at(side.question, side.point, findings);
    if (study) studies.push_back(std::move(*study));
  }
  if (!findings.list().empty()) std::fputs(findings.render().c_str(), stderr);
  if (studies.size() < 2 || findings.has_errors()) return exit_code_of(findings);
  for (const std::string& warning : warnings) print_warning(warning);
  std::vector<Made> made;
  made.reserve(2);  // results point into their studies
  {
    const std::int64_t runs =
        studies[0].replications * static_cast<std::int64_t>(studies[0].variants.size()) +
        studies[1].replications * static_cast<std::int64_t>(studies[1].variants.size());
    ProgressLine progress(arguments.progress, sides[0].question.runs ? 0 : runs);
    std::int64_t done = 0;
    for (std::size_t i = 0; i < 2; ++i) {
      Evaluated evaluated =
          evaluate(sides[i].question, studies[i],
                   [&](std::size_t, const RunSummary&) { progress.show(++done, ""); });
      const bool partial = evaluated.result.partial;
      made.push_back({std::move(evaluated.study), std::move(evaluated.result)});
      const int signal = watch_signals().load();
      if (partial && signal != 0) {
        print_error({"PS6003", "stopped by a signal", {}, ""});
        return kExitInterrupted + signal;
      }
    }
  }
  const std::string why = cannot_compare(made[0].side(), made[1].side());
  if (!why.empty()) return refuse_pair(why);
  Comparison comparison = compare(made[0].side(), made[1].side(), options_of(arguments));
  if (any_fails(comparison)) {
    Study without = studies[1];
    leave_out_pulls(&without);
    const Evaluated bare = evaluate(sides[1].question, std::move(without));
    find_beyond_images(made[1].side(), &bare.result, &comparison);
  }
  return report(arguments, comparison, contents);
}

}  // namespace

int compare_command(const WhatIfArguments& arguments) {
  try {
    if (arguments.files.size() == 2 && is_result(arguments.files[0]) &&
        is_result(arguments.files[1])) {
      return compare_stored(arguments);
    }
    if (arguments.files.size() == 2 &&
        is_result(arguments.files[0]) != is_result(arguments.files[1])) {
      refuse(kBadValue, "one of the two is a result and the other a scenario",
             "give two results or two scenarios");
    }
    return compare_made(arguments);
  } catch (const Refused& refused) {
    print_error(refused.message);
    return kExitBadInput;
  }
}

}  // namespace pullsim
