// What `pullsim releases` prints: a table of at most forty lines, or JSON (docs/releases.md).
#pragma once

#include "tools/run/release_study.hpp"

#include <string>

namespace pullsim {

/// Variants side by side; those that do not fit into a hundred columns are named.
std::string release_table(const Study& study, const ReleaseStudy& result);

/// Everything, exact: means over runs with intervals, the rows of the first run.
std::string release_json(const Study& study, const ReleaseStudy& result);

}  // namespace pullsim
