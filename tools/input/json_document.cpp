// The syntax is nlohmann_json's; places come from watching how far its lexer has read. Everything
// that library lets pass (duplicate keys, any depth) or reports in words of its own is decided
// here.
#include "tools/input/json_document.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "tools/input/text.hpp"

namespace pullsim {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Reads the text byte by byte and tells how far the lexer has come.
struct WatchedIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  const char** furthest = nullptr;

  reference operator*() const { return *at; }
  WatchedIterator& operator++() {
    ++at;
    *furthest = at;
    return *this;
  }
  WatchedIterator operator++(int) {
    WatchedIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const WatchedIterator& other) const { return at == other.at; }
  bool operator!=(const WatchedIterator& other) const { return at != other.at; }
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// For the one finding that ends the reading.
Mark mark_at(std::string_view text, std::size_t offset, std::size_t length) {
  return TextPlaces(text).mark(text, offset, length);
}

bool is_number_char(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// Builds the tree from the library's events.
class TreeBuilder {
 public:
  TreeBuilder(const std::string& file, std::string_view text, const JsonLimits& limits,
              Diagnostics& diagnostics)
      : file_(file), text_(text), limits_(limits), diagnostics_(diagnostics) {}

  /// One value from `begin`; false after a finding. `end()` is where it ended.
  bool read_value(std::size_t begin, bool whole, JsonNode& root) {
    root_ = &root;
    begin_ = begin;
    furthest_ = text_.data() + begin;
    token_end_ = begin;
    complete_ = false;
    open_.clear();
    const WatchedIterator first{text_.data() + begin, &furthest_};
    const WatchedIterator last{text_.data() + text_.size(), &furthest_};
    return nlohmann::json::sax_parse(first, last, this, nlohmann::json::input_format_t::json,
                                     whole) &&
           !failed_;
  }
  std::size_t end() const { return token_end_; }

  // The library's event interface.
  bool null() { return scalar(JsonKind::null_value, {}); }
  bool boolean(bool value) { return scalar(JsonKind::boolean, value ? "true" : "false"); }
  bool number_integer(std::int64_t) { return number(); }
  bool number_unsigned(std::uint64_t) { return number(); }
  bool number_float(double, const std::string&) { return number(); }
  bool string(std::string& value) { return scalar(JsonKind::string, std::move(value)); }
  bool binary(std::vector<std::uint8_t>&) { return false; }
  bool start_object(std::size_t) { return start(JsonKind::object); }
  bool start_array(std::size_t) { return start(JsonKind::array); }
  bool end_array() { return finish(); }
  bool end_object() { return check_keys(*open_.back()) && finish(); }
  bool key(std::string& name) {
    key_offset_ = token_begin();
    token_end_ = read_so_far();
    key_length_ = token_end_ - key_offset_;
    key_ = std::move(name);
    return true;
  }
  template <class Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception& exception) {
    if (failed_) return false;
    return fail_syntax(position > text_.size() - begin_, exception.id);
  }

 private:
  std::size_t read_so_far() const { return static_cast<std::size_t>(furthest_ - text_.data()); }

  /// Past white space and at most one separator after the last token.
  std::size_t token_begin() const {
    std::size_t i = token_end_;
    const auto skip_space = [&] {
      while (i < text_.size() && is_space(text_[i])) ++i;
    };
    if (i == 0 && text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      i = kByteOrderMark.size();
    }
    skip_space();
    if (!open_.empty() && i < text_.size() && (text_[i] == ',' || text_[i] == ':')) {
      ++i;
      skip_space();
    }
    return i;
  }

  bool fail(Diagnostic finding) {
    failed_ = true;
    finding.file = file_;
    diagnostics_.add(std::move(finding));
    return false;
  }

  JsonNode* add(JsonKind kind) {
    if (++nodes_ > limits_.nodes_max) {
      Diagnostic finding;
      finding.code = "PS1011";
      finding.text = "this JSON file holds more than " + std::to_string(limits_.nodes_max) +
                     " values, the limit";
      finding.at = mark_at(text_, token_begin(), 1);
      fail(std::move(finding));
      return nullptr;
    }
    JsonNode* node = root_;
    const std::size_t offset = token_begin();
    if (!open_.empty()) {
      open_.back()->items.emplace_back();
      node = &open_.back()->items.back();
      if (open_.back()->is(JsonKind::object)) {
        node->key = std::move(key_);
        node->key_offset = key_offset_;
        node->key_length = key_length_;
      }
    }
    node->kind = kind;
    node->offset = offset;
    return node;
  }

  bool scalar(JsonKind kind, std::string value) {
    JsonNode* node = add(kind);
    if (node == nullptr) return false;
    node->text = std::move(value);
    token_end_ = read_so_far();
    node->length = token_end_ - node->offset;
    complete_ = open_.empty();
    return true;
  }

  /// The lexer has read one byte past a number, so its end is found here.
  bool number() {
    JsonNode* node = add(JsonKind::number);
    if (node == nullptr) return false;
    std::size_t end = node->offset;
    while (end < text_.size() && is_number_char(text_[end])) ++end;
    node->length = end - node->offset;
    node->text = std::string(text_.substr(node->offset, node->length));
    token_end_ = end;
    complete_ = open_.empty();
    return true;
  }

  bool start(JsonKind kind) {
    JsonNode* node = add(kind);
    if (node == nullptr) return false;
    node->length = 1;
    token_end_ = read_so_far();
    if (static_cast<int>(open_.size()) >= limits_.depth_max) {
      Diagnostic finding;
      finding.code = "PS1012";
      finding.text = "this JSON file is nested more than " + std::to_string(limits_.depth_max) +
                     " levels deep, the limit";
      finding.at = mark_at(text_, node->offset, 1);
      return fail(std::move(finding));
    }
    open_.push_back(node);
    return true;
  }

  bool finish() {
    open_.pop_back();
    token_end_ = read_so_far();
    complete_ = open_.empty();
    return true;
  }

  bool check_keys(const JsonNode& object) {
    std::vector<const JsonNode*> order;
    order.reserve(object.items.size());
    for (const JsonNode& member : object.items) order.push_back(&member);
    std::stable_sort(order.begin(), order.end(),
                     [](const JsonNode* a, const JsonNode* b) { return a->key < b->key; });
    const auto same =
        std::adjacent_find(order.begin(), order.end(),
                           [](const JsonNode* a, const JsonNode* b) { return a->key == b->key; });
    if (same == order.end()) return true;
    const JsonNode& first = **same;
    const JsonNode& second = **std::next(same);
    Diagnostic finding;
    finding.code = "PS1003";
    finding.text = "key `" + printable(first.key) + "` is given twice in one object";
    finding.at = mark_at(text_, second.key_offset, second.key_length);
    finding.at.label = "again here";
    finding.also = mark_at(text_, first.key_offset, first.key_length);
    finding.also->label = "first here";
    finding.notes = {"JSON readers disagree about which one counts"};
    finding.help = "keep one of the two";
    return fail(std::move(finding));
  }

  bool fail_syntax(bool ended, int library_code) {
    constexpr int kNumberOutOfRange = 406;
    const std::size_t begin = token_begin();
    std::size_t end = begin;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != ',') ++end;
    const char first = begin < text_.size() ? text_[begin] : '\0';
    Diagnostic finding;
    finding.code = "PS1015";
    finding.at = mark_at(text_, begin, std::max<std::size_t>(end - begin, 1));
    if (ended) {
      finding.text = "the JSON text ends before it is complete";
      finding.at = mark_at(text_, text_.size(), 1);
      finding.help = "write the file again; it seems to have been cut off";
    } else if (library_code == kNumberOutOfRange) {
      finding.text = "this number is too large";
    } else if (complete_) {
      finding.text = "there is text after the end of the JSON value";
      finding.help = "give one JSON document in one file";
    } else {
      finding.text = "this is not valid JSON";
      if (first == '"') finding.help = "look for a control character or a wrong escape in it";
      if (first == '\'') finding.help = "JSON texts stand in double quotes";
      if (first == '/' || first == '#') finding.help = "JSON has no comments; remove them";
      if (first == ']' || first == '}') finding.help = "remove the comma before this bracket";
    }
    return fail(std::move(finding));
  }

  const std::string& file_;
  std::string_view text_;
  const JsonLimits& limits_;
  Diagnostics& diagnostics_;
  JsonNode* root_ = nullptr;
  std::vector<JsonNode*> open_;  // stable: only the innermost open node gains items
  std::size_t begin_ = 0;
  const char* furthest_ = nullptr;
  std::size_t token_end_ = 0;
  std::size_t nodes_ = 0;
  std::string key_;
  std::size_t key_offset_ = 0;
  std::size_t key_length_ = 0;
  bool complete_ = false;
  bool failed_ = false;
};

/// Findings about the text as a whole; true if it can be parsed.
bool check_text(const std::string& file, std::string_view text, const JsonLimits& limits,
                Diagnostics& diagnostics) {
  Diagnostic finding;
  finding.file = file;
  if (text.size() > limits.bytes_max) {
    finding.code = "PS1005";
    finding.text = "this file has " + std::to_string(text.size()) + " bytes, the limit is " +
                   std::to_string(limits.bytes_max);
  } else if (const std::size_t bad = first_bad_utf8(text); bad != std::string_view::npos) {
    finding.code = "PS1006";
    finding.text = "this file is not valid UTF-8";
    finding.at = mark_at(text, bad, 1);
    finding.help = "write the file again as UTF-8";
  } else if (std::all_of(text.begin(), text.end(), is_space)) {
    finding.code = "PS1007";
    finding.text = "this file is empty";
    finding.help = "the command that was to write it has probably failed";
  } else {
    return true;
  }
  diagnostics.add(std::move(finding));
  return false;
}

}  // namespace

const JsonNode* JsonNode::find(std::string_view name) const {
  if (kind != JsonKind::object) return nullptr;
  for (const JsonNode& member : items) {
    if (member.key == name) return &member;
  }
  return nullptr;
}

const JsonNode* JsonNode::get(std::string_view name) const {
  const JsonNode* member = find(name);
  return member != nullptr && member->is(JsonKind::null_value) ? nullptr : member;
}

std::string_view JsonNode::string_at(std::string_view name) const {
  const JsonNode* member = find(name);
  if (member == nullptr || !member->is(JsonKind::string)) return {};
  return member->text;
}

std::optional<JsonDocument> JsonDocument::parse(const std::string& file, std::string text,
                                                Diagnostics& diagnostics,
                                                const JsonLimits& limits) {
  diagnostics.set_source(file, text);
  if (!check_text(file, text, limits, diagnostics)) return std::nullopt;
  JsonDocument document;
  document.file_ = file;
  document.text_ = std::move(text);
  document.places_ = TextPlaces(document.text_);
  TreeBuilder builder(file, document.text_, limits, diagnostics);
  if (!builder.read_value(0, true, document.root_)) return std::nullopt;
  return document;
}

std::optional<JsonDocument> JsonDocument::parse_sequence(const std::string& file, std::string text,
                                                         Diagnostics& diagnostics,
                                                         const JsonLimits& limits) {
  diagnostics.set_source(file, text);
  if (!check_text(file, text, limits, diagnostics)) return std::nullopt;
  JsonDocument document;
  document.file_ = file;
  document.text_ = std::move(text);
  document.places_ = TextPlaces(document.text_);
  document.root_.kind = JsonKind::array;
  const std::string& all = document.text_;
  TreeBuilder builder(file, all, limits, diagnostics);
  std::size_t begin = 0;
  while (true) {
    while (begin < all.size() && is_space(all[begin])) ++begin;
    if (begin >= all.size()) break;
    document.root_.items.emplace_back();
    if (!builder.read_value(begin, false, document.root_.items.back())) return std::nullopt;
    begin = builder.end();
  }
  return document;
}

Mark JsonDocument::mark(const JsonNode& node, std::string label) const {
  Mark mark = places_.mark(text_, node.offset, std::max<std::size_t>(node.length, 1));
  mark.label = std::move(label);
  return mark;
}

Diagnostic JsonDocument::finding(const JsonNode& node, std::string code, std::string text,
                                 std::string help) const {
  Diagnostic finding;
  finding.code = std::move(code);
  finding.text = std::move(text);
  finding.file = file_;
  finding.at = mark(node);
  finding.help = std::move(help);
  return finding;
}

Mark JsonDocument::key_mark(const JsonNode& member, std::string label) const {
  if (member.key_length == 0) return mark(member, std::move(label));
  Mark mark = places_.mark(text_, member.key_offset, member.key_length);
  mark.label = std::move(label);
  return mark;
}

IntegerReading read_json_count(std::string_view digits) {
  IntegerReading reading;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), reading.value);
  if (end != digits.data() + digits.size() || digits.empty()) {
    reading.fault = IntegerFault::text;
  } else if (digits.front() == '-') {
    reading.fault = IntegerFault::negative;
  } else if (error == std::errc::result_out_of_range) {
    reading.fault = IntegerFault::too_large;
  }
  if (reading.fault != IntegerFault::none) reading.value = 0;
  return reading;
}

IntegerReading read_json_count(const JsonNode& node) {
  if (node.is(JsonKind::string)) return {0, IntegerFault::text};
  if (!node.is(JsonKind::number)) return {0, IntegerFault::not_a_number};
  if (node.text.find_first_of(".eE") != std::string::npos) return {0, IntegerFault::fraction};
  return read_json_count(std::string_view(node.text));
}

}  // namespace pullsim
