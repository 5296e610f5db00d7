// "Where the time goes": phases of one pod of each variant, and what their difference is made of.
#include "tools/output/number_text.hpp"
#include "tools/output/summary_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pullsim {
namespace {

constexpr std::size_t kLabelWidth = 14;
constexpr double kSmallShare = 0.01;  // phases under one percent are joined as "other"

double seconds_in(const PodPhases& phases, std::size_t phase) {
  return to_seconds(phases.time[phase]);
}

const VariantResult* variant_named(const StudyResult& result, const std::string& name) {
  for (const VariantResult& variant : result.variants) {
    const RunSummary* middle = middle_run(variant);
    if (variant.name == name && middle != nullptr && middle->pod_at_p95) return &variant;
  }
  return nullptr;
}

std::string cell(double time, double total, double longest, std::size_t bar_width, bool utf8) {
  const double share = total > 0 ? time / total : 0;
  const double bar = longest > 0 ? time / longest : 0;
  return fmt::format("{} {} {}", pad_left(quantity_text(time, "s"), 9),
                     pad_right(bar_text(bar, bar_width, utf8), bar_width),
                     pad_left(fmt::format("{:.0f} %", share * 100), 5));
}

std::string cause(const PodPhases& phases, std::size_t phase) {
  const HeldUp& held = phases.held_up[phase];
  if (held.by == Bottleneck::none || held.time <= Duration{0}) return "";
  return fmt::format("{} for {}", bottleneck_text(held.by),
                     unbroken(quantity_text(to_seconds(held.time), "s")));
}

/// One sentence a phase for two variants; a column of its own has no room at 80 characters.
std::string causes_of_pair(const PodPhases& a, const PodPhases& b, const std::string& name_a,
                           const std::string& name_b) {
  std::string text;
  for (std::size_t phase = 0; phase < kPodPhases; ++phase) {
    const std::string of_a = cause(a, phase);
    const std::string of_b = cause(b, phase);
    if (of_a.empty() && of_b.empty()) continue;
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: ", phase_name(static_cast<PodStage>(phase)));
    const bool both = !of_a.empty() && !of_b.empty();
    const bool same = both && a.held_up[phase].by == b.held_up[phase].by;
    if (!of_a.empty()) text += fmt::format("{} ({})", of_a, name_a);
    if (both) text += ", ";
    if (same) {
      text += fmt::format("{} ({})",
                          unbroken(quantity_text(to_seconds(b.held_up[phase].time), "s")), name_b);
    } else if (!of_b.empty()) {
      text += fmt::format("{} ({})", of_b, name_b);
    }
  }
  return text;
}

/// Mean over runs of the phases of each run's pod at p95.
std::array<double, kPodPhases> mean_phases(const VariantResult& variant) {
  std::array<double, kPodPhases> sums{};
  double runs = 0;
  for (const RunSummary& run : variant.runs) {
    if (!run.pod_at_p95) continue;
    ++runs;
    for (std::size_t phase = 0; phase < kPodPhases; ++phase) {
      sums[phase] += seconds_in(*run.pod_at_p95, phase);
    }
  }
  for (double& sum : sums) sum = runs > 0 ? sum / runs : 0;
  return sums;
}

std::string sooner_sentence(const VariantResult& base, const VariantResult& other, IntervalOf of) {
  const auto paired =
      paired_difference(per_run(base, Metric::pod_ready, SummaryAggregate::p95),
                        per_run(other, Metric::pod_ready, SummaryAggregate::p95), of);
  if (!paired.difference.value) return "";
  const double value = *paired.difference.value;
  std::string text =
      fmt::format("{} pods are ready {} {} than {} at p95", other.name,
                  quantity_text(std::abs(value), "s"), value <= 0 ? "sooner" : "later", base.name);
  if (paired.difference.interval &&
      paired.difference.interval->low < paired.difference.interval->high) {
    Interval interval = *paired.difference.interval;
    if (value <= 0) interval = {-interval.high, -interval.low};
    text += " " + interval_text(interval, value, "s");
  }
  return text;
}

}  // namespace

const RunSummary* middle_run(const VariantResult& variant) {
  if (variant.runs.empty()) return nullptr;
  const auto values = per_run(variant, Metric::pod_ready, SummaryAggregate::p95);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    return values[i].value_or(std::numeric_limits<double>::infinity());
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  return &variant.runs[order[(order.size() - 1) / 2]];
}

std::vector<const VariantResult*> shown_variants(const StudyResult& result) {
  std::vector<const VariantResult*> shown;
  for (const Judged& judged : result.thresholds) {
    const auto* base = variant_named(result, judged.threshold->limit.variant);
    const auto* other = variant_named(result, judged.result.variant);
    if (base != nullptr && other != nullptr) return {base, other};
  }
  for (const VariantResult& variant : result.variants) {
    const RunSummary* middle = middle_run(variant);
    if (middle == nullptr || !middle->pod_at_p95) continue;
    if (shown.size() < 2) {
      shown.push_back(&variant);
    } else if (middle->pod_at_p95->total < middle_run(*shown[1])->pod_at_p95->total) {
      shown[1] = &variant;
    }
  }
  return shown;
}

Lines phase_lines(const StudyResult& result, const SummaryOptions& options) {
  const auto shown = shown_variants(result);
  if (shown.empty()) return {};
  std::vector<PodPhases> pods;
  pods.reserve(shown.size());
  for (const VariantResult* variant : shown) pods.push_back(*middle_run(*variant)->pod_at_p95);
  double longest = 0;
  for (const PodPhases& pod : pods) {
    for (std::size_t i = 0; i < kPodPhases; ++i) longest = std::max(longest, seconds_in(pod, i));
  }
  const std::size_t bar_width = options.width >= 100 ? 18 : 10;
  Lines lines = {"  Where the time goes (the pod at p95 of the middle run)"};
  if (pods.size() > 1) {
    std::string head(4 + kLabelWidth, ' ');
    for (const VariantResult* variant : shown) {
      head += "   " + pad_right(variant->name, 16 + bar_width);
    }
    lines.push_back(head);
  }
  std::vector<double> other(pods.size(), 0.0);
  for (std::size_t phase = 0; phase < kPodPhases; ++phase) {
    const bool small = std::all_of(pods.begin(), pods.end(), [&](const PodPhases& pod) {
      return seconds_in(pod, phase) < kSmallShare * to_seconds(pod.total);
    });
    std::string line =
        "    " + pad_right(std::string(phase_name(static_cast<PodStage>(phase))), kLabelWidth);
    for (std::size_t i = 0; i < pods.size(); ++i) {
      const double time = seconds_in(pods[i], phase);
      if (small) other[i] += time;
      line += " " + cell(time, to_seconds(pods[i].total), longest, bar_width, options.utf8);
    }
    if (pods.size() == 1) line += "  " + cause(pods[0], phase);
    if (!small) lines.push_back(wrapped(line, line.size(), 0).front());
  }
  std::string rest = "    " + pad_right("other", kLabelWidth);
  for (std::size_t i = 0; i < pods.size(); ++i) {
    rest += " " + cell(other[i], to_seconds(pods[i].total), longest, bar_width, options.utf8);
  }
  if (std::any_of(other.begin(), other.end(), [](double time) { return time > 0; })) {
    lines.push_back(rest);
  }
  if (pods.size() > 1) {
    const auto causes = causes_of_pair(pods[0], pods[1], shown[0]->name, shown[1]->name);
    if (!causes.empty()) {
      for (auto& line : wrapped("    Held up by  " + causes, options.width, 6)) {
        lines.push_back(std::move(line));
      }
    }
  }
  return lines;
}

Lines attribution_lines(const StudyResult& result, const SummaryOptions& options) {
  const auto shown = shown_variants(result);
  if (shown.size() < 2) return {};
  const std::string sooner = sooner_sentence(*shown[0], *shown[1], result.interval_of);
  if (sooner.empty()) return {};
  const auto base = mean_phases(*shown[0]);
  const auto other = mean_phases(*shown[1]);
  double moved = 0;
  for (std::size_t i = 0; i < kPodPhases; ++i) moved += std::abs(other[i] - base[i]);
  constexpr double kSameShare = 0.05;   // of all that moved
  constexpr double kShownShare = 0.05;  // of the slower pod
  const double total = std::accumulate(base.begin(), base.end(), 0.0);
  double rest = 0;
  std::vector<std::size_t> changed;
  std::string same;
  for (std::size_t i = 0; i < kPodPhases; ++i) {
    if (std::abs(other[i] - base[i]) > kSameShare * moved) {
      changed.push_back(i);
    } else if (base[i] >= kShownShare * total) {
      same += unbroken(fmt::format("{} {}", phase_name(static_cast<PodStage>(i)),
                                   quantity_text(base[i], "s"))) +
              ", ";
    } else {
      rest += base[i];
    }
  }
  std::sort(changed.begin(), changed.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(other[a] - base[a]) > std::abs(other[b] - base[b]);
  });
  std::string text = "  " + sooner;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    text +=
        fmt::format("{} {} {}", i == 0 ? ":" : ",", phase_name(static_cast<PodStage>(changed[i])),
                    unbroken(signed_quantity_text(other[changed[i]] - base[changed[i]], "s")));
  }
  Lines lines = wrapped(text, options.width, 4);
  if (!same.empty() || rest > 0) {
    same +=
        unbroken(fmt::format("{} {}", same.empty() ? "all" : "other", quantity_text(rest, "s")));
    for (auto& line : wrapped("  Stays in both: " + same, options.width, 4)) {
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

}  // namespace pullsim
