// Matching goes over the path once with the set of tokens that may come next, so that no pattern
// takes longer than the product of both lengths.
#include "tools/dockerfile/patterns.hpp"

#include "tools/dockerfile/lines.hpp"
#include "tools/input/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {

std::optional<PathPattern> PathPattern::read(std::string_view text) {
  PathPattern out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    Token token;
    const char c = text[at];
    out.wild_ = out.wild_ || c == '*' || c == '?' || c == '[';
    if (c == '*') {
      token.kind = Token::Kind::star;
      if (at + 1 < text.size() && text[at + 1] == '*') {
        ++at;
        const bool folders = at + 1 < text.size() && text[at + 1] == '/';
        token.kind = folders ? Token::Kind::any_folders : Token::Kind::rest;
        if (folders) ++at;
      }
    } else if (c == '?') {
      token.kind = Token::Kind::any;
    } else if (c == '[') {
      if (!read_class(text, at, token)) return std::nullopt;
    } else if (c == '\\') {
      if (++at == text.size()) return std::nullopt;
      token.character = text[at];
    } else {
      token.character = c;
    }
    out.tokens_.push_back(std::move(token));
  }
  return out;
}

bool PathPattern::read_class(std::string_view text, std::size_t& at, Token& out) {
  out.kind = Token::Kind::one_of;
  ++at;
  if (at < text.size() && text[at] == '^') {
    out.negated = true;
    ++at;
  }
  const auto character = [&]() -> std::optional<char> {
    if (at < text.size() && text[at] == '\\') ++at;
    if (at >= text.size()) return std::nullopt;
    return text[at++];
  };
  while (at < text.size() && (text[at] != ']' || out.ranges.empty())) {
    if (text[at] == '-' || text[at] == ']') return false;
    const auto low = character();
    if (!low) return false;
    auto high = low;
    if (at < text.size() && text[at] == '-') {
      ++at;
      high = character();
      if (!high) return false;
    }
    out.ranges.emplace_back(*low, *high);
  }
  return at < text.size() && !out.ranges.empty();
}

bool PathPattern::fits(const Token& token, char c) {
  switch (token.kind) {
    case Token::Kind::literal:
      return c == token.character;
    case Token::Kind::any:
    case Token::Kind::star:
      return c != '/';
    case Token::Kind::any_folders:
    case Token::Kind::rest:
      return true;
    case Token::Kind::one_of:
      break;
  }
  const bool in = std::any_of(token.ranges.begin(), token.ranges.end(), [&](const auto& range) {
    return range.first <= c && c <= range.second;
  });
  return c != '/' && in != token.negated;
}

std::optional<std::size_t> PathPattern::matched_part(std::string_view path) const {
  using Kind = Token::Kind;
  const std::size_t end = tokens_.size();
  if (end == 0) return 0;
  // next[i]: token i may take the next character. Tokens that may be empty are stepped over.
  std::vector<bool> next(end + 1, false);
  const auto reach = [&](std::vector<bool>& set, std::size_t token) {
    for (; !set[token]; ++token) {
      set[token] = true;
      if (token == end) return;
      const Kind kind = tokens_[token].kind;
      if (kind != Kind::star && kind != Kind::rest && kind != Kind::any_folders) return;
    }
  };
  reach(next, 0);
  for (std::size_t at = 0; at < path.size(); ++at) {
    const char c = path[at];
    if (c == '/' && at > 0 && next[end]) return at;
    std::vector<bool> now(end + 1, false);
    bool any = false;
    for (std::size_t i = 0; i < end; ++i) {
      if (!next[i] || !fits(tokens_[i], c)) continue;
      any = true;
      if (tokens_[i].kind == Kind::any_folders) {
        // Inside a name only the token itself goes on; after a slash what follows may begin.
        if (c == '/') {
          reach(now, i);
        } else {
          now[i] = true;
        }
      } else if (tokens_[i].kind == Kind::star || tokens_[i].kind == Kind::rest) {
        reach(now, i);
      } else {
        reach(now, i + 1);
      }
    }
    if (!any) return std::nullopt;
    next = std::move(now);
  }
  return next[end] ? std::optional(path.size()) : std::nullopt;
}

std::string clean_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

IgnoreFile IgnoreFile::read(const std::string& text, const std::string& file,
                            Diagnostics& diagnostics) {
  IgnoreFile out;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (!line.empty() && line.front() == '#') continue;
    const auto trim = [](std::string_view part) {
      const std::size_t first = part.find_first_not_of(" \t\r");
      if (first == std::string_view::npos) return std::string_view();
      return part.substr(first, part.find_last_not_of(" \t\r") - first + 1);
    };
    line = trim(line);
    if (line.empty()) continue;
    const bool takes_back = line.front() == '!';
    const std::string_view written = takes_back ? trim(line.substr(1)) : line;
    const std::string cleaned = clean_path(written);
    auto pattern = PathPattern::read(cleaned);
    if (pattern && !written.empty()) {
      if (cleaned.empty()) continue;  // the context itself is never left out
      out.rules_.push_back({std::move(*pattern), takes_back});
      continue;
    }
    Mark mark;
    mark.line = number;
    mark.column = 1;
    mark.length = static_cast<int>(character_count(line));
    refuse_at(diagnostics, file, "PS5112", mark, fmt::format("`{}` is not a pattern", line),
              "classes end with `]`, an escape is followed by a character, `!` by a pattern");
  }
  return out;
}

bool IgnoreFile::ignores(std::string_view path) const {
  bool ignored = false;
  for (const Rule& rule : rules_) {
    if (rule.takes_back == ignored && rule.pattern.matched_part(path)) {
      ignored = !rule.takes_back;
    }
  }
  return ignored;
}

bool IgnoreFile::ignores_all_of(std::string_view folder) const {
  return ignores(folder) && std::none_of(rules_.begin(), rules_.end(),
                                         [](const Rule& rule) { return rule.takes_back; });
}

}  // namespace pullsim
