// A document written piece by piece is the text of the whole document dumped at once.
#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"
#include "tools/output/json_stream.hpp"

#include <algorithm>
#include <string>

using namespace pullsim;
using Json = JsonStream::Json;

namespace {

RandomStream& chance() {
  static RandomStream stream(1, 0, "json", "document");
  return stream;
}
int below(int count) { return static_cast<int>(chance().next() * count); }

Json some_text() {
  static const char* const texts[] = {"",        "web",   "a \"quoted\" word", "two\nlines",
                                      "tab\t\\", "naïve", "<script>",          "\x01\x7f"};
  return texts[below(8)];
}

Json random_json(int depth) {
  switch (below(depth > 0 ? 7 : 5)) {
    case 0:
      return nullptr;
    case 1:
      return below(2) == 0;
    case 2:
      return below(1000) - 500;
    case 3:
      return chance().next();
    case 4:
      return some_text();
    case 5: {
      Json list = Json::array();
      for (int i = below(4); i > 0; --i) list.push_back(random_json(depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (int i = below(4); i > 0; --i) {
        object[some_text().get<std::string>() + std::to_string(i)] = random_json(depth - 1);
      }
      return object;
    }
  }
}

/// Goes down into lists and objects, or hands a part over as a whole.
void write(const Json& json, JsonStream* out) {
  const int way = below(3);
  if (way == 0 || !json.is_structured()) {
    out->value(json);
  } else if (json.is_array()) {
    out->begin_array();
    for (const Json& one : json) write(one, out);
    out->end_array();
  } else {
    out->begin_object();
    if (way == 1) {
      out->members(json);
    } else {
      for (const auto& [name, value] : json.items()) {
        out->key(name);
        write(value, out);
      }
    }
    out->end_object();
  }
}

}  // namespace

TEST_CASE("A streamed JSON document is the document dumped at once") {
  for (int i = 0; i < 2000; ++i) {
    const Json json = random_json(4);
    std::string text;
    JsonStream out([&text](std::string_view piece) { text += piece; });
    write(json, &out);
    out.end_document();
    REQUIRE(text == json.dump(JsonStream::kIndent) + "\n");
  }
}

TEST_CASE("A long document comes in pieces, and nothing of it is lost") {
  Json json = Json::array();
  std::string text;
  std::size_t pieces = 0;
  std::size_t longest = 0;
  JsonStream out([&](std::string_view piece) {
    text += piece;
    ++pieces;
    longest = std::max(longest, piece.size());
  });
  out.begin_array();
  for (int i = 0; i < 20000; ++i) {
    const Json one = {{"run", i}, {"name", "a name of some length"}};
    json.push_back(one);
    out.value(one);
  }
  out.end_array();
  out.end_document();
  CHECK(text == json.dump(JsonStream::kIndent) + "\n");
  CHECK(pieces > 10);
  CHECK(longest < 128 * 1024);
}
