// Names that a user mistyped: what lies near, and what is known. Statements, never questions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other;
/// stops counting at `limit`.
std::size_t edit_distance(std::string_view from, std::string_view to, std::size_t limit);

/// The one known name that is nearest and near enough (a third of the length, at most 3; case does
/// not count); empty if there is none or more than one.
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

/// "`a`, `b`, `c`"; past twenty the rest is counted.
std::string name_list(const std::vector<std::string>& names);

/// Help for a name that does not exist: "`maxSurge` is near", else `this` + " knows `a`, `b`".
std::string spelling_help(std::string_view name, const std::vector<std::string>& known,
                          std::string_view this_one = "this block");

}  // namespace pullsim
