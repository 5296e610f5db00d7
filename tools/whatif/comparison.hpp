// Two results of the same random numbers side by side: differences run by run, thresholds judged
// for the candidate, those against `baseline` included. Works on results alone, whether they were
// just made or read from files.
#pragma once

#include "tools/run/study_result.hpp"
#include "tools/whatif/figures.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// One side: a study and its result, which live longer than the comparison.
struct Side {
  const Study* study = nullptr;
  const StudyResult* result = nullptr;
  std::string version;
};

struct ComparedFigure {
  std::size_t figure = 0;  ///< index into all_figures()
  Estimate base;
  Estimate candidate;
  std::int64_t base_never = 0;  ///< runs
  std::int64_t candidate_never = 0;
  PairedDifference paired;  ///< candidate - base
};

struct ComparedThreshold {
  Judged judged;  ///< for the candidate; against the base where its limit says so
  std::optional<ThresholdResult> base;  ///< the base's own outcome; none for limits against it
  /// Why no image can meet it; empty where one might, or nobody looked.
  std::string beyond_images;
  bool regression = true;  ///< false: it already fails for the base
};

struct ComparedVariant {
  std::string base;
  std::string candidate;
  std::vector<ComparedFigure> figures;
  std::vector<ComparedThreshold> thresholds;
  std::int64_t runs = 0;  ///< pairs
};

struct Comparison {
  std::vector<ComparedVariant> variants;
  Overall overall;  ///< over the thresholds that count
  std::vector<std::string> warnings;
};

struct CompareOptions {
  bool strict = false;
  bool regressions_only = false;
};

/// What keeps two results from being compared, in a sentence; empty: nothing. They have to have one
/// variant each, or variants of the same names, the same seed and a run in common.
std::string cannot_compare(const Side& base, const Side& candidate);
Comparison compare(const Side& base, const Side& candidate, const CompareOptions& options);

/// Sets `beyond_images` of thresholds that fail: `without` is the candidate with every image on
/// every node already. With null, phases of the pod at p95 are looked at.
void find_beyond_images(const Side& candidate, const StudyResult* without, Comparison* comparison);

}  // namespace pullsim
