// See the header.
#include "tools/whatif/sobol_indices.hpp"

#include "tools/whatif/design.hpp"

#include <cmath>
#include <span>

namespace pullsim {
namespace {

struct Raw {
  std::vector<double> first;
  std::vector<double> total;
};

/// Rows of A, then B, then A with column i of B for each i.
std::vector<std::vector<double>> rows_of(std::size_t dimensions, std::size_t points,
                                         std::uint64_t seed) {
  const auto cube = unit_points(DesignKind::sobol, 2 * dimensions, points, seed);
  std::vector<std::vector<double>> rows((dimensions + 2) * points, std::vector<double>(dimensions));
  for (std::size_t p = 0; p < points; ++p) {
    const double* row = &cube[p * 2 * dimensions];
    for (std::size_t d = 0; d < dimensions; ++d) {
      rows[p][d] = row[d];
      rows[points + p][d] = row[dimensions + d];
      for (std::size_t i = 0; i < dimensions; ++i) {
        rows[(2 + i) * points + p][d] = i == d ? row[dimensions + d] : row[d];
      }
    }
  }
  return rows;
}

std::optional<Raw> one_repeat(std::size_t dimensions, std::size_t points, std::uint64_t seed,
                              const Responses& responses) {
  std::vector<double> values;
  for (const auto& value : responses(rows_of(dimensions, points, seed))) {
    if (!value || !std::isfinite(*value)) return std::nullopt;
    values.push_back(*value);
  }
  const std::span<const double> both(values.data(), 2 * points);
  const double center = mean(both);
  const double spread = standard_deviation(both);
  const double variance = spread * spread;
  if (!(variance > 0)) return std::nullopt;
  Raw raw;
  for (std::size_t i = 0; i < dimensions; ++i) {
    double first = 0;
    double total = 0;
    for (std::size_t p = 0; p < points; ++p) {
      const double a = values[p];
      const double b = values[points + p];
      const double mixed = values[(2 + i) * points + p];
      first += (b - center) * (mixed - a);
      total += (a - mixed) * (a - mixed);
    }
    const auto n = static_cast<double>(points);
    raw.first.push_back(first / n / variance);
    raw.total.push_back(total / n / 2 / variance);
  }
  return raw;
}

Estimate joined(const std::vector<Raw>& repeats, std::vector<double> Raw::*which, std::size_t i) {
  std::vector<std::optional<double>> values;
  values.reserve(repeats.size());
  for (const Raw& repeat : repeats) values.emplace_back((repeat.*which)[i]);
  return estimate(values);
}

}  // namespace

std::vector<SobolIndex> sobol_indices(std::size_t dimensions, const SobolOptions& options,
                                      const Responses& responses) {
  std::vector<Raw> repeats;
  for (std::size_t r = 0; r < options.repeats; ++r) {
    auto raw = one_repeat(dimensions, options.points, options.seed + 1000 * (r + 1), responses);
    if (!raw) return {};
    repeats.push_back(std::move(*raw));
  }
  std::vector<SobolIndex> indices;
  for (std::size_t i = 0; i < dimensions; ++i) {
    indices.push_back({joined(repeats, &Raw::first, i), joined(repeats, &Raw::total, i)});
  }
  return indices;
}

}  // namespace pullsim
