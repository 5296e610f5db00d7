// The program: words in, one verb called, its exit code out.
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/command_line.hpp"
#include "tools/pullsim/guarded.hpp"
#include "tools/pullsim/help_text.hpp"
#include "tools/pullsim/terminal.hpp"

#include <cstdio>
#include <string>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace pullsim {
namespace {

/// glibc keeps what outgrown tables leave behind, and more of it the larger they were, unless the
/// threshold is set: 7 of 203 MB of scenarios/limits.yaml.
void give_outgrown_tables_back() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 64 * 1024);
#endif
}

int run_verb(const ShowHelp& help) {
  const std::string text = help_text(help.verb);
  if (help.exit_code == kExitDone) {
    write_stdout(text);
  } else {
    std::fputs(text.c_str(), stderr);
  }
  return help.exit_code;
}
int run_verb(const Message& message) {
  print_error(message);
  return kExitBadInput;
}
int run_verb(const RunArguments& arguments) { return run_command(arguments); }
int run_verb(const ReportArguments& arguments) { return report_command(arguments); }
int run_verb(const BuildArguments& arguments) { return build_command(arguments); }
int run_verb(const ValidateArguments& arguments) { return validate_command(arguments); }
int run_verb(const InspectArguments& arguments) { return inspect_command(arguments); }
int run_verb(const CalibrateArguments& arguments) {
  if (!arguments.validation.empty()) return validation_command(arguments);
  return calibrate_command(arguments);
}
int run_verb(const ImportArguments& arguments) { return import_command(arguments); }
int run_verb(const ExplainArguments& arguments) { return explain_command(arguments); }
int run_verb(const VersionArguments& arguments) { return version_command(arguments.format); }
int run_verb(const ClaimsArguments& arguments) { return claims_command(arguments.folder); }
int run_verb(const ReferenceArguments&) { return reference_command(); }
int run_verb(const InitArguments& arguments) { return init_command(arguments.file); }
int run_verb(const WhatIfVerb& verb) { return verb.run(verb.arguments); }
int run_verb(const PrintText& print) {
  write_stdout(print.text);
  return kExitDone;
}
int run_verb(const Findings& findings) {
  std::fputs(findings.text.c_str(), stderr);
  return findings.exit_code;
}
int run_verb(const SchemaArguments& arguments) { return schema_command(arguments.of_result); }

}  // namespace
}  // namespace pullsim

int main(int argc, char** argv) {
  pullsim::give_outgrown_tables_back();
  pullsim::guard_standard_files();
  return pullsim::guarded([&] {
    std::vector<std::string> words;
    for (int i = 1; i < argc; ++i) words.emplace_back(argv[i]);
    const auto command = pullsim::parse_command_line(std::move(words));
    return std::visit([](const auto& verb) { return pullsim::run_verb(verb); }, command);
  });
}
