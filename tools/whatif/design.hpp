// Which points of the space a sweep looks at: all combinations of values, or points spread over
// ranges. A point depends on the design and its number alone, so that shards and runs that go on
// later agree on it.
#pragma once

#include "tools/whatif/evaluation.hpp"
#include "tools/whatif/vary.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pullsim {

enum class DesignKind : std::uint8_t { grid, latin_hypercube, sobol };
std::string_view design_name(DesignKind kind);  ///< "grid", "latin-hypercube", "sobol"

/// `count` points of the unit cube of `dimensions`, row by row: open intervals, no 0 and no 1.
///  Latin hypercube: in each dimension every one of `count` equal parts holds one point (McKay,
///  Beckman, Conover 1979). Sobol: Boost's sequence, each dimension shifted by a draw and wrapped
///  (Cranley and Patterson 1976), so that another seed gives another, equally even set.
std::vector<double> unit_points(DesignKind kind, std::size_t dimensions, std::size_t count,
                                std::uint64_t seed);

class Design {
 public:
  /// A grid needs values for every path, the last of which changes fastest; the other kinds take
  /// ranges, and of values every one is equally likely. VaryFault where that is not so, a path is
  /// named twice, or there are more than a million points.
  Design(std::vector<Vary> varies, DesignKind kind, std::int64_t points, std::uint64_t seed);

  std::int64_t size() const { return size_; }
  Point point(std::int64_t number) const;  ///< from 0 on
  const std::vector<Vary>& varies() const { return varies_; }
  DesignKind kind() const { return kind_; }
  /// Points that hold every value of every path once or more: a mistake in a value is found by
  /// reading these.
  std::vector<std::int64_t> probes() const;

 private:
  std::vector<Vary> varies_;
  DesignKind kind_;
  std::int64_t size_ = 1;
  std::vector<double> shares_;  // of designs that are no grid
};

}  // namespace pullsim
