// Every verb knows the flags it uses and no others; values are read in flag_values.cpp.
#include "tools/pullsim/whatif_flags.hpp"

#include "tools/input/spelling.hpp"
#include "tools/input/unit_text.hpp"
#include "tools/pullsim/command_line.hpp"
#include "tools/pullsim/flag_values.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>

namespace pullsim {
namespace {

constexpr std::int64_t kPointsMost = 1'000'000;  // assumed
const std::vector<std::string> kTargets = {"csv", "json", "sqlite", "table"};

struct Words {
  std::vector<std::string> reports;
  std::string seed, replications, precision, max_time, jobs, format = "table", unsure, points,
                                                             tolerance;
  bool no_progress = false;
};

/// A number of runs that is known.
void add_plain_runs(CLI::App* verb, Words* words, WhatIfArguments* arguments) {
  verb->add_option("--set", arguments->sets)->take_all()->expected(1)->type_name(kTakesPath);
  verb->add_option("--variant", arguments->variants)
      ->take_all()
      ->expected(1)
      ->type_name(kTakesVariant);
  verb->add_option("--seed", words->seed);
  verb->add_option("--replications", words->replications);
  verb->add_option("-j,--jobs", words->jobs);
  verb->add_flag("--strict", arguments->strict);
}

void add_runs(CLI::App* verb, Words* words, WhatIfArguments* arguments) {
  add_plain_runs(verb, words, arguments);
  verb->add_option("--precision", words->precision);
  verb->add_option("--max-time", words->max_time);
  verb->add_flag("--no-progress", words->no_progress);
}

void add_verdict(CLI::App* verb, Words* words, WhatIfArguments* arguments) {
  verb->add_option("--unsure", words->unsure)->type_name("pass|fail");
  verb->add_flag("--exit-zero", arguments->exit_zero);
  verb->add_flag("-q,--quiet", arguments->quiet);
}

void add_flags(const std::string& name, CLI::App* verb, Words* words, WhatIfArguments* arguments) {
  verb->add_option("files", arguments->files);
  verb->add_option("-o,--output", words->format)->type_name("table|json|csv");
  if (name == "releases") {
    verb->add_option("--release", arguments->release);
    add_plain_runs(verb, words, arguments);
  } else if (name != "merge") {
    add_runs(verb, words, arguments);
  }
  if (name != "sensitivity") add_verdict(verb, words, arguments);
  if (name == "compare") {
    verb->add_option("--image", arguments->image);
    verb->add_option("--against", arguments->against);
    verb->add_option("--contents", arguments->contents)
        ->take_all()
        ->expected(1)
        ->type_name(kTakesFile);
    verb->add_flag("--regressions-only", arguments->regressions_only);
  } else if (name != "merge" && name != "releases") {
    verb->add_option("--vary", arguments->varies)->take_all()->expected(1)->type_name(kTakesPath);
  }
  if (name == "sweep" || name == "merge") {
    verb->add_option("--result", arguments->result)->type_name(kTakesFile);
    verb->add_option("--report", words->reports)
        ->take_all()
        ->expected(1)
        ->type_name(one_target_of(kTargets));
  }
  if (name == "sweep") {
    verb->add_option("--shard", arguments->shard);
    verb->add_option("--design", arguments->design);
  }
  if (name == "sweep" || name == "sensitivity") verb->add_option("--points", words->points);
  if (name == "sweep" || name == "solve") verb->add_option("--until", arguments->until);
  if (name == "solve") {
    verb->add_option("--tolerance", words->tolerance);
  }
}

std::pair<std::string, std::string> read_report(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size()) {
    refuse(kBadValue, fmt::format("`--report` takes FORMAT=FILE, not `{}`", text),
           "write `--report sqlite=sweep.db` or `--report csv=sweep.csv`");
  }
  const auto which = read_choice("--report", text.substr(0, equals), kTargets);
  return {kTargets[which], text.substr(equals + 1)};
}

double read_tolerance(const std::string& text) {
  const auto percent = read_percent(text);
  if (percent.value && *percent.value > 0 && *percent.value < 100) return *percent.value / 100;
  refuse(kBadValue, fmt::format("`--tolerance` takes a share, not `{}`", text), "write `0.5%`");
}

void read_values(const std::string& verb, const Words& words, std::int64_t least_points,
                 WhatIfArguments* arguments) {
  if (!words.seed.empty()) arguments->seed = read_seed(words.seed);
  arguments->runs = read_runs(words.replications, words.precision, words.max_time);
  if (!words.replications.empty() && arguments->runs.budget && verb == "releases") {
    refuse(kBadValue, "`--replications` of `releases` takes one number",
           "write `--replications 20`");
  }
  arguments->threads = read_threads(words.jobs);
  arguments->format =
      static_cast<TableFormat>(read_choice("--output", words.format, {"table", "json", "csv"}));
  if (!words.unsure.empty()) {
    const auto choice = read_choice("--unsure", words.unsure, {"pass", "fail"});
    arguments->unsure = choice == 0 ? UnsureAs::pass : UnsureAs::fail;
  }
  for (const std::string& report : words.reports) arguments->reports.push_back(read_report(report));
  if (!words.points.empty()) {
    arguments->points = read_count("--points", words.points, least_points, kPointsMost);
  }
  if (!words.tolerance.empty()) arguments->tolerance = read_tolerance(words.tolerance);
  arguments->progress = !words.no_progress && !arguments->quiet;
}

void check_files(const std::string& verb, const WhatIfArguments& arguments) {
  const std::size_t files = arguments.files.size();
  if (verb == "merge") {
    if (files == 0) refuse(kMissing, "`merge` needs the files of shards", "see `merge --help`");
    return;
  }
  const bool images = !arguments.image.empty() || !arguments.against.empty();
  if (!images && !arguments.contents.empty()) {
    refuse(kMissing, "`--contents` needs the two images that its reports are of",
           "write `--image web=new.json --against web=old.json` as well");
  }
  if (verb == "compare" && !images) {
    if (files == 2) return;
    refuse(
        files < 2 ? kMissing : kBadValue, "`compare` needs two scenarios or two results",
        "write `pullsim compare BASE CANDIDATE`, or one scenario with `--image` and `--against`");
  }
  if (images && (arguments.image.empty() || arguments.against.empty())) {
    refuse(kMissing, "`--image` and `--against` belong together",
           "write `--image web=new.json --against web=old.json`");
  }
  if (files != 1) {
    refuse(files == 0 ? kMissing : kBadValue, fmt::format("`{}` needs one scenario file", verb),
           fmt::format("see `pullsim {} --help`", verb));
  }
}

}  // namespace

std::vector<VerbFlags> whatif_verbs() {
  std::vector<VerbFlags> verbs;
  for (const char* name : {"compare", "sweep", "merge", "solve", "sensitivity", "releases"}) {
    WhatIfArguments arguments;
    Words words;
    bool help = false;
    CLI::App verb(name, name);
    verb.set_help_flag("");
    verb.add_flag("-h,--help", help);
    add_flags(name, &verb, &words, &arguments);
    verbs.push_back({name, completion_flags(verb), {}});
  }
  return verbs;
}

std::optional<WhatIfArguments> whatif_arguments(std::vector<std::string> words) {
  const std::string name = words.front();
  words.erase(words.begin());
  WhatIfArguments arguments;
  Words given;
  bool help = false;
  CLI::App verb(name, name);
  verb.set_help_flag("");
  verb.add_flag("-h,--help", help);
  verb.allow_extras();
  add_flags(name, &verb, &given, &arguments);
  std::reverse(words.begin(), words.end());  // CLI11 takes the words from the back
  verb.parse(words);
  if (help) return std::nullopt;
  for (const std::string& extra : verb.remaining()) {
    std::vector<std::string> flags;
    for (const CLI::Option* option : verb.get_options()) {
      for (const std::string& flag : option->get_lnames()) flags.push_back("--" + flag);
    }
    const std::string flag = extra.substr(0, extra.find('='));
    refuse(kUnknown, fmt::format("unknown flag `{}`", flag),
           spelling_help(flag, flags, "`" + name + "`"));
  }
  read_values(name, given, name == "sensitivity" ? 0 : 1, &arguments);
  check_files(name, arguments);
  return arguments;
}

CommandLine parse_whatif(const std::vector<std::string>& words, const Settings& settings) {
  const std::string& verb = words.front();
  std::vector<std::string> flags;
  for (VerbFlags& known : whatif_verbs()) {
    if (known.verb != verb) continue;
    for (CompletionFlag& flag : known.flags) flags.push_back(std::move(flag.name));
  }
  auto arguments = whatif_arguments(with_settings(words, settings, flags));
  if (!arguments) return ShowHelp{verb, kExitDone};
  const auto run = verb == "compare"    ? compare_command
                   : verb == "sweep"    ? sweep_command
                   : verb == "merge"    ? merge_command
                   : verb == "solve"    ? solve_command
                   : verb == "releases" ? releases_command
                                        : sensitivity_command;
  return WhatIfVerb{run, std::move(*arguments)};
}

}  // namespace pullsim
