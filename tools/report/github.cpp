// Ten annotations of a kind are shown per step: the nine worst, and how many more there are.
#include "tools/output/verdict_text.hpp"
#include "tools/report/escape.hpp"
#include "tools/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace pullsim {
namespace {

constexpr std::size_t kShownMost = 9;

/// How far a value is over its limit, as a share; what never happened is farthest.
double badness(const Judged& judged) {
  const ThresholdResult& result = judged.result;
  if (!result.value || !result.limit || *result.limit == 0) return 0;
  return std::abs(*result.value - *result.limit) / std::abs(*result.limit);
}

const char* command_of(const std::string& word) {
  if (word == "FAIL") return "error";
  return "warning";
}

}  // namespace

std::string github_report(const ReportInput& input) {
  std::vector<const Judged*> bad;
  for (const Judged& judged : input.result.thresholds) {
    if (outcome_word(judged) != "PASS") bad.push_back(&judged);
  }
  std::stable_sort(bad.begin(), bad.end(), [](const Judged* a, const Judged* b) {
    return urgency(*a) != urgency(*b) ? urgency(*a) < urgency(*b) : badness(*a) > badness(*b);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(bad.size(), kShownMost); ++i) {
    const Judged& judged = *bad[i];
    const Threshold& threshold = *judged.threshold;
    const std::string word = outcome_word(judged);
    const std::string note = note_of(judged);
    text += fmt::format("::{} file={},line={},endLine={},title={}::", command_of(word),
                        github_property(threshold.place.file), threshold.place.line,
                        threshold.place.line,
                        github_property(fmt::format("pullsim {}: {}: {}", word,
                                                    judged.result.variant, threshold.name)));
    text += fmt::format("{} is {}", github_data(threshold.text), github_data(value_of(judged)));
    if (!note.empty()) text += "; " + github_data(note);
    if (!threshold.because.empty()) text += "%0Abecause: " + github_data(threshold.because);
    text += '\n';
  }
  if (bad.size() > kShownMost) {
    text += fmt::format("::{} title=pullsim::and {} more thresholds that do not hold\n",
                        command_of(outcome_word(*bad[kShownMost])), bad.size() - kShownMost);
  }
  if (bad.empty()) {
    text += fmt::format("::notice title=pullsim {}::{}: {}\n", verdict_of(input.result),
                        github_data(input.study.file), github_data(finding(input.result)));
  }
  return text;
}

}  // namespace pullsim
