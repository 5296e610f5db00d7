// Formulas on affine numbers: evaluated once, they hold over the whole range that is reported.
#include "sim/affine.hpp"

#include "sim/host_share.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <vector>

using namespace pullsim;

TEST_CASE("a comparison says up to which levels it comes out the same") {
  LevelRange range(4);
  CHECK(range.less(Affine(0, 1), 10));  // level < 10
  CHECK(range.high() == 10);
  CHECK_FALSE(range.less(Affine(0, 2), 3));  // 2 level < 3 from 1.5 on no more
  CHECK(range.low() == 1.5);
  CHECK(range.min(Affine(1, 1), 7) == Affine(1, 1));
  CHECK(range.high() == 6);
  CHECK(range.max(5, 6) == Affine(6));  // plain numbers bound nothing
  CHECK(range.low() == 1.5);
  CHECK(range.high() == 6);
}

TEST_CASE("at a crossing itself the range ends there, on the side where it comes out otherwise") {
  LevelRange range(4);
  CHECK_FALSE(range.less(Affine(0, 1), 4));
  CHECK(range.low() == 4);  // below 4 it is less
  LevelRange other(4);
  CHECK_FALSE(other.less(4, Affine(0, 1)));
  CHECK(other.high() == 4);  // above 4 it is less
}

TEST_CASE("speeds of works found at one level are right over the whole range") {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return static_cast<double>(random() % n); };
    HostKind kind;
    kind.cores = 1 + below(4);
    kind.disk = 10 + below(200);
    kind.receive_cpu_seconds_per_byte = below(3) / 200;
    std::vector<WorkGroup> works;
    for (double i = 0; i < 1 + below(4); ++i) {
      const double ratio = below(5) == 0 ? kUnlimited : below(100);
      works.push_back({ratio, 1 + static_cast<std::uint32_t>(below(3))});
    }
    const Affine flows(below(20), 1 + below(3));
    const auto at = [&](double level, LevelRange& range, bool plain) {
      std::vector<WorkSpeed> speeds(works.size());
      work_speeds(kind, plain ? Affine(flows.at(level)) : flows, 0, works, speeds, range);
      return speeds;
    };
    const double level = 1 + below(40);
    LevelRange range(level);
    const std::vector<WorkSpeed> speeds = at(level, range, false);
    REQUIRE(range.low() <= level);
    REQUIRE(range.high() >= level);
    const double high = std::min(range.high(), level + 50);
    const double low = std::max(range.low(), 0.0);
    for (int i = 1; i < 8; ++i) {
      const double there = low + (high - low) * i / 8;
      LevelRange unused(there);
      const std::vector<WorkSpeed> expected = at(there, unused, true);
      INFO("seed " << seed << ", level " << level << ", at " << there);
      for (std::size_t w = 0; w < works.size(); ++w) {
        REQUIRE(speeds[w].speed.at(there) == Approx(expected[w].speed.constant).margin(1e-9));
        if (there != low && there != high) REQUIRE(speeds[w].limit == expected[w].limit);
      }
    }
  }
}
