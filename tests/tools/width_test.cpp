// How wide the program writes where standard output is no terminal.
#include "tests/support/catch.hpp"
#include "tests/support/program.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace pullsim::test;

namespace {

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const auto begins = [](unsigned char c) { return (c & 0xC0) != 0x80; };
    most =
        std::max(most, static_cast<std::size_t>(std::count_if(line.begin(), line.end(), begins)));
  }
  return most;
}

/// With the scenarios as `s`: long paths are words that nothing breaks.
std::string with_columns(const std::string& columns, const std::string& words,
                         const Folder& folder) {
  shell("ln -sfn " PULLSIM_SOURCE_DIR "/scenarios s", folder);
  return shell("COLUMNS=" + columns + " " PULLSIM_BINARY " " + words, folder).out;
}

}  // namespace

TEST_CASE("in a pipe COLUMNS says how wide tables and texts are") {
  const Folder folder;
  with_columns("80", "run s/large-vs-slim.yaml --replications 3 --report json=r.json", folder);
  const std::vector<std::string> verbs = {
      "report r.json", "run s/large-vs-slim.yaml --replications 3",
      "explain s/large-vs-slim.yaml --at p95", "compare r.json r.json",
      "inspect s/images/web-large.json s/images/web-slim.json"};
  for (const std::string& words : verbs) {
    INFO(words);
    const std::string wide = with_columns("100", words, folder);
    const std::string narrow = with_columns("80", words, folder);
    CHECK(widest(wide) <= 100);
    CHECK(widest(wide) > 80);
    CHECK(widest(narrow) <= 80);
    CHECK(narrow.size() > 100);
  }
}

TEST_CASE("COLUMNS that is no width is as if it were not there, wide and narrow ones are bounded") {
  const Folder folder;
  with_columns("80", "run s/large-vs-slim.yaml --replications 2 --report json=r.json", folder);
  const std::string plain = shell("unset COLUMNS; " PULLSIM_BINARY " report r.json", folder).out;
  REQUIRE(widest(plain) > 80);
  for (const char* columns : {"''", "0", "-80", "80x", "wide", "99999999999999999999999", "250"}) {
    INFO(columns);
    CHECK(with_columns(columns, "report r.json", folder) == plain);
  }
  CHECK(with_columns("20", "report r.json", folder) == with_columns("60", "report r.json", folder));
}
