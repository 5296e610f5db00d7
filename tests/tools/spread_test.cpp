// Chance and what is not known, told apart on runs whose parts are known.
#include "tools/run/spread.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/known_chance.hpp"

using namespace pullsim;
using namespace pullsim::test;

namespace {

using Values = std::vector<std::optional<double>>;

/// Pairs of one unknown figure (deviation 8) and two draws of chance (deviation 6).
std::pair<Values, Values> pairs(std::size_t count, double unknown, double chance, int number) {
  const RandomStream stream(static_cast<std::uint64_t>(number), 0, "pairs", "spread");
  std::pair<Values, Values> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double shared = 100 + unknown * normal(stream.at(3 * i));
    out.first.emplace_back(shared + chance * normal(stream.at(3 * i + 1)));
    out.second.emplace_back(shared + chance * normal(stream.at(3 * i + 2)));
  }
  return out;
}

bool holds(const Estimate& estimate, double truth) {
  return estimate.interval->low <= truth && truth <= estimate.interval->high;
}

}  // namespace

TEST_CASE("Three pairs by hand") {
  // Middle 20: shared (-10)(-8) + (0)(-2) + (10)(10) = 180, chance (4 + 4 + 0) / 6 = 4/3,
  // unknown (180 + 2/3) / 2.
  const auto spread = spread_of({10, 20, 30}, {12, 18, 30});
  REQUIRE(spread);
  CHECK(spread->chance.value.value() == Approx(std::sqrt(4.0 / 3)));
  CHECK(spread->unknown.value.value() == Approx(std::sqrt(90 + 1.0 / 3)));
  CHECK(spread->together.value.value() == Approx(std::sqrt(90 + 5.0 / 3)));
}

TEST_CASE("Both parts are found, and their intervals hold the truth as often as they say") {
  int chance_held = 0;
  int unknown_held = 0;
  double chance_sum = 0;
  double unknown_sum = 0;
  constexpr int kStudies = 400;
  for (int study = 0; study < kStudies; ++study) {
    const auto [first, again] = pairs(60, 8, 6, study);
    const auto spread = spread_of(first, again);
    REQUIRE(spread);
    chance_held += holds(spread->chance, 6) ? 1 : 0;
    unknown_held += holds(spread->unknown, 8) ? 1 : 0;
    chance_sum += *spread->chance.value * *spread->chance.value;
    unknown_sum += *spread->unknown.value * *spread->unknown.value;
    CHECK(*spread->together.value ==
          Approx(std::hypot(*spread->chance.value, *spread->unknown.value)));
  }
  CHECK(chance_sum / kStudies == Approx(36).epsilon(0.03));
  CHECK(unknown_sum / kStudies == Approx(64).epsilon(0.05));
  CHECK(chance_held >= kStudies * 90 / 100);
  CHECK(unknown_held >= kStudies * 90 / 100);
}

TEST_CASE("Chance alone has nothing unknown in it, figures alone leave no chance") {
  const auto [first, again] = pairs(200, 0, 6, 1);
  CHECK(spread_of(first, again)->unknown.interval->low == 0);
  CHECK(*spread_of(first, again)->unknown.value < 3);
  CHECK(*spread_of(first, first)->chance.value == 0);
}

TEST_CASE("No spread below three pairs or with a run that never ends") {
  CHECK_FALSE(spread_of({1, 2}, {1, 3}));
  CHECK_FALSE(spread_of({1, 2, std::numeric_limits<double>::infinity()}, {1, 3, 4}));
  CHECK_FALSE(spread_of({1, 2, std::nullopt}, {1, 3, 4}));
}
