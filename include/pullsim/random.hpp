// Random numbers by name: a draw depends on (seed, run, entity, purpose, ordinal) and on nothing
// else - not on the order in which things are built, not on what else exists, not on the variant.
// So adding a node changes no other node's numbers, and two variants of a scenario meet the same
// chance (common random numbers).
//
// Generator: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011;
// Random123). Distributions by inverse cumulative distribution functions (Boost.Math), never the
// standard library's, which differ between implementations.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pullsim {

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint32_t run, std::string_view entity,
               std::string_view purpose);
  /// The draw number `ordinal`, uniform on the open interval (0, 1): an odd multiple of 2^-53, so
  /// that u and 1 - u are both exact and never 0 or 1.
  double at(std::uint64_t ordinal) const;
  /// The next draw: at(0), at(1), ...
  double next() { return at(ordinal_++); }

 private:
  std::uint64_t key_ = 0;      // seed
  std::uint64_t name_ = 0;     // entity and purpose
  std::uint64_t ordinal_ = 0;  // of the draw that next() gives
  std::uint32_t run_ = 0;
};

/// A distribution of a non-negative quantity, in the unit of its user (seconds for delays).
struct Distribution {
  enum class Kind : std::uint8_t {
    constant,     ///< a = value
    uniform,      ///< a = low, b = high
    exponential,  ///< a = mean
    lognormal,    ///< a = mu, b = sigma of the logarithm
    weibull,      ///< a = shape, b = scale
    gamma,        ///< a = shape, b = scale
    empirical,    ///< points, linear between them
  };
  struct Point {
    double share = 0;  ///< 0..1, rising
    double value = 0;
    friend bool operator==(const Point&, const Point&) = default;
  };
  Kind kind = Kind::constant;
  double a = 0;
  double b = 0;
  std::vector<Point> points;

  static Distribution constant(double value) { return {Kind::constant, value, 0, {}}; }
  friend bool operator==(const Distribution&, const Distribution&) = default;
};

/// The value below which a share `u` in (0, 1) of the distribution lies. Never throws: `u` outside
/// the draws of a stream counts as the nearest of them; a value past double's range is infinite.
double quantile(const Distribution& distribution, double u);
/// Its mean; closed form, for the empirical kind that of the piecewise linear quantile function.
double mean(const Distribution& distribution);

/// The distribution of `kind` whose quantiles at shares p1 < p2 are v1 < v2 (0 < v1). Exact for
/// uniform, lognormal and weibull; gamma is solved numerically; exponential uses the first quantile
/// only and is refused by the reader when two are given. Returns false, and leaves `out` alone,
/// where none exists, where it would have values below 0, or where gamma needs a shape outside
/// 0.001..1e8.
bool fit_quantiles(Distribution::Kind kind, double p1, double v1, double p2, double v2,
                   Distribution* out);

/// A draw as a duration, rounded up to a nanosecond; negative values count as 0.
inline Duration draw(const Distribution& distribution, double u) {
  const double seconds = quantile(distribution, u);
  return seconds > 0 ? duration_up(seconds) : Duration{0};
}

}  // namespace pullsim
