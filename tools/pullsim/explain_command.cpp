// `pullsim explain`: one pod of one run, why it took so long, and what would have helped it; or the
// meaning of a code.
#include <pullsim/simulate.hpp>

#include "tools/explain/error_codes.hpp"
#include "tools/explain/explanation.hpp"
#include "tools/input/text.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/output/summary_parts.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/messages.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/terminal.hpp"
#include "tools/run/replications.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace pullsim {
namespace {

int refuse(const std::string& code, const std::string& text, const std::string& help) {
  print_error({code, text, {}, help});
  return kExitBadInput;
}

int explain_code(const ExplainArguments& arguments) {
  const auto code = find_error_code(arguments.scenario);
  if (!code) {
    return refuse("PS2901", fmt::format("there is no code `{}`", arguments.scenario),
                  fmt::format("codes go from {} to {}; docs/errors.md has them all",
                              error_codes().front().code, error_codes().back().code));
  }
  write_stdout(explain_text(*code));
  return kExitDone;
}

/// `pullsim VERB SCENARIO` with everything that chose the scenario.
std::string command(const std::string& verb, const ExplainArguments& arguments,
                    const Explanation& explanation) {
  std::string words =
      fmt::format("pullsim {} {} --variant {} --seed {}", verb, shell_word(arguments.scenario),
                  shell_word(explanation.variant), explanation.seed);
  for (const auto& set : arguments.sets) words += " --set " + shell_word(set);
  return printable(words);
}

/// The run in the middle by its p95, as in the summary of `run`.
std::uint32_t find_middle_run(const Study& study, const ReplicationOptions& options) {
  StudyResult result;
  run_replications(study, options, [&](std::size_t variant, RunResult&& run) {
    add_run(study, variant, run, &result);
  });
  const RunSummary* middle = middle_run(result.variants.front());
  return middle == nullptr ? 0 : middle->run;
}

/// By name, or at the wanted share.
std::optional<std::size_t> find_pod(const ExplainArguments& arguments, const Explanation& e) {
  if (arguments.pod.empty()) return counted_pod_at(e.result, arguments.at);
  for (std::size_t i = 0; i < e.result.pods.size(); ++i) {
    if (pod_name(e.scenario, e.result.pods[i]) == arguments.pod) return i;
  }
  return std::nullopt;
}

std::string why_chosen(const ExplainArguments& arguments, const Study& study) {
  std::string why = arguments.pod.empty() ? "The pod at " + arguments.at_text : "As asked for";
  if (arguments.run) return why;
  return why + (study.replications == 1
                    ? " of the only run"
                    : fmt::format(" of the middle one of {} runs", study.replications));
}

int no_pod(const ExplainArguments& arguments, const Explanation& e) {
  if (e.result.pods.empty()) {
    return refuse("PS2901", "this run creates no pod", "add an event that scales a workload");
  }
  return refuse(
      "PS2901", fmt::format("run {} creates no pod `{}`", e.run, arguments.pod),
      fmt::format("its pods go from `{}` to `{}`", pod_name(e.scenario, e.result.pods.front()),
                  pod_name(e.scenario, e.result.pods.back())));
}

}  // namespace

int explain_command(const ExplainArguments& arguments) {
  if (arguments.is_code) return explain_code(arguments);
  StudyOptions wanted;
  wanted.sets = arguments.sets;
  wanted.seed = arguments.seed;
  wanted.replications = arguments.replications;
  if (!arguments.variant.empty()) wanted.variants = {arguments.variant};
  const ReadStudy read = read_checked_study(arguments.scenario, wanted);
  std::fputs(read.findings.c_str(), stderr);
  if (!read.study) return read.exit_code;
  Study study = *read.study;

  ExplainTextOptions text;
  for (std::size_t i = 1; i < study.variants.size(); ++i) {
    text.other_variants.push_back(study.variants[i].name);
  }
  study.variants.resize(1);
  study.thresholds.clear();  // they may compare with the other variants
  ReplicationOptions options;
  options.threads = arguments.threads;
  options.run_one = simulate;
  Explanation explanation;
  explanation.variant = study.variants.front().name;
  explanation.seed = study.seed;
  explanation.run = arguments.run ? *arguments.run : find_middle_run(study, options);
  explanation.why = why_chosen(arguments, study);
  explanation.scenario = study.variants.front().of_run(explanation.run);
  explanation.scenario.keep_paths = true;
  explanation.result = simulate(explanation.scenario, explanation.run);
  const auto pod = find_pod(arguments, explanation);
  if (!pod) return no_pod(arguments, explanation);
  explanation.pod = *pod;
  fill_in(study, options, &explanation);

  text.width = terminal_width();
  text.utf8 = locale_is_utf8();
  text.command =
      fmt::format("{} --run {} --pod {}", command("explain", arguments, explanation),
                  explanation.run, pod_name(explanation.scenario, explanation.result.pods[*pod]));
  text.run_command = command("run", arguments, explanation);
  write_stdout(arguments.format == Format::json ? explain_json(explanation)
                                                : explain_text(explanation, text));
  return kExitDone;
}

}  // namespace pullsim
