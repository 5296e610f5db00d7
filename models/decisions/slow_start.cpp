// See the header.
#include "models/decisions/slow_start.hpp"

#include <algorithm>

namespace pullsim {

std::vector<std::int64_t> slow_start_batches(std::int64_t count, std::int64_t first) {
  std::vector<std::int64_t> batches;
  std::int64_t left = count;
  for (std::int64_t size = std::min(left, first); size > 0; size = std::min(2 * size, left)) {
    batches.push_back(size);
    left -= size;
  }
  return batches;
}

SlowStart slow_start(std::int64_t count, std::int64_t first, std::int64_t succeeding) {
  SlowStart result;
  for (const std::int64_t batch : slow_start_batches(count, first)) {
    result.calls += batch;
    result.successes = std::clamp<std::int64_t>(succeeding, 0, result.calls);
    result.failed = result.successes < result.calls;
    if (result.failed) break;
  }
  return result;
}

}  // namespace pullsim
