// Which images run on which nodes.
#include "tools/images/platform.hpp"

#include "tests/support/catch.hpp"

namespace pullsim {
namespace {

int rank(const char* wanted, const char* offered) {
  const auto a = parse_platform(wanted);
  const auto b = parse_platform(offered);
  REQUIRE(a.has_value());
  REQUIRE(b.has_value());
  return platform_rank(*a, *b).value_or(-1);
}

TEST_CASE("an image runs on its own variant and on newer ones") {
  struct Case {
    const char* wanted;
    const char* offered;
    int rank;
  };
  const Case cases[] = {
      {"linux/amd64", "linux/amd64", 0},         {"linux/amd64", "linux/amd64/v1", 0},
      {"linux/amd64", "linux/amd64/v2", -1},     {"linux/amd64/v3", "linux/amd64/v2", 1},
      {"linux/amd64/v3", "linux/amd64", 2},      {"linux/arm64", "linux/arm64/v8", 0},
      {"linux/arm64/v8", "linux/arm64", 0},      {"linux/arm", "linux/arm/v7", 0},
      {"linux/arm", "linux/arm/v5", 2},          {"linux/arm/v6", "linux/arm/v7", -1},
      {"linux/arm/v6", "linux/arm", -1},         {"linux/arm64", "linux/arm/v7", -1},
      {"linux/amd64", "windows/amd64", -1},      {"linux/x86_64", "linux/amd64", 0},
      {"Linux/aarch64", "linux/arm64", 0},       {"linux/amd64", "linux/amd64/odd", -1},
      {"linux/amd64/odd", "linux/amd64/odd", 0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.offered << " on " << c.wanted) { CHECK(rank(c.wanted, c.offered) == c.rank); }
  }
}

TEST_CASE("what is not os/architecture/variant is no platform") {
  for (const char* text : {"", "linux", "linux/", "/amd64", "linux/amd64/", "linux/arm/v7/x",
                           "linux/am d64", "linux/\x01"}) {
    DYNAMIC_SECTION(text) { CHECK_FALSE(parse_platform(text).has_value()); }
  }
}

}  // namespace
}  // namespace pullsim
