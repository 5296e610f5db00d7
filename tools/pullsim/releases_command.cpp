// `releases`: reads, walks over the trains of every variant, prints, and says the verdict.
#include "tools/input/spelling.hpp"
#include "tools/output/release_report.hpp"
#include "tools/pullsim/flag_values.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/pullsim/whatif_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace pullsim {
namespace {

/// Leaves the train of that name alone, in every variant.
void keep_train(const std::string& name, Study* study) {
  for (Variant& variant : study->variants) {
    std::vector<std::string> known;
    for (const ReleaseTrainSpec& train : variant.releases) known.push_back(train.name);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      refuse(kBadValue, fmt::format("`{}` is not a release train", name),
             spelling_help(name, known, "the scenario"));
    }
    std::erase_if(variant.releases,
                  [&](const ReleaseTrainSpec& train) { return train.name != name; });
  }
}

}  // namespace

int releases_command(const WhatIfArguments& arguments) {
  StudyOptions options;
  options.sets = arguments.sets;
  options.variants = arguments.variants;
  options.seed = arguments.seed;
  options.replications = arguments.runs.replications;
  options.purpose = StudyPurpose::releases;
  ReadStudy read = read_checked_study(arguments.files.front(), options);
  if (!read.findings.empty()) std::fputs(read.findings.c_str(), stderr);
  if (!read.study) return read.exit_code;
  Study& study = *read.study;
  try {
    if (arguments.format == TableFormat::csv) {
      refuse(kBadValue, "`releases` has no table of rows", "write `-o json`");
    }
    if (!arguments.release.empty()) keep_train(arguments.release, &study);
  } catch (const Refused& refused) {
    print_error(refused.message);
    return kExitBadInput;
  }
  if (!arguments.quiet) {
    for (const Variant& variant : study.variants) {
      for (const std::string& warning : variant.warnings) print_warning(warning);
      if (!variant.warnings.empty()) break;
    }
  }
  const ReleaseStudy result = run_releases(study, {arguments.threads, arguments.strict});
  write_stdout(arguments.format == TableFormat::json ? release_json(study, result)
                                                     : release_table(study, result));
  return exit_code_for(result.judged.overall.outcome, arguments);
}

}  // namespace pullsim
