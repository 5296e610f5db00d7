// From the first line to the last, once. Only RUN, COPY and ADD have here-documents.
#include "tools/dockerfile/lines.hpp"

#include "tools/input/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace pullsim {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_comment(std::string_view line) {
  const std::string_view text = trimmed(line);
  return !text.empty() && text.front() == '#';
}

class Joiner {
 public:
  Joiner(const std::string& text, const std::string& file, Diagnostics& diagnostics)
      : file_(file), diagnostics_(diagnostics) {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      std::string_view line = std::string_view(text).substr(begin, end - begin);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      lines_.push_back(line);
      begin = end + 1;
    }
  }

  JoinedLines join() {
    read_directives();
    while (at_ < lines_.size()) {
      const std::string_view line = lines_[at_];
      if (trimmed(line).empty() || is_comment(line)) {
        ++at_;
        continue;
      }
      join_one();
    }
    return std::move(out_);
  }

 private:
  /// `# key=value` lines before anything else; the first line of another form ends them.
  void read_directives() {
    std::vector<std::string> seen;
    for (; at_ < lines_.size() && is_comment(lines_[at_]); ++at_) {
      const std::string_view line = trimmed(trimmed(lines_[at_]).substr(1));
      const std::size_t equals = line.find('=');
      if (equals == std::string_view::npos) return;
      const std::string key = lower(trimmed(line.substr(0, equals)));
      const std::string value(trimmed(line.substr(equals + 1)));
      if (key != "syntax" && key != "escape" && key != "check") return;
      Mark mark = whole_line(at_);
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
        refuse_at(diagnostics_, file_, "PS5110", mark,
                  fmt::format("the parser directive `{}` is given twice", key),
                  "leave one of them");
      }
      seen.push_back(key);
      if (key == "syntax") out_.syntax = value;
      if (key != "escape") continue;
      if (value == "\\" || value == "`") {
        out_.escape = value.front();
      } else {
        refuse_at(diagnostics_, file_, "PS5110", mark,
                  fmt::format("`{}` cannot be the escape character", value),
                  "write `# escape=\\` or `# escape=` and a backtick");
      }
    }
  }

  Mark whole_line(std::size_t index) const {
    Mark mark;
    mark.line = static_cast<int>(index) + 1;
    const std::size_t first = lines_[index].find_first_not_of(kBlanks);
    mark.column = static_cast<int>(first == std::string_view::npos ? 0 : first) + 1;
    mark.length = std::max(1, static_cast<int>(character_count(trimmed(lines_[index]))));
    return mark;
  }

  /// Cuts the continuation character off; false when the line has none.
  bool continues(std::string_view& line) const {
    const std::size_t last = line.find_last_not_of(kBlanks);
    if (last == std::string_view::npos || line[last] != out_.escape) return false;
    line = line.substr(0, last);
    return true;
  }

  void join_one() {
    JoinedLine joined;
    bool more = true;
    for (bool first = true; more && at_ < lines_.size(); ++at_) {
      std::string_view line = lines_[at_];
      if (!first && (trimmed(line).empty() || is_comment(line))) continue;
      std::size_t skipped = 0;
      if (first) skipped = line.find_first_not_of(kBlanks);
      line.remove_prefix(skipped);
      more = continues(line);
      joined.pieces.push_back(
          {joined.text.size(), static_cast<int>(at_) + 1, static_cast<int>(skipped) + 1});
      joined.text += line;
      first = false;
    }
    while (!joined.text.empty() && is_blank(joined.text.back())) joined.text.pop_back();
    read_documents(joined);
    if (out_.lines.size() < kInstructionsMax + 1) out_.lines.push_back(std::move(joined));
  }

  void read_documents(JoinedLine& joined) {
    const std::string keyword = lower(joined.text.substr(0, joined.text.find_first_of(kBlanks)));
    if (keyword != "run" && keyword != "copy" && keyword != "add") return;
    for (const auto& [offset, length] : split_words(joined.text, out_.escape)) {
      HereDocument document;
      if (!opens_document(joined.text.substr(offset, length), document)) continue;
      read_body(joined, offset, length, document);
      joined.documents.push_back(std::move(document));
    }
  }

  /// `<<EOF`, `<<-EOF`, `3<<EOF`, with the name perhaps in quotes.
  static bool opens_document(std::string_view word, HereDocument& out) {
    const std::size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
    word.remove_prefix(digits);
    if (word.substr(0, 2) != "<<") return false;
    word.remove_prefix(2);
    if (!word.empty() && word.front() == '-') {
      out.strip_tabs = true;
      word.remove_prefix(1);
    }
    const bool quoted = word.size() > 2 && (word.front() == '"' || word.front() == '\'') &&
                        word.front() == word.back();
    if (quoted) {
      out.expand = false;
      word = word.substr(1, word.size() - 2);
    }
    if (word.empty() || word.find_first_of("<>&|;()\"'") != std::string_view::npos) return false;
    out.name = word;
    return true;
  }

  void read_body(const JoinedLine& joined, std::size_t offset, std::size_t length,
                 HereDocument& document) {
    for (; at_ < lines_.size(); ++at_) {
      std::string_view line = lines_[at_];
      if (document.strip_tabs) {
        line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      }
      if (line == document.name) {
        ++at_;
        return;
      }
      document.body += line;
      document.body += '\n';
    }
    refuse_at(diagnostics_, file_, "PS5105", joined.mark(offset, length),
              fmt::format("the here-document `{}` has no end", document.name),
              fmt::format("write `{}` alone on the line after its text", document.name));
  }

  const std::string& file_;
  Diagnostics& diagnostics_;
  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  JoinedLines out_;
};

}  // namespace

Mark JoinedLine::mark(std::size_t offset, std::size_t length) const {
  const auto after =
      std::upper_bound(pieces.begin(), pieces.end(), offset,
                       [](std::size_t value, const Piece& piece) { return value < piece.offset; });
  const auto piece = after == pieces.begin() ? pieces.begin() : std::prev(after);
  const std::size_t end = after == pieces.end() ? text.size() : after->offset;
  const std::string_view line = text;
  Mark mark;
  mark.line = piece->line;
  mark.column =
      piece->column +
      static_cast<int>(character_count(line.substr(piece->offset, offset - piece->offset)));
  const std::size_t cut = std::min(length, end > offset ? end - offset : 0);
  mark.length = std::max(1, static_cast<int>(character_count(line.substr(offset, cut))));
  return mark;
}

JoinedLines join_lines(const std::string& text, const std::string& file, Diagnostics& diagnostics) {
  return Joiner(text, file, diagnostics).join();
}

void refuse_at(Diagnostics& diagnostics, const std::string& file, const char* code, Mark mark,
               std::string text, std::string help) {
  Diagnostic finding;
  finding.code = code;
  finding.text = std::move(text);
  finding.file = file;
  finding.at = std::move(mark);
  finding.help = std::move(help);
  diagnostics.add(std::move(finding));
}

std::vector<std::pair<std::size_t, std::size_t>> split_words(std::string_view text, char escape) {
  std::vector<std::pair<std::size_t, std::size_t>> words;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    char quote = 0;
    for (; at < text.size() && (quote != 0 || !is_blank(text[at])); ++at) {
      const char c = text[at];
      if (c == escape && quote != '\'' && at + 1 < text.size()) {
        ++at;
      } else if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      }
    }
    words.emplace_back(begin, at - begin);
  }
  return words;
}

}  // namespace pullsim
