// What moves the p95 of pod_ready: every range of a scenario at its ends, one at a time with all
// others at their middle (tornado), and all together (Sobol indices). Everything is simulated, with
// the same runs at every point.
#pragma once

#include "tools/whatif/evaluation.hpp"
#include "tools/whatif/sobol_indices.hpp"
#include "tools/whatif/tornado.hpp"
#include "tools/whatif/vary.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pullsim {

/// A number that may lie anywhere in a range.
struct Factor {
  Vary range;
  std::optional<double> value;  ///< the likely one, where the scenario gives it
};

/// The ranges of the scenario file, by path, as they are written in its first variant; those that
/// are no plain number with a unit are left out and named in `left_out`.
std::vector<Factor> factors_of(const Study& study, std::vector<std::string>* left_out);

struct VariantSensitivity {
  std::string variant;
  Estimate middle;
  std::vector<TornadoBar> bars;     ///< the longest first
  std::vector<SobolIndex> indices;  ///< by factor; empty: not asked for, or nothing moves
};

struct SensitivityOptions {
  std::size_t points = 64;  ///< of Sobol's repeats; 0: none
};

/// Findings end it with nothing. `after` is told how many evaluations are done and are to be made.
std::vector<VariantSensitivity> sensitivity(
    const Question& question, const std::vector<Factor>& factors, const SensitivityOptions& options,
    Diagnostics& findings, const std::function<void(std::int64_t done, std::int64_t all)>& after);

}  // namespace pullsim
