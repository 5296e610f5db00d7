// The texts of --help: examples first.
#pragma once

#include <string>
#include <string_view>

namespace pullsim {

/// For `pullsim` alone (verb empty) and for each verb of this version.
std::string help_text(std::string_view verb);
/// Flags of the public interface that this version does not have yet.
bool is_later_flag(std::string_view flag);

}  // namespace pullsim
