// Writes a JSON document piece by piece, so that a long list is never in memory as a whole: the
// text is that of dumping the same document at once, one space for each level.
#pragma once

#include "tools/output/text_sink.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace pullsim {

class JsonStream {
 public:
  using Json = nlohmann::ordered_json;
  static constexpr int kIndent = 1;  ///< spaces for each level

  explicit JsonStream(TextSink sink) : sink_(std::move(sink)) {}
  /// What is left is handed to the sink.
  void end_document();

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  /// Of the object that is open; its value follows.
  void key(std::string_view name);
  void value(const Json& json);
  void member(std::string_view name, const Json& json) {
    key(name);
    value(json);
  }
  /// All members of `object`, into the object that is open.
  void members(const Json& object);

 private:
  void begin(char bracket);
  void end(char bracket);
  void next_item();
  void new_line();
  void text(std::string_view piece);

  TextSink sink_;
  std::string pending_;
  std::string empty_;  // for each level, whether nothing was written in it yet: '1' or '0'
  bool after_key_ = false;
};

}  // namespace pullsim
