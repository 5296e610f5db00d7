// Values of flags, read or refused. A refusal is thrown on its way to parse_command_line(), the one
// place that catches it.
#pragma once

#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pullsim {

/// A usage error.
struct Refused {
  Message message;
};

[[noreturn]] void refuse(const char* code, const std::string& text, const std::string& help = "");

inline constexpr const char* kUnknown = "PS2900";   // a verb or flag that does not exist
inline constexpr const char* kBadValue = "PS2901";  // a flag's value
inline constexpr const char* kMissing = "PS2902";   // something that must be given
inline constexpr const char* kLater = "PS2903";     // part of the interface, not built yet

/// A plain whole number within bounds.
std::int64_t read_count(const std::string& flag, const std::string& text, std::int64_t least,
                        std::int64_t most);
/// "PS2004" and nothing else.
bool is_error_code(const std::string& word);
std::uint64_t read_seed(const std::string& text);
double read_ratio(const std::string& text);
/// "p95": 0.95.
double read_share(const std::string& text);
/// Of `--jobs`; all cores where it is not given.
int read_threads(const std::string& text);
/// Index of the choice.
std::size_t read_choice(const std::string& flag, const std::string& text,
                        const std::vector<std::string>& choices);
Format read_format(const std::string& text);

}  // namespace pullsim
