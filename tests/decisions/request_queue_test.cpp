// Requests as a fluid: every phase by hand, and that no request disappears.
#include "models/decisions/request_queue.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

using namespace pullsim;

TEST_CASE("what is served, waits and is lost") {
  struct Case {
    const char* name;
    double waiting;
    RequestFlow flow;
    double seconds;
    double served, still_waiting, lost;
  };
  const Case cases[] = {
      {"enough pods", 0, {100, 300, 10}, 5, 500, 0, 0},
      {"exactly enough", 0, {300, 300, 10}, 5, 1500, 0, 0},
      {"short: the queue fills", 0, {400, 300, 10}, 5, 1500, 500, 0},
      {"full: the rest is lost", 0, {400, 300, 10}, 40, 12000, 3000, 1000},
      {"draining", 600, {100, 300, 10}, 2, 600, 200, 0},
      {"drained: only what comes", 600, {100, 300, 10}, 10, 1600, 0, 0},
      {"pods went away: who cannot be served in time is lost",
       3000,
       {0, 100, 10},
       1,
       100,
       900,
       2000},
      {"no pod: they wait for the first", 0, {50, 0, 10}, 4, 0, 200, 0},
      {"no pod for longer than they wait", 0, {50, 0, 10}, 30, 0, 500, 1000},
      {"no patience", 0, {50, 20, 0}, 4, 80, 0, 120},
      {"no time", 7, {50, 20, 10}, 0, 0, 7, 0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      const RequestQueue got = after({c.waiting, c.waiting, 0, 0}, c.flow, c.seconds);
      CHECK(got.served == Approx(c.served));
      CHECK(got.waiting == Approx(c.still_waiting));
      CHECK(got.lost == Approx(c.lost));
    }
  }
}

TEST_CASE("every request is served, lost or waiting, and halves add up to the whole") {
  RandomStream chance(1, 0, "requests", "property");
  for (int trial = 0; trial < 2000; ++trial) {
    RequestQueue whole;
    RequestQueue halves;
    for (int step = 0; step < 20; ++step) {
      const RequestFlow flow{chance.next() * 1000, chance.next() * 1000, chance.next() * 20};
      const double seconds = chance.next() * 30;
      whole = after(whole, flow, seconds);
      halves = after(after(halves, flow, seconds / 2), flow, seconds / 2);
      REQUIRE(whole.waiting >= 0);
      REQUIRE(whole.waiting <= flow.capacity * flow.patience_seconds * (1 + 1e-12));
      REQUIRE(whole.offered == Approx(whole.served + whole.lost + whole.waiting));
      REQUIRE(halves.served == Approx(whole.served));
      REQUIRE(halves.lost == Approx(whole.lost).margin(1e-6));
    }
  }
}
