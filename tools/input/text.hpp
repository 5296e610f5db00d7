// UTF-8 one character at a time, for places and for terminals. Leaves out the width of characters:
// each counts as one column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pullsim {

struct Utf8Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
  bool valid = true;  ///< false: `bytes` is 1 and `code` that byte
};

/// The character at `offset` (less than the size). Overlong forms, surrogates and codes past
/// U+10FFFF are not valid.
Utf8Character utf8_at(std::string_view text, std::size_t offset);

/// Characters in `text`; a byte that is not valid counts as one.
std::size_t character_count(std::string_view text);

/// Offset of the first byte that is not UTF-8, or npos.
std::size_t first_bad_utf8(std::string_view text);

}  // namespace pullsim
