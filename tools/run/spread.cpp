// See the header.
#include "tools/run/spread.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pullsim {
namespace {

constexpr std::size_t kPairsLeast = 3;

struct Pairs {
  std::vector<double> first;
  std::vector<double> again;
};

struct Variances {
  double chance = 0;
  double unknown = 0;
};

/// Of all pairs but one; `left_out` past the end: of all.
Variances variances_without(const Pairs& pairs, std::size_t left_out) {
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < pairs.first.size(); ++i) {
    if (i == left_out) continue;
    sum += pairs.first[i] + pairs.again[i];
    count += 1;
  }
  const double middle = sum / (2 * count);
  Variances out;
  double shared = 0;
  for (std::size_t i = 0; i < pairs.first.size(); ++i) {
    if (i == left_out) continue;
    const double apart = pairs.first[i] - pairs.again[i];
    out.chance += apart * apart / (2 * count);
    shared += (pairs.first[i] - middle) * (pairs.again[i] - middle);
  }
  // The middle is that of the pairs themselves: the mean of a pair varies about it by the shared
  // variance and half of that of chance.
  out.unknown = (shared + out.chance / 2) / (count - 1);
  return out;
}

Estimate deviation_of(const Pairs& pairs, double (*part)(const Variances&)) {
  const std::size_t n = pairs.first.size();
  const double all = part(variances_without(pairs, n));
  std::vector<double> without;
  for (std::size_t i = 0; i < n; ++i) without.push_back(part(variances_without(pairs, i)));
  // Leaving one out moves the estimate by 1 / (n - 1) of what that pair says.
  const double deviation =
      standard_deviation(without) * static_cast<double>(n - 1) / std::sqrt(static_cast<double>(n));
  const double half = student_half_width(deviation * std::sqrt(static_cast<double>(n)),
                                         static_cast<std::int64_t>(n));
  const auto root = [](double variance) { return std::sqrt(std::max(variance, 0.0)); };
  return {root(all), Interval{root(all - half), root(all + half)}};
}

/// The runs of `study` with the same figures, and chance that no run of it has met.
Study with_other_chance(const Study& study, std::int64_t runs) {
  Study again = study;
  again.thresholds.clear();
  again.replications = runs;
  const auto shift = static_cast<std::uint32_t>(study.replications);
  again.first_run = study.first_run + shift;
  for (Variant& variant : again.variants) {
    if (!variant.drawn) continue;
    variant.drawn = [drawn = variant.drawn, shift](std::uint32_t run) {
      return drawn(run - shift);
    };
  }
  return again;
}

std::vector<std::optional<double>> p95_of(const VariantResult& variant) {
  return per_run(variant, Metric::pod_ready, SummaryAggregate::p95);
}

}  // namespace

std::optional<Spread> spread_of(const std::vector<std::optional<double>>& first,
                                const std::vector<std::optional<double>>& again) {
  Pairs pairs;
  for (std::size_t i = 0; i < std::min(first.size(), again.size()); ++i) {
    if (!first[i] || !again[i] || !std::isfinite(*first[i]) || !std::isfinite(*again[i])) return {};
    pairs.first.push_back(*first[i]);
    pairs.again.push_back(*again[i]);
  }
  if (pairs.first.size() < kPairsLeast) return {};
  return Spread{deviation_of(pairs, [](const Variances& v) { return v.chance; }),
                deviation_of(pairs, [](const Variances& v) { return v.unknown; }),
                deviation_of(pairs, [](const Variances& v) { return v.chance + v.unknown; })};
}

void add_spreads(const Study& study, const ReplicationOptions& options, StudyResult* result) {
  if (study.ranges.empty() && study.profiles.empty()) return;
  std::uint64_t events = 0;  // of one run of every variant
  for (const VariantResult& variant : result->variants) {
    if (!variant.runs.empty()) events += variant.runs.front().counters.events + 1;
  }
  const std::int64_t runs =
      std::min({study.replications, kSpreadRunsMost,
                kSpreadEventsMost / static_cast<std::int64_t>(std::max<std::uint64_t>(events, 1))});
  if (runs < static_cast<std::int64_t>(kPairsLeast)) return;
  const Study again = with_other_chance(study, runs);
  StudyResult other;
  const auto done = run_and_summarise(
      again, options, [&](std::size_t variant, RunResult&& run, RunSummary&& summary) {
        add_run(again, variant, std::move(summary), run.warnings, &other);
      });
  if (done < runs * static_cast<std::int64_t>(again.variants.size())) return;
  for (std::size_t v = 0; v < result->variants.size(); ++v) {
    auto first = p95_of(result->variants[v]);
    first.resize(static_cast<std::size_t>(runs));
    result->variants[v].spread = spread_of(first, p95_of(other.variants[v]));
  }
}

}  // namespace pullsim
