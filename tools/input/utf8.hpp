// UTF-8 as Unicode defines it (table 3-7 of the standard: no overlong forms, no surrogates, nothing
// past U+10FFFF): where a text stops being valid, and how many characters it has.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pullsim {

/// Offset of the first byte that belongs to no valid character.
std::optional<std::size_t> utf8_error_offset(std::string_view text);

/// Characters (code points) of a valid text.
int utf8_characters(std::string_view text);

}  // namespace pullsim
