// Flows and works as events of an engine.
#include "sim/network_driver.hpp"

#include "sim/check.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <string>
#include <vector>

using namespace pullsim;
using namespace std::chrono_literals;

namespace {

constexpr SimTime kEnd = SimTime::max();

struct World {
  Engine engine;
  NetworkDriver driver{engine};
  EgressId egress = driver.network().add_egress(1e9);
  SourceId source = driver.network().add_source(egress, kUnlimited);
  ZoneId zone = driver.network().add_zone(kUnlimited);
  HostKindId kind = driver.network().add_host_kind({.cores = 1});
  std::vector<std::int64_t> times;
  std::vector<double> exact;

  HostId host() { return driver.network().add_host(zone, kind); }
  DoneCallback note() {
    return [this](const Completion& done) {
      times.push_back(engine.now().time_since_epoch().count());
      exact.push_back(done.finished_seconds);
    };
  }
};

}  // namespace

TEST_CASE("a hundred flows that start at one instant are shared out once") {
  World world;
  for (int i = 0; i < 100; ++i) {
    world.driver.start_flow(world.host(), world.source, 1e7, world.note());
  }
  world.engine.run(kEnd);
  CHECK(world.times == std::vector<std::int64_t>(100, 1'000'000'000));
  CHECK(world.driver.network().counters().solves == 2);
  CHECK(world.engine.events_run() == 3);  // share out, done, share out
}

TEST_CASE("an end is delivered at the first nanosecond that is not before it") {
  World world;
  world.driver.start_flow(world.host(), world.source, 2.5, world.note());
  world.engine.run(kEnd);
  CHECK(world.times == std::vector<std::int64_t>{3});
  CHECK(world.exact == std::vector<double>{2.5e-9});
}

TEST_CASE("whole nanoseconds stay whole, whatever their value in seconds rounds to") {
  for (std::int64_t start = 0; start < 3'000'000'000; start += 33'333'334) {
    World world;
    const HostId host = world.host();
    world.engine.at(SimTime{Duration{start}}, "start", [&world, host] {
      world.driver.start_flow(host, world.source, 1000, world.note());
      world.driver.start_flow(host, world.source, 0, world.note());
    });
    world.engine.run(kEnd);
    REQUIRE(world.times.size() == 2);
    CHECK(world.times[0] == start);
    // Seconds as a double carry about 10^-16 of the time itself.
    CHECK(world.times[1] - start >= 1000);
    CHECK(world.times[1] - start <= 1001);
  }
}

TEST_CASE("an end at a whole nanosecond is delivered at it, not at the next") {
  // Many of these times come out a little too long when their seconds are taken times 10^9.
  for (std::int64_t time = 1; time < 40'000'000'000; time += 12'345'679) {
    World world;
    world.driver.start_work(world.host(), to_seconds(Duration{time}), 0, world.note());
    world.engine.run(kEnd);
    REQUIRE(world.times == std::vector<std::int64_t>{time});
  }
}

TEST_CASE("an end a hair after a whole nanosecond is delivered, and not before it") {
  for (std::int64_t time = 1; time < 40'000'000'000; time += 12'345'679) {
    World world;
    const double end = std::nextafter(to_seconds(Duration{time}), 1e9);
    world.driver.start_work(world.host(), end, 0, world.note());
    world.engine.run(kEnd);
    REQUIRE(world.times == std::vector<std::int64_t>{time + 1});
  }
}

TEST_CASE("ends of one instant whose callbacks start more need no further events") {
  World world;
  for (int i = 0; i < 10; ++i) {
    const HostId host = world.host();
    world.driver.start_flow(host, world.source, 1e8, [&world, host](const Completion&) {
      world.driver.start_flow(host, world.source, 1e8, world.note());
    });
  }
  world.engine.run(kEnd);
  CHECK(world.times == std::vector<std::int64_t>(10, 2'000'000'000));
  CHECK(world.engine.events_run() == 5);  // share out, done, share out, done, share out
}

TEST_CASE("a callback may start the next activity at the same instant") {
  World world;
  struct Chain {
    World& world;
    HostId host;
    int left;
    void next() {
      if (left-- == 0) return;
      world.driver.start_work(host, 0.25, 0, [this](const Completion&) {
        world.times.push_back(world.engine.now().time_since_epoch().count());
        next();
      });
    }
  } chain{world, world.host(), 4};
  chain.next();
  world.engine.run(kEnd);
  CHECK(world.times ==
        std::vector<std::int64_t>{250'000'000, 500'000'000, 750'000'000, 1'000'000'000});
}

TEST_CASE("a cancelled activity never calls back and gives back what it wanted") {
  World world;
  const HostId host = world.host();
  struct {
    ActivityHandle flow;
    double left = -1;
    double again = -1;
  } seen;
  seen.flow = world.driver.start_flow(host, world.source, 1e9, world.note());
  CHECK(world.driver.pending(seen.flow));
  world.engine.at(SimTime{400ms}, "cancel", [&] {
    seen.left = world.driver.cancel(seen.flow);
    seen.again = world.driver.cancel(seen.flow);
  });
  world.engine.run(kEnd);
  CHECK(seen.left == Approx(6e8));
  CHECK(seen.again == 0);
  CHECK(world.times.empty());
  CHECK_FALSE(world.driver.pending(seen.flow));
  CHECK(world.engine.empty());
}

TEST_CASE("a callback may cancel an activity that ended at the same instant before it is told") {
  World world;
  struct Pair {
    World& world;
    ActivityHandle second;
    double left = -1;
    int told = 0;
  } pair{world, {}};
  world.driver.start_flow(world.host(), world.source, 1000, [&pair](const Completion&) {
    ++pair.told;
    CHECK(pair.world.driver.pending(pair.second));
    pair.left = pair.world.driver.cancel(pair.second);
  });
  pair.second = world.driver.start_flow(world.host(), world.source, 1000,
                                        [&pair](const Completion&) { ++pair.told; });
  world.engine.run(kEnd);
  CHECK(pair.told == 1);
  CHECK(pair.left == 0);
}

TEST_CASE("an old handle does not name the activity that took its place") {
  World world;
  const HostId host = world.host();
  const ActivityHandle old = world.driver.start_flow(host, world.source, 10, world.note());
  world.engine.run(kEnd);
  const ActivityHandle fresh = world.driver.start_flow(host, world.source, 10, world.note());
  CHECK(NetworkDriver::id(fresh) == NetworkDriver::id(old));
  CHECK_FALSE(world.driver.pending(old));
  CHECK(world.driver.cancel(old) == 0);
  world.engine.run(kEnd);
  CHECK(world.times.size() == 2);
}

TEST_CASE("an activity that starts at the instant of another's end is not before it") {
  World world;
  const HostId host = world.host();
  // Both at 1000 ns: the start was scheduled first, so it runs before the end is delivered.
  world.engine.at(SimTime{1000ns}, "start", [&world, host] {
    world.driver.start_flow(host, world.source, 1000, world.note());
  });
  world.driver.start_flow(host, world.source, 1000, world.note());
  world.engine.run(kEnd);
  CHECK(world.times == std::vector<std::int64_t>{1000, 2000});
}

TEST_CASE("an egress that closes and opens again delays what is under way") {
  World world;
  world.driver.start_flow(world.host(), world.source, 1e9, world.note());
  world.engine.at(SimTime{200ms}, "close", [&] { world.driver.set_egress(world.egress, 0); });
  world.engine.at(SimTime{5s}, "open", [&] { world.driver.set_egress(world.egress, 8e8); });
  world.engine.run(kEnd);
  CHECK(world.times == std::vector<std::int64_t>{6'000'000'000});
}

TEST_CASE("a faster kind of host takes effect at once") {
  World world;
  const HostKindId slow = world.driver.network().add_host_kind({.bandwidth = 1e8});
  const HostId host = world.driver.network().add_host(world.zone, slow);
  world.driver.start_flow(host, world.source, 1e9, world.note());
  world.engine.at(SimTime{5s}, "faster",
                  [&world, host] { world.driver.set_host_kind(host, world.kind); });
  world.engine.run(kEnd);
  CHECK(world.times == std::vector<std::int64_t>{5'500'000'000});
}

TEST_CASE("catching up makes bytes current between events") {
  World world;
  const HostId host = world.host();
  world.driver.start_flow(host, world.source, 1e9, world.note());
  double seen = -1;
  struct {
    World& world;
    HostId host;
    double& seen;
  } look{world, host, seen};
  world.engine.at(SimTime{250ms}, "look", [&look] {
    look.world.driver.catch_up();
    look.seen = look.world.driver.network().host_bytes(look.host);
  });
  world.engine.run(kEnd);
  CHECK(seen == Approx(2.5e8));
}

TEST_CASE("an end beyond the clock is no event") {
  World world;
  world.driver.set_egress(world.egress, 1e-9);
  world.driver.start_flow(world.host(), world.source, 1e9, world.note());
  world.engine.run(kEnd);
  CHECK(world.times.empty());
  CHECK(world.engine.empty());
}
