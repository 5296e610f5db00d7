// Text as it was before a summary was folded to its width: white space is one space each.
#pragma once

#include <string>

namespace pullsim::test {

inline std::string unfolded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == '\n' || c == ' ';
    if (!space || (!out.empty() && out.back() != ' ')) out += space ? ' ' : c;
  }
  return out;
}

}  // namespace pullsim::test
