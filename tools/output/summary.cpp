// Puts the parts of the summary together: verdict line first, trust and commands last.
#include "tools/output/summary.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/output/bill_text.hpp"
#include "tools/output/compared_text.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/summary_parts.hpp"
#include "tools/output/verdict_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

std::string painted(const std::string& word, bool colour) {
  if (!colour) return word;
  const char* code = word == "PASS" ? "\x1b[32m" : word == "FAIL" ? "\x1b[31m" : "\x1b[33m";
  return code + word + "\x1b[0m";
}

/// The first line in parts: the verdict, what was found in which file, how it was run.
struct VerdictParts {
  std::string word;
  std::string finding;
  std::string runs;
  std::size_t width() const { return word.size() + shown_width(finding) + runs.size(); }
};

VerdictParts verdict_parts(const Study& study, const StudyResult& result,
                           const SummaryOptions& options) {
  VerdictParts parts;
  parts.word = verdict_of(result);
  parts.finding = fmt::format("  {}   {}", printable(study.file), finding(result));
  if (result.partial) parts.finding += "; stopped after " + runs_text(study, result);
  const std::string runs = result.partial ? "" : plural(study.replications, "run", "runs") + ", ";
  parts.runs = fmt::format("{:.1f} s, {}seed {}", options.wall_seconds, runs, study.seed);
  return parts;
}

void append(Lines* lines, Lines more) {
  if (more.empty()) return;
  lines->emplace_back();
  for (std::string& line : more) lines->push_back(std::move(line));
}

Lines closing_lines(const Study& study, const StudyResult& result, const SummaryOptions& options) {
  Lines lines;
  if (const std::string bill = bill_line(result); !bill.empty()) {
    lines = wrapped("  Bill:     " + bill, options.width, 12);
  }
  for (auto& line : wrapped("  How sure: " + trust(study, result), options.width, 12)) {
    lines.push_back(std::move(line));
  }
  for (const std::string& sentence : compared_sentences(study)) {
    for (auto& line : wrapped("  Measured: " + sentence, options.width, 12)) {
      lines.push_back(std::move(line));
    }
  }
  for (auto& line : wrapped("  Again:    " + options.command, options.width, 12)) {
    lines.push_back(std::move(line));
  }
  std::string files;
  for (const std::string& file : options.files) files += " " + file;
  std::string more = "  More:     ";
  if (!options.explain_command.empty()) more += options.explain_command + "; ";
  more += options.folder.empty()
              ? "--out DIR keeps the result and a row for each pod, pull and layer"
              : fmt::format("in {}:{}", printable(options.folder), files);
  for (auto& line : wrapped(more, options.width, 12)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace

Lines wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  Lines lines;
  std::string line;
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t to = text.find_first_not_of(' ', from);
    to = to == std::string::npos ? text.size() : text.find(' ', to);
    if (to == std::string::npos) to = text.size();
    std::string word = text.substr(from, to - from);
    const bool first_on_line = shown_width(line) <= indent && !lines.empty();
    if (shown_width(line) + shown_width(word) > width && !line.empty() && !first_on_line) {
      lines.push_back(line);
      line = std::string(indent, ' ');
      word.erase(0, word.find_first_not_of(' '));
    }
    line += word;
    from = to;
  }
  if (!line.empty()) lines.push_back(line);
  for (std::string& each : lines) std::replace(each.begin(), each.end(), kUnbrokenSpace, ' ');
  return lines;
}

std::string verdict_line(const Study& study, const StudyResult& result,
                         const SummaryOptions& options) {
  const VerdictParts parts = verdict_parts(study, result, options);
  const std::size_t gap = parts.width() + 2 < options.width ? options.width - parts.width() : 2;
  return painted(parts.word, options.colour) + parts.finding + std::string(gap, ' ') + parts.runs;
}

std::string summary_text(const Study& study, const StudyResult& result,
                         const SummaryOptions& options) {
  const VerdictParts parts = verdict_parts(study, result, options);
  Lines lines;
  if (options.quiet || parts.width() + 2 <= options.width) {
    lines = {verdict_line(study, result, options)};
  } else {
    lines = wrapped(parts.word + parts.finding, options.width, 4);
    lines[0].replace(0, parts.word.size(), painted(parts.word, options.colour));
    lines.push_back("    " + parts.runs);
  }
  if (!options.quiet) {
    append(&lines, threshold_lines(study, result, options));
    append(&lines, ready_lines(study, result, options));
    append(&lines, phase_lines(result, options));
    Lines findings = attribution_lines(result, options);
    for (auto& line : advice_lines(result, options)) findings.push_back(std::move(line));
    append(&lines, std::move(findings));
    append(&lines, closing_lines(study, result, options));
  }
  std::string text;
  for (const std::string& line : lines) {
    const std::size_t end = line.find_last_not_of(' ');
    text += line.substr(0, end == std::string::npos ? 0 : end + 1) + "\n";
  }
  return text;
}

}  // namespace pullsim
