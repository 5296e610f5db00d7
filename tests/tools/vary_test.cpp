// `--vary` and designs: which values are tried, and that a mistake is told.
#include "tools/whatif/design.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace pullsim;

namespace {

std::string refusal(const std::string& text) {
  try {
    read_vary(text);
  } catch (const VaryFault& fault) {
    return fault.what();
  }
  return "";
}

std::vector<std::string> values(const std::string& text) { return read_vary(text).values; }

}  // namespace

TEST_CASE("Lists, steps, factors and ranges of values") {
  using Texts = std::vector<std::string>;
  CHECK(values("a.b=1,2,10") == Texts{"1", "2", "10"});
  CHECK(values("a.b=[x, y],[z]") == Texts{"[x, y]", "[z]"});
  CHECK(values("a.b=2..10:+2") == Texts{"2", "4", "6", "8", "10"});
  CHECK(values("a.b=1..64:x4") == Texts{"1", "4", "16", "64"});
  CHECK(values("a.b=50MB..400MB:x2") == Texts{"50MB", "100MB", "200MB", "400MB"});
  CHECK(values("a.b=0.1..0.3:+0.1") == Texts{"0.1", "0.2", "0.3"});
  CHECK(values("a.b=30s..90s:+30s") == Texts{"30s", "1m", "1m30s"});
  const Vary range = read_vary("a.b=1Gbit/s..10Gbit/s");
  REQUIRE(range.is_range());
  CHECK(range.low->number == 125e6);
  CHECK(range.high->number == 1.25e9);
}

TEST_CASE("Texts that are no values are refused with a sentence") {
  CHECK(refusal("a.b") == "`--vary a.b` has no path or no values");
  CHECK(refusal("a.b=1,,2") == "`a.b` has an empty value");
  CHECK(refusal("a.b=10..1:+1") == "the ends of `a.b` are not in order");
  CHECK(refusal("a.b=1s..10MB") == "the ends of `a.b` have different units");
  CHECK(refusal("a.b=1..10:x1") == "`x1` of `a.b` leads nowhere");
  CHECK(refusal("a.b=1..10:+0") == "`+0` of `a.b` leads nowhere");
  CHECK(refusal("a.b=1MB..10MB:+1s") == "`+1s` of `a.b` leads nowhere");
  CHECK(refusal("a.b=1..10:3") == "`3` of `a.b` is no step");
  CHECK(refusal("a.b=x..10") == "`x` of `a.b` is no number with a unit");
  CHECK(refusal("a.b=1..1000000000:+1") == "`a.b` has more than 100000 values");
}

TEST_CASE("The text of a value is read back as the same value") {
  for (const char* text :
       {"7", "0.25", "123456789B", "1.5GB", "999999937B/s", "10Gbit/s", "1ns", "1m30s", "12.5%"}) {
    const auto value = read_value(text);
    REQUIRE(value);
    const auto again = read_value(value_text(*value));
    REQUIRE(again);
    CHECK(again->kind == value->kind);
    CHECK(again->number == value->number);
  }
}

TEST_CASE("A share of a range: counts one by one, all else by factors") {
  const Vary counts = read_vary("a=1..4");
  CHECK(at_share(counts, 0.01).number == 1);
  CHECK(at_share(counts, 0.26).number == 2);
  CHECK(at_share(counts, 0.99).number == 4);
  CHECK(at_share(read_vary("a=1MB..100MB"), 0.5).number == 10e6);
}

TEST_CASE("A grid is every combination, the last path fastest") {
  const Design design({read_vary("a=1,2"), read_vary("b=x,y,z")}, DesignKind::grid, 0, 1);
  CHECK(design.size() == 6);
  CHECK(design.point(0)[0].value == "1");
  CHECK(design.point(2)[1].value == "z");
  CHECK(design.point(3)[0].value == "2");
  CHECK(design.point(3)[1].value == "x");
  // Every value is in a probe.
  std::set<std::string> seen;
  for (const auto probe : design.probes()) {
    for (const Setting& setting : design.point(probe)) seen.insert(setting.path + setting.value);
  }
  CHECK(seen.size() == 5);
  CHECK_THROWS_AS(Design({read_vary("a=1..2")}, DesignKind::grid, 0, 1), VaryFault);
  CHECK_THROWS_AS(Design({read_vary("a=1"), read_vary("a=2")}, DesignKind::grid, 0, 1), VaryFault);
}

TEST_CASE("A Latin hypercube has one point in each part of each dimension") {
  constexpr std::size_t kPoints = 50;
  const auto points = unit_points(DesignKind::latin_hypercube, 3, kPoints, 7);
  for (std::size_t d = 0; d < 3; ++d) {
    std::set<int> parts;
    for (std::size_t i = 0; i < kPoints; ++i)
      parts.insert(static_cast<int>(points[i * 3 + d] * 50));
    CHECK(parts.size() == kPoints);
  }
  CHECK(points != unit_points(DesignKind::latin_hypercube, 3, kPoints, 8));
}

TEST_CASE("Sobol points fill halves and quarters evenly, and another seed moves them") {
  constexpr std::size_t kPoints = 256;
  const auto points = unit_points(DesignKind::sobol, 2, kPoints, 1);
  int quarter = 0;
  for (std::size_t i = 0; i < kPoints; ++i) {
    CHECK((points[2 * i] > 0 && points[2 * i] < 1));
    if (points[2 * i] < 0.5 && points[2 * i + 1] < 0.5) ++quarter;
  }
  CHECK(std::abs(quarter - 64) <= 4);
  CHECK(points != unit_points(DesignKind::sobol, 2, kPoints, 2));
}
