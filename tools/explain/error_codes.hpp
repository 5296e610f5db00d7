// What a code of a finding means, out of docs/errors.md, which is part of the program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

struct ErrorCode {
  std::string code;
  std::string means;
  std::string wrong;  ///< the smallest wrong example
  std::string mended;
};

/// Every code, in the page's order.
const std::vector<ErrorCode>& error_codes();
std::optional<ErrorCode> find_error_code(std::string_view code);
std::string explain_text(const ErrorCode& code);

}  // namespace pullsim
