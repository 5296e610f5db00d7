// See the header.
#include "tools/whatif/tornado.hpp"

#include <algorithm>
#include <cmath>

namespace pullsim {

double TornadoBar::reach() const {
  return std::max(std::abs(at_low.value.value_or(0)), std::abs(at_high.value.value_or(0)));
}

std::vector<TornadoBar> tornado_bars(const std::vector<Response>& responses, std::size_t variant) {
  const auto& middle = responses[0][variant];
  std::vector<TornadoBar> bars;
  for (std::size_t i = 1; i + 1 < responses.size(); i += 2) {
    bars.push_back({bars.size(), paired_difference(middle, responses[i][variant]).difference,
                    paired_difference(middle, responses[i + 1][variant]).difference});
  }
  std::stable_sort(bars.begin(), bars.end(),
                   [](const TornadoBar& a, const TornadoBar& b) { return a.reach() > b.reach(); });
  return bars;
}

}  // namespace pullsim
