// The words of verdicts and of trust; see the header.
#include "tools/output/verdict_text.hpp"

#include "tools/input/diagnostic.hpp"
#include "tools/output/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pullsim {
namespace {

constexpr std::int64_t kRangesNamed = 3;  // more are counted

std::string distance(const Judged& judged) {
  const ThresholdResult& result = judged.result;
  if (!result.value || !result.limit || std::isinf(*result.value) || *result.limit == 0 ||
      std::isinf(*result.limit)) {
    return "";
  }
  const double share = (*result.value - *result.limit) / std::abs(*result.limit);
  return fmt::format("{:.1f} % {}", std::abs(share) * 100, share > 0 ? "over" : "under");
}

std::int64_t runs_done(const StudyResult& result) {
  std::int64_t runs = 0;
  for (const VariantResult& variant : result.variants) {
    runs += static_cast<std::int64_t>(variant.runs.size());
  }
  return runs;
}

bool nothing_varies(const StudyResult& result) {
  return std::all_of(result.variants.begin(), result.variants.end(), [](const VariantResult& v) {
    return v.runs.size() > 1 &&
           std::all_of(v.runs.begin(), v.runs.end(),
                       [&](const RunSummary& run) { return run.digest == v.runs.front().digest; });
  });
}

/// "chance only", or what the runs draw beside chance.
std::string covered(const Study& study) {
  std::vector<std::string> unknown;
  if (!study.ranges.empty()) {
    const auto ranges = static_cast<std::int64_t>(study.ranges.size());
    unknown.push_back(ranges <= kRangesNamed
                          ? fmt::format("{}", fmt::join(study.ranges, ", "))
                          : plural(ranges, "number", "numbers") + " given as ranges");
  }
  for (const UsedProfile& profile : study.profiles) {
    unknown.push_back(plural(profile.parameters, "parameter", "parameters") + " of " +
                      printable(profile.file));
  }
  if (unknown.empty()) return "chance only";
  return fmt::format("chance and what is not known of {}", fmt::join(unknown, "; "));
}

/// What the first variant's p95 varies by, chance and what is not known apart.
std::string spread_text(const StudyResult& result) {
  for (const VariantResult& variant : result.variants) {
    if (!variant.spread) continue;
    const Spread& spread = *variant.spread;
    return fmt::format("; p95 of {} varies by {}: chance {}, what is not known {}",
                       printable(variant.name), quantity_text(*spread.together.value, "s"),
                       quantity_text(*spread.chance.value, "s"),
                       quantity_text(*spread.unknown.value, "s"));
  }
  return "";
}

std::string origin(const Study& study) {
  if (study.profiles.empty()) {
    return fmt::format("parameters not calibrated for your cluster (defaults of v{})",
                       PULLSIM_VERSION);
  }
  std::string text;
  for (const UsedProfile& profile : study.profiles) {
    text += fmt::format("{}calibrated with {}", text.empty() ? "" : "; ", printable(profile.file));
    if (!profile.fitted_file.empty()) {
      text += fmt::format(" ({} of {})", plural(profile.fitted_cases, "case", "cases"),
                          printable(profile.fitted_file));
    }
    if (!profile.median) continue;
    text += fmt::format(", whose own error{} is {:.1f} % in the median and {:.1f} % at p90",
                        profile.held_back ? " on cases held back" : " on these cases",
                        100 * *profile.median, 100 * *profile.p90);
  }
  return text;
}

/// How the number of runs was found.
std::string found_text(const RunsFound& found) {
  std::string text;
  if (found.pilot > 0) {
    text = fmt::format("their number is from a pilot of {} more, {}", found.pilot,
                       plural(found.looks, "look", "looks"));
  } else {
    text = "no room for a pilot";
  }
  if (found.precision) {
    text += fmt::format(", wanted +-{:g} % {}", *found.precision * 100,
                        found.reached ? "reached" : "or a verdict not reached");
  }
  if (!found.reached) text += fmt::format(" (the budget of {} runs or the time ended)", found.most);
  return text;
}

}  // namespace

std::string plural(std::int64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string outcome_word(const Judged& judged) {
  const bool failed = judged.result.outcome == Verdict::fail;
  if (failed && judged.result.warn_only) return "WARN";
  return std::string(verdict_word(judged.result.outcome));
}

int urgency(const Judged& judged) {
  const std::string word = outcome_word(judged);
  if (word == "FAIL") return 0;
  if (word == "UNSURE") return 1;
  return word == "WARN" ? 2 : 3;
}

std::string note_of(const Judged& judged) {
  const ThresholdResult& result = judged.result;
  std::string note = distance(judged);
  const auto add = [&note](const std::string& text) {
    if (!text.empty()) note += (note.empty() ? "" : "; ") + text;
  };
  if (result.runs_never > 0) {
    add(fmt::format("never in {} of {} runs", result.runs_never, result.runs));
  }
  add(result.reason);
  return note;
}

std::string value_of(const Judged& judged) {
  const ThresholdResult& result = judged.result;
  if (!result.value) return "not measured";
  const auto unit = aggregate_unit(judged.threshold->metric, judged.threshold->aggregate);
  std::string text = quantity_text(*result.value, unit);
  if (result.interval && !result.same_in_every_run) {
    text += " " + interval_text(*result.interval, *result.value, unit);
  }
  return text;
}

std::string finding(const StudyResult& result) {
  const Overall& overall = result.overall;
  if (result.thresholds.empty()) return "no thresholds, nothing judged";
  const auto of_all = [&](std::int64_t count, const char* one, const char* many) {
    return fmt::format("{} of {} {}", count, plural(overall.judged, "threshold", "thresholds"),
                       count == 1 ? one : many);
  };
  std::string text;
  if (overall.failed > 0) {
    text = of_all(overall.failed, "fails", "fail");
  } else if (overall.unsure > 0) {
    text = of_all(overall.unsure, "is unsure", "are unsure");
  } else if (overall.judged == 1) {
    text = "the threshold holds";
  } else {
    text = overall.judged == 0 ? "only warnings are judged"
                               : fmt::format("all {} thresholds hold", overall.judged);
  }
  if (!overall.reason.empty()) text += "; " + overall.reason;
  return text;
}

std::string verdict_of(const StudyResult& result) {
  if (result.partial) return "UNSURE";
  if (result.thresholds.empty() && result.overall.outcome == Verdict::pass) return "DONE";
  return std::string(verdict_word(result.overall.outcome));
}

std::string runs_text(const Study& study, const StudyResult& result) {
  if (!result.partial) return plural(study.replications, "run", "runs");
  return fmt::format("{} of {} runs", runs_done(result),
                     study.replications * static_cast<std::int64_t>(study.variants.size()));
}

std::string trust(const Study& study, const StudyResult& result) {
  std::string text;
  if (result.partial) {
    text = fmt::format("stopped after {}; intervals are of these and cover {}",
                       runs_text(study, result), covered(study));
  } else if (study.replications < 2) {
    text = "1 run, no interval: one run shows no spread";
  } else if (nothing_varies(result)) {
    text = fmt::format("{} equal runs: nothing random was modelled", study.replications);
  } else {
    text = fmt::format("{} runs, interval 95 %{} (none where all runs agree); covers {}{}",
                       study.replications,
                       result.interval_of == IntervalOf::one_run ? " of one run" : "",
                       covered(study), spread_text(result));
  }
  if (study.budget && !result.partial) text += "; " + found_text(*study.budget);
  return text + "; " + origin(study);
}

}  // namespace pullsim
