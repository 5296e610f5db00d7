// Patterns of .dockerignore and COPY, and variables, as tables.
#include "tools/dockerfile/patterns.hpp"
#include "tests/support/catch.hpp"
#include "tools/dockerfile/variables.hpp"

#include <string>
#include <vector>

using namespace pullsim;  // NOLINT: tests read better without the prefix

TEST_CASE("a pattern matches a path or a folder above it") {
  struct Case {
    const char* pattern;
    const char* path;
    int part;  // -1: none
  };
  const Case cases[] = {
      {"a", "a", 1},
      {"a", "ab", -1},
      {"a", "a/b", 1},
      {"a/b", "a", -1},
      {"*", "a", 1},
      {"*", "a/b", 1},
      {"*.md", "README.md", 9},
      {"*.md", "docs/x.md", -1},
      {"*/*.md", "docs/x.md", 9},
      {"docs/*", "docs/a/b", 6},
      {"?", "a", 1},
      {"?", "ab", -1},
      {"a?c", "a/c", -1},
      {"[ab]c", "bc", 2},
      {"[a-c]", "b", 1},
      {"[^a-c]", "b", -1},
      {"[^a-c]", "d", 1},
      {"[^a]", "/", -1},
      {"\\*", "*", 1},
      {"\\*", "a", -1},
      {"[\\]]", "]", 1},
      {"**", "a/b/c", 1},
      {"**/x", "x", 1},
      {"**/x", "a/x", 3},
      {"**/x", "a/b/x", 5},
      {"**/x", "a/bx", -1},
      {"**/*.go", "a/b/c.go", 8},
      {"a/**", "a/b/c", 3},
      {"a/**", "a", -1},
      {"a/**/b", "a/b", 3},
      {"a/**/b", "a/x/y/b", 7},
      {"a/**/b", "a/xb", -1},
      {"", "a/b", 0},
      {"package*.json", "package-lock.json", 17},
      {"\xC3\xA9*", "\xC3\xA9t\xC3\xA9", 5},
  };
  for (const Case& one : cases) {
    INFO(one.pattern << " on " << one.path);
    const auto pattern = PathPattern::read(one.pattern);
    REQUIRE(pattern);
    const auto part = pattern->matched_part(one.path);
    CHECK((part ? static_cast<int>(*part) : -1) == one.part);
  }
}

TEST_CASE("malformed patterns are none") {
  for (const char* text : {"[", "[]", "[]a]", "[a", "[a-", "[a-]", "[-a]", "a\\", "[\\"}) {
    INFO(text);
    CHECK_FALSE(PathPattern::read(text).has_value());
  }
}

TEST_CASE("no pattern takes long") {
  std::string stars;
  for (int i = 0; i < 300; ++i) stars += "*a";
  const auto pattern = PathPattern::read(stars + "b");
  REQUIRE(pattern);
  CHECK_FALSE(pattern->matched_part(std::string(1000, 'a')).has_value());
}

TEST_CASE("paths are relative to the context and clean") {
  CHECK(clean_path("./a//b/") == "a/b");
  CHECK(clean_path("/a/../b") == "b");
  CHECK(clean_path("../../a") == "a");
  CHECK(clean_path(".").empty());
}

TEST_CASE("which files a .dockerignore leaves out") {
  struct Case {
    const char* text;
    const char* path;
    bool ignored;
  };
  const Case cases[] = {
      {"", "a", false},
      {"# a\n", "# a", false},
      {"  a  \n", "a", true},
      {"a\r\nb\r\n", "b", true},
      {"/a/\n", "a/b", true},
      {"node_modules\n", "node_modules/x/y.js", true},
      {"node_modules\n", "app/node_modules/x.js", false},
      {"**/node_modules\n", "app/node_modules/x.js", true},
      {"*.md\n!README.md\n", "README.md", false},
      {"*.md\n!README.md\n", "CHANGES.md", true},
      {"!README.md\n*.md\n", "README.md", true},
      {"*.md\n!README*.md\nREADME-secret.md\n", "README-secret.md", true},
      {"*\n!src\n", "src/app.js", false},
      {"*\n!src\n", "test/app.js", true},
      {"*\n!src\nsrc/*.tmp\n", "src/x.tmp", true},
      {".\n", "a", false},
      {"*/temp*\n", "a/temporary.txt", true},
      {"*/temp*\n", "a/b/temporary.txt", false},
      {"temp?\n", "tempa/x", true},
      {"! a\n", "a", false},
  };
  for (const Case& one : cases) {
    INFO(one.text << " on " << one.path);
    Diagnostics diagnostics;
    const IgnoreFile file = IgnoreFile::read(one.text, ".dockerignore", diagnostics);
    CHECK(diagnostics.list().empty());
    CHECK(file.ignores(one.path) == one.ignored);
  }
}

TEST_CASE("a malformed line of .dockerignore is shown with its place") {
  Diagnostics diagnostics;
  const IgnoreFile file = IgnoreFile::read("a\n[b\n!\n", ".dockerignore", diagnostics);
  REQUIRE(diagnostics.list().size() == 2);
  CHECK(diagnostics.list()[0].code == "PS5112");
  CHECK(diagnostics.list()[0].at.line == 2);
  CHECK(diagnostics.list()[1].at.line == 3);
  CHECK(file.ignores("a"));
}

TEST_CASE("a folder is left out as a whole unless something is taken back") {
  Diagnostics diagnostics;
  CHECK(IgnoreFile::read("a\n", "x", diagnostics).ignores_all_of("a"));
  CHECK_FALSE(IgnoreFile::read("a\n!a/b\n", "x", diagnostics).ignores_all_of("a"));
}

TEST_CASE("variables in words") {
  const DockerVariables variables = {{"A", "one"}, {"B", ""}, {"A_2", "two"}};
  struct Case {
    const char* word;
    const char* value;
  };
  const Case cases[] = {
      {"plain", "plain"},    {"$A", "one"},   {"${A}", "one"},       {"x$A.y", "xone.y"},
      {"$A_2", "two"},       {"$C", ""},      {"${C:-d}", "d"},      {"${B:-d}", "d"},
      {"${B-d}", ""},        {"${C-d}", "d"}, {"${A:-d}", "one"},    {"${A:+o}", "o"},
      {"${B:+o}", ""},       {"${B+o}", "o"}, {"${C:-${A}}", "one"}, {"${C:-${D:-$A-x}}", "one-x"},
      {"\"$A b\"", "one b"}, {"'$A'", "$A"},  {"\\$A", "$A"},        {"\"\\$A\"", "$A"},
      {"a\\ b", "a b"},      {"$", "$"},      {"$.", "$."},          {"\"it's\"", "it's"},
      {"${A:?no}", "one"},
  };
  for (const Case& one : cases) {
    INFO(one.word);
    VariableFault fault;
    CHECK(expand_word(one.word, variables, '\\', fault) == std::string(one.value));
  }
}
