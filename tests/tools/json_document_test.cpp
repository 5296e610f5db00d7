// Strict JSON: places, numbers kept as written, and everything that is refused.
#include "tools/input/json_document.hpp"

#include "tests/support/catch.hpp"

namespace pullsim {
namespace {

std::string finding_of(const std::string& text, const JsonLimits& limits = {}) {
  Diagnostics diagnostics;
  const auto document = JsonDocument::parse("a.json", text, diagnostics, limits);
  if (document) return "read";
  REQUIRE(diagnostics.list().size() == 1);
  const Diagnostic& finding = diagnostics.list().front();
  CHECK(finding.file == "a.json");
  return finding.code + " " + std::to_string(finding.at.line) + ":" +
         std::to_string(finding.at.column) + " " + finding.text;
}

TEST_CASE("values know their place and numbers stay as written") {
  Diagnostics diagnostics;
  const auto document = JsonDocument::parse(
      "a.json", "{\n  \"a\": [1, -2,3.50 ],\n  \"\xC3\xA4\": {\"b\": \"x\\n\"}, \"n\": null}",
      diagnostics);
  REQUIRE(document.has_value());
  const JsonNode* a = document->root().find("a");
  REQUIRE(a != nullptr);
  REQUIRE(a->items.size() == 3);
  CHECK(a->items[0].text == "1");
  CHECK(a->items[1].text == "-2");
  CHECK(a->items[2].text == "3.50");
  CHECK(document->mark(a->items[2]).line == 2);
  CHECK(document->mark(a->items[2]).column == 15);
  CHECK(document->mark(a->items[2]).length == 4);
  const JsonNode* b = document->root().find("\xC3\xA4")->find("b");
  REQUIRE(b != nullptr);
  CHECK(b->text == "x\n");
  CHECK(document->mark(*b).column == 14);
  CHECK(document->key_mark(*b).column == 9);
  CHECK(document->root().find("n") != nullptr);
  CHECK(document->root().get("n") == nullptr);
}

TEST_CASE("a byte-order mark does not move the places") {
  Diagnostics diagnostics;
  const auto document = JsonDocument::parse("a.json", "\xEF\xBB\xBF[17]", diagnostics);
  REQUIRE(document.has_value());
  CHECK(document->root().items[0].text == "17");
  CHECK(document->text().substr(document->root().items[0].offset, 2) == "17");
}

TEST_CASE("a number alone at the end of the text is whole") {
  Diagnostics diagnostics;
  const auto document = JsonDocument::parse("a.json", "12345", diagnostics);
  REQUIRE(document.has_value());
  CHECK(document->root().text == "12345");
}

TEST_CASE("what is not strict JSON is refused with its place") {
  struct Case {
    const char* name;
    std::string text;
    const char* want;
  };
  const Case cases[] = {
      {"empty", "", "PS1007 0:0 this file is empty"},
      {"white space", " \n\t", "PS1007 0:0 this file is empty"},
      {"key given twice", "{\"a\": 1,\n \"b\": 2, \"a\": 3}",
       "PS1003 2:10 key `a` is given twice in one object"},
      {"key given twice by an escape", "{\"a\": 1, \"\\u0061\": 3}",
       "PS1003 1:10 key `a` is given twice in one object"},
      {"cut off", "{\"a\": [1, 2", "PS1015 1:12 the JSON text ends before it is complete"},
      {"cut off in a text", "{\"a\": \"x", "PS1015 1:9 the JSON text ends before it is complete"},
      {"text after the end", "{}\n{}", "PS1015 2:1 there is text after the end of the JSON value"},
      {"comma at the end", "[1, 2,\n]", "PS1015 2:1 this is not valid JSON"},
      {"two commas", "[1,,2]", "PS1015 1:4 this is not valid JSON"},
      {"single quotes", "{'a': 1}", "PS1015 1:2 this is not valid JSON"},
      {"comment", "{\n// size\n\"a\": 1}", "PS1015 2:1 this is not valid JSON"},
      {"no number", "{\"a\": NaN}", "PS1015 1:7 this is not valid JSON"},
      {"control character", "[\"a\x01\"]", "PS1015 1:2 this is not valid JSON"},
      {"half a surrogate pair", "[\"\\ud800\"]", "PS1015 1:2 this is not valid JSON"},
      {"a number past any float", "[1, 1e999]", "PS1015 1:5 this number is too large"},
      {"invalid UTF-8", "{\"a\":\n \"\xC3(\"}", "PS1006 2:3 this file is not valid UTF-8"},
      {"overlong UTF-8", "[\"\xC0\xAF\"]", "PS1006 1:3 this file is not valid UTF-8"},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(finding_of(c.text) == c.want); }
  }
}

TEST_CASE("depth, values and bytes have limits") {
  const std::string deep_enough = std::string(200, '[') + std::string(200, ']');
  CHECK(finding_of(deep_enough) == "read");
  CHECK(finding_of("[" + deep_enough + "]") ==
        "PS1012 1:201 this JSON file is nested more than 200 levels deep, the limit");
  CHECK(finding_of(std::string(1'000'000, '[')) ==
        "PS1012 1:201 this JSON file is nested more than 200 levels deep, the limit");
  CHECK(finding_of("[1,2,3]", {100, 200, 3}) ==
        "PS1011 1:6 this JSON file holds more than 3 values, the limit");
  CHECK(finding_of("[1,2,3]", {6, 200, 100}) == "PS1005 0:0 this file has 7 bytes, the limit is 6");
}

TEST_CASE("a sequence is read value by value") {
  Diagnostics diagnostics;
  const auto lines =
      JsonDocument::parse_sequence("a.json", "{\"a\":1}\n\n{\"a\":22}\n", diagnostics);
  REQUIRE(lines.has_value());
  REQUIRE(lines->root().items.size() == 2);
  const JsonNode& second = lines->root().items[1];
  CHECK(second.find("a")->text == "22");
  CHECK(lines->mark(second).line == 3);
  CHECK_FALSE(JsonDocument::parse_sequence("a.json", "{\"a\":1}\n{\"a\":", diagnostics));
  CHECK(diagnostics.list().back().at.line == 2);
}

TEST_CASE("a count is a plain integer from 0 to 2^63 - 1") {
  struct Case {
    const char* text;
    IntegerFault fault;
    std::int64_t value;
  };
  const Case cases[] = {
      {"[0]", IntegerFault::none, 0},
      {"[9223372036854775807]", IntegerFault::none, INT64_MAX},
      {"[9223372036854775808]", IntegerFault::too_large, 0},
      {"[123456789012345678901234567890]", IntegerFault::too_large, 0},
      {"[-1]", IntegerFault::negative, 0},
      {"[-0]", IntegerFault::negative, 0},
      {"[-123456789012345678901234567890]", IntegerFault::negative, 0},
      {"[1.5]", IntegerFault::fraction, 0},
      {"[1.0]", IntegerFault::fraction, 0},
      {"[1e3]", IntegerFault::fraction, 0},
      {"[\"12\"]", IntegerFault::text, 0},
      {"[true]", IntegerFault::not_a_number, 0},
      {"[null]", IntegerFault::not_a_number, 0},
      {"[[1]]", IntegerFault::not_a_number, 0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.text) {
      Diagnostics diagnostics;
      const auto document = JsonDocument::parse("a.json", c.text, diagnostics);
      REQUIRE(document.has_value());
      const IntegerReading reading = read_json_count(document->root().items[0]);
      CHECK(reading.fault == c.fault);
      CHECK(reading.value == c.value);
    }
  }
  CHECK(read_json_count(std::string_view("82")).value == 82);
  CHECK(read_json_count(std::string_view("")).fault == IntegerFault::text);
  CHECK(read_json_count(std::string_view("+8")).fault == IntegerFault::text);
  CHECK(read_json_count(std::string_view("8 ")).fault == IntegerFault::text);
}

}  // namespace
}  // namespace pullsim
