// Every benchmark at a tiny size: what it computes is what it computed when its digest was
// recorded.
#include "tests/bench/cases.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;

TEST_CASE("benchmarks compute what they did when they were recorded") {
  for (const bench::Case& piece : bench::cases()) {
    const auto work = piece.prepare(piece.tiny);
    const std::uint64_t digest = work();
    CAPTURE(piece.name, piece.tiny, digest);
    CHECK(digest == piece.tiny_digest);
    CHECK(work() == digest);
    CHECK(piece.prepare(piece.tiny + 1)() != digest);
  }
}
