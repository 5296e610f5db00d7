// Sobol indices of a function whose indices are known in closed form.
#include "tools/whatif/sobol_indices.hpp"

#include "tests/support/catch.hpp"

#include <cmath>
#include <numbers>

using namespace pullsim;

namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kA = 7;
constexpr double kB = 0.1;

/// Ishigami and Homma 1990: sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1, each x uniform on [-pi, pi].
double ishigami(const std::vector<double>& shares) {
  const auto x = [&](std::size_t i) { return (2 * shares[i] - 1) * kPi; };
  return std::sin(x(0)) + kA * std::pow(std::sin(x(1)), 2) +
         kB * std::pow(x(2), 4) * std::sin(x(0));
}

std::vector<std::optional<double>> all(const std::vector<std::vector<double>>& rows) {
  std::vector<std::optional<double>> values;
  for (const auto& row : rows) values.emplace_back(ishigami(row));
  return values;
}

}  // namespace

TEST_CASE("Ishigami's function: indices within 0.02 of the closed form") {
  const double v1 = 0.5 * std::pow(1 + kB * std::pow(kPi, 4) / 5, 2);
  const double v2 = kA * kA / 8;
  const double v13 = kB * kB * std::pow(kPi, 8) * (1.0 / 18 - 1.0 / 50);
  const double v = v1 + v2 + v13;
  const double first[] = {v1 / v, v2 / v, 0};
  const double total[] = {(v1 + v13) / v, v2 / v, v13 / v};
  SobolOptions options;
  options.points = 1024;
  const auto indices = sobol_indices(3, options, all);
  REQUIRE(indices.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    INFO(i);
    CHECK(std::abs(*indices[i].first.value - first[i]) < 0.02);
    CHECK(std::abs(*indices[i].total.value - total[i]) < 0.02);
    CHECK(indices[i].first.interval->low - 0.005 <= first[i]);
    CHECK(indices[i].first.interval->high + 0.005 >= first[i]);
  }
}

TEST_CASE("A function that never changes, or has no value somewhere, has no indices") {
  const SobolOptions options;
  CHECK(sobol_indices(2, options, [](const auto& rows) {
          return std::vector<std::optional<double>>(rows.size(), 5.0);
        }).empty());
  CHECK(sobol_indices(2, options, [](const auto& rows) {
          return std::vector<std::optional<double>>(rows.size());
        }).empty());
}
