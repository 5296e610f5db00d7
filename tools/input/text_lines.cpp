// Byte arithmetic over one text. Characters are counted once and looked up, so that a text of one
// long line costs no more than one of many.
#include "tools/input/text_lines.hpp"

#include "tools/input/text.hpp"

#include <algorithm>

namespace pullsim {

namespace {

std::size_t column_in(std::string_view line, int byte_column) {
  return std::min(static_cast<std::size_t>(std::max(byte_column, 0)), line.size());
}

// Bytes of the quoted text that `rest` begins with, quotes included; all of it if it has no end.
std::size_t quoted_length(std::string_view rest, bool* closed) {
  *closed = false;
  const char quote = rest[0];
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (quote == '"' && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < rest.size() && rest[i + 1] == '\'';
      if (!doubled) {
        *closed = true;
        return i + 1;
      }
      ++i;
    }
  }
  return rest.size();
}

constexpr std::size_t kStride = 1024;  // bytes between counts of characters

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

bool begins_quoted(std::string_view text) {
  return !text.empty() && (text[0] == '"' || text[0] == '\'');
}

}  // namespace

TextLines::TextLines(const std::string& text) : text_(text), begins_{0} {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % kStride == 0) characters_at_.push_back(characters);
    if (begins_character(text[i])) ++characters;
    if (text[i] == '\n') begins_.push_back(i + 1);
  }
  characters_at_.push_back(characters);
}

std::size_t TextLines::characters_before(std::size_t offset) const {
  const std::size_t mark = offset / kStride;
  const auto from = text_.begin() + static_cast<std::ptrdiff_t>(mark * kStride);
  const auto to = text_.begin() + static_cast<std::ptrdiff_t>(offset);
  return characters_at_[mark] + static_cast<std::size_t>(std::count_if(from, to, begins_character));
}

std::string_view TextLines::line(int index) const {
  if (index < 0 || static_cast<std::size_t>(index) >= begins_.size()) return {};
  const auto line = static_cast<std::size_t>(index);
  const std::size_t begin = begins_[line];
  const std::size_t end = line + 1 < begins_.size() ? begins_[line + 1] - 1 : text_.size();
  return std::string_view(text_).substr(begin, end - begin);
}

Place TextLines::place(int line_index, int byte_column, std::size_t bytes) const {
  const std::string_view whole = line(line_index);
  const std::size_t at = column_in(whole, byte_column);
  Place out;
  out.line = line_index + 1;
  const auto begin = static_cast<std::size_t>(whole.data() - text_.data());
  const bool known = whole.data() != nullptr;
  out.column =
      known ? static_cast<int>(characters_before(begin + at) - characters_before(begin)) + 1 : 1;
  out.length = static_cast<int>(std::max<std::size_t>(character_count(whole.substr(at, bytes)), 1));
  return out;
}

Place TextLines::scalar(int line_index, int byte_column, const std::string& value) const {
  const std::string_view whole = line(line_index);
  const std::string_view rest = whole.substr(column_in(whole, byte_column));
  std::size_t bytes = 1;
  bool closed = false;
  if (begins_quoted(rest)) {
    bytes = quoted_length(rest, &closed);
  } else if (rest.substr(0, value.size()) == value) {
    bytes = value.size();
  }
  return place(line_index, byte_column, bytes);
}

bool TextLines::quote_is_closed(int line_index, int byte_column) const {
  const std::string_view whole = line(line_index);
  const std::string_view rest = whole.substr(column_in(whole, byte_column));
  if (!begins_quoted(rest)) return true;
  const auto offset = static_cast<std::size_t>(rest.data() - text_.data());
  bool closed = false;
  quoted_length(std::string_view(text_).substr(offset), &closed);
  return closed;
}

bool TextLines::begins_with_tab(int line_index) const {
  const std::string_view whole = line(line_index);
  const std::size_t text = whole.find_first_not_of(" \t");
  return whole.substr(0, text).find('\t') != std::string_view::npos;
}

}  // namespace pullsim
