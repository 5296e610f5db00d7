// Lists of which there are very many, or that are very long.
#pragma once

#include <cstddef>
#include <vector>

namespace pullsim {

/// One more at the end. A quarter of room to grow, where doubling would leave half of it unused.
template <class T>
void append(std::vector<T>& to, const T& item = T()) {
  constexpr std::size_t kLeast = 4;  // assumed
  if (to.size() == to.capacity()) to.reserve(to.size() + to.size() / 4 + kLeast);
  to.push_back(item);
}

}  // namespace pullsim
