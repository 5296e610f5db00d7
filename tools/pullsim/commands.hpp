// What each verb does, given its arguments: one function a verb, each returns the exit code of
// user-experience.md section 5. Results go to standard output, all else to standard error.
#pragma once

#include "tools/pullsim/runs_wanted.hpp"
#include "tools/report/report_files.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// Exit codes that users and CI jobs may rely on.
enum ExitCode : int {
  kExitDone = 0,
  kExitFailed = 1,
  kExitBadInput = 2,
  kExitUnsure = 3,
  kExitSurroundings = 4,
  kExitFault = 70,
  kExitInterrupted = 128,  ///< plus the number of the signal
};

enum class Format : std::uint8_t { table, json };
enum class When : std::uint8_t { automatic, always, never };
/// What `--unsure` makes of exit code 3.
enum class UnsureAs : std::uint8_t { itself, pass, fail };

struct RunArguments {
  std::string scenario;
  std::vector<std::string> sets;
  std::vector<std::string> variants;
  std::optional<std::uint64_t> seed;
  RunsWanted runs;
  std::string out;                       ///< folder; empty: none
  std::vector<std::string> csv_folders;  ///< --report csv=FOLDER
  std::vector<ReportTarget> reports;     ///< --report FORMAT=FILE of all other formats
  Format format = Format::table;
  int threads = 1;
  bool quiet = false;
  bool progress = true;
  bool strict = false;
  bool exit_zero = false;
  When colour = When::automatic;
  UnsureAs unsure = UnsureAs::itself;
};
int run_command(const RunArguments& arguments);

struct ReportArguments {
  std::string result;  ///< a stored result
  std::vector<ReportTarget> reports;
  std::string format = "table";  ///< of standard output: the summary, or a format of reports
  When colour = When::automatic;
  bool quiet = false;
};
/// Renders a stored result; nothing is simulated.
int report_command(const ReportArguments& arguments);

struct ValidateArguments {
  std::vector<std::string> files;
  std::vector<ReportTarget> reports;  ///< sarif or github
};
int validate_command(const ValidateArguments& arguments);

struct InspectArguments {
  std::vector<std::string> images;
  std::vector<std::string> contents;  ///< [IMAGE=]REPORT of a scanner
  std::vector<std::string> bases;     ///< manifests of base images
  Format format = Format::table;
  std::string platform;  ///< empty: the reader's default
  std::optional<double> unpacked_ratio;
};
int inspect_command(const InspectArguments& arguments);

struct CalibrateArguments {
  std::string observed;
  std::string test;        ///< empty: none
  std::string out;         ///< the profile, or the folder of the validation page
  std::string scenario;    ///< what the cluster of events is made of; empty: assumed
  bool crio = false;       ///< of events without a scenario: sizes are unpacked ones
  std::string validation;  ///< folder of cases; when given, docs/validation.md goes to `out`
  Format format = Format::table;
};
int calibrate_command(const CalibrateArguments& arguments);
/// The page docs/validation.md with its charts, from the cases under `validation`. Not in the help:
/// tools/validation.sh calls it.
int validation_command(const CalibrateArguments& arguments);

struct ImportArguments {
  std::vector<std::string> files;
  std::string out;   ///< the scenario; empty: standard output
  std::string name;  ///< of the scenario
};
int import_command(const ImportArguments& arguments);

struct ExplainArguments {
  std::string scenario;  ///< or a code, see below
  bool is_code = false;  ///< `scenario` is a code of findings: PS2004
  std::vector<std::string> sets;
  std::string variant;  ///< empty: the first
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> replications;
  std::optional<std::uint32_t> run;  ///< absent: the middle one by its p95
  std::string pod;                   ///< by name; empty: the one at `at`
  double at = 0.95;                  ///< share of the pods
  std::string at_text = "p95";       ///< the same as written
  Format format = Format::table;
  int threads = 1;
};
int explain_command(const ExplainArguments& arguments);

/// Writes a first scenario; never over a file that is there.
int init_command(const std::string& file);
int version_command(Format format);
/// claims.md and claims.json of the scenarios under the folder that it is started in. Not in the
/// help: tools/claims.sh calls it.
int claims_command(const std::string& folder);
/// The scenario reference as Markdown, from the reader's field table. Not listed in the help.
int reference_command();
/// The JSON Schema of the scenario file, or of result files.
int schema_command(bool of_result);

}  // namespace pullsim
