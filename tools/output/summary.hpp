// The answer on a terminal: the verdict as the first word, by how much, why, how sure, and how to
// get the same numbers again. At most 40 lines for the usual case; no line is wider than asked for
// except where a name is. Makes no number of its own.
#pragma once

#include "tools/input/study.hpp"
#include "tools/run/study_result.hpp"

#include <string>
#include <vector>

namespace pullsim {

struct SummaryOptions {
  std::size_t width = 100;
  bool utf8 = true;  ///< false: plain ASCII only
  bool colour = false;
  bool quiet = false;  ///< the verdict line alone
  double wall_seconds = 0;
  std::string command;             ///< the whole command that gives the same numbers again
  std::string explain_command;     ///< that explains the pod at p95; empty: none
  std::vector<std::string> files;  ///< that were written, by name
  std::string folder;              ///< where; empty: none were written
};

std::string summary_text(const Study& study, const StudyResult& result,
                         const SummaryOptions& options);

}  // namespace pullsim
