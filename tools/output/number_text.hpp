// Numbers for people: a figure, its unit, its interval. Files get exact numbers elsewhere.
#pragma once

#include <pullsim/statistics.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace pullsim {

/// In the unit's usual form: "189.4 s", "102.0 GiB", "12.5 MB/s", "57.8 %", "12". Infinite:
/// "never".
std::string quantity_text(double value, std::string_view unit);
/// The same with its sign: "-111.8 s".
std::string signed_quantity_text(double value, std::string_view unit);
/// "[186.1, 193.0]" in the scale and unit that quantity_text would choose for `value`.
std::string interval_text(const Interval& interval, double value, std::string_view unit);

/// Characters that a terminal shows for UTF-8 text without control characters.
std::size_t shown_width(std::string_view text);
/// Filled with spaces behind or in front up to `width`; longer text is left as it is.
std::string pad_right(std::string text, std::size_t width);
std::string pad_left(std::string text, std::size_t width);

/// The same text with spaces that wrapped() does not break at.
std::string unbroken(std::string text);
inline constexpr char kUnbrokenSpace = '\x1f';

/// A bar of `share` (0..1) of `width` characters: eighths of blocks, or # where only ASCII is safe.
std::string bar_text(double share, std::size_t width, bool utf8);

}  // namespace pullsim
