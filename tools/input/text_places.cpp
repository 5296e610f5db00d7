// Counts are kept for blocks of 1,024 bytes: a place costs one search and one block.
#include "tools/input/text_places.hpp"

#include <algorithm>

namespace pullsim {
namespace {

constexpr std::size_t kBlock = 1024;

bool begins_character(char c) {
  return (static_cast<unsigned>(static_cast<unsigned char>(c)) & 0xC0U) != 0x80U;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

}  // namespace

TextPlaces::TextPlaces(std::string_view text) {
  line_begins_.push_back(0);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % kBlock == 0) block_characters_.push_back(characters);
    if (begins_character(text[i])) ++characters;
    if (text[i] == '\n') line_begins_.push_back(i + 1);
  }
  block_characters_.push_back(characters);
}

std::size_t TextPlaces::characters_before(std::string_view text, std::size_t offset) const {
  const std::size_t block = std::min(offset / kBlock, block_characters_.size() - 1);
  const std::size_t begin = std::min(block * kBlock, text.size());
  return block_characters_[block] + count_characters(text.substr(begin, offset - begin));
}

Mark TextPlaces::mark(std::string_view text, std::size_t offset, std::size_t length) const {
  offset = std::min(offset, text.size());
  const auto next = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  const std::size_t line_begin = *std::prev(next);
  const std::size_t line_end = next == line_begins_.end() ? text.size() : *next - 1;
  const std::size_t end = std::min(offset + length, line_end);
  const std::size_t before = characters_before(text, offset);
  Mark mark;
  mark.line = static_cast<int>(next - line_begins_.begin());
  mark.column = static_cast<int>(before - characters_before(text, line_begin)) + 1;
  const std::size_t marked = end > offset ? characters_before(text, end) - before : 0;
  mark.length = std::max(static_cast<int>(marked), 1);
  return mark;
}

}  // namespace pullsim
