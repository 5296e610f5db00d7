// Joins the findings of the reader with the problems that the models find in each variant.
#include "tools/pullsim/study_reader.hpp"

#include <pullsim/simulate.hpp>

#include "tools/pullsim/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace pullsim {
namespace {

/// A problem that all variants have is told once, one of a single variant names it.
void add_problems(const Study& study, Diagnostics* diagnostics) {
  std::set<std::tuple<std::string, std::string, std::string>> told;
  for (const Variant& variant : study.variants) {
    for (const ScenarioProblem& problem : find_problems(variant.scenario)) {
      if (!told.emplace(problem.code, problem.path, problem.text).second) continue;
      Diagnostic finding;
      finding.code = problem.code;
      finding.text = problem.text;
      const FilePlace place = variant.place_of(problem.path);
      finding.file = place.file.empty() ? study.file : place.file;
      finding.at.line = place.line;
      finding.at.column = place.column;
      if (!problem.path.empty()) finding.notes.push_back("at `" + problem.path + "`");
      if (!problem.note.empty()) finding.notes.push_back(problem.note);
      if (study.variants.size() > 1) {
        finding.notes.push_back(fmt::format("seen in variant `{}`", variant.name));
      }
      finding.help = problem.help;
      diagnostics->add(std::move(finding));
    }
  }
}

}  // namespace

int exit_code_of(const Diagnostics& diagnostics) {
  if (!diagnostics.has_errors()) return kExitDone;
  const auto& list = diagnostics.list();
  const bool surroundings = std::all_of(list.begin(), list.end(), [](const Diagnostic& finding) {
    return finding.severity != Severity::error || finding.code == "PS1002";  // cannot be read
  });
  return surroundings ? kExitSurroundings : kExitBadInput;
}

ReadStudy read_checked_study(const std::string& file, const StudyOptions& options) {
  Diagnostics diagnostics;
  ReadStudy read;
  read.study = read_study(file, options, diagnostics);
  if (read.study && !diagnostics.has_errors()) add_problems(*read.study, &diagnostics);
  read.exit_code = exit_code_of(diagnostics);
  if (!diagnostics.list().empty()) read.findings = diagnostics.render();
  if (read.exit_code != kExitDone) read.study.reset();
  return read;
}

}  // namespace pullsim
