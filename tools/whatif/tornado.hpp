// How far each of some figures moves the answer alone.
#pragma once

#include "tools/whatif/point_responses.hpp"

#include <cstddef>
#include <vector>

namespace pullsim {

struct TornadoBar {
  std::size_t factor = 0;
  Estimate at_low;  ///< p95 there minus p95 in the middle
  Estimate at_high;
  double reach() const;  ///< the longer of the two ways
};

/// Of one variant: `responses` are the middle, then the low and the high end of each factor. The
/// longest bar first.
std::vector<TornadoBar> tornado_bars(const std::vector<Response>& responses, std::size_t variant);

}  // namespace pullsim
