// See the header.
#include "tools/whatif/design.hpp"

#include <pullsim/random.hpp>

#include <fmt/format.h>
#include <boost/random/sobol.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace pullsim {
namespace {

constexpr std::int64_t kPointsMost = 1'000'000;
constexpr double kInside = 1e-12;  // keeps shares off 0 and 1

/// 0 .. count - 1 in an order of its own for each dimension.
std::vector<std::size_t> shuffled(std::size_t count, const RandomStream& stream) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> keys(count);
  for (std::size_t i = 0; i < count; ++i) keys[i] = stream.at(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  return order;
}

std::vector<double> latin_points(std::size_t dimensions, std::size_t count, std::uint64_t seed) {
  std::vector<double> points(dimensions * count);
  for (std::size_t d = 0; d < dimensions; ++d) {
    const std::string name = fmt::format("dimension {}", d);
    const auto parts = shuffled(count, RandomStream(seed, 0, name, "order of parts"));
    const RandomStream within(seed, 0, name, "place in a part");
    for (std::size_t i = 0; i < count; ++i) {
      points[i * dimensions + d] =
          (static_cast<double>(parts[i]) + within.at(i)) / static_cast<double>(count);
    }
  }
  return points;
}

std::vector<double> sobol_points(std::size_t dimensions, std::size_t count, std::uint64_t seed) {
  std::vector<double> points(dimensions * count);
  boost::random::sobol engine(dimensions);
  const double scale =
      std::ldexp(1.0, -std::numeric_limits<boost::random::sobol::result_type>::digits);
  std::vector<double> shift;
  for (std::size_t d = 0; d < dimensions; ++d) {
    shift.push_back(RandomStream(seed, 0, fmt::format("dimension {}", d), "shift").at(0));
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double place = static_cast<double>(engine()) * scale + shift[i % dimensions];
    points[i] = std::clamp(place - std::floor(place), kInside, 1 - kInside);
  }
  return points;
}

const std::string& value_at(const std::vector<std::string>& values, double share) {
  const auto index = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}

void check_paths(const std::vector<Vary>& varies) {
  std::set<std::string> seen;
  for (const Vary& vary : varies) {
    if (!seen.insert(vary.path).second) {
      throw VaryFault(fmt::format("`{}` is varied twice", vary.path), "give all values at once");
    }
  }
}

}  // namespace

std::string_view design_name(DesignKind kind) {
  switch (kind) {
    case DesignKind::grid:
      return "grid";
    case DesignKind::latin_hypercube:
      return "latin-hypercube";
    case DesignKind::sobol:
      break;
  }
  return "sobol";
}

std::vector<double> unit_points(DesignKind kind, std::size_t dimensions, std::size_t count,
                                std::uint64_t seed) {
  return kind == DesignKind::sobol ? sobol_points(dimensions, count, seed)
                                   : latin_points(dimensions, count, seed);
}

Design::Design(std::vector<Vary> varies, DesignKind kind, std::int64_t points, std::uint64_t seed)
    : varies_(std::move(varies)), kind_(kind) {
  check_paths(varies_);
  if (kind_ != DesignKind::grid) {
    size_ = points;
    shares_ = unit_points(kind_, varies_.size(), static_cast<std::size_t>(size_), seed);
    return;
  }
  for (const Vary& vary : varies_) {
    if (vary.is_range()) {
      throw VaryFault(fmt::format("`{}` is a range without steps", vary.path),
                      "add `:+STEP` or `:xFACTOR`, or `--points N` for points between the ends");
    }
    const auto values = static_cast<std::int64_t>(vary.values.size());
    if (size_ > kPointsMost / values) {
      throw VaryFault(fmt::format("more than {} points", kPointsMost),
                      "give fewer values, or `--points N` for a part of them");
    }
    size_ *= values;
  }
}

Point Design::point(std::int64_t number) const {
  Point point(varies_.size());
  auto rest = static_cast<std::size_t>(number);
  for (std::size_t d = varies_.size(); d-- > 0;) {
    const Vary& vary = varies_[d];
    point[d].path = vary.path;
    if (kind_ == DesignKind::grid) {
      point[d].value = vary.values[rest % vary.values.size()];
      rest /= vary.values.size();
      continue;
    }
    const double share = shares_[static_cast<std::size_t>(number) * varies_.size() + d];
    point[d].value =
        vary.is_range() ? value_text(at_share(vary, share)) : value_at(vary.values, share);
  }
  return point;
}

std::vector<std::int64_t> Design::probes() const {
  if (kind_ != DesignKind::grid) return {0, size_ - 1};
  std::set<std::int64_t> probes = {0};
  std::int64_t stride = 1;
  for (std::size_t d = varies_.size(); d-- > 0;) {
    const auto values = static_cast<std::int64_t>(varies_[d].values.size());
    for (std::int64_t i = 0; i < values; ++i) probes.insert(i * stride);
    stride *= values;
  }
  return {probes.begin(), probes.end()};
}

}  // namespace pullsim
