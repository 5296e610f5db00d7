// The flags of each verb; their values are read in flag_values.cpp.
#include "tools/pullsim/command_line.hpp"

#include "tools/input/settings.hpp"
#include "tools/input/spelling.hpp"
#include "tools/pullsim/build_command.hpp"
#include "tools/pullsim/completion.hpp"
#include "tools/pullsim/flag_values.hpp"
#include "tools/pullsim/help_text.hpp"
#include "tools/pullsim/inspect_flags.hpp"
#include "tools/pullsim/manual.hpp"
#include "tools/pullsim/report_flags.hpp"
#include "tools/pullsim/runs_wanted.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/pullsim/verb_flags.hpp"
#include "tools/pullsim/whatif_flags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pullsim {
namespace {

constexpr std::int64_t kReplicationsMost = 1'000'000;  // assumed

ImportArguments import_arguments(const Words& words) {
  if (words.files.empty()) {
    refuse(kMissing, "`import` needs a file with objects of a cluster",
           "write `pullsim import cluster.json --out scenario.yaml`");
  }
  return {words.files, words.out, words.name.empty() ? "imported" : words.name};
}

CalibrateArguments calibrate_arguments(const Words& words) {
  CalibrateArguments arguments;
  arguments.observed = words.observed;
  arguments.test = words.test;
  arguments.out = words.out;
  arguments.validation = words.validation;
  arguments.scenario = words.scenario;
  if (!words.runtime.empty()) {
    arguments.crio = read_choice("--runtime", words.runtime, {"containerd", "cri-o"}) == 1;
    if (!words.scenario.empty()) {
      refuse(kBadValue, "`--runtime` and `--scenario` both say the runtime",
             "leave `--runtime` out: the scenario's node pools have it");
    }
  }
  arguments.format = read_format(words.format);
  if (!arguments.validation.empty() && !arguments.out.empty()) return arguments;
  if (arguments.observed.empty() || arguments.out.empty()) {
    refuse(kMissing, "`calibrate` needs `--observed` and `--out`",
           "write `pullsim calibrate --observed CASES.json --out profile.yaml`");
  }
  return arguments;
}

ExplainArguments explain_arguments(const Words& words) {
  ExplainArguments arguments;
  if (words.files.size() != 1) {
    refuse(words.files.empty() ? kMissing : kBadValue, "`explain` needs one scenario file or code",
           "write `pullsim explain SCENARIO --at p95`");
  }
  if (words.variants.size() > 1) {
    refuse(kBadValue, "`explain` takes one `--variant`", "call it once for each");
  }
  if (!words.pod.empty() && !words.at.empty()) {
    refuse(kBadValue, "`--pod` and `--at` exclude each other", "give one of them");
  }
  arguments.scenario = words.files.front();
  arguments.is_code = is_error_code(arguments.scenario);
  arguments.sets = words.sets;
  if (!words.variants.empty()) arguments.variant = words.variants.front();
  if (!words.seed.empty()) arguments.seed = read_seed(words.seed);
  if (!words.replications.empty()) {
    arguments.replications = read_count("--replications", words.replications, 1, kReplicationsMost);
  }
  if (!words.run.empty()) {
    arguments.run =
        static_cast<std::uint32_t>(read_count("--run", words.run, 0, kReplicationsMost - 1));
  }
  arguments.pod = words.pod;
  if (!words.at.empty()) {
    arguments.at = read_share(words.at);
    arguments.at_text = words.at;
  }
  arguments.format = read_format(words.format);
  arguments.threads = read_threads(words.jobs);
  return arguments;
}

RunArguments run_arguments(const Words& words) {
  RunArguments arguments;
  if (words.files.empty()) {
    refuse(kMissing, "`run` needs a scenario file", "write `pullsim run SCENARIO`");
  }
  if (words.files.size() > 1) {
    refuse(kLater, "several scenarios in one run are not supported yet",
           "run them one after the other");
  }
  arguments.scenario = words.files.front();
  arguments.sets = words.sets;
  arguments.variants = words.variants;
  if (!words.seed.empty()) arguments.seed = read_seed(words.seed);
  arguments.runs = read_runs(words.replications, words.precision, words.max_time);
  arguments.threads = read_threads(words.jobs);
  arguments.out = words.out;
  arguments.format = read_format(words.format);
  for (const std::string& report : words.reports) {
    const ReportTarget target = read_target(report, format_names({"csv"}));
    if (target.format == "csv") {
      arguments.csv_folders.push_back(target.path);
    } else {
      arguments.reports.push_back(target);
    }
  }
  check_stdout(arguments.reports, arguments.format == Format::table);
  arguments.colour =
      static_cast<When>(read_choice("--color", words.colour, {"auto", "always", "never"}));
  if (!words.unsure.empty()) {
    const auto choice = read_choice("--unsure", words.unsure, {"pass", "fail"});
    arguments.unsure = choice == 0 ? UnsureAs::pass : UnsureAs::fail;
  }
  arguments.quiet = words.quiet;
  arguments.strict = words.strict;
  arguments.exit_zero = words.exit_zero;
  arguments.progress = !words.no_progress;
  return arguments;
}

ReportArguments report_arguments(const Words& words) {
  if (words.files.size() != 1) {
    refuse(words.files.empty() ? kMissing : kBadValue, "`report` needs one result file",
           "write `pullsim report result.json --report html=report.html`");
  }
  ReportArguments arguments;
  arguments.result = words.files.front();
  for (const std::string& report : words.reports) {
    if (report.rfind("csv=", 0) == 0) {
      refuse(kBadValue, "a result does not hold the rows of its runs",
             "write `pullsim run SCENARIO --report csv=FOLDER`");
    }
    arguments.reports.push_back(read_target(report, format_names({})));
  }
  std::vector<std::string> formats = {"table"};
  for (const ReportFormat& format : report_formats()) formats.emplace_back(format.name);
  read_choice("--output", words.format, formats);
  arguments.format = words.format;
  check_stdout(arguments.reports, arguments.format == "table");
  arguments.colour =
      static_cast<When>(read_choice("--color", words.colour, {"auto", "always", "never"}));
  arguments.quiet = words.quiet;
  return arguments;
}

ValidateArguments validate_arguments(const Words& words) {
  if (words.files.empty()) {
    refuse(kMissing, "`validate` needs a scenario file", "write `pullsim validate FILE...`");
  }
  ValidateArguments arguments{words.files, {}};
  for (const std::string& report : words.reports) {
    arguments.reports.push_back(read_target(report, {"sarif", "github"}));
  }
  return arguments;
}

CommandLine schema_arguments(const Words& words) {
  if (words.files == std::vector<std::string>{"scenario"}) return SchemaArguments{};
  if (words.files == std::vector<std::string>{"result"}) return SchemaArguments{true};
  refuse(words.files.empty() ? kMissing : kBadValue, "`schema` needs the name of a schema",
         "write `pullsim schema scenario` or `pullsim schema result`");
}

[[noreturn]] void refuse_flag(const std::string& flag, const CLI::App& verb) {
  const std::string name = flag.substr(0, flag.find('='));
  if (is_later_flag(name)) refuse(kLater, fmt::format("`{}` is not supported yet", name));
  refuse(kUnknown, fmt::format("unknown flag `{}`", name),
         spelling_help(name, flags_of(verb), "`" + verb.get_name() + "`"));
}

/// What stands in the place of a file.
std::vector<std::string> words_of(const std::string& verb) {
  if (verb == "schema") return {"scenario", "result"};
  if (verb == "completion") return {"bash", "zsh", "fish"};
  return verb == "config" ? std::vector<std::string>{"view"} : std::vector<std::string>{};
}

/// From the verbs and flags that are known here; what the help does not name is left out.
CommandLine completion_arguments(const Words& words, CLI::App& app) {
  const auto& given = words.files;
  const bool asks = !given.empty() && (given[0] == "paths" || given[0] == "variants");
  if (asks && (given.size() == 2 || given.size() == 3)) {
    return PrintText{completion_words(given[0], given[1], given.size() == 3 ? given[2] : "")};
  }
  if (given.size() != 1) {
    refuse(kMissing, "`completion` needs the name of a shell", "write `pullsim completion bash`");
  }
  read_choice("completion", given.front(), words_of("completion"));
  std::vector<VerbFlags> verbs;
  for (const CLI::App* verb :
       app.get_subcommands([](const CLI::App* sub) { return sub != nullptr; })) {
    const std::string name = verb->get_name();
    if (name != "reference" && name != "manual" && name != "claims")
      verbs.push_back({name, completion_flags(*verb), words_of(name)});
  }
  verbs.push_back({"build", build_completion(), {}});
  for (VerbFlags& verb : whatif_verbs()) verbs.push_back(std::move(verb));
  return PrintText{completion_script(given.front(), verbs)};
}

CommandLine config_arguments(const Words& words, const Settings& settings) {
  if (words.files != std::vector<std::string>{"view"}) {
    refuse(words.files.empty() ? kMissing : kBadValue, "`config` needs to know what to do",
           "write `pullsim config view`");
  }
  const bool table = read_format(words.format) == Format::table;
  return PrintText{table ? settings_table(settings) : settings_json(settings)};
}

/// Takes `--config FILE` out of the words; empty without it.
std::string take_config(std::vector<std::string>* words) {
  const std::string flag = "--config";
  std::string file;
  for (auto word = words->begin(); word != words->end();) {
    const bool joined = word->rfind(flag + "=", 0) == 0;
    if (*word != flag && !joined) {
      ++word;
      continue;
    }
    if (!file.empty()) refuse(kBadValue, "`--config` is given twice", "give one file");
    if (joined) {
      file = word->substr(flag.size() + 1);
      word = words->erase(word);
    } else {
      word = words->erase(word);
      if (word != words->end()) {
        file = *word;
        word = words->erase(word);
      }
    }
    if (file.empty()) refuse(kMissing, "`--config` needs a file", "write `--config FILE`");
  }
  return file;
}

/// Help has to work whatever is in a file.
bool needs_settings(const std::vector<std::string>& words) {
  return !words.empty() && std::none_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "--help" || word == "-h" || word == "--version";
  });
}

CommandLine without_verb(const CLI::App& app, bool help) {
  const std::vector<std::string> rest = app.remaining();
  if (help || rest.empty()) return ShowHelp{"", help ? kExitDone : kExitBadInput};
  const std::string& word = rest.front();
  if (word.front() == '-') refuse(kUnknown, fmt::format("unknown flag `{}`", word));
  refuse(kUnknown, fmt::format("unknown verb `{}`", word),
         spelling_help(word,
                       {"run", "report", "build", "compare", "sweep", "merge", "solve",
                        "sensitivity", "releases", "validate", "inspect", "explain", "calibrate",
                        "import", "schema", "init", "config", "completion", "version"},
                       "pullsim"));
}

CommandLine arguments_of(const std::string& verb, const Words& given, const Settings& settings,
                         CLI::App& app) {
  if (verb == "run") return run_arguments(given);
  if (verb == "report") return report_arguments(given);
  if (verb == "inspect") return inspect_arguments(given.inspect);
  if (verb == "explain") return explain_arguments(given);
  if (verb == "calibrate") return calibrate_arguments(given);
  if (verb == "import") return import_arguments(given);
  if (verb == "version") return VersionArguments{read_format(given.format)};
  if (verb == "reference") return ReferenceArguments{};
  if (verb == "manual") return PrintText{manual_page()};
  if (verb == "claims") return ClaimsArguments{given.files.empty() ? "." : given.files.front()};
  if (verb == "schema") return schema_arguments(given);
  if (verb == "init") return InitArguments{given.files.empty() ? "" : given.files.front()};
  if (verb == "config") return config_arguments(given, settings);
  if (verb == "completion") return completion_arguments(given, app);
  return validate_arguments(given);
}

CommandLine parse(std::vector<std::string> words, const Settings& settings) {
  if (!words.empty() && is_whatif_verb(words.front())) return parse_whatif(words, settings);
  if (!words.empty() && words.front() == "build") {
    return parse_build(with_settings(words, settings, build_flags()));
  }
  Words given;
  CLI::App app("pullsim", "pullsim");
  app.set_help_flag("");
  app.allow_extras();
  app.require_subcommand(0, 1);
  bool help = false, version_flag = false;
  app.add_flag("-h,--help", help);
  app.add_flag("--version", version_flag);
  add_verbs(&app, &given);

  for (const CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!words.empty() && known->get_name() == words.front()) {
      words = with_settings(std::move(words), settings, flags_of(*known));
    }
  }
  std::reverse(words.begin(), words.end());  // CLI11 takes the words from the back
  app.parse(words);
  if (app.get_subcommands().empty()) {
    if (version_flag) return VersionArguments{};
    return without_verb(app, help);
  }
  const CLI::App* verb = app.get_subcommands().front();
  if (given.help || help) return ShowHelp{verb->get_name(), kExitDone};
  const auto extras = app.remaining(true);
  if (!extras.empty()) {
    if (extras.front().front() == '-') refuse_flag(extras.front(), *verb);
    refuse(kUnknown, fmt::format("`{}` takes nothing like `{}`", verb->get_name(), extras.front()));
  }
  return arguments_of(verb->get_name(), given, settings, app);
}

}  // namespace

CommandLine parse_command_line(std::vector<std::string> words) {
  try {
    const std::string config = take_config(&words);
    Settings settings;
    if (needs_settings(words)) settings = read_settings(config, environment);
    if (settings.findings.has_errors()) {
      return Findings{settings.findings.render(), exit_code_of(settings.findings)};
    }
    return parse(std::move(words), settings);
  } catch (const Refused& refused) {
    return refused.message;
  } catch (const CLI::ParseError& error) {
    // What remains after allow_extras and text values: a flag without its value, or given twice.
    const std::string text = error.what();
    const std::string flag = text.substr(0, text.find(':'));
    const bool named = !flag.empty() && flag.front() == '-' && flag.find(' ') == std::string::npos;
    if (!named) return Message{kBadValue, "the command line cannot be read", {}, "see `--help`"};
    return Message{kBadValue, fmt::format("`{}` needs one value", flag), {}, "see `--help`"};
  }
}

}  // namespace pullsim
