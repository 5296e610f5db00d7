// Puts the parts of the summary together: verdict line first, trust and commands last.
#include "tools/output/summary.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/summary_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr std::int64_t kRangesNamed = 3;  // more are counted

std::string painted(const std::string& word, bool colour) {
  if (!colour) return word;
  const char* code = word == "PASS" ? "\x1b[32m" : word == "FAIL" ? "\x1b[31m" : "\x1b[33m";
  return code + word + "\x1b[0m";
}

std::string plural(std::int64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string finding(const StudyResult& result) {
  const Overall& overall = result.overall;
  if (result.thresholds.empty()) return "no thresholds, nothing judged";
  const auto of_all = [&](std::int64_t count, const char* one, const char* many) {
    return fmt::format("{} of {} {}", count, plural(overall.judged, "threshold", "thresholds"),
                       count == 1 ? one : many);
  };
  std::string text;
  if (overall.failed > 0) {
    text = of_all(overall.failed, "fails", "fail");
  } else if (overall.unsure > 0) {
    text = of_all(overall.unsure, "is unsure", "are unsure");
  } else if (overall.judged == 1) {
    text = "the threshold holds";
  } else {
    text = overall.judged == 0 ? "only warnings are judged"
                               : fmt::format("all {} thresholds hold", overall.judged);
  }
  if (!overall.reason.empty()) text += "; " + overall.reason;
  return text;
}

std::int64_t runs_done(const StudyResult& result) {
  std::int64_t runs = 0;
  for (const VariantResult& variant : result.variants) {
    runs += static_cast<std::int64_t>(variant.runs.size());
  }
  return runs;
}

std::string verdict_of(const StudyResult& result) {
  if (result.partial) return "UNSURE";
  if (result.thresholds.empty() && result.overall.outcome == Verdict::pass) return "DONE";
  return std::string(verdict_word(result.overall.outcome));
}

/// Runs that stand behind the figures: of a stopped study those that were finished.
std::string runs_text(const Study& study, const StudyResult& result) {
  if (!result.partial) return plural(study.replications, "run", "runs");
  return fmt::format("{} of {} runs", runs_done(result),
                     study.replications * static_cast<std::int64_t>(study.variants.size()));
}

bool nothing_varies(const StudyResult& result) {
  return std::all_of(result.variants.begin(), result.variants.end(), [](const VariantResult& v) {
    return v.runs.size() > 1 &&
           std::all_of(v.runs.begin(), v.runs.end(),
                       [&](const RunSummary& run) { return run.digest == v.runs.front().digest; });
  });
}

/// "chance only", or what the runs draw beside chance.
std::string covered(const Study& study) {
  std::vector<std::string> unknown;
  if (!study.ranges.empty()) {
    const auto ranges = static_cast<std::int64_t>(study.ranges.size());
    unknown.push_back(ranges <= kRangesNamed
                          ? fmt::format("{}", fmt::join(study.ranges, ", "))
                          : plural(ranges, "number", "numbers") + " given as ranges");
  }
  for (const UsedProfile& profile : study.profiles) {
    unknown.push_back(plural(profile.parameters, "parameter", "parameters") + " of " +
                      printable(profile.file));
  }
  if (unknown.empty()) return "chance only";
  return fmt::format("chance and what is not known of {}", fmt::join(unknown, "; "));
}

std::string origin(const Study& study) {
  if (study.profiles.empty()) {
    return fmt::format("parameters not calibrated for your cluster (defaults of v{})",
                       PULLSIM_VERSION);
  }
  std::string text;
  for (const UsedProfile& profile : study.profiles) {
    text += fmt::format("{}calibrated with {}", text.empty() ? "" : "; ", printable(profile.file));
    if (!profile.fitted_file.empty()) {
      text += fmt::format(" ({} of {})", plural(profile.fitted_cases, "case", "cases"),
                          printable(profile.fitted_file));
    }
    if (!profile.median) continue;
    text += fmt::format(", whose own error{} is {:.1f} % in the median and {:.1f} % at p90",
                        profile.held_back ? " on cases held back" : " on these cases",
                        100 * *profile.median, 100 * *profile.p90);
  }
  return text;
}

std::string trust(const Study& study, const StudyResult& result) {
  std::string text;
  if (result.partial) {
    text = fmt::format("stopped after {}; intervals are of these and cover {}",
                       runs_text(study, result), covered(study));
  } else if (study.replications < 2) {
    text = "1 run, no interval: one run shows no spread";
  } else if (nothing_varies(result)) {
    text = fmt::format("{} equal runs: nothing random was modelled", study.replications);
  } else {
    text = fmt::format(
        "{} runs, interval 95 %{} (none where all runs agree); covers {}", study.replications,
        result.interval_of == IntervalOf::one_run ? " of one run" : "", covered(study));
  }
  return text + "; " + origin(study);
}

void append(Lines* lines, Lines more) {
  if (more.empty()) return;
  lines->emplace_back();
  for (std::string& line : more) lines->push_back(std::move(line));
}

Lines closing_lines(const Study& study, const StudyResult& result, const SummaryOptions& options) {
  Lines lines = wrapped("  How sure: " + trust(study, result), options.width, 12);
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
  const std::string word = verdict_of(result);
  std::string left = fmt::format("  {}   {}", printable(study.file), finding(result));
  if (result.partial) {
    left += "; stopped after " + runs_text(study, result);
  }
  const std::string runs = result.partial ? "" : plural(study.replications, "run", "runs") + ", ";
  const std::string right =
      fmt::format("{:.1f} s, {}seed {}", options.wall_seconds, runs, study.seed);
  const std::size_t used = word.size() + shown_width(left) + right.size();
  const std::size_t gap = used + 2 < options.width ? options.width - used : 2;
  return painted(word, options.colour) + left + std::string(gap, ' ') + right;
}

std::string summary_text(const Study& study, const StudyResult& result,
                         const SummaryOptions& options) {
  Lines lines = {verdict_line(study, result, options)};
  if (!options.quiet) {
    append(&lines, threshold_lines(study, result, options));
    append(&lines, ready_lines(study, result, options));
    append(&lines, phase_lines(result, options));
    append(&lines, attribution_lines(result, options));
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
