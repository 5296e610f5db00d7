// Reads, then asks the models about each variant.
#include "tools/run/checked_study.hpp"

#include <pullsim/simulate.hpp>

#include <fmt/format.h>

#include <set>
#include <tuple>

namespace pullsim {
namespace {

using Find = std::vector<ScenarioProblem> (*)(const Scenario&);

/// What `find` finds in any variant: told once if all have it; of a single variant it names it.
std::vector<Diagnostic> findings_of(const Study& study, Find find, Severity severity) {
  std::vector<Diagnostic> findings;
  std::set<std::tuple<std::string, std::string, std::string>> told;
  for (const Variant& variant : study.variants) {
    if (variant.no_cluster) continue;
    for (const ScenarioProblem& problem : find(variant.scenario)) {
      if (!told.emplace(problem.code, problem.path, problem.text).second) continue;
      Diagnostic finding;
      finding.severity = severity;
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
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

/// Errors of meaning; without any, settings that will hardly work, which the study keeps, too.
void check_meaning(Study& study, Diagnostics& diagnostics) {
  for (Diagnostic& problem : findings_of(study, find_problems, Severity::error)) {
    diagnostics.add(std::move(problem));
  }
  if (diagnostics.has_errors()) return;
  for (Diagnostic& warning : findings_of(study, find_warnings, Severity::warning)) {
    study.warnings.push_back(
        fmt::format("{}:{}: {} [{}]", warning.file, warning.at.line, warning.text, warning.code));
    diagnostics.add(std::move(warning));
  }
}

}  // namespace

std::optional<Study> read_checked_study(const std::string& file, const StudyOptions& options,
                                        Diagnostics& diagnostics) {
  auto study = read_study(file, options, diagnostics);
  if (study && !diagnostics.has_errors()) check_meaning(*study, diagnostics);
  if (diagnostics.has_errors()) study.reset();
  return study;
}

}  // namespace pullsim
