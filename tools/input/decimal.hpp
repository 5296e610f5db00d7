// The number reader under unit_text: a decimal as digits, exact until it is scaled.
#pragma once

#include "tools/input/unit_text.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace pullsim {

struct Decimal {
  bool negative = false;
  std::int64_t whole = 0;
  std::int64_t fraction = 0;        ///< digits after the point, as an integer
  std::int64_t fraction_scale = 1;  ///< 10 to the number of those digits

  /// The nearest double to this times 10 to the power of `exponent`.
  double value(int exponent = 0) const;
  /// Times `factor`, rounded half away from zero; none when it does not fit 63 bits.
  std::optional<std::int64_t> scaled(std::int64_t factor) const;
};

/// A number and what stands after it.
struct NumberAndUnit {
  std::string_view number;
  std::string_view unit;
};

/// Cuts at the first character after the number; one space between the two is dropped.
NumberAndUnit split_unit(std::string_view text);

Reading<Decimal> read_decimal(std::string_view text);

}  // namespace pullsim
