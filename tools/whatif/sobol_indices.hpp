// First-order and total Sobol indices of a function on the unit cube: which share of the variance
// of its value is due to one input alone, and which would be left if all others were known.
//
// Estimators: Saltelli et al. 2010 (first order) and Jansen 1999 (total) on a shifted Sobol
// sequence; the whole is repeated with independent shifts, and the interval is Student's over the
// repeats.
#pragma once

#include "tools/run/study_result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace pullsim {

struct SobolIndex {
  Estimate first;
  Estimate total;
};

struct SobolOptions {
  std::size_t points = 64;  ///< of each repeat; a power of 2 is best
  std::size_t repeats = 8;
  std::uint64_t seed = 1;
};

/// Values of the function at many points at once, a row of `dimensions` each; absent where there is
/// none.
using Responses =
    std::function<std::vector<std::optional<double>>(const std::vector<std::vector<double>>&)>;

/// One for each dimension; empty if the function has no value somewhere or never changes. It is
/// asked repeats * points * (dimensions + 2) times.
std::vector<SobolIndex> sobol_indices(std::size_t dimensions, const SobolOptions& options,
                                      const Responses& responses);

}  // namespace pullsim
