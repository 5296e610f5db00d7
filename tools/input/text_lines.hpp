// The lines of a text, to turn byte columns into characters and to measure scalars as they were
// written. Lines and byte columns count from 0 here, places from 1.
#pragma once

#include "tools/input/yaml_document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

class TextLines {
 public:
  /// `text` must be UTF-8 and outlive this.
  explicit TextLines(const std::string& text);

  std::string_view line(int index) const;
  Place place(int line_index, int byte_column, std::size_t bytes) const;
  /// A scalar as written, as far as it goes on its first line; `value` is what it stands for.
  Place scalar(int line_index, int byte_column, const std::string& value) const;
  /// False when a quoted text begins there and has no end. The parser takes the end of the file for
  /// a closing quote.
  bool quote_is_closed(int line_index, int byte_column) const;
  bool begins_with_tab(int line_index) const;

 private:
  std::size_t characters_before(std::size_t offset) const;

  const std::string& text_;
  std::vector<std::size_t> begins_;
  std::vector<std::size_t> characters_at_;  // at every so many bytes
};

}  // namespace pullsim
