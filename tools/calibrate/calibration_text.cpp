// A calibration for people, for programs and as a profile.
#include "tools/calibrate/calibration.hpp"
#include "tools/input/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

namespace pullsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kCasesShown = 60;
constexpr std::size_t kUnusedShown = 3;

std::string error_line(const ErrorSummary& error) {
  return fmt::format("median {:.1f} %, p90 {:.1f} %, bias {:+.1f} %", 100 * error.median,
                     100 * error.p90, 100 * error.bias);
}

std::string value_text(const ReportedParameter& one) {
  if (!one.identifiable) return fmt::format("{:.4g}  not identifiable from these data", one.value);
  return fmt::format("{:.4g}  [{:.3g}, {:.3g}]", one.value, one.low, one.high);
}

/// All cases, or those with the largest errors.
std::vector<const CaseResult*> shown(const CaseSet& set) {
  std::vector<const CaseResult*> out;
  for (const CaseResult& result : set.cases) out.push_back(&result);
  if (out.size() <= kCasesShown) return out;
  const auto size = [](const CaseResult* one) {
    return std::abs(one->relative_error().value_or(0.0));
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const CaseResult* a, const CaseResult* b) { return size(a) > size(b); });
  out.resize(kCasesShown);
  return out;
}

/// What could not be used, by reason, with the first few of each.
std::string unused_text(const CaseSet& set) {
  if (set.unused.empty()) return "";
  std::string out = fmt::format("  not used: {}\n", set.unused.size());
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const UnusedPull& one : set.unused) by_reason[one.reason].push_back(one.id);
  for (const auto& [reason, ids] : by_reason) {
    out += fmt::format("  {:>6}  {}\n", ids.size(), reason);
    for (std::size_t i = 0; i < std::min(ids.size(), kUnusedShown); ++i) {
      out += fmt::format("          {}\n", printable(ids[i]));
    }
    if (ids.size() > kUnusedShown) out += "          and more; `-o json` has all\n";
  }
  return out;
}

std::string notes_text(const CaseSet& set) {
  std::string out;
  for (const std::string& note : set.notes) out += fmt::format("  {}\n", printable(note));
  return out;
}

std::string set_text(const std::string& title, const CaseSet& set) {
  std::string out = fmt::format("\n{} ({} cases", title, set.cases.size());
  if (set.error.count == 0) {
    out += ", none measured)\n";
  } else {
    out += fmt::format("): {}; {} of {} within their interval\n", error_line(set.error),
                       set.covered, set.error.count);
  }
  out += fmt::format("  {:<44} {:>10} {:>21} {:>10} {:>8}\n", "case", "predicted", "90 % interval",
                     "measured", "error");
  for (const CaseResult* result : shown(set)) {
    out += fmt::format("  {:<44} {:>9.3f}s {:>9.3f}s-{:>9.3f}s", printable(result->id),
                       result->predicted_seconds, result->interval90.low, result->interval90.high);
    if (const auto error = result->relative_error()) {
      out += fmt::format(" {:>9.3f}s {:>+7.1f}%", *result->measured_seconds, 100 * *error);
    }
    out += "\n";
  }
  if (set.cases.size() > kCasesShown) {
    out += fmt::format("  these are the {} largest errors; `-o json` has all {} cases\n",
                       kCasesShown, set.cases.size());
  }
  if (set.by_experiment.size() > 1) out += "  by experiment:\n";
  for (const auto& [name, error] : set.by_experiment) {
    if (set.by_experiment.size() < 2) break;
    out +=
        fmt::format("  {:<44} {:>3} cases, {}\n", printable(name), error.count, error_line(error));
  }
  return out + unused_text(set);
}

Json set_json(const CaseSet& set) {
  Json out;
  out["cases"] = Json::array();
  for (const CaseResult& result : set.cases) {
    Json one;
    one["id"] = result.id;
    one["predicted_seconds"] = result.predicted_seconds;
    one["interval90"] = {result.interval90.low, result.interval90.high};
    if (const auto error = result.relative_error()) {
      one["measured_seconds"] = *result.measured_seconds;
      one["relative_error"] = *error;
    }
    if (!result.pulls.empty()) one["pulls"] = Json::array();
    for (const CaseResult::Pull& pull : result.pulls) {
      Json line;
      line["predicted_seconds"] = pull.predicted_seconds;
      if (pull.measured_seconds) line["measured_seconds"] = *pull.measured_seconds;
      one["pulls"].push_back(std::move(line));
    }
    out["cases"].push_back(std::move(one));
  }
  for (const UnusedPull& one : set.unused) {
    out["unused"].push_back({{"id", one.id}, {"reason", one.reason}});
  }
  if (!set.notes.empty()) out["notes"] = set.notes;
  if (set.error.count > 0) {
    out["median"] = set.error.median;
    out["p90"] = set.error.p90;
    out["bias"] = set.error.bias;
    out["covered"] = static_cast<double>(set.covered) / static_cast<double>(set.error.count);
    for (const auto& [name, error] : set.by_experiment) {
      out["experiments"][name] = {{"cases", error.count},
                                  {"median", error.median},
                                  {"p90", error.p90},
                                  {"bias", error.bias}};
    }
  }
  return out;
}

}  // namespace

std::string calibration_text(const Calibration& calibration) {
  std::string out = "Parameters, with 95 % intervals\n";
  for (const ReportedParameter& one : calibration.parameters) {
    out += fmt::format("  {:<46} {:<7} {}\n", one.name, one.unit, value_text(one));
  }
  out += notes_text(calibration.observed);
  out += set_text("Observed", calibration.observed);
  if (calibration.held_back.error.count > 0) {
    out +=
        set_text(fmt::format("Held back in turn, {} folds, each predicted by a fit to the others",
                             calibration.folds),
                 calibration.held_back);
  }
  if (calibration.test) out += set_text("Test", *calibration.test);
  return out;
}

std::string calibration_json(const Calibration& calibration) {
  Json out;
  out["observed"] = set_json(calibration.observed);
  if (calibration.test) out["test"] = set_json(*calibration.test);
  if (calibration.held_back.error.count > 0) {
    out["held_back"] = set_json(calibration.held_back);
    out["held_back"]["folds"] = calibration.folds;
  }
  out["parameters"] = Json::array();
  for (const ReportedParameter& one : calibration.parameters) {
    Json line;
    line["name"] = one.name;
    line["value"] = one.value;
    line["interval95"] = {one.low, one.high};
    line["unit"] = one.unit;
    line["identifiable"] = one.identifiable;
    out["parameters"].push_back(std::move(line));
  }
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pullsim
