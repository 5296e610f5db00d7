// Folds, their fits, and the reach of intervals; see the header.
#include "tools/calibrate/cross_validation.hpp"

#include "tools/calibrate/prediction_spread.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pullsim {
namespace {

constexpr std::size_t kFolds = 10;
constexpr double kCovered = 0.9;
// Of a normal distribution; where there are too few cases to see.
constexpr double kNormalReach = 1.645;

std::uint64_t hash_of(const std::string& id) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

// Cases dealt out in the order of their hashes.
std::vector<std::size_t> folds_of(const std::vector<MeasuredCase>& cases, std::size_t folds) {
  std::vector<std::size_t> order(cases.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(hash_of(cases[a].id), a) < std::pair(hash_of(cases[b].id), b);
  });
  std::vector<std::size_t> fold(cases.size());
  for (std::size_t i = 0; i < order.size(); ++i) fold[order[i]] = i % folds;
  return fold;
}

// As many of n seen errors lie within it that one more of their kind does with 90 % chance: the
// smallest k with k / (n + 1) >= 0.9 (split conformal prediction).
double reach_of(std::vector<double> scores) {
  const auto count = static_cast<double>(scores.size());
  const auto rank = static_cast<std::size_t>(std::ceil(kCovered * (count + 1)));
  if (scores.empty() || rank > scores.size()) return kNormalReach;
  std::sort(scores.begin(), scores.end());
  return scores[rank - 1];
}

}  // namespace

CrossValidation cross_validate(const std::vector<MeasuredCase>& cases) {
  std::vector<MeasuredCase> measured;
  for (const MeasuredCase& one : cases) {
    if (one.measured_seconds) measured.push_back(one);
  }
  CrossValidation out;
  out.reach = kNormalReach;
  if (measured.size() < 2) return out;
  out.folds = std::min(kFolds, measured.size());
  out.cases.resize(measured.size());
  const std::vector<std::size_t> fold = folds_of(measured, out.folds);
  tbb::parallel_for(std::size_t{0}, out.folds, [&](std::size_t k) {
    std::vector<MeasuredCase> others;
    for (std::size_t i = 0; i < measured.size(); ++i) {
      if (fold[i] != k) others.push_back(measured[i]);
    }
    const Fit fit = fit_parameters(others);
    for (std::size_t i = 0; i < measured.size(); ++i) {
      if (fold[i] != k) continue;
      out.cases[i].predicted_seconds = predict(measured[i], fit.values).makespan_seconds;
      out.cases[i].spread = spread_of_repeats(measured[i], fit);
    }
  });
  std::vector<double> scores;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const double error = std::log(out.cases[i].predicted_seconds / *measured[i].measured_seconds);
    scores.push_back(std::abs(error) / out.cases[i].spread);
  }
  out.reach = reach_of(scores);
  for (std::size_t i = 0; i < measured.size(); ++i) {
    std::vector<double> outside;
    for (std::size_t j = 0; j < measured.size(); ++j) {
      if (fold[j] != fold[i]) outside.push_back(scores[j]);
    }
    out.cases[i].reach = reach_of(std::move(outside));
  }
  return out;
}

}  // namespace pullsim
