// See the header.
#include "tools/pullsim/verb_flags.hpp"

#include "tools/pullsim/completion.hpp"
#include "tools/report/report_files.hpp"

namespace pullsim {
namespace {

void add_common(CLI::App* verb, Words* words) {
  verb->set_help_flag("");
  verb->add_flag("-h,--help", words->help);
  verb->allow_extras();
}

/// A verb with words and no flags of its own.
void add_file_alone(CLI::App* verb, const char* name, Words* words) {
  add_common(verb, words);
  verb->add_option(name, words->files);
}

void add_run(CLI::App* verb, Words* words) {
  add_common(verb, words);
  verb->add_option("scenario", words->files);
  verb->add_option("--set", words->sets)->take_all()->expected(1)->type_name(kTakesPath);
  verb->add_option("--variant", words->variants)->take_all()->expected(1)->type_name(kTakesVariant);
  std::vector<std::string> targets = report_format_names();
  targets.emplace_back("csv");
  verb->add_option("--report", words->reports)
      ->take_all()
      ->expected(1)
      ->type_name(one_target_of(targets));
  verb->add_option("--seed", words->seed);
  verb->add_option("--replications", words->replications);
  verb->add_option("--precision", words->precision);
  verb->add_option("--max-time", words->max_time);
  verb->add_option("-j,--jobs", words->jobs);
  verb->add_option("--out", words->out)->type_name(kTakesFolder);
  verb->add_option("-o,--output", words->format)->type_name("table|json");
  verb->add_option("--color", words->colour)->type_name("auto|always|never");
  verb->add_option("--unsure", words->unsure)->type_name("pass|fail");
  verb->add_flag("-q,--quiet", words->quiet);
  verb->add_flag("--strict", words->strict);
  verb->add_flag("--exit-zero", words->exit_zero);
  verb->add_flag("--no-progress", words->no_progress);
}

void add_report(CLI::App* verb, Words* words) {
  add_common(verb, words);
  verb->add_option("result", words->files);
  verb->add_option("--report", words->reports)
      ->take_all()
      ->expected(1)
      ->type_name(one_target_of(report_format_names()));
  std::vector<std::string> formats = {"table"};
  for (const ReportFormat& format : report_formats()) formats.emplace_back(format.name);
  verb->add_option("-o,--output", words->format)->type_name(one_of(formats));
  verb->add_option("--color", words->colour)->type_name("auto|always|never");
  verb->add_flag("-q,--quiet", words->quiet);
}

void add_explain(CLI::App* verb, Words* words) {
  add_common(verb, words);
  verb->add_option("scenario", words->files);
  verb->add_option("--set", words->sets)->take_all()->expected(1)->type_name(kTakesPath);
  verb->add_option("--variant", words->variants)->take_all()->expected(1)->type_name(kTakesVariant);
  verb->add_option("--seed", words->seed);
  verb->add_option("--replications", words->replications);
  verb->add_option("--run", words->run);
  verb->add_option("--pod", words->pod);
  verb->add_option("--at", words->at);
  verb->add_option("-j,--jobs", words->jobs);
  verb->add_option("-o,--output", words->format)->type_name("table|json");
}

void add_inspect(CLI::App* verb, Words* words) {
  add_common(verb, words);
  add_inspect_flags(verb, &words->inspect);
}

void add_calibrate(CLI::App* verb, Words* words) {
  add_common(verb, words);
  verb->add_option("--observed", words->observed)->type_name(kTakesFile);
  verb->add_option("--test", words->test)->type_name(kTakesFile);
  verb->add_option("--out", words->out)->type_name(kTakesFile);
  verb->add_option("-o,--output", words->format)->type_name("table|json");
  verb->add_option("--validation", words->validation)->type_name(kTakesFolder);
  verb->add_option("--scenario", words->scenario)->type_name(kTakesFile);
  verb->add_option("--runtime", words->runtime)->type_name("containerd|cri-o");
}

void add_import(CLI::App* verb, Words* words) {
  add_common(verb, words);
  verb->add_option("files", words->files);
  verb->add_option("--out", words->out)->type_name(kTakesFile);
  verb->add_option("--name", words->name);
}

void add_validate(CLI::App* verb, Words* words) {
  add_common(verb, words);
  verb->add_option("files", words->files);
  verb->add_option("--report", words->reports)
      ->take_all()
      ->expected(1)
      ->type_name("sarif=|github=");
}

void add_format_alone(CLI::App* verb, Words* words) {
  add_common(verb, words);
  verb->add_option("-o,--output", words->format)->type_name("table|json");
}

}  // namespace

void add_verbs(CLI::App* app, Words* words) {
  add_run(app->add_subcommand("run"), words);
  add_report(app->add_subcommand("report"), words);
  add_validate(app->add_subcommand("validate"), words);
  add_inspect(app->add_subcommand("inspect"), words);
  add_explain(app->add_subcommand("explain"), words);
  add_calibrate(app->add_subcommand("calibrate"), words);
  add_import(app->add_subcommand("import"), words);
  add_format_alone(app->add_subcommand("version"), words);
  add_common(app->add_subcommand("reference"), words);
  add_file_alone(app->add_subcommand("schema"), "which", words);
  add_file_alone(app->add_subcommand("init"), "file", words);
  CLI::App* config = app->add_subcommand("config");
  add_format_alone(config, words);
  config->add_option("what", words->files);
  add_file_alone(app->add_subcommand("completion"), "shell", words);
  add_common(app->add_subcommand("manual"), words);
  add_file_alone(app->add_subcommand("claims"), "folder", words);
}

std::vector<std::string> flags_of(const CLI::App& verb) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

}  // namespace pullsim
