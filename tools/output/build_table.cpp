// The table: one block a build, a line a commit, then the steps of each commit that run.
#include "tools/input/diagnostic.hpp"
#include "tools/input/unit_text.hpp"
#include "tools/output/build_report.hpp"
#include "tools/output/number_text.hpp"
#include "tools/run/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

using Row = std::vector<std::string>;

/// Columns as wide as their widest cell; figures are aligned to the right.
enum class Align : std::uint8_t { text, figures };
std::string aligned(const std::vector<Row>& rows, const std::string& indent, Align align) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], shown_width(row[i]));
    }
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line = indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool left = align == Align::text || i == 0 || i + 1 == row.size();
      line += left ? pad_right(row[i], widths[i]) : pad_left(row[i], widths[i]);
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string time_text(Duration time) { return quantity_text(to_seconds(time), "s"); }
std::string bytes_text(double bytes) { return quantity_text(bytes, "bytes"); }
std::string bytes_text(Bytes bytes) { return bytes_text(static_cast<double>(bytes.count)); }

const char* operator_text(Operator op) {
  switch (op) {
    case Operator::less:
      return "<";
    case Operator::less_equal:
      return "<=";
    case Operator::greater:
      return ">";
    case Operator::greater_equal:
      return ">=";
    case Operator::equal:
      break;
  }
  return "==";
}

std::string thresholds_text(const BuildAnswers& answers) {
  std::vector<Row> rows;
  for (const BuildJudged& judged : answers.judged) {
    const Threshold& threshold = *judged.threshold;
    const std::string unit(metric_unit(threshold.metric));
    const char* word = judged.holds ? "PASS" : threshold.warn_only ? "WARN" : "FAIL";
    rows.push_back(
        {word, judged.variant, printable(threshold.name), quantity_text(judged.value, unit),
         fmt::format("{} {}", operator_text(threshold.op), quantity_text(judged.limit, unit))});
  }
  return rows.empty() ? "" : aligned(rows, "  ", Align::text) + '\n';
}

std::string first_line(const Study& study, const BuildAnswers& answers) {
  const auto failed = std::count_if(
      answers.judged.begin(), answers.judged.end(),
      [](const BuildJudged& judged) { return !judged.holds && !judged.threshold->warn_only; });
  const std::size_t all = answers.judged.size();
  std::string out = printable(study.file);
  if (all == 0) return out + "   no thresholds about builds\n\n";
  const char* noun = all == 1 ? "threshold" : "thresholds";
  if (failed > 0) {
    return fmt::format("FAIL  {}   {} of {} {} fail{}\n\n", out, failed, all, noun,
                       failed == 1 ? "s" : "");
  }
  return all == 1 ? fmt::format("PASS  {}   the threshold holds\n\n", out)
                  : fmt::format("PASS  {}   all {} thresholds hold\n\n", out, all);
}

Row commit_row(const CommitResult& commit) {
  const BuildOutcome& outcome = commit.outcome;
  const auto count = [&](BuildStepState state) {
    return std::count_if(outcome.decisions.begin(), outcome.decisions.end(),
                         [&](const BuildDecision& one) { return one.state == state; });
  };
  const auto run = count(BuildStepState::run);
  return {commit.commit->name,
          fmt::format("{:.4g} %", commit.commit->share * 100),
          time_text(outcome.total()),
          time_text(outcome.steps),
          time_text(outcome.exported),
          time_text(outcome.push),
          bytes_text(outcome.pushed_bytes),
          fmt::format("{}/{}", outcome.pushed.size(), outcome.layers),
          fmt::format("{} of {}", run, run + count(BuildStepState::cached))};
}

std::string steps_text(const CommitResult& commit) {
  const auto& steps = commit.graph->steps;
  std::vector<Row> rows;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const BuildDecision& decision = commit.outcome.decisions[i];
    if (decision.state != BuildStepState::run) continue;
    rows.push_back({fmt::format("[{}] {}", steps[i].name, printable(steps[i].text)),
                    time_text(steps[i].duration), printable(cause_text(decision))});
  }
  if (rows.empty()) return fmt::format("  {}: every step is cached\n\n", commit.commit->name);
  return fmt::format("  {}:\n{}\n", commit.commit->name, aligned(rows, "    ", Align::figures));
}

}  // namespace

std::string cause_text(const BuildDecision& decision) {
  switch (decision.cause) {
    case BuildCause::none:
      return "";
    case BuildCause::fresh:
      return "nothing may be used from before";
    case BuildCause::parent:
      return fmt::format("after {}", decision.detail);
    case BuildCause::files:
      return decision.count > 1
                 ? fmt::format("{} and {} more changed", decision.detail, decision.count - 1)
                 : fmt::format("{} changed", decision.detail);
    case BuildCause::stage:
      return fmt::format("{} changed", decision.detail);
    case BuildCause::image:
      return fmt::format("image {} changed", decision.detail);
    case BuildCause::remote:
      return fmt::format("{} changed", decision.detail);
    case BuildCause::definition:
      break;
  }
  return "another command, argument, variable or flag";
}

std::string build_table_text(const Study& study, const BuildAnswers& answers,
                             const BuildReportOptions& options) {
  std::string out = first_line(study, answers) + thresholds_text(answers);
  for (const BuildResult& result : answers.builds) {
    if (!options.build.empty() && options.build != result.build->name) continue;
    const std::string variant =
        study.variants.size() > 1 ? fmt::format(", variant {}", result.variant) : "";
    out += fmt::format("build {}{}: {} and {} pushed, expected over the commits\n",
                       result.build->name, variant, quantity_text(result.expected_seconds, "s"),
                       bytes_text(result.expected_pushed_bytes));
    std::vector<Row> rows = {
        {"commit", "share", "time", "steps", "export", "push", "pushed", "layers", "steps run"}};
    std::string steps;
    for (const CommitResult& commit : result.commits) {
      if (!options.commit.empty() && options.commit != commit.commit->name) continue;
      rows.push_back(commit_row(commit));
      steps += steps_text(commit);
    }
    out += aligned(rows, "  ", Align::figures) + '\n' + steps;
  }
  return out;
}

}  // namespace pullsim
