// The first scenario that `pullsim init` gives. Its keys, and what stands beside them, come from
// the field tables; the values are an example.
#pragma once

#include <string>

namespace pullsim {

/// A whole scenario file; lines of at most 100 columns.
std::string init_text();

}  // namespace pullsim
