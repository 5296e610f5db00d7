// Tables worked out by hand: level = min(burst, level + qps * elapsed), one token for each request.
#include "sim/token_bucket.hpp"

#include "sim/check.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace pullsim;
using namespace std::chrono_literals;

namespace {
SimTime at(Duration d) { return SimTime{d}; }
}  // namespace

TEST_CASE("a full bucket gives its burst at once and then a token every 1/qps") {
  TokenBucket bucket(5, 2);  // one token every 200 ms
  struct Case {
    Duration at;
    bool taken;
  };
  const Case cases[] = {
      {0ms, true},      {0ms, true},    {0ms, false},           {199'999'999ns, false},
      {200ms, true},    {200ms, false}, {399'999'999ns, false}, {400ms, true},
      {10s, true},      {10s, true},    {10s, false},           {10'199'999'999ns, false},
      {10'200ms, true},
  };
  for (const Case& c : cases) {
    INFO(c.at.count() << " ns");
    CHECK(bucket.try_take(at(c.at)) == c.taken);
  }
}

TEST_CASE("a refused request costs nothing") {
  TokenBucket bucket(1, 1);
  CHECK(bucket.try_take(at(0s)));
  for (int i = 1; i < 1000; ++i) CHECK_FALSE(bucket.try_take(at(i * 1ms)));
  CHECK(bucket.try_take(at(1s)));
}

TEST_CASE("blocking callers get their tokens in order, 1/qps apart") {
  TokenBucket bucket(20, 3);  // one token every 50 ms
  const std::vector<Duration> expected = {0ms, 0ms, 0ms, 50ms, 100ms, 150ms};
  for (Duration want : expected) CHECK(bucket.reserve(at(0s)) == at(want));
  // Six taken of three: level -3 at 0, -1.5 at 75 ms; one more makes -2.5, due 125 ms later.
  CHECK(bucket.reserve(at(75ms)) == at(200ms));
  // At 1 s: 20 tokens made since 0, 3 + 20 - 7 taken is more than the burst of 3.
  CHECK(bucket.tokens(at(1s)) == 3);
  CHECK(bucket.reserve(at(1s)) == at(1s));
}

TEST_CASE("a rate that does not divide a second is exact over a long run") {
  TokenBucket bucket(3, 1);
  std::vector<std::int64_t> times;
  for (int i = 0; i < 3001; ++i) times.push_back(bucket.reserve(at(0s)).time_since_epoch().count());
  CHECK(times[0] == 0);
  CHECK(times[1] == 333'333'334);
  CHECK(times[2] == 666'666'667);
  CHECK(times[3] == 1'000'000'000);
  CHECK(times[3000] == 1'000'000'000'000);
}

TEST_CASE("asking often or seldom gives the same tokens") {
  TokenBucket often(7, 4);
  TokenBucket seldom(7, 4);
  for (int i = 0; i < 4; ++i) {
    CHECK(often.try_take(at(0s)));
    CHECK(seldom.try_take(at(0s)));
  }
  for (std::int64_t t = 0; t < 400'000'000; t += 1'234'567) often.tokens(at(Duration{t}));
  CHECK(often.tokens(at(428'571'428ns)) == 2);  // 3/7 s = 428 571 428.57 ns
  CHECK(seldom.tokens(at(428'571'428ns)) == 2);
  CHECK(often.tokens(at(428'571'429ns)) == 3);
  CHECK(seldom.tokens(at(428'571'429ns)) == 3);
}

TEST_CASE("a non-blocking caller gets nothing while tokens are promised") {
  TokenBucket bucket(10, 1);
  CHECK(bucket.reserve(at(0s)) == at(0s));
  CHECK(bucket.reserve(at(0s)) == at(100ms));
  CHECK_FALSE(bucket.try_take(at(100ms)));
  CHECK_FALSE(bucket.try_take(at(199ms)));
  CHECK(bucket.try_take(at(200ms)));
}

TEST_CASE("a pause of a century fills the bucket and no more") {
  TokenBucket bucket(1e9, 1e6);
  for (int i = 0; i < 1000; ++i) CHECK(bucket.try_take(at(0s)));
  CHECK(bucket.tokens(at(24h * 365 * 100)) == 1'000'000);
}

TEST_CASE("three decimals of a rate count, and a fraction of a burst does not") {
  TokenBucket slow(0.001, 1.9);
  CHECK(slow.reserve(at(0s)) == at(0s));
  CHECK(slow.reserve(at(0s)) == at(1000s));
  TokenBucket odd(2.5, 1);
  CHECK(odd.reserve(at(0s)) == at(0s));
  CHECK(odd.reserve(at(0s)) == at(400ms));
}

TEST_CASE("a bucket out of bounds or asked backwards is a fault") {
  CHECK_THROWS_AS(TokenBucket(0, 1), Fault);
  CHECK_THROWS_AS(TokenBucket(1, 0.5), Fault);
  CHECK_THROWS_AS(TokenBucket(1e10, 1), Fault);
  CHECK_THROWS_AS(TokenBucket(1, 2e6), Fault);
  TokenBucket bucket(1, 1);
  bucket.try_take(at(2s));
  CHECK_THROWS_AS(bucket.try_take(at(1s)), Fault);
}
