// A reader from left to right that calls itself for defaults.
#include "tools/dockerfile/variables.hpp"

#include <fmt/format.h>

#include <cctype>

namespace pullsim {
namespace {

constexpr int kDepthMax = 50;                             // of defaults inside defaults; assumed
constexpr std::size_t kValueMax = std::size_t{64} << 10;  // bytes of one value; assumed

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Expander {
 public:
  Expander(std::string_view word, const DockerVariables& variables, char escape,
           VariableFault& fault)
      : text_(word), variables_(variables), escape_(escape), fault_(fault) {}

  std::optional<std::string> expand() {
    std::string out;
    if (!read_until(0, out, 0)) return std::nullopt;
    return out;
  }

 private:
  bool fail(std::string text, std::string help) {
    fault_ = {std::move(text), std::move(help)};
    return false;
  }

  /// Up to `end` outside of quotes, which is left for the caller; 0: to the end of the word.
  bool read_until(char end, std::string& out, int depth) {
    char quote = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (out.size() > kValueMax) return fail("a value is larger than 64 KiB", "shorten it");
      if (c == end && quote == 0) return true;
      if (c == escape_ && quote != '\'' && at_ + 1 < text_.size()) {
        // In double quotes the escape character stays before what needs none.
        const char next = text_[++at_];
        if (quote == '"' && next != '"' && next != '$' && next != escape_) out += c;
        out += next;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (c == '$' && quote != '\'') {
        if (!read_variable(out, depth)) return false;
      } else {
        out += c;
      }
    }
    if (end == 0) return true;
    return fail("a variable in braces is not closed", "write `${NAME}`");
  }

  std::string read_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// `at_` is on the dollar sign; afterwards on the last character of the variable.
  bool read_variable(std::string& out, int depth) {
    const bool braces = at_ + 1 < text_.size() && text_[at_ + 1] == '{';
    at_ += braces ? 2 : 1;
    const std::string name = read_name();
    if (!braces) {
      if (name.empty()) out += '$';
      if (const auto found = variables_.find(name); found != variables_.end()) {
        out += found->second;
      }
      --at_;
      return true;
    }
    if (name.empty()) return fail("a variable in braces has no name", "write `${NAME}`");
    return read_modifier(name, out, depth);
  }

  bool read_modifier(const std::string& name, std::string& out, int depth) {
    const auto found = variables_.find(name);
    const std::string value = found == variables_.end() ? "" : found->second;
    if (at_ >= text_.size()) {
      return fail(fmt::format("the variable `{}` is not closed", name), "write `${NAME}`");
    }
    if (text_[at_] == '}') {
      out += value;
      return true;
    }
    const bool colon = text_[at_] == ':';
    if (colon) ++at_;
    const char sign = at_ < text_.size() ? text_[at_] : '\0';
    if (sign != '-' && sign != '+' && sign != '?') {
      return fail(fmt::format("a modifier of `{}` is not supported", name),
                  "write `${NAME:-default}` or `${NAME:+other}`");
    }
    if (depth >= kDepthMax) {
      return fail("defaults lie too deep inside defaults", "write the value itself");
    }
    ++at_;
    std::string other;
    if (!read_until('}', other, depth + 1)) return false;
    const bool set = found != variables_.end() && !(colon && value.empty());
    if (sign == '?' && !set) {
      return fail(fmt::format("the variable `{}` must be set: {}", name, other),
                  "give it under `args`");
    }
    if (sign == '+') {
      if (set) out += other;
    } else {
      out += set ? value : other;
    }
    return true;
  }

  std::string_view text_;
  const DockerVariables& variables_;
  char escape_;
  VariableFault& fault_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::string> expand_word(std::string_view word, const DockerVariables& variables,
                                       char escape, VariableFault& fault) {
  return Expander(word, variables, escape, fault).expand();
}

}  // namespace pullsim
