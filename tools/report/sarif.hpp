// Findings of `validate` as SARIF 2.1.0, for code scanning: the rule's id is the code of the
// finding. And as workflow commands of GitHub.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <string>
#include <vector>

namespace pullsim {

std::string sarif_report(const std::vector<Diagnostic>& findings);
std::string github_findings(const std::vector<Diagnostic>& findings);

}  // namespace pullsim
