// Quantiles of a few numbers. Leaves out weights.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pullsim {

/// Linear between the values; `sorted` must not be empty, `share` lies between 0 and 1.
inline double quantile_of(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = place - static_cast<double>(below);
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

inline double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile_of(values, 0.5);
}

}  // namespace pullsim
