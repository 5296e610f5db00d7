// A named text file as a whole, with everything refused that no reader should see: files over the
// limit, folders, text that is not UTF-8, NUL bytes.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace pullsim {

inline constexpr std::size_t kScenarioFileMax = std::size_t{16} << 20;

/// The text of `file` ("-": standard input) without a byte-order mark; none with a finding PS1001
/// (missing, a folder), PS1002 (cannot be read: a fault of the surroundings), PS1005 or PS1006.
/// Also gives the text to `diagnostics`, so that findings can show its lines.
std::optional<std::string> read_text_file(const std::string& file, std::size_t bytes_max,
                                          Diagnostics& diagnostics);

/// The checks of read_text_file on a text that came from elsewhere.
bool check_text(const std::string& text, const std::string& file, Diagnostics& diagnostics);

}  // namespace pullsim
