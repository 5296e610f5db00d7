// See the header. An image that few nodes have is scaled down, so that pods are not drawn to the
// first node that has pulled it.
#include "models/decisions/image_locality.hpp"

#include "models/decisions/go_arithmetic.hpp"
#include "models/decisions/resource_scores.hpp"

#include <algorithm>

namespace pullsim {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr std::int64_t kLeast = 23 * kMebibyte;
constexpr std::int64_t kMostPerContainer = 1000 * kMebibyte;

}  // namespace

std::string normalized_image_name(std::string_view name) {
  const auto place = [&](char mark) {  // -1: not there
    const std::size_t found = name.rfind(mark);
    return found == std::string_view::npos ? std::int64_t{-1} : static_cast<std::int64_t>(found);
  };
  std::string result(name);
  if (place(':') <= place('/')) result += ":latest";
  return result;
}

std::int64_t image_locality(std::span<const PresentImage> images, std::int64_t nodes_total,
                            std::int64_t containers, LocalityBound bound) {
  std::int64_t sum = 0;
  for (const PresentImage& image : images) {
    const double spread =
        static_cast<double>(image.nodes_with_image) / static_cast<double>(nodes_total);
    sum = wrapping_sum(sum, go_int64(static_cast<double>(image.size) * spread));
  }
  const std::int64_t most =
      bound == LocalityBound::fixed ? kMostPerContainer : kMostPerContainer * containers;
  if (sum < kLeast) {
    sum = kLeast;
  } else if (sum > most) {
    sum = most;
  }
  return kNodeScoreMax * (sum - kLeast) / (most - kLeast);
}

}  // namespace pullsim
