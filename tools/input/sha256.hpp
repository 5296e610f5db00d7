// SHA-256 (FIPS 180-4) of inputs, so that a result says what it was made from. Not for secrets.
#pragma once

#include <string>
#include <string_view>

namespace pullsim {

/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view data);

}  // namespace pullsim
