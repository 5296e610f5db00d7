// Delays after failed pulls, and when the pod's worker comes back.
#include "models/decisions/retry_backoff.hpp"

#include "tests/support/catch.hpp"

#include <limits>
#include <optional>
#include <vector>

using namespace pullsim;
using namespace std::chrono_literals;

TEST_CASE("the back-off doubles from 10 s to 300 s") {
  struct Case {
    const char* name;
    std::int64_t failures;
    Duration want;
  };
  const Case cases[] = {
      {"no failure", 0, 0s}, {"a negative count is no failure", -1, 0s},
      {"first", 1, 10s},     {"second", 2, 20s},
      {"third", 3, 40s},     {"fourth", 4, 80s},
      {"fifth", 5, 160s},    {"sixth: capped, not 320 s", 6, 300s},
      {"seventh", 7, 300s},  {"very many", std::numeric_limits<std::int64_t>::max(), 300s},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(pull_backoff(c.failures) == c.want); }
  }
}

TEST_CASE("the worker comes back after the back-off or a minute, stretched") {
  struct Case {
    const char* name;
    std::optional<Duration> left;
    double u;
    Duration want;
  };
  const Case cases[] = {
      {"not stretched", 10s, 0, 10s},
      {"stretched by a quarter", 10s, 0.5, 12500ms},
      {"nearly the whole stretch", 20s, 0.999, 29990ms},
      {"at most a minute", 300s, 0, 60s},
      {"the minute is stretched too", 300s, 0.5, 75s},
      {"the back-off is over", 0s, 0.9, 0s},
      {"it ended long ago", -5s, 0.9, 0s},
      {"the error does not tell", std::nullopt, 0, 10s},
      {"the error does not tell, stretched", std::nullopt, 0.8, 14s},
      {"part of a nanosecond rounds up", 1ns, 0.1, 2ns},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) { CHECK(worker_requeue(c.left, c.u) == c.want); }
  }
}

TEST_CASE("a pull that always fails is tried at 0, 10, 30, 70, 150, 310 and 610 s") {
  // No stretch and no other reason for a sync; failures take no time.
  for (const bool errors_tell : {false, true}) {
    CAPTURE(errors_tell);
    std::vector<Duration> attempts;
    Duration now{0};
    Duration allowed{0};
    while (now < 700s) {
      std::optional<Duration> left;
      if (now >= allowed) {
        attempts.push_back(now);
        allowed = now + pull_backoff(static_cast<std::int64_t>(attempts.size()));
      } else if (errors_tell) {
        left = allowed - now;
      }
      now += worker_requeue(left, 0);
    }
    CHECK(attempts == std::vector<Duration>{0s, 10s, 30s, 70s, 150s, 310s, 610s});
  }
}

TEST_CASE("a container restarts at once, then with the back-off of pulls") {
  const std::vector<std::int64_t> seconds = {0, 10, 20, 40, 80, 160, 300, 300};
  for (std::size_t exits = 1; exits <= seconds.size(); ++exits) {
    CHECK(crash_backoff(static_cast<std::int64_t>(exits)) ==
          std::chrono::seconds(seconds[exits - 1]));
  }
}

TEST_CASE("always failing, nothing else going on: the attempts of the reference's timeline") {
  // Facts 1.5: an attempt that fails does not say when its back-off ends, so the worker looks again
  // after 10 to 15 s; a look that the back-off refuses says so.
  struct Case {
    double u;
    std::vector<double> attempts;  // s
  };
  for (const Case& c : {Case{0, {0, 10, 30, 70, 150, 310, 610, 910}},
                        Case{1, {0, 15, 37.5, 90, 195, 382.5, 690, 997.5}}}) {
    Duration now{0};
    for (std::int64_t failures = 1; failures <= 8; ++failures) {
      CHECK(to_seconds(now) == c.attempts[static_cast<std::size_t>(failures - 1)]);
      const Duration until = now + pull_backoff(failures);
      now += worker_requeue(std::nullopt, c.u);
      while (now < until) now += worker_requeue(until - now, c.u);
    }
  }
}
