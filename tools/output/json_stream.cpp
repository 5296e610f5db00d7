// See the header.
#include "tools/output/json_stream.hpp"

#include <utility>

namespace pullsim {
namespace {

constexpr std::size_t kPieceBytes = 65'536;

std::string dumped(const JsonStream::Json& json) {
  return json.dump(JsonStream::kIndent, ' ', false, JsonStream::Json::error_handler_t::replace);
}

}  // namespace

void JsonStream::text(std::string_view piece) {
  pending_ += piece;
  if (pending_.size() < kPieceBytes) return;
  sink_(pending_);
  pending_.clear();
}

void JsonStream::new_line() {
  text("\n");
  text(std::string(empty_.size() * kIndent, ' '));
}

void JsonStream::next_item() {
  if (std::exchange(after_key_, false) || empty_.empty()) return;
  if (std::exchange(empty_.back(), '0') == '0') text(",");
  new_line();
}

void JsonStream::begin(char bracket) {
  next_item();
  text({&bracket, 1});
  empty_ += '1';
}

void JsonStream::end(char bracket) {
  const bool nothing = empty_.back() == '1';
  empty_.pop_back();
  if (!nothing) new_line();
  text({&bracket, 1});
}

void JsonStream::key(std::string_view name) {
  next_item();
  text(dumped(Json(std::string(name))));
  text(": ");
  after_key_ = true;
}

// Line ends within strings are escaped: those of the text are between items.
void JsonStream::value(const Json& json) {
  next_item();
  const std::string whole = dumped(json);
  const std::string indent(empty_.size() * kIndent, ' ');
  std::size_t begin = 0;
  for (std::size_t end = whole.find('\n'); end != std::string::npos;
       end = whole.find('\n', begin)) {
    text(std::string_view(whole).substr(begin, end + 1 - begin));
    text(indent);
    begin = end + 1;
  }
  text(std::string_view(whole).substr(begin));
}

void JsonStream::members(const Json& object) {
  for (const auto& [name, json] : object.items()) member(name, json);
}

void JsonStream::end_document() {
  text("\n");
  if (!pending_.empty()) sink_(pending_);
  pending_.clear();
}

}  // namespace pullsim
