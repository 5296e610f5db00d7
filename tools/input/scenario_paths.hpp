// Paths that an override may name, from the field tables and from what a scenario file has. For the
// completion of shells; leaves out whether their values make sense together.
#pragma once

#include <string>
#include <vector>

namespace pullsim {

/// Every path of a plain value in a scenario: what the tables know below each block and list item
/// of `text`, and what else stands there. Sorted; only of letters, digits, `_` and `-`, so that a
/// shell can take them as they are. A text that cannot be read has the paths at its top.
std::vector<std::string> scenario_paths(const std::string& text);

/// Names of the variants of a scenario, of the same characters.
std::vector<std::string> scenario_variant_names(const std::string& text);

/// Of paths that begin with `word` what follows up to the next point, "registries.main.", or the
/// whole of them with what an override needs next, "registries.main.egress=". Sorted.
std::vector<std::string> path_steps(const std::vector<std::string>& paths, const std::string& word);

}  // namespace pullsim
