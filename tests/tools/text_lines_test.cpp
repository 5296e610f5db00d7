// Places in a text: columns are characters, also far along a line of many bytes.
#include "tools/input/text_lines.hpp"

#include "tests/support/catch.hpp"
#include "tools/input/text.hpp"

using namespace pullsim;

TEST_CASE("columns count characters wherever counts are kept") {
  std::string text = "first\n";
  std::vector<std::size_t> offsets;  // of each character of the second line
  while (text.size() < 5000) {
    offsets.push_back(text.size() - 6);
    text += offsets.size() % 3 == 0   ? "\xf0\x9f\x90\xb3"
            : offsets.size() % 2 == 0 ? "\xc3\xa9"
                                      : "a";
  }
  text += "\nlast";
  const TextLines lines(text);
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const Place place = lines.place(1, static_cast<int>(offsets[i]), 1);
    REQUIRE(place.line == 2);
    REQUIRE(place.column == static_cast<int>(i) + 1);
  }
  CHECK(lines.place(1, 1'000'000, 1).column == static_cast<int>(offsets.size()) + 1);
  CHECK(lines.line(0) == "first");
  CHECK(lines.line(2) == "last");
  CHECK(lines.place(2, 2, 2).column == 3);
  CHECK(lines.place(7, 3, 1).column == 1);
}
