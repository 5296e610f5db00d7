// Lines and columns of a text, found quickly for any number of places: counts are kept for each
// block of the text, so that a file of one long line costs no more than others.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pullsim {

class TextPlaces {
 public:
  TextPlaces() = default;
  /// Reads the text once; it is handed in again for each place, so that the owner may be moved.
  explicit TextPlaces(std::string_view text);

  /// Place of `length` bytes at `offset`, in characters and cut at the end of the line. `text` is
  /// the one that was counted.
  Mark mark(std::string_view text, std::size_t offset, std::size_t length) const;

 private:
  std::size_t characters_before(std::string_view text, std::size_t offset) const;

  std::vector<std::size_t> line_begins_;
  std::vector<std::size_t> block_characters_;  ///< before each block
};

}  // namespace pullsim
