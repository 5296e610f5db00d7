// Latency of requests: the textbook's queues by hand, and what must hold for any.
#include "models/decisions/request_latency.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>

using namespace pullsim;

TEST_CASE("Erlang's C by hand") {
  CHECK(share_that_waits(1, 0.5) == Approx(0.5));      // M/M/1: its use
  CHECK(share_that_waits(2, 1.0) == Approx(1.0 / 3));  // a^2 / 2 * 2 / (1 + 1 + 1)
  CHECK(share_that_waits(3, 2.0) == Approx(4.0 / 9));
  CHECK(share_that_waits(5, 0.0) == 0);
}

TEST_CASE("below full load: M/M/c") {
  // One pod, 100 requests per second, half busy: 1 / (100 - 50), exponential.
  const RequestLatency one = request_latency({}, {50, 100, 60}, 1);
  CHECK(one.mean_seconds == Approx(0.02));
  CHECK(one.p95_seconds == Approx(0.02 * std::log(20.0)));
  // Two pods at load 1: a third waits for 1 / (200 - 100) on average. Spare is one service rate, so
  // P(T > t) = e^-t (1 + t / 3).
  const RequestLatency two = request_latency({}, {100, 200, 60}, 2);
  CHECK(two.mean_seconds == Approx(0.01 + 0.01 / 3));
  const double t = two.p95_seconds / 0.01;
  CHECK(std::exp(-t) * (1 + t / 3) == Approx(0.05));
  // Many pods, little load: the service alone.
  const RequestLatency many = request_latency({}, {100, 10'000, 60}, 100);
  CHECK(many.mean_seconds == Approx(0.01).epsilon(1e-6));
  CHECK(many.p95_seconds == Approx(0.01 * std::log(20.0)).epsilon(1e-6));
}

TEST_CASE("above it, or while a line is left: the line and the service") {
  RequestQueue queue;
  queue.waiting = 500;
  CHECK(request_latency(queue, {50, 100, 60}, 1).mean_seconds == Approx(5.01));
  CHECK(request_latency(queue, {150, 100, 60}, 1).p95_seconds == Approx(5 + 0.01 * std::log(20.0)));
  CHECK(request_latency(queue, {150, 100, 2}, 1).mean_seconds == Approx(2.01));  // then they leave
  CHECK(request_latency({}, {10, 0, 7}, 0).mean_seconds == 7);                   // nobody serves
}

TEST_CASE("more load never makes requests faster, one more pod never slower") {
  RandomStream chance(1, 0, "latency", "property");
  for (int trial = 0; trial < 500; ++trial) {
    const auto servers = static_cast<std::int64_t>(1 + chance.next() * 50);
    const double rate = 1 + chance.next() * 100;
    const double capacity = rate * static_cast<double>(servers);
    const double less = chance.next() * capacity;
    const double more = less + chance.next() * capacity;
    const RequestLatency calm = request_latency({}, {less, capacity, 1e6}, servers);
    const RequestLatency busy =
        request_latency({}, {std::min(more, capacity * 0.9999), capacity, 1e6}, servers);
    const RequestLatency wider = request_latency({}, {less, capacity + rate, 1e6}, servers + 1);
    REQUIRE(calm.mean_seconds >= 1 / rate * (1 - 1e-12));
    if (more >= less && less <= capacity * 0.9999) {
      REQUIRE(busy.mean_seconds >= calm.mean_seconds * (1 - 1e-9));
      REQUIRE(busy.p95_seconds >= calm.p95_seconds * (1 - 1e-9));
    }
    REQUIRE(wider.mean_seconds <= calm.mean_seconds * (1 + 1e-9));
  }
}

TEST_CASE("what is kept from one latency to the next changes none of them") {
  RandomStream chance(1, 0, "latency", "kept");
  RequestLatencies kept;
  WaitingShare share;
  std::int64_t servers = 1;
  double demand = 50;
  for (int step = 0; step < 3000; ++step) {
    const double what = chance.next();
    if (what < 0.8) {
      ++servers;
    } else if (what < 0.9) {
      servers = std::max<std::int64_t>(1, servers - static_cast<std::int64_t>(chance.next() * 30));
    } else {
      demand = chance.next() * 8000;
    }
    const RequestFlow flow{demand, 10.0 * static_cast<double>(servers), 5};
    const RequestLatency fresh = request_latency({}, flow, servers);
    const RequestLatency again = kept.of({}, flow, servers);
    REQUIRE(again.mean_seconds == fresh.mean_seconds);
    REQUIRE(again.p95_seconds == fresh.p95_seconds);
    const double load = demand / 10;
    if (load >= static_cast<double>(servers)) continue;
    const double plain = share_that_waits(servers, load);
    if (plain > 1e-38) {
      REQUIRE(share.of(servers, load) == plain);  // to the last bit
    } else {
      REQUIRE(share.of(servers, load) <= 1e-38);
    }
  }
}
