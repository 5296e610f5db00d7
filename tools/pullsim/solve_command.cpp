// `pullsim solve`.
#include "tools/input/diagnostic.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/result_run_json.hpp"
#include "tools/pullsim/flag_values.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/pullsim/whatif_commands.hpp"
#include "tools/whatif/solve.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

namespace pullsim {
namespace {

Json outcome_json(const ThresholdResult& result) {
  Json object;
  object["name"] = result.name;
  object["variant"] = result.variant;
  object["outcome"] = verdict_word(result.outcome);
  if (!result.reason.empty()) object["reason"] = result.reason;
  set_finite(&object, "value", result.value);
  if (result.interval) object["interval"] = {result.interval->low, result.interval->high};
  set_finite(&object, "limit", result.limit);
  object["runs_met"] = result.runs_met;
  object["runs"] = result.runs;
  return object;
}

const Tried* tried_at(const Solution& solution, std::optional<double> value) {
  for (const Tried& tried : solution.tried) {
    if (value && tried.value == *value) return &tried;
  }
  return nullptr;
}

/// At the value itself, each with what it says at the two ends of the bracket.
Json thresholds_json(const Solution& solution) {
  Json list = Json::array();
  const Tried* found = tried_at(solution, solution.value);
  if (found == nullptr) return list;
  for (std::size_t i = 0; i < found->thresholds.size(); ++i) {
    Json object = outcome_json(found->thresholds[i]);
    object["at"] = Json::array();
    for (const auto end : {solution.bracket_low, solution.bracket_high}) {
      const Tried* tried = tried_at(solution, end);
      Json one = outcome_json(tried->thresholds[i]);
      Json at;
      at["at"] = *end;
      at["holds"] = tried->holds;
      at["outcome"] = one["outcome"];
      if (one.contains("value")) at["value"] = one["value"];
      object["at"].push_back(std::move(at));
    }
    list.push_back(std::move(object));
  }
  return list;
}

std::string solution_json(const std::string& path, const Solution& solution) {
  Json root;
  root["path"] = path;
  set_finite(&root, "value", solution.value);
  root["unit"] = unit_of(solution.kind);
  if (solution.value) root["sense"] = solution.largest ? "largest" : "smallest";
  if (solution.bracket_low) root["bracket"] = {*solution.bracket_low, *solution.bracket_high};
  if (solution.interval) {
    root["interval95"] = {solution.interval->low, solution.interval->high};
    if (solution.interval_open_low || solution.interval_open_high) {
      root["interval_open"] = {solution.interval_open_low, solution.interval_open_high};
    }
  }
  root["monotone"] = solution.monotone;
  if (!solution.reason.empty()) root["reason"] = solution.reason;
  root["thresholds"] = thresholds_json(solution);
  root["tried"] = Json::array();
  for (const Tried& tried : solution.tried) {
    Json one;
    one["value"] = tried.value;
    one["holds"] = tried.holds;
    one["outcome"] = verdict_word(tried.verdict);
    if (tried.thresholds.size() == 1) set_finite(&one, "measured", tried.thresholds[0].value);
    root["tried"].push_back(std::move(one));
  }
  return root.dump(1) + "\n";
}

std::string shown(const Solution& solution, double value) {
  if (solution.kind == ValueKind::size || solution.kind == ValueKind::rate) {
    constexpr double kGiga = 1e9;  // as scenarios are written, unlike amounts in summaries
    constexpr double kMega = 1e6;
    const bool giga = value >= kGiga;
    return fmt::format("{:.4g} {}{}", value / (giga ? kGiga : kMega), giga ? "GB" : "MB",
                       solution.kind == ValueKind::rate ? "/s" : "");
  }
  std::string text = value_text({solution.kind, value});
  const std::size_t unit = text.find_first_not_of("0123456789.");
  if (unit != std::string::npos && unit > 0) text.insert(unit, " ");
  return text;
}

std::string tried_line(const Solution& solution, const Tried& tried) {
  std::string line =
      fmt::format("    {:>12}  {:7}", shown(solution, tried.value), tried.holds ? "holds" : "not");
  for (const ThresholdResult& result : tried.thresholds) {
    const std::string value =
        result.value ? fmt::format("{:.4g}", *result.value) : std::string("not measured");
    line += fmt::format("  {} {}: {} ({} of {} runs meet it)", result.variant, result.name, value,
                        result.runs_met, result.runs);
  }
  return printable(line) + "\n";
}

std::string solution_text(const std::string& path, const Solution& solution) {
  std::string text;
  if (!solution.value) {
    text = fmt::format("NONE  {}: {}\n", printable(path), solution.reason);
  } else {
    text = fmt::format("{}  {}: the thresholds hold {} {}\n",
                       solution.monotone ? "FOUND" : "UNSURE", printable(path),
                       solution.largest ? "up to" : "from", shown(solution, *solution.value));
    text += fmt::format("\n  found between  {} and {}\n", shown(solution, *solution.bracket_low),
                        shown(solution, *solution.bracket_high));
    const auto end = [&](double value, bool open) {
      return shown(solution, value) + (open ? " (the range's end)" : "");
    };
    text += fmt::format("  interval 95 %  {} to {}\n",
                        end(solution.interval->low, solution.interval_open_low),
                        end(solution.interval->high, solution.interval_open_high));
  }
  if (!solution.monotone) {
    text +=
        "  Not monotone: between the ends it holds, does not and holds again, or the other way "
        "round.\n";
  }
  text += "\n  Tried\n\n";
  for (const Tried& tried : solution.tried) text += tried_line(solution, tried);
  return text;
}

int exit_code(const Solution& solution, const WhatIfArguments& arguments) {
  if (solution.value)
    return exit_code_for(solution.monotone ? Verdict::pass : Verdict::unsure, arguments);
  const bool nowhere = std::none_of(solution.tried.begin(), solution.tried.end(),
                                    [](const Tried& tried) { return tried.holds; });
  return exit_code_for(nowhere ? Verdict::fail : Verdict::unsure, arguments);
}

Vary the_range(const WhatIfArguments& arguments) {
  if (arguments.varies.size() != 1) {
    refuse(arguments.varies.empty() ? kMissing : kBadValue, "`solve` needs one `--vary`",
           "write `--vary PATH=LOW..HIGH`");
  }
  Vary range = read_vary(arguments.varies.front());
  if (range.is_range()) return range;
  refuse(kBadValue, fmt::format("`{}` needs a range without steps", range.path),
         "write `--vary PATH=LOW..HIGH`");
}

/// Thresholds are needed, and the ends of the range must be values that the path takes.
std::optional<int> cannot_begin(const Question& question, const Vary& range) {
  Diagnostics findings;
  bool judged = true;
  for (const auto& end : {*range.low, *range.high}) {
    const auto study = study_at(question, {{range.path, value_text(end)}}, findings);
    judged = judged && (!study || !study->thresholds.empty());
  }
  if (!findings.list().empty()) std::fputs(findings.render().c_str(), stderr);
  if (findings.has_errors()) return exit_code_of(findings);
  if (judged) return std::nullopt;
  refuse(kMissing, "there is no threshold that could hold",
         "write `--until 'pod_ready p(95) < 60s'`, or thresholds in the scenario");
}

}  // namespace

int solve_command(const WhatIfArguments& arguments) {
  try {
    const Vary range = the_range(arguments);
    const Question question = question_of(arguments, arguments.files.front());
    if (const auto code = cannot_begin(question, range)) return *code;
    SolveOptions options;
    options.tolerance = arguments.tolerance;
    Diagnostics findings;
    std::optional<Solution> solution;
    {
      ProgressLine progress(arguments.progress, 0, 0, "value");
      std::int64_t values = 0;
      progress.show(values, "");
      solution = solve(question, range, options, findings, [&](const Tried& tried) {
        progress.show(++values, value_text({range.low->kind, tried.value}));
      });
    }
    if (findings.has_errors()) {
      std::fputs(findings.render().c_str(), stderr);
      return exit_code_of(findings);
    }
    if (!solution) {
      const int signal = watch_signals().load();
      print_error(
          {signal != 0 ? "PS6003" : "PS6006",
           signal != 0 ? "stopped by a signal" : "the time of `--max-time` ended before an answer",
           {},
           ""});
      return signal != 0 ? kExitInterrupted + signal : kExitUnsure;
    }
    write_stdout(arguments.format == TableFormat::json ? solution_json(range.path, *solution)
                                                       : solution_text(range.path, *solution));
    return exit_code(*solution, arguments);
  } catch (const VaryFault& fault) {
    print_error({kBadValue, fault.what(), {}, fault.help});
  } catch (const Refused& refused) {
    print_error(refused.message);
  }
  return kExitBadInput;
}

}  // namespace pullsim
