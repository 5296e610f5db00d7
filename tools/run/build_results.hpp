// Answers of `pullsim build`: every commit of every build of every variant, the means over the
// commits, and the thresholds about builds judged. A build has no chance in it, so a limit holds or
// does not.
#pragma once

#include <pullsim/build.hpp>

#include "tools/input/study.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

struct CommitResult {
  const BuildCommit* commit = nullptr;
  const BuildGraph* graph = nullptr;  ///< after the commit
  BuildOutcome outcome;
};

struct BuildResult {
  std::string variant;
  const BuildSpec* build = nullptr;
  std::vector<CommitResult> commits;
  double expected_seconds = 0;       ///< over the commits by their shares
  double expected_pushed_bytes = 0;  ///< the same
};

struct BuildJudged {
  const Threshold* threshold = nullptr;
  std::string variant;
  double value = 0;
  double limit = 0;
  bool holds = false;
};

struct BuildAnswers {
  std::vector<BuildResult> builds;  ///< variants in their order, builds in theirs
  std::vector<BuildJudged> judged;
  bool failed = false;  ///< a threshold that is not a warning does not hold
};

/// The study must outlive the answers.
BuildAnswers answer_builds(const Study& study);

}  // namespace pullsim
