// The manual page, from the help texts and the settings.
#pragma once

#include <string>

namespace pullsim {

/// pullsim(1) in the macros of man(7), as in docs/pullsim.1.
std::string manual_page();

}  // namespace pullsim
