// Variants share most of their text: what is wrong in it would be told once for each.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <string>
#include <vector>

namespace pullsim {

/// Adds the findings of all variants to `all`; one that not every variant has names those that do.
/// `names[i]` is of `findings[i]`.
void join_findings(const std::vector<Diagnostics>& findings, const std::vector<std::string>& names,
                   Diagnostics* all);

}  // namespace pullsim
