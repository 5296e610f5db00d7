// Lines of a Dockerfile joined as its parser joins them: directives at the top, comments and blank
// lines left out, continuation lines put together, here-documents taken off. Every character of a
// joined line still knows where it was written.
#pragma once

#include "tools/dockerfile/dockerfile.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pullsim {

struct JoinedLines {
  char escape = '\\';
  std::string syntax;
  std::vector<JoinedLine> lines;
};

/// Findings: PS5105, PS5110.
JoinedLines join_lines(const std::string& text, const std::string& file, Diagnostics& diagnostics);

/// A finding in a Dockerfile.
void refuse_at(Diagnostics& diagnostics, const std::string& file, const char* code, Mark mark,
               std::string text, std::string help);

/// Words between blanks; quotes and escapes hold a word together and stay in it. As offset and
/// length.
std::vector<std::pair<std::size_t, std::size_t>> split_words(std::string_view text, char escape);

}  // namespace pullsim
