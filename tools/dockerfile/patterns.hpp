// Patterns for files: those of Go's filepath.Match (`*`, `?`, `[a-z]`, `[^a]`, `\`), in which a
// star never matches a slash, and `**` for any number of folders. With them .dockerignore and the
// sources of COPY. Paths are relative to the context, with `/`, without `.` and `..`.
//
// Facts: docs.docker.com/build/concepts/context, Go's path/filepath.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

class PathPattern {
 public:
  /// None when the pattern is malformed: a class without an end, an escape at its end.
  static std::optional<PathPattern> read(std::string_view text);

  /// Length of the shortest leading part, up to a slash or the end, that matches: the path itself
  /// or a folder above it. None when no part does. An empty pattern is the context itself: 0.
  /// A folder that matches stands for all that is in it, as for COPY and in .dockerignore.
  std::optional<std::size_t> matched_part(std::string_view path) const;
  /// Holds a star, a question mark or a class.
  bool wild() const { return wild_; }

 private:
  struct Token {
    enum class Kind : std::uint8_t { literal, any, star, any_folders, rest, one_of };
    Kind kind = Kind::literal;
    char character = 0;
    bool negated = false;
    std::vector<std::pair<char, char>> ranges;
  };
  static bool read_class(std::string_view text, std::size_t& at, Token& out);
  static bool fits(const Token& token, char c);
  std::vector<Token> tokens_;
  bool wild_ = false;
};

/// `./a//b/../c/` as `a/c`; what would lead above the context leads to it. The context itself is
/// empty.
std::string clean_path(std::string_view path);

/// A .dockerignore: later lines win, `!` takes back, a folder that is matched is left out as a
/// whole.
class IgnoreFile {
 public:
  /// Malformed patterns are findings PS5112 in `file`.
  static IgnoreFile read(const std::string& text, const std::string& file,
                         Diagnostics& diagnostics);
  bool ignores(std::string_view path) const;
  /// Whether nothing below the folder is taken back, so that it need not be looked into.
  bool ignores_all_of(std::string_view folder) const;

 private:
  struct Rule {
    PathPattern pattern;
    bool takes_back = false;
  };
  std::vector<Rule> rules_;
};

}  // namespace pullsim
