// One point of the space of scenarios: a scenario file with overrides by path becomes a study, its
// runs and its verdicts. Comparisons, sweeps, solving and sensitivity are all made of this.
//
// Every point has the seed and the run numbers of every other, and draws are keyed by what they are
// for: run k of two points meets the same chance, so that differences are those of the settings.
//
// No verb of the program reaches this folder yet.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/run/run_budget.hpp"
#include "tools/run/study_result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct Setting {
  std::string path;
  std::string value;  ///< as `--set` takes it
};
using Point = std::vector<Setting>;

struct Question {
  std::string scenario;           ///< file
  StudyOptions options;           ///< overrides that all points share
  bool strict = false;            ///< warnings count as failures
  bool at_middle = false;         ///< every range at its middle instead of drawn
  ReplicationOptions execution;   ///< threads, stop
  std::optional<RunBudget> runs;  ///< absent: as many as the scenario says
};

/// The study of a point, checked; absent with findings.
std::optional<Study> study_at(const Question& question, const Point& point,
                              Diagnostics& diagnostics);

struct Evaluated {
  Study study;
  StudyResult result;  ///< points into `study`, which may be moved
};
/// Runs and judges it. Throws what run_replications() throws.
Evaluated evaluate(const Question& question, Study study, const RunWatch& watch = {});

/// The scenario of a study with every image on every node from the start: what no slimming beats.
/// Counts of ranges stay drawn.
void leave_out_pulls(Study* study);

}  // namespace pullsim
