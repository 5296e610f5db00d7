// Sentences about errors; see the header.
#include "tools/output/compared_text.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/output/number_text.hpp"
#include "tools/output/verdict_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {

std::string predicted_by_text(PredictedBy by) {
  switch (by) {
    case PredictedBy::fitted:
      return "the fit to them";
    case PredictedBy::held_back:
      return "fits that had not seen them";
    case PredictedBy::test:
      break;
  }
  return "a fit to other pulls";
}

std::string compared_finding(const ComparedGroup& group) {
  if (group.measured == 1) {
    return fmt::format("one measured pull is predicted within {:.1f} %, by {}", 100 * group.median,
                       group.by == PredictedBy::fitted ? "the fit to it" : "a fit to others");
  }
  return fmt::format("half of {} measured pulls are predicted within {:.1f} %, by {}",
                     group.measured, 100 * group.median, predicted_by_text(group.by));
}

std::vector<const ComparedCase*> furthest_first(const ComparedGroup& group) {
  std::vector<const ComparedCase*> cases;
  for (const ComparedCase& one : group.cases) cases.push_back(&one);
  std::stable_sort(cases.begin(), cases.end(), [](const ComparedCase* a, const ComparedCase* b) {
    return std::abs(a->relative_error()) > std::abs(b->relative_error());
  });
  return cases;
}

std::string error_text(const ComparedCase& one) {
  return fmt::format("{:+.1f} %", 100 * one.relative_error());
}

std::vector<std::string> compared_sentences(const Study& study) {
  std::vector<std::string> sentences;
  for (const UsedProfile& profile : study.profiles) {
    if (profile.compared.empty()) continue;
    const ComparedGroup& group = profile.compared.front();
    const ComparedCase& worst = *furthest_first(group).front();
    sentences.push_back(fmt::format(
        "{}{}; nine of ten within {:.1f} %; furthest off {}: {} predicted, {} measured",
        study.profiles.size() > 1 ? printable(profile.file) + ": " : "", compared_finding(group),
        100 * group.p90, printable(worst.id), quantity_text(worst.predicted_seconds, "s"),
        quantity_text(worst.measured_seconds, "s")));
  }
  return sentences;
}

}  // namespace pullsim
