// A limit within a window of time, against a list of all events.
#include "sim/window_limit.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>
#include <vector>

using namespace pullsim;
using std::chrono::seconds;

TEST_CASE("an event leaves the window when it is as old as the window is long") {
  WindowLimit limit(2, seconds(10), 0);
  CHECK(limit.try_take(kSimStart));
  CHECK(limit.try_take(kSimStart + seconds(4)));
  CHECK_FALSE(limit.try_take(kSimStart + seconds(10) - Duration{1}));
  CHECK(limit.try_take(kSimStart + seconds(10)));
  CHECK_FALSE(limit.try_take(kSimStart + seconds(13)));
  CHECK(limit.try_take(kSimStart + seconds(14)));
}

TEST_CASE("what was used before the start leaves the window as a whole") {
  WindowLimit limit(3, seconds(10), 2);
  CHECK(limit.try_take(kSimStart + seconds(1)));
  CHECK_FALSE(limit.try_take(kSimStart + seconds(9)));
  CHECK(limit.try_take(kSimStart + seconds(10)));
  WindowLimit over(3, seconds(10), 7);
  CHECK_FALSE(over.try_take(kSimStart + seconds(9)));
  CHECK(over.try_take(kSimStart + seconds(10)));
}

TEST_CASE("a window limit agrees with a list of all events") {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const std::int64_t most = 1 + static_cast<std::int64_t>(random() % 5);
    const Duration window{1 + static_cast<std::int64_t>(random() % 50)};
    const std::int64_t used = static_cast<std::int64_t>(random() % 4);
    WindowLimit limit(most, window, used);
    std::vector<SimTime> all(static_cast<std::size_t>(used), kSimStart);
    SimTime now = kSimStart;
    for (int i = 0; i < 60; ++i) {
      now += Duration{static_cast<std::int64_t>(random() % 12)};
      const auto recent =
          std::count_if(all.begin(), all.end(), [&](SimTime t) { return now - t < window; });
      const bool taken = limit.try_take(now);
      CHECK(taken == (recent < most));
      if (taken) all.push_back(now);
    }
  }
}
