// A state machine over characters; knows only as much YAML as decides whether a bracket counts.
#include "tools/input/yaml_scan.hpp"

namespace pullsim {

namespace {

bool blank(char c) { return c == ' ' || c == '\t'; }

std::size_t end_of_line(std::string_view text, std::size_t from) {
  const std::size_t end = text.find('\n', from);
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t indent_of(std::string_view text, std::size_t line_begin) {
  std::size_t indent = 0;
  while (line_begin + indent < text.size() && text[line_begin + indent] == ' ') ++indent;
  return indent;
}

// Offset after a quoted text that begins at `at`.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      return at + 1;
    }
  }
  return text.size();
}

// Whether the rest of the line is the head of a block scalar: `|` or `>` with signs and digits.
bool block_scalar_head(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '\n' && text[at] != '\r'; ++at) {
    const char c = text[at];
    if (blank(c)) {
      while (at < text.size() && blank(text[at])) ++at;
      return at >= text.size() || text[at] == '#' || text[at] == '\n' || text[at] == '\r';
    }
    if (c != '+' && c != '-' && (c < '0' || c > '9')) return false;
  }
  return true;
}

// Offset of the first line after `at` that is not blank and not deeper than `indent`.
std::size_t skip_block_scalar(std::string_view text, std::size_t at, std::size_t indent) {
  at = end_of_line(text, at);
  while (at < text.size()) {
    const std::size_t line = at + 1;
    const std::size_t own = indent_of(text, line);
    const bool empty =
        line + own >= text.size() || text[line + own] == '\n' || text[line + own] == '\r';
    if (!empty && own <= indent) return line;
    at = end_of_line(text, line);
  }
  return text.size();
}

}  // namespace

std::optional<std::size_t> too_deep_bracket(std::string_view text, int depth_max) {
  int depth = 0;
  std::size_t line_indent = indent_of(text, 0);
  bool at_token = true;  // a quote, comment or bracket may begin here
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '\n') {
      line_indent = indent_of(text, ++i);
      at_token = true;
    } else if (blank(c) || c == '\r') {
      at_token = true;
      ++i;
    } else if (at_token && c == '#') {
      i = end_of_line(text, i);
    } else if (at_token && (c == '"' || c == '\'')) {
      i = skip_quoted(text, i);
      at_token = false;
    } else if (at_token && depth == 0 && (c == '|' || c == '>') && block_scalar_head(text, i)) {
      i = skip_block_scalar(text, i, line_indent);
      line_indent = indent_of(text, i);
    } else if ((c == '[' || c == '{') && (at_token || depth > 0)) {
      if (++depth > depth_max) return i;
      ++i;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
      ++i;
    } else {
      at_token = depth > 0 && (c == ',' || c == ':');
      ++i;
    }
  }
  return std::nullopt;
}

}  // namespace pullsim
