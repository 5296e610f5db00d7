// A Dockerfile as it is written: instructions with their flags, words and here-documents, every
// part with its place. What the instructions mean - stages, variables, cache keys - is
// build_graph's business. Refused with a finding: unknown instructions and flags, missing or
// surplus arguments, here-documents without an end, lists in JSON that are none, wrong parser
// directives, no FROM.
//
// Facts: Dockerfile reference, docs.docker.com/reference/dockerfile.
#pragma once

#include "tools/input/diagnostic.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

inline constexpr std::size_t kInstructionsMax = 2000;  ///< assumed; real files have some dozens

struct HereDocument {
  std::string name;  ///< without quotes
  std::string body;
  bool expand = true;       ///< false: its name stands in quotes
  bool strip_tabs = false;  ///< `<<-`
};

/// One instruction in one line. Every character still knows where it was written.
struct JoinedLine {
  std::string text;
  std::vector<HereDocument> documents;

  /// Part of a written line, beginning at this offset of `text`.
  struct Piece {
    std::size_t offset = 0;
    int line = 0;
    int column = 0;
  };
  std::vector<Piece> pieces;

  Mark mark(std::size_t offset, std::size_t length) const;
};

/// A word as written, with quotes and variables. Offsets are those of the joined line.
struct DockerWord {
  std::string text;
  std::size_t offset = 0;
  std::size_t length = 0;
};

struct DockerFlag {
  std::string name;   ///< without the dashes
  std::string value;  ///< empty for a flag without `=`
  std::size_t offset = 0;
  std::size_t length = 0;
};

struct DockerInstruction {
  std::string keyword;  ///< in capitals
  std::string rest;     ///< what stands after the flags
  std::size_t rest_offset = 0;
  std::vector<DockerFlag> flags;
  std::vector<DockerWord> words;  ///< of `rest`; the texts of its list, if it is one
  bool list = false;              ///< in JSON: words are taken as they are
  JoinedLine line;

  const DockerFlag* flag(std::string_view name) const;
  Mark keyword_mark() const { return line.mark(0, keyword.size()); }
  template <class Part>
  Mark mark_of(const Part& part) const {
    return line.mark(part.offset, part.length);
  }
};

struct Dockerfile {
  std::string file;  ///< as findings name it
  char escape = '\\';
  std::string syntax;  ///< of `# syntax=`
  std::vector<DockerInstruction> instructions;
};

/// None with findings in `diagnostics`, all at once.
std::optional<Dockerfile> read_dockerfile(const std::string& text, const std::string& file,
                                          Diagnostics& diagnostics);

}  // namespace pullsim
