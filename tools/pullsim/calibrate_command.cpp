// The verb `calibrate`: cases or events in, parameters, errors and a profile out.
#include "tools/calibrate/calibration.hpp"
#include "tools/calibrate/event_fit.hpp"
#include "tools/input/text_file.hpp"
#include "tools/output/atomic_file.hpp"
#include "tools/pullsim/commands.hpp"
#include "tools/pullsim/study_reader.hpp"
#include "tools/validation/validation_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>

namespace pullsim {
namespace {

constexpr std::size_t kObservedBytesMax = std::size_t{1} << 30;
constexpr std::size_t kObservedValuesMax = 40'000'000;  // of a million events

/// One file, either of the two kinds.
struct Observed {
  std::vector<MeasuredCase> cases;
  std::optional<EventCases> events;
};

void refuse(Diagnostics& diagnostics, const std::string& file, const char* code, std::string text,
            std::vector<std::string> notes, std::string help) {
  Diagnostic finding;
  finding.code = code;
  finding.text = std::move(text);
  finding.file = file;
  finding.notes = std::move(notes);
  finding.help = std::move(help);
  diagnostics.add(std::move(finding));
}

std::optional<Observed> read_observed(const std::string& file, const EventWorld& world,
                                      Diagnostics& diagnostics) {
  auto text = read_text_file(file, kObservedBytesMax, diagnostics);
  if (!text) return std::nullopt;
  JsonLimits limits;
  limits.bytes_max = kObservedBytesMax;
  limits.nodes_max = kObservedValuesMax;
  const auto document = JsonDocument::parse_sequence(file, std::move(*text), diagnostics, limits);
  if (!document) return std::nullopt;
  Observed out;
  if (holds_kubernetes_objects(document->root())) {
    out.events = cases_of(pulls_of(read_events(*document, diagnostics)), world);
  } else if (document->root().items.size() > 1) {
    refuse(diagnostics, file, "PS1015", "there is text after the end of the JSON value", {},
           "give one JSON document in one file");
  } else {
    out.cases = read_measured_cases(*document, document->root().items.front(), diagnostics);
  }
  if (diagnostics.has_errors()) return std::nullopt;
  return out;
}

void check_measured(const std::string& file, const std::vector<MeasuredCase>& cases,
                    Diagnostics& diagnostics) {
  const bool any = std::any_of(cases.begin(), cases.end(), [](const MeasuredCase& one) {
    return one.measured_seconds.has_value();
  });
  if (any || diagnostics.has_errors()) return;
  refuse(diagnostics, file, "PS3021", "no case has a measured time, so there is nothing to fit", {},
         "give cases with `measured`; cases without it belong to `--test`");
}

void check_usable(const std::string& file, const EventCases& events, Diagnostics& diagnostics) {
  if (!events.cases.empty()) return;
  std::map<std::string, std::size_t> reasons;
  for (const UnusedPull& one : events.unused) ++reasons[one.reason];
  std::vector<std::string> notes;
  notes.reserve(reasons.size());
  for (const auto& [reason, count] : reasons) notes.push_back(fmt::format("{}: {}", count, reason));
  if (notes.empty()) notes.emplace_back("no event is about a pull");
  refuse(diagnostics, file, "PS3021",
         "no pull of the events can be used, so there is nothing to fit", std::move(notes),
         "events are kept for an hour; take them soon after nodes pulled images that they lacked");
}

/// The cluster behind events: the first variant of the scenario, or what is assumed.
std::optional<EventWorld> read_world(const CalibrateArguments& arguments, int& exit_code) {
  if (arguments.scenario.empty()) return assumed_world(arguments.crio);
  const ReadStudy read = read_checked_study(arguments.scenario, {});
  std::fputs(read.findings.c_str(), stderr);
  exit_code = read.exit_code;
  if (!read.study) return std::nullopt;
  return world_of(read.study->variants.front().scenario);
}

void check_observed(const CalibrateArguments& arguments, const std::optional<Observed>& observed,
                    const std::optional<Observed>& test, Diagnostics& diagnostics) {
  if (!observed) return;
  if (observed->events) {
    check_usable(arguments.observed, *observed->events, diagnostics);
  } else {
    check_measured(arguments.observed, observed->cases, diagnostics);
    if (!arguments.scenario.empty()) {
      refuse(diagnostics, arguments.observed, "PS3022",
             "measured cases say their own set-up, and there is a `--scenario`", {},
             "leave `--scenario` out, or give events");
    }
  }
  if (test && test->events.has_value() != observed->events.has_value()) {
    refuse(diagnostics, arguments.test, "PS3022",
           "one of `--observed` and `--test` holds events, the other measured cases", {},
           "give two files of one kind");
  }
}

}  // namespace

int calibrate_command(const CalibrateArguments& arguments) {
  int exit_code = kExitDone;
  const auto world = read_world(arguments, exit_code);
  if (!world) return exit_code;
  Diagnostics diagnostics;
  const auto observed = read_observed(arguments.observed, *world, diagnostics);
  std::optional<Observed> test;
  if (!arguments.test.empty()) test = read_observed(arguments.test, *world, diagnostics);
  check_observed(arguments, observed, test, diagnostics);
  if (!diagnostics.list().empty()) std::fputs(diagnostics.render().c_str(), stderr);
  if (diagnostics.has_errors()) return exit_code_of(diagnostics);
  AtomicFile profile(arguments.out);
  Calibration calibration;
  if (observed->events) {
    calibration = calibrate_events(*observed->events, test ? test->events : std::nullopt);
  } else {
    std::optional<std::vector<MeasuredCase>> cases;
    if (test) cases = test->cases;
    calibration = calibrate(observed->cases, cases);
  }
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
