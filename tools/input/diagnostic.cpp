// Rendering of findings. The shape is in the header; this file decides what is cut: source lines
// longer than the window, findings past the twentieth, characters a terminal would act on.
#include "tools/input/diagnostic.hpp"

#include "tools/input/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace pullsim {

namespace {

constexpr std::size_t kShownMax = 20;
constexpr std::size_t kLineWindow = 96;    // columns of a source line that are shown
constexpr std::size_t kWindowBefore = 40;  // columns kept before a mark in a cut line
constexpr std::size_t kTabWidth = 4;
constexpr const char* kCut = "...";

bool changes_direction(std::uint32_t code) {
  return (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::string printable_character(const Utf8Character& character, std::string_view bytes) {
  if (!character.valid) return "?";
  if (character.code < 0x20 || (character.code >= 0x7F && character.code <= 0x9F)) {
    return fmt::format("\\x{:02x}", character.code);
  }
  if (changes_direction(character.code)) return fmt::format("\\u{{{:04x}}}", character.code);
  return std::string(bytes);
}

std::string_view line_of(std::string_view text, int line) {
  std::size_t begin = 0;
  for (int i = 1; i < line; ++i) {
    begin = text.find('\n', begin);
    if (begin == std::string_view::npos) return {};
    ++begin;
  }
  std::string_view found = text.substr(begin, text.find('\n', begin) - begin);
  if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
  return found;
}

// What is shown of a source line, from its character `first` on, as cells: what is printed for each
// character, and where each begins. A line of megabytes costs no more than its window.
struct ShownLine {
  std::size_t first = 0;
  std::vector<std::string> cells;
  std::vector<std::size_t> columns{0};  // printed column of each cell, and of the end
  bool whole = true;                    // the line ends here

  ShownLine(std::string_view line, std::size_t from) {
    std::size_t i = 0;
    for (; i < line.size() && first < from; ++first) i += utf8_at(line, i).bytes;
    while (i < line.size() && whole) {
      const Utf8Character character = utf8_at(line, i);
      const bool tab = character.code == '\t';
      std::string cell = tab ? std::string(kTabWidth - columns.back() % kTabWidth, ' ')
                             : printable_character(character, line.substr(i, character.bytes));
      const std::size_t end = columns.back() + character_count(cell);
      whole = end <= kLineWindow;
      if (!whole) break;
      columns.push_back(end);
      cells.push_back(std::move(cell));
      i += character.bytes;
    }
  }

  std::size_t column_of(std::size_t character) const {
    return columns[std::clamp(character, first, first + cells.size()) - first];
  }
};

std::size_t character_of(const Mark& mark) {
  return static_cast<std::size_t>(std::max(mark.column - 1, 0));
}

// The whole line if it fits, else the part around a mark.
ShownLine shown_line(std::string_view line, const Mark& mark) {
  ShownLine shown(line, 0);
  const std::size_t at = std::min(character_of(mark), line.size());
  if (shown.whole || at <= kWindowBefore) return shown;
  return ShownLine(line, at - kWindowBefore);
}

std::string trimmed(std::string row) {
  row.erase(row.find_last_not_of(' ') + 1);
  return row;
}

struct MarkedLine {
  int line = 0;
  std::vector<std::pair<const Mark*, char>> marks;  // with the character that draws it
};

void append_marked_line(const MarkedLine& marked, std::string_view source, std::size_t gutter,
                        std::string* out) {
  const ShownLine shown = shown_line(line_of(source, marked.line), *marked.marks.front().first);
  std::string text = shown.first > 0 ? kCut : "";
  const std::size_t shift = text.size();
  for (const std::string& cell : shown.cells) text += cell;
  if (!shown.whole) text += kCut;
  *out += trimmed(fmt::format("{:>{}} | {}", marked.line, gutter, text)) + "\n";
  for (const auto& [mark, drawn] : marked.marks) {
    const std::size_t cell = character_of(*mark);
    const std::size_t begin = shown.column_of(cell);
    const std::size_t end =
        shown.column_of(cell + static_cast<std::size_t>(std::max(mark->length, 1)));
    const std::string row =
        std::string(begin + shift, ' ') + std::string(std::max<std::size_t>(end - begin, 1), drawn);
    const std::string label = mark->label.empty() ? "" : " " + printable(mark->label);
    *out += fmt::format("{} | {}{}\n", std::string(gutter, ' '), row, label);
  }
}

void append_source(const Diagnostic& finding, std::string_view source, std::size_t gutter,
                   std::string* out) {
  std::vector<MarkedLine> lines;
  if (finding.also && finding.also->line > 0) {
    lines.push_back({finding.also->line, {{&*finding.also, '-'}}});
  }
  const auto near = [&](const Mark& other) {
    return other.line == finding.at.line &&
           std::abs(other.column - finding.at.column) < static_cast<int>(kWindowBefore);
  };
  if (!lines.empty() && near(*finding.also)) {
    lines.front().marks.emplace_back(&finding.at, '^');
  } else {
    lines.push_back({finding.at.line, {{&finding.at, '^'}}});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const MarkedLine& a, const MarkedLine& b) { return a.line < b.line; });
  *out += std::string(gutter, ' ') + " |\n";
  for (const MarkedLine& line : lines) append_marked_line(line, source, gutter, out);
}

std::string render_one(const Diagnostic& finding, const std::string* source) {
  const int widest = std::max(finding.at.line, finding.also ? finding.also->line : 0);
  const std::size_t gutter = std::max<std::size_t>(2, std::to_string(widest).size());
  const std::string margin(gutter, ' ');
  const char* severity = finding.severity == Severity::error ? "error" : "warning";
  std::string out = fmt::format("{}[{}]: {}\n", severity, finding.code, printable(finding.text));
  if (!finding.file.empty()) {
    out += fmt::format("{}--> {}", margin, printable(finding.file));
    if (finding.at.line > 0) out += fmt::format(":{}:{}", finding.at.line, finding.at.column);
    out += "\n";
  }
  if (source != nullptr && finding.at.line > 0) append_source(finding, *source, gutter, &out);
  for (const std::string& note : finding.notes) {
    out += fmt::format("{} = note: {}\n", margin, printable(note));
  }
  if (!finding.help.empty()) {
    out += fmt::format("{} = help: {}\n", margin, printable(finding.help));
  }
  return out;
}

bool placed_before(const Diagnostic* a, const Diagnostic* b) {
  return std::tie(a->file, a->at.line, a->at.column) < std::tie(b->file, b->at.line, b->at.column);
}

std::string counted(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Character character = utf8_at(text, i);
    out += printable_character(character, text.substr(i, character.bytes));
    i += character.bytes;
  }
  return out;
}

void Diagnostics::add(Diagnostic diagnostic) {
  std::string identity = fmt::format("{}\n{}\n{}:{}\n{}", diagnostic.code, diagnostic.file,
                                     diagnostic.at.line, diagnostic.at.column, diagnostic.text);
  if (seen_.insert(std::move(identity)).second) list_.push_back(std::move(diagnostic));
}

void Diagnostics::set_source(std::string file, std::string text) {
  sources_.emplace_back(std::move(file), std::move(text));
}

void Diagnostics::add_from(const Diagnostics& other, Diagnostic diagnostic) {
  const std::string* text = other.source(diagnostic.file);
  if (text != nullptr && source(diagnostic.file) == nullptr) set_source(diagnostic.file, *text);
  add(std::move(diagnostic));
}

const std::string* Diagnostics::source(std::string_view file) const {
  for (const auto& [name, text] : sources_) {
    if (name == file) return &text;
  }
  return nullptr;
}

bool Diagnostics::has_errors() const { return error_count() > 0; }

std::size_t Diagnostics::error_count() const {
  return static_cast<std::size_t>(
      std::count_if(list_.begin(), list_.end(),
                    [](const Diagnostic& d) { return d.severity == Severity::error; }));
}

std::string Diagnostics::render() const {
  std::vector<const Diagnostic*> shown;
  for (const Diagnostic& finding : list_) shown.push_back(&finding);
  std::stable_sort(shown.begin(), shown.end(), placed_before);
  const std::size_t hidden = shown.size() > kShownMax ? shown.size() - kShownMax : 0;
  if (hidden > 0) {  // errors have the first claim on the twenty places
    std::stable_partition(shown.begin(), shown.end(),
                          [](const Diagnostic* d) { return d->severity == Severity::error; });
    shown.resize(kShownMax);
    std::stable_sort(shown.begin(), shown.end(), placed_before);
  }
  std::string out;
  for (const Diagnostic* finding : shown) {
    if (!out.empty()) out += "\n";
    out += render_one(*finding, source(finding->file));
  }
  if (hidden > 0) out += fmt::format("\n{} not shown\n", counted(hidden, "further finding"));
  if (has_errors()) out += fmt::format("\n{}, nothing was run\n", counted(error_count(), "error"));
  return out;
}

}  // namespace pullsim
