// The curve against the sum it stands for, over random limits and weights that come and go.
#include "sim/demand_curve.hpp"

#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <utility>
#include <vector>

using namespace pullsim;

TEST_CASE("flows grow to the level or to their limit") {
  DemandCurve curve;
  CHECK(curve.at(5) == DemandCurve::Use{});
  curve.set_weight(curve.add(3), 2);
  curve.set_weight(curve.add(7), 4);
  curve.set_weight(curve.add(std::numeric_limits<double>::infinity()), 1);
  CHECK(curve.at(2) == DemandCurve::Use{0, 7});
  CHECK(curve.at(3) == DemandCurve::Use{0, 7});  // at its limit a flow still counts as free
  CHECK(curve.at(5) == DemandCurve::Use{6, 5});
  CHECK(curve.at(8) == DemandCurve::Use{34, 1});
  curve.set_weight(1, 0);
  CHECK(curve.at(8) == DemandCurve::Use{6, 1});
  CHECK(curve.at(std::numeric_limits<double>::infinity()) == DemandCurve::Use{6, 1});
}

TEST_CASE("a curve is the sum over its flows, and keeps nothing of those that have gone") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return static_cast<std::uint32_t>(random() % n); };
    DemandCurve curve;
    std::vector<std::pair<double, double>>
        flows;  // limit, weight: whole numbers, so sums are exact
    for (int step = 0; step < 300; ++step) {
      if (flows.empty() || below(3) == 0) {
        flows.emplace_back(below(50), 0);
        REQUIRE(curve.add(flows.back().first) + 1 == flows.size());
      }
      const std::uint32_t at = below(static_cast<unsigned>(flows.size()));
      flows[at].second = below(3) == 0 ? 0 : below(1000);
      curve.set_weight(at, flows[at].second);
      const double level = below(60);
      DemandCurve::Use expected;
      for (const auto& [limit, weight] : flows) {
        (limit < level ? expected.bound : expected.free) += limit < level ? weight * limit : weight;
      }
      INFO("seed " << seed << ", step " << step);
      REQUIRE(curve.at(level) == expected);
    }
    for (std::uint32_t i = 0; i < flows.size(); ++i) curve.set_weight(i, 0);
    REQUIRE(curve.at(30) == DemandCurve::Use{});
  }
}
