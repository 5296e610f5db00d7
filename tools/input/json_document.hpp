// JSON as strangers write it, read strictly: a tree of our own in which every value knows its place
// and numbers stay text, so that -1, 1.5, 1e3, 2^63 and "12" can be told apart. Refused with a
// finding: a key given twice in one object, invalid UTF-8, text after the end, more than 200
// levels, more than a million values, files over the limit. Left out: writing JSON, comments,
// JSON5.
#pragma once

#include "tools/input/diagnostic.hpp"
#include "tools/input/text_places.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

enum class JsonKind : std::uint8_t { null_value, boolean, number, string, array, object };

struct JsonNode {
  JsonKind kind = JsonKind::null_value;
  std::string key;   ///< inside an object; decoded
  std::string text;  ///< string: decoded; number and boolean: as written
  std::vector<JsonNode> items;
  std::size_t offset = 0;  ///< of the value's first byte; containers: of the opening bracket
  std::size_t length = 0;  ///< in bytes; containers: 1
  std::size_t key_offset = 0;
  std::size_t key_length = 0;

  bool is(JsonKind wanted) const { return kind == wanted; }
  /// Member of an object; null if there is none or this is no object.
  const JsonNode* find(std::string_view name) const;
  /// As find(), and a member that is `null` counts as not there.
  const JsonNode* get(std::string_view name) const;
  /// Text of a string member; empty if there is none or it is no string.
  std::string_view string_at(std::string_view name) const;
};

struct JsonLimits {
  std::size_t bytes_max = std::size_t{4} << 20;  ///< manifests; registries take no larger ones
  int depth_max = 200;
  std::size_t nodes_max = 1'000'000;
};

class JsonDocument {
 public:
  /// Absent on errors, which are in `diagnostics`; the text is given to it as the file's source.
  static std::optional<JsonDocument> parse(const std::string& file, std::string text,
                                           Diagnostics& diagnostics, const JsonLimits& limits = {});
  /// One value after another (JSON lines); the root is an array made of them.
  static std::optional<JsonDocument> parse_sequence(const std::string& file, std::string text,
                                                    Diagnostics& diagnostics,
                                                    const JsonLimits& limits = {});

  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }
  const JsonNode& root() const { return root_; }
  Mark mark(const JsonNode& node, std::string label = {}) const;
  Mark key_mark(const JsonNode& member, std::string label = {}) const;
  /// A finding at a value of this document.
  Diagnostic finding(const JsonNode& node, std::string code, std::string text,
                     std::string help = {}) const;

 private:
  std::string file_;
  std::string text_;
  TextPlaces places_;
  JsonNode root_;
};

/// Why a value is no plain integer from 0 to 2^63 - 1.
enum class IntegerFault : std::uint8_t { none, not_a_number, text, fraction, negative, too_large };
struct IntegerReading {
  std::int64_t value = 0;
  IntegerFault fault = IntegerFault::none;
};
IntegerReading read_json_count(const JsonNode& node);
/// The same for decimal digits in a text, as annotations hold them.
IntegerReading read_json_count(std::string_view digits);

}  // namespace pullsim
