// The profile of a calibration: what tools/input/profile.hpp reads.
#include "tools/calibrate/calibration.hpp"
#include "tools/input/diagnostic.hpp"
#include "tools/input/used_profile.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr std::size_t kNumbersInLine = 5;
constexpr std::size_t kIdBytesMost = 120;

// JSON's texts are YAML's, too.
std::string quoted(const std::string& text) {
  return nlohmann::json(printable(text))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string error_block(const char* key, const ErrorSummary& error) {
  if (error.count == 0) return "";
  return fmt::format("{}: {{median: {:.6g}, p90: {:.6g}, bias: {:.6g}}}\n", key, error.median,
                     error.p90, error.bias);
}

/// Those with both times, as a profile tells them.
ComparedGroup compared_group(const CaseSet& set, PredictedBy by) {
  ComparedGroup group;
  group.by = by;
  for (const CaseResult& result : set.cases) {
    const double measured = result.measured_seconds.value_or(0);
    if (!(measured > 0) || !(result.predicted_seconds > 0)) continue;
    group.cases.push_back(
        {printable(result.id).substr(0, kIdBytesMost), result.predicted_seconds, measured});
  }
  group.measured = static_cast<std::int64_t>(group.cases.size());
  group.median = set.error.median;
  group.p90 = set.error.p90;
  return group;
}

/// Evenly chosen by measured time, the quickest and the slowest among them.
void thin_out(std::vector<ComparedCase>& cases, std::size_t most) {
  if (cases.size() <= most) return;
  std::stable_sort(cases.begin(), cases.end(), [](const ComparedCase& a, const ComparedCase& b) {
    return a.measured_seconds < b.measured_seconds;
  });
  std::vector<ComparedCase> chosen;
  for (std::size_t i = 0; i < most; ++i) {
    chosen.push_back(std::move(cases[i * (cases.size() - 1) / (most - 1)]));
  }
  cases = std::move(chosen);
}

/// A test's cases, then those of the fit; where both are many, half of each.
std::vector<ComparedGroup> compared_groups(const Calibration& calibration) {
  std::vector<ComparedGroup> groups;
  if (calibration.test) {
    groups.push_back(compared_group(*calibration.test, PredictedBy::test));
  }
  const bool held_back = calibration.held_back.error.count > 0;
  groups.push_back(held_back ? compared_group(calibration.held_back, PredictedBy::held_back)
                             : compared_group(calibration.observed, PredictedBy::fitted));
  groups.erase(std::remove_if(groups.begin(), groups.end(),
                              [](const ComparedGroup& group) { return group.cases.empty(); }),
               groups.end());
  if (groups.size() == 2) {
    const std::size_t of_fit = std::min(groups[1].cases.size(), kComparedCasesMost / 2);
    thin_out(groups[0].cases, kComparedCasesMost - of_fit);
    thin_out(groups[1].cases, kComparedCasesMost - groups[0].cases.size());
  } else if (!groups.empty()) {
    thin_out(groups[0].cases, kComparedCasesMost);
  }
  return groups;
}

std::string compared_block(const Calibration& calibration) {
  const auto groups = compared_groups(calibration);
  if (groups.empty()) return "";
  std::string out = "compared:\n";
  for (const ComparedGroup& group : groups) {
    out += fmt::format("  - predictedBy: {}\n    measured: {}\n", predicted_by_word(group.by),
                       group.measured);
    out += fmt::format("    median: {:.6g}\n    p90: {:.6g}\n    cases:", group.median, group.p90);
    if (group.cases.size() < static_cast<std::size_t>(group.measured)) {
      out += fmt::format("  # {} of them, evenly chosen by measured time", group.cases.size());
    }
    out += "\n";
    for (const ComparedCase& one : group.cases) {
      out += fmt::format(
          "      - id: {}\n        predictedSeconds: {:.6g}\n        measuredSeconds: {:.6g}\n",
          quoted(one.id), one.predicted_seconds, one.measured_seconds);
    }
  }
  return out;
}

std::string covariance_block(const Calibration& calibration) {
  if (calibration.log_covariance.empty()) return "";
  std::string out = "logCovariance:\n";
  for (std::size_t i = 0; i < calibration.log_covariance.size(); ++i) {
    out += "  - [";
    for (std::size_t j = 0; j <= i; ++j) {
      const char* between = j == 0 ? "" : j % kNumbersInLine == 0 ? ",\n     " : ", ";
      out += fmt::format("{}{:.9g}", between, calibration.log_covariance[i][j]);
    }
    out += "]\n";
  }
  return out;
}

}  // namespace

std::string calibration_profile(const Calibration& calibration, const std::string& observed_file) {
  std::string out = fmt::format(
      "# Written by pullsim {}. A scenario uses it with `profile: FILE`.\n"
      "# A parameter that is not identifiable has the value that it had before the fit, or one "
      "that\n"
      "# only makes sense together with the others: runs draw them together, by `logCovariance`.\n"
      "apiVersion: pullsim/v1\nkind: Profile\n",
      PULLSIM_VERSION);
  if (!calibration.runtime.empty()) out += fmt::format("runtime: {}\n", calibration.runtime);
  out += fmt::format("fittedOn: {{file: {}, cases: {}}}\n", quoted(observed_file),
                     calibration.observed.error.count);
  out += error_block("error", calibration.observed.error);
  out += error_block("heldBackError", calibration.held_back.error);
  out += "parameters:\n";
  for (const ReportedParameter& one : calibration.parameters) {
    out += fmt::format(
        "  - name: \"{}\"\n    value: {:.6g}\n    unit: \"{}\"\n"
        "    interval95: [{:.6g}, {:.6g}]\n    identifiable: {}\n",
        one.name, one.value, one.unit, one.low, one.high, one.identifiable);
  }
  return out + covariance_block(calibration) + compared_block(calibration);
}

}  // namespace pullsim
