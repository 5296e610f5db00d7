// The laboratory part of docs/validation.md, so that no figure on it is typed by hand.
#include "tools/calibrate/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr double kLargestLearnt = 200e6;  // compressed bytes of the cases to extrapolate from

std::string percent(double share) { return fmt::format("{:+.1f} %", 100 * share); }

/// One mark for each two per cent, to the left or right of the middle.
std::string bar(double error) {
  const auto marks = static_cast<std::size_t>(std::min(8.0, std::round(std::abs(error) * 50)));
  const std::string line(marks, '#');
  return error < 0 ? fmt::format("{:>8}\\|{:8}", line, "") : fmt::format("{:8}\\|{:<8}", "", line);
}

std::string case_table(const CaseSet& set) {
  std::string out =
      "| case | predicted | 90 % interval | measured | error | -16 % to +16 % |\n"
      "|---|---|---|---|---|---|\n";
  for (const CaseResult& one : set.cases) {
    const auto error = one.relative_error();
    if (!error) continue;
    out += fmt::format("| {} | {:.3f} s | {:.3f} to {:.3f} s{} | {:.3f} s | {} | `{}` |\n", one.id,
                       one.predicted_seconds, one.interval90.low, one.interval90.high,
                       one.covered() ? "" : " (missed)", *one.measured_seconds, percent(*error),
                       bar(*error));
  }
  return out;
}

std::string experiment_table(const CaseSet& set) {
  std::string out = "| experiment | cases | median | p90 | bias |\n|---|---|---|---|---|\n";
  const auto line = [&](const std::string& name, const ErrorSummary& error) {
    out += fmt::format("| {} | {} | {:.1f} % | {:.1f} % | {} |\n", name, error.count,
                       100 * error.median, 100 * error.p90, percent(error.bias));
  };
  for (const auto& [name, error] : set.by_experiment) line(name, error);
  line("all", set.error);
  return out;
}

bool learnt_from(const MeasuredCase& one) {
  double bytes = 0;
  for (const LayerSpec& layer : one.images.front().layers) {
    bytes += static_cast<double>(layer.size.count);
  }
  return one.node_count() == 1 && one.pulls.size() == 1 && one.round_trip_seconds == 0 &&
         bytes <= kLargestLearnt;
}

struct Extrapolation {
  std::size_t learnt_from = 0;
  CaseSet cases;
};

Extrapolation extrapolate(const std::vector<MeasuredCase>& cases, double reach) {
  std::vector<MeasuredCase> learnt;
  std::vector<MeasuredCase> rest;
  for (const MeasuredCase& one : cases) (learnt_from(one) ? learnt : rest).push_back(one);
  return {learnt.size(), predict_all(rest, fit_parameters(learnt), reach)};
}

}  // namespace

LaboratoryPart laboratory_part(const std::vector<MeasuredCase>& cases) {
  const Calibration all = calibrate(cases, std::nullopt);
  const Extrapolation far = extrapolate(cases, all.reach);
  LaboratoryPart part;
  part.text = fmt::format("### Fitted on all {} cases\n\n{}\n{}\n", all.observed.error.count,
                          experiment_table(all.observed), case_table(all.observed));
  part.text += fmt::format(
      "### Held back\n\nEach case predicted by a fit that has not seen it: {} folds, which follow "
      "from hashes of the names, each\npredicted by a fit to the other cases. Intervals reach as "
      "far as nine of ten errors in the other folds do;\n{} of {} cases lie within theirs. Of some "
      "cases there is only one of the kind (`mid-small`, `mid-r1`,\n`mid-unpigz`, "
      "`mid-zstd-200M`, `fetch-only`, `share-v1-again`): held back, what is special about them has "
      "its\nstarting value, which that case did not give.\n\n{}\n{}\n",
      all.folds, all.held_back.covered, all.held_back.error.count, experiment_table(all.held_back),
      case_table(all.held_back));
  part.text += fmt::format(
      "### Extrapolated\n\nFitted on the {} cases with one pull on one node, an image of at most "
      "200 MB and no added\nround trip; the others predicted; {} of {} lie within their "
      "interval.\n\n{}\n{}\n",
      far.learnt_from, far.cases.covered, far.cases.error.count, experiment_table(far.cases),
      case_table(far.cases));
  part.text +=
      "### Parameters\n\n| parameter | value | 95 % interval | unit |\n|---|---|---|---|\n";
  for (const ReportedParameter& one : all.parameters) {
    const std::string interval = one.identifiable
                                     ? fmt::format("{:.3g} to {:.3g}", one.low, one.high)
                                     : std::string("not identifiable from these data");
    part.text +=
        fmt::format("| `{}` | {:.3g} | {} | {} |\n", one.name, one.value, interval, one.unit);
  }
  part.values = all.fit.values;
  part.fitted = all.observed;
  part.held_back = all.held_back;
  part.extrapolated = far.cases;
  return part;
}

}  // namespace pullsim
