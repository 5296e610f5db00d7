// Findings about what the user gave us, in one shape: severity, code, one sentence, the place with
// the line and a mark under the exact part, what is known, what to do.
//
//   error[PS2001]: unknown key `replica`
//     --> scale-out.yaml:22:5
//      |
//   22 |     replica: 200
//      |     ^^^^^^^
//      = help: this block knows `replicas`, `image`
//
// All findings of all files are collected before anything is refused, at most 20 are printed and
// the rest counted. Text from files is escaped: control characters never reach a terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pullsim {

enum class Severity : std::uint8_t { error, warning };

/// A part of one line. Line and column count from 1; line 0 means "the file as a whole".
struct Mark {
  int line = 0;
  int column = 0;
  int length = 1;     ///< characters to mark
  std::string label;  ///< text after the mark; may be empty
};

struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;  ///< "PS2004"; families in docs/errors.md
  std::string text;  ///< stands alone, no trailing point
  std::string file;  ///< as the user named it; "-" is stdin
  Mark at;
  std::optional<Mark> also;  ///< an earlier place in the same file, e.g. "first here"
  std::vector<std::string> notes;
  std::string help;
};

class Diagnostics {
 public:
  /// A finding that is there already (same code, place and text) is not added again.
  void add(Diagnostic diagnostic);
  /// The text of a file, so that lines can be shown. Files without text show only their place.
  void set_source(std::string file, std::string text);
  /// Adds a finding of `other`, with the text of its file if that is not here yet.
  void add_from(const Diagnostics& other, Diagnostic diagnostic);

  bool has_errors() const;
  std::size_t error_count() const;
  const std::vector<Diagnostic>& list() const { return list_; }
  const std::string* source(std::string_view file) const;
  /// All findings, rendered, sorted by file, line and column; with the closing count line
  /// ("2 errors, nothing was run") when there are errors.
  std::string render() const;

 private:
  std::vector<Diagnostic> list_;
  std::set<std::string> seen_;
  std::vector<std::pair<std::string, std::string>> sources_;
};

/// Text from a file made safe for a terminal: control characters as \xNN, characters that change
/// the direction of writing as \u{NNNN}, bad UTF-8 as ?.
std::string printable(std::string_view text);

}  // namespace pullsim
