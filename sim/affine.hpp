// Numbers that move with one common level: constant + factor * level. A formula of sums, multiples
// and comparisons, evaluated on them once, holds unchanged until the level crosses a point at which
// some comparison would come out otherwise. LevelRange collects those points, so that callers know
// how long they need not evaluate it again. Pure; knows nothing of rates or hosts.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace pullsim {

struct Affine {
  double constant = 0;
  double factor = 0;

  Affine() = default;
  // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): a plain number is one
  Affine(double plain) : constant(plain) {}
  Affine(double plain, double per_level) : constant(plain), factor(per_level) {}

  double at(double level) const { return factor == 0 ? constant : constant + factor * level; }
  friend bool operator==(const Affine&, const Affine&) = default;
  friend Affine operator+(const Affine& a, const Affine& b) {
    return {a.constant + b.constant, a.factor + b.factor};
  }
  friend Affine operator-(const Affine& a, const Affine& b) {
    return {a.constant - b.constant, a.factor - b.factor};
  }
  friend Affine operator*(double by, const Affine& a) { return {by * a.constant, by * a.factor}; }
  friend Affine operator/(const Affine& a, double by) { return {a.constant / by, a.factor / by}; }
};

/// The levels around `level` for which all comparisons made through it come out as they did: those
/// strictly between low and high. At an end itself nothing is promised.
class LevelRange {
 public:
  /// With an infinite level all numbers compared are plain.
  explicit LevelRange(double level) : level_(level) {}

  double low() const { return low_; }
  double high() const { return high_; }
  double level() const { return level_; }

  bool less(const Affine& a, const Affine& b) {
    const double by = a.at(level_) - b.at(level_);
    const double slope = a.factor - b.factor;
    if (slope != 0) {
      // Not less at the very point of crossing: so it stays on one of its sides.
      const double crossing = by == 0 ? level_ : level_ - by / slope;
      const bool above = by == 0 ? slope < 0 : crossing > level_;
      above ? bound_high(std::max(crossing, level_)) : bound_low(std::min(crossing, level_));
    }
    return by < 0;
  }
  Affine min(const Affine& a, const Affine& b) { return less(b, a) ? b : a; }
  Affine max(const Affine& a, const Affine& b) { return less(a, b) ? b : a; }
  void bound_low(double level) { low_ = std::max(low_, level); }
  void bound_high(double level) { high_ = std::min(high_, level); }

 private:
  double level_;
  double low_ = -std::numeric_limits<double>::infinity();
  double high_ = std::numeric_limits<double>::infinity();
};

}  // namespace pullsim
