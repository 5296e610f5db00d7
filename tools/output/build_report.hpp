// Answers of `pullsim build` for people and for programs; docs/builds.md describes both.
#pragma once

#include "tools/run/build_results.hpp"

#include <string>

namespace pullsim {

struct BuildReportOptions {
  std::string build;   ///< show this one; empty: all
  std::string commit;  ///< the same
};

std::string build_table_text(const Study& study, const BuildAnswers& answers,
                             const BuildReportOptions& options);
std::string build_json(const Study& study, const BuildAnswers& answers,
                       const BuildReportOptions& options);

/// "src/app.js changed", "after COPY . .": empty for a step that does not run.
std::string cause_text(const BuildDecision& decision);

}  // namespace pullsim
