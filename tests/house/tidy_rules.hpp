// Rules on the form of files, as pure functions on text: sizes, first comment, forbidden words,
// pages of models, links. Functions are measured by indentation (clang-format keeps definitions in
// column 1), which misses members defined inside a class; clang-tidy sees those.
#pragma once

#include <array>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/house/source_tree.hpp"

namespace pullsim::house {

constexpr std::size_t kFileLinesMax = 400;
constexpr std::size_t kFunctionLinesMax = 70;
constexpr std::size_t kColumnsMax = 100;

using Faults = std::vector<std::string>;

/// Characters, not bytes: continuation bytes of UTF-8 take no column.
inline std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

inline std::string place(const std::string& path, std::size_t line) {
  return path + ":" + std::to_string(line) + ": ";
}

/// For every kind of text: no tab, no space at a line's end, a newline at the file's end.
inline Faults white_space_faults(const std::string& path, const std::string& text) {
  Faults faults;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.find('\t') != std::string::npos) faults.push_back(place(path, number) + "tab");
    if (line.ends_with(' ') || line.ends_with('\r')) {
      faults.push_back(place(path, number) + "white space at the end");
    }
  }
  if (!text.empty() && text.back() != '\n') faults.push_back(path + ": no newline at the end");
  return faults;
}

inline Faults long_lines(const std::string& path, const std::string& text) {
  Faults faults;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (columns(line) > kColumnsMax) {
      faults.push_back(place(path, number) + std::to_string(columns(line)) + " columns");
    }
  }
  return faults;
}

/// Names that belong to the implementation: an underscore and a capital, or two underscores. The
/// compiler's own macros may be used.
inline Faults reserved_names(const std::string& path, const std::string& text) {
  static const std::set<std::string> kGiven = {"__LINE__",
                                               "__FILE__",
                                               "__VERSION__",
                                               "__int128",
                                               "__extension__",
                                               "__GLIBC__",  // and what fish shells give:
                                               "__fish_use_subcommand",
                                               "__fish_seen_subcommand_from"};
  static const std::regex name(R"(\b(_[A-Z]\w*|\w*_{2}\w*)\b)");
  Faults faults;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    for (std::sregex_iterator at(line.begin(), line.end(), name), end; at != end; ++at) {
      if (kGiven.count(at->str()) == 0) faults.push_back(place(path, number) + at->str());
    }
  }
  return faults;
}

/// Marks of unfinished work and paths of somebody's machine. In two parts, so that this file does
/// not find itself.
inline Faults forbidden_words(const std::string& path, const std::string& text) {
  static const std::vector<std::pair<std::string, std::string>> halves = {
      {"TO", "DO"},       {"FIX", "ME"},  {"for n", "ow"}, {"place", "holder"},
      {"simpl", "ified"}, {"/wo", "rk/"}, {"/ho", "me/"},  {"/Us", "ers/"}};
  Faults faults;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    for (const auto& [left, right] : halves) {
      if (line.find(left + right) != std::string::npos) {
        faults.push_back(place(path, number) + "'" + left + right + "'");
      }
    }
  }
  return faults;
}

/// A C++ file: its length, and a first comment that says what it stands for.
inline Faults cpp_file_faults(const std::string& path, const std::string& text) {
  Faults faults;
  const std::size_t count = lines_of(text).size();
  if (count > kFileLinesMax) faults.push_back(path + ": " + std::to_string(count) + " lines");
  if (!text.starts_with("// ")) faults.push_back(path + ": does not open with a comment");
  return faults;
}

/// The line without a comment at its end.
inline std::string_view without_comment(std::string_view line) {
  line = line.substr(0, line.find("  //"));
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

/// Definitions that are too long. What closes with "};" is a type or a table. A test case is left
/// out: it is made of sections, not of one flow.
inline Faults long_functions(const std::string& path, const std::string& text) {
  static const std::regex left_out(R"(^(namespace|template|extern|#|//|\}))");
  Faults faults;
  std::size_t number = 0;
  std::size_t first = 0;
  bool body = false;
  bool test_case = false;
  for (const std::string& whole : lines_of(text)) {
    ++number;
    const std::string line(without_comment(whole));
    if (line.empty()) continue;
    const bool outer = line.front() != ' ';
    if (body) {
      if (!outer || line.front() != '}') continue;
      const std::size_t length = number - first + 1;
      if (!test_case && line != "};" && length > kFunctionLinesMax) {
        faults.push_back(place(path, first) + "function of " + std::to_string(length) + " lines");
      }
      body = false;
      first = 0;
      continue;
    }
    if (outer) {
      first = std::regex_search(line, left_out) ? 0 : number;
      test_case = line.starts_with("TEST_CASE");
    }
    body = first != 0 && line.ends_with("{");
  }
  return faults;
}

/// The second-level headings of a Markdown text, code blocks left out.
inline std::vector<std::string> headings(const std::string& text) {
  std::vector<std::string> found;
  bool code = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("```")) code = !code;
    if (!code && line.starts_with("## ")) found.push_back(line.substr(3));
  }
  return found;
}

inline Faults model_page_faults(const std::string& path, const std::string& text) {
  static const std::vector<std::string> wanted = {"Scope and limits", "What it stands for",
                                                  "Equations",        "Parameters",
                                                  "Validation",       "References"};
  if (headings(text) == wanted) return {};
  return {path + ": its headings are not the six of a model page, in their order"};
}

/// The page of a header: models/image_puller.hpp -> docs/models/image-puller.md.
inline std::string page_of_model(const std::string& header) {
  std::string name = std::filesystem::path(header).stem().string();
  std::replace(name.begin(), name.end(), '_', '-');
  return "docs/models/" + name + ".md";
}

/// Relative links of a Markdown text whose target `exists` does not know.
template <class Exists>
Faults broken_links(const std::string& path, const std::string& text, Exists exists) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  Faults faults;
  bool code = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.starts_with("```")) code = !code;
    if (code) continue;
    for (std::sregex_iterator it(line.begin(), line.end(), link), end; it != end; ++it) {
      const std::string whole = (*it)[1].str();
      const std::string target = whole.substr(0, whole.find('#'));
      if (target.empty() || whole.find("://") != std::string::npos ||
          whole.starts_with("mailto:")) {
        continue;
      }
      const auto folder = std::filesystem::path(path).parent_path();
      if (!exists((folder / target).lexically_normal().generic_string())) {
        faults.push_back(place(path, number) + "no file " + target);
      }
    }
  }
  return faults;
}

/// A scenario opens with question, what to look at and expected outcome, and closes with
/// thresholds.
inline Faults scenario_faults(const std::string& path, const std::string& text) {
  static const std::array<std::string_view, 3> opening = {
      "# Question: ", "# Look at: ", "# Expected: "};
  std::size_t opened = 0;
  std::string last_key;
  for (const std::string& line : lines_of(text)) {
    if (opened < opening.size() && line.starts_with(opening[opened])) {
      ++opened;
    } else if (!line.empty() && line.front() != ' ' && line.front() != '#' && line.front() != '-') {
      last_key = line.substr(0, line.find(':'));
    }
  }
  Faults faults;
  if (opened != opening.size())
    faults.push_back(path + ": the three opening comments are not there");
  if (last_key != "thresholds") faults.push_back(path + ": does not close with its thresholds");
  return faults;
}

}  // namespace pullsim::house
