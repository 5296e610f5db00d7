// The profile of a calibration: what tools/input/profile.hpp reads.
#include "tools/calibrate/calibration.hpp"
#include "tools/input/diagnostic.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace pullsim {
namespace {

constexpr std::size_t kNumbersInLine = 5;

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
  if (calibration.log_covariance.empty()) return out;
  out += "logCovariance:\n";
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

}  // namespace pullsim
