// Numbers as the Go programs of Kubernetes compute them, so that results are theirs at the edges
// too: conversions of floats that are out of range, and sums and products that wrap. Leaves out
// what C++ does alike: integer division toward zero, float64 arithmetic.
//
// Facts: the Go specification leaves a conversion that does not fit to the machine; on amd64 it
// gives the least integer, which is what this gives on every machine. Integers wrap by the
// language.
#pragma once

#include <cstdint>
#include <limits>

namespace pullsim {

/// int64(x): toward zero; the least int64 for what does not fit, NaN included.
constexpr std::int64_t go_int64(double x) {
  constexpr double end = 9223372036854775808.0;  // 2^63
  if (!(x > -end - 2048.0 && x < end)) return std::numeric_limits<std::int64_t>::min();
  return x <= -end ? std::numeric_limits<std::int64_t>::min() : static_cast<std::int64_t>(x);
}

/// int32(x): toward zero; the least int32 for what does not fit, NaN included.
constexpr std::int32_t go_int32(double x) {
  constexpr double end = 2147483648.0;  // 2^31
  if (!(x > -end - 1.0 && x < end)) return std::numeric_limits<std::int32_t>::min();
  return static_cast<std::int32_t>(x);
}

/// int32(x) of a wider integer: its low 32 bits.
constexpr std::int32_t go_int32(std::int64_t x) { return static_cast<std::int32_t>(x); }

constexpr std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

constexpr std::int64_t wrapping_product(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

}  // namespace pullsim
