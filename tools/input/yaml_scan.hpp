// A look at raw YAML before the parser sees it: how deep flow brackets nest. The parser reads ahead
// to the end of a line of brackets before it can count them; this keeps such lines away from it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pullsim {

/// Offset of the bracket that opens a level past `depth_max`. Quotes, comments and block scalars
/// are left out, so a text with many brackets is not taken for structure.
std::optional<std::size_t> too_deep_bracket(std::string_view text, int depth_max);

}  // namespace pullsim
