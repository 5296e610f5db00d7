// The two properties that define max-min fairness, over random topologies, and tables by hand.
#include "sim/max_min.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace pullsim;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::uint32_t kNo = FlowGroup::kNoLink;

std::vector<double> rates_of(const std::vector<double>& capacities,
                             const std::vector<FlowGroup>& groups) {
  MaxMinSolver solver;
  std::vector<double> rates;
  for (const GroupRate& r : solver.solve(capacities, groups)) rates.push_back(r.rate);
  return rates;
}

}  // namespace

TEST_CASE("one link is divided equally, and caps leave the rest to others") {
  // 10 = 2 x 1 + 4 x 2
  CHECK(rates_of({10}, {{1, 2, {0, kNo, kNo, kNo}}, {kInf, 4, {0, kNo, kNo, kNo}}}) ==
        std::vector<double>{1, 2});
  // nobody is held up: 2 + 4 < 10
  CHECK(rates_of({10}, {{1, 2, {0, kNo, kNo, kNo}}, {2, 2, {0, kNo, kNo, kNo}}}) ==
        std::vector<double>{1, 2});
}

TEST_CASE("the classic parking lot: the long flow gets the tightest share") {
  // Links 10 and 4; flows: both, first, second. Second link: 4 / 2; first: 10 - 2.
  const std::vector<FlowGroup> groups = {
      {kInf, 1, {0, 1, kNo, kNo}}, {kInf, 1, {0, kNo, kNo, kNo}}, {kInf, 1, {1, kNo, kNo, kNo}}};
  CHECK(rates_of({10, 4}, groups) == std::vector<double>{2, 8, 2});
}

TEST_CASE("zones below an egress: slack of a narrow zone goes to the wide one") {
  // Egress 100 (link 0), zones 20 (1) and unlimited (2): 5 flows each. Zone 1: 20/5; rest 80/5.
  const std::vector<FlowGroup> groups = {{50, 5, {0, 1, kNo, kNo}}, {50, 5, {0, 2, kNo, kNo}}};
  CHECK(rates_of({100, 20, kInf}, groups) == std::vector<double>{4, 16});
}

TEST_CASE("a link counts before an own limit, and the first link before the second") {
  MaxMinSolver solver;
  const std::vector<double> capacities = {6, 6};
  const std::vector<FlowGroup> groups = {{3, 2, {1, 0, kNo, kNo}}};
  const auto rates = solver.solve(capacities, groups);
  CHECK(rates[0].rate == 3);
  CHECK(rates[0].stopped_by == 0);
}

TEST_CASE("edge values: no flows, closed links, no limits at all") {
  CHECK(rates_of({1}, {}).empty());
  CHECK(rates_of({}, {{kInf, 3, {kNo, kNo, kNo, kNo}}}) == std::vector<double>{kInf});
  CHECK(rates_of({kInf}, {{kInf, 3, {0, kNo, kNo, kNo}}}) == std::vector<double>{kInf});
  CHECK(rates_of({0, 5}, {{1, 1, {0, 1, kNo, kNo}}, {9, 1, {1, kNo, kNo, kNo}}}) ==
        std::vector<double>{0, 5});
}

TEST_CASE("the order of groups does not matter") {
  const std::vector<FlowGroup> groups = {{kInf, 4, {0, kNo, kNo, kNo}}, {1, 2, {0, kNo, kNo, kNo}}};
  CHECK(rates_of({10}, groups) == std::vector<double>{2, 1});
}

TEST_CASE("over random topologies no link is above capacity and each flow has a bottleneck") {
  MaxMinSolver solver;  // one for all: its memory must not leak from case to case
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return static_cast<std::uint32_t>(random() % n); };
    std::vector<double> capacities(1 + below(6));
    for (double& c : capacities) c = below(5) == 0 ? kInf : 1 + below(1000) / 7.0;
    std::vector<FlowGroup> groups(1 + below(12));
    for (FlowGroup& g : groups) {
      g.own_limit = below(3) == 0 ? kInf : 1 + below(100) / 3.0;
      g.weight = 1 + below(20);
      std::vector<std::uint32_t> links(capacities.size());
      for (std::uint32_t i = 0; i < links.size(); ++i) links[i] = i;
      std::shuffle(links.begin(), links.end(), random);
      for (std::size_t i = 0; i < std::min<std::size_t>(below(5), links.size()); ++i) {
        g.links[i] = links[i];
      }
    }
    const auto rates = solver.solve(capacities, groups);
    std::vector<double> use(capacities.size(), 0);
    std::vector<double> largest(capacities.size(), 0);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      for (const std::uint32_t l : groups[g].links) {
        if (l == kNo) continue;
        use[l] += groups[g].weight * rates[g].rate;
        largest[l] = std::max(largest[l], rates[g].rate);
      }
    }
    INFO("seed " << seed);
    constexpr double kRelative = 1e-12;
    for (std::size_t l = 0; l < use.size(); ++l) {
      REQUIRE(use[l] <= capacities[l] * (1 + kRelative));
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
      bool held = rates[g].rate == groups[g].own_limit;
      for (const std::uint32_t l : groups[g].links) {
        if (l == kNo || std::isinf(capacities[l])) continue;
        held = held || (use[l] >= capacities[l] * (1 - kRelative) &&
                        rates[g].rate >= largest[l] * (1 - kRelative));
      }
      REQUIRE(held);
      REQUIRE(rates[g].rate <= groups[g].own_limit);
    }
  }
}

TEST_CASE("a curve gets what the flows it stands for would get one by one") {
  MaxMinSolver solver;
  MaxMinSolver plain;
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return static_cast<std::uint32_t>(random() % n); };
    const std::uint32_t zones = 1 + below(4);
    std::vector<double> capacities{1 + below(2000) / 7.0};
    for (std::uint32_t z = 0; z < zones; ++z) {
      capacities.push_back(below(4) == 0 ? kInf : 1 + below(1000) / 7.0);
    }
    std::vector<DemandCurve> curves(zones);
    std::vector<FlowGroup> one_by_one;
    for (std::uint32_t i = 0; i < 1 + below(40); ++i) {
      const double limit = below(6) == 0 ? kInf : 1 + below(100) / 3.0;
      const double weight = below(4);
      const std::uint32_t zone = below(zones);
      curves[zone].set_weight(curves[zone].add(limit), weight);
      one_by_one.push_back({limit, weight, {0, 1 + zone, kNo, kNo}});
    }
    std::vector<FlowGroup> groups;
    for (std::uint32_t z = 0; z < zones; ++z) {
      groups.push_back({0, 0, {0, 1 + z, kNo, kNo}, &curves[z]});
    }
    const auto levels = solver.solve(capacities, groups);
    const auto rates = plain.solve(capacities, one_by_one);
    INFO("seed " << seed);
    for (std::size_t g = 0; g < one_by_one.size(); ++g) {
      if (one_by_one[g].weight == 0) continue;
      const double level = levels[one_by_one[g].links[1] - 1].rate;
      const double rate = std::min(level, one_by_one[g].own_limit);
      REQUIRE((rate == rates[g].rate || std::abs(rate - rates[g].rate) <= 1e-12 * rate));
    }
  }
}
