// The verb `calibrate`: cases in, parameters, errors and a profile out.
#include "tools/calibrate/calibration.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/validation/validation_files.hpp"

#include <algorithm>
#include <cstdio>

namespace pullsim {
namespace {

void check_measured(const std::string& file, const std::vector<MeasuredCase>& cases,
                    Diagnostics& diagnostics) {
  const bool any = std::any_of(cases.begin(), cases.end(), [](const MeasuredCase& one) {
    return one.measured_seconds.has_value();
  });
  if (any || diagnostics.has_errors()) return;
  Diagnostic finding;
  finding.code = "PS3021";
  finding.text = "no case has a measured time, so there is nothing to fit";
  finding.file = file;
  finding.help = "give cases with `measured`; cases without it belong to `--test`";
  diagnostics.add(std::move(finding));
}

}  // namespace

int calibrate_command(const CalibrateArguments& arguments) {
  Diagnostics diagnostics;
  const auto observed = read_measured_cases(arguments.observed, diagnostics);
  check_measured(arguments.observed, observed, diagnostics);
  std::optional<std::vector<MeasuredCase>> test;
  if (!arguments.test.empty()) test = read_measured_cases(arguments.test, diagnostics);
  if (!diagnostics.list().empty()) std::fputs(diagnostics.render().c_str(), stderr);
  if (diagnostics.has_errors()) return exit_code_of(diagnostics);
  AtomicFile profile(arguments.out);
  const Calibration calibration = calibrate(observed, test);
  profile.write(calibration_profile(calibration, arguments.observed));
  profile.commit();
  write_stdout(arguments.format == Format::json ? calibration_json(calibration)
                                                : calibration_text(calibration));
  return kExitDone;
}

int validation_command(const CalibrateArguments& arguments) {
  Diagnostics diagnostics;
  const std::string cases = arguments.validation + "/lab/containerd-lab.json";
  const auto laboratory = read_measured_cases(cases, diagnostics);
  check_measured(cases, laboratory, diagnostics);
  const auto published =
      read_published_cases(arguments.validation + "/published/pull-measurements.json", diagnostics);
  if (!diagnostics.list().empty()) std::fputs(diagnostics.render().c_str(), stderr);
  if (diagnostics.has_errors()) return exit_code_of(diagnostics);
  make_folder(arguments.out);
  for (const ValidationFile& one : validation_files(laboratory, published)) {
    AtomicFile file(arguments.out + "/" + one.name);
    file.write(one.text);
    file.commit();
  }
  return kExitDone;
}

}  // namespace pullsim
