// Slots go first come, first served, each grant an event of its own.
#include "sim/slot_pool.hpp"

#include "sim/check.hpp"
#include "tests/support/catch.hpp"

#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace pullsim;
using namespace std::chrono_literals;

namespace {
constexpr SimTime kEnd = SimTime::max();
}

TEST_CASE("a free slot is granted by an event at the same instant, not inside acquire") {
  Engine engine;
  SlotPool pool(engine, 1, "slot");
  bool granted = false;
  engine.at(SimTime{5ns}, "ask", [&] {
    pool.acquire([&granted] { granted = true; });
    CHECK_FALSE(granted);
    CHECK(pool.in_use() == 1);
  });
  engine.run(kEnd);
  CHECK(granted);
  CHECK(engine.now() == SimTime{5ns});
}

TEST_CASE("waiters are served in order, at the instant a slot comes free") {
  Engine engine;
  SlotPool pool(engine, 2, "slot");
  std::vector<std::string> log;
  struct Job {
    Engine& engine;
    SlotPool& pool;
    std::vector<std::string>& log;
    void hold(char name, Duration time) {
      pool.acquire([this, name, time] {
        note(name, '+');
        engine.in(time, "done", [this, name] {
          note(name, '-');
          pool.release();
        });
      });
    }
    void note(char name, char sign) {
      log.push_back(std::to_string(engine.now().time_since_epoch().count()) + name + sign);
    }
  } job{engine, pool, log};
  job.hold('a', 10ns);
  job.hold('b', 4ns);
  job.hold('c', 3ns);
  job.hold('d', 1ns);
  CHECK(pool.waiting() == 2);
  engine.run(kEnd);
  CHECK(log == std::vector<std::string>{"0a+", "0b+", "4b-", "4c+", "7c-", "7d+", "8d-", "10a-"});
  CHECK(pool.in_use() == 0);
  CHECK(pool.waiting() == 0);
  CHECK(pool.waiting_peak() == 2);
}

TEST_CASE("a request is cancelled while it waits, and no other loses its place") {
  Engine engine;
  SlotPool pool(engine, 1, "slot");
  std::string order;
  const auto note = [&](char c) {
    return [&order, &pool, c] {
      order += c;
      pool.release();
    };
  };
  pool.acquire(note('a'));
  const SlotPool::Ticket b = pool.acquire(note('b'));
  pool.acquire(note('c'));
  CHECK(pool.cancel(b));
  CHECK_FALSE(pool.cancel(b));
  engine.run(kEnd);
  CHECK(order == "ac");
}

TEST_CASE("a promised slot that is cancelled goes to the next waiter at the same instant") {
  Engine engine;
  SlotPool pool(engine, 1, "slot");
  std::string order;
  const SlotPool::Ticket a = pool.acquire([&order] { order += 'a'; });
  pool.acquire([&order] { order += 'b'; });
  CHECK(pool.cancel(a));
  CHECK(pool.in_use() == 1);
  engine.run(kEnd);
  CHECK(order == "b");
  CHECK_FALSE(pool.cancel(a));
}

TEST_CASE("a request whose callback ran can no longer be cancelled") {
  Engine engine;
  SlotPool pool(engine, 1, "slot");
  const SlotPool::Ticket ticket = pool.acquire([] {});
  engine.run(kEnd);
  CHECK_FALSE(pool.cancel(ticket));
  CHECK(pool.in_use() == 1);
}

TEST_CASE("releasing what nobody holds is a fault, a promise included") {
  Engine engine;
  SlotPool pool(engine, 2, "slot");
  CHECK_THROWS_AS(pool.release(), Fault);
  pool.acquire([] {});
  CHECK_THROWS_AS(pool.release(), Fault);
  CHECK_THROWS_AS(SlotPool(engine, 0, "none"), Fault);
}

TEST_CASE("an unlimited pool grants everything at once") {
  Engine engine;
  SlotPool pool(engine, SlotPool::kUnlimited, "slot");
  int granted = 0;
  for (int i = 0; i < 1000; ++i) pool.acquire([&granted] { ++granted; });
  engine.run(kSimStart);
  CHECK(granted == 1000);
  CHECK(pool.waiting_peak() == 0);
}

TEST_CASE("a pool that goes away takes its promises with it") {
  Engine engine;
  {
    SlotPool pool(engine, 1, "slot");
    pool.acquire([] { FAIL("granted by a pool that is gone"); });
  }
  engine.run(kEnd);
  CHECK(engine.events_run() == 0);
}

TEST_CASE("under random use no more slots than there are run at once, and all are served") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    Engine engine;
    SlotPool pool(engine, 1 + seed % 5, "slot");
    struct Shared {
      Engine& engine;
      SlotPool& pool;
      int running = 0;
      int last = -1;
      int served = 0;
      bool ordered = true;
    } shared{engine, pool};
    int cancelled = 0;
    std::vector<SlotPool::Ticket> tickets;
    for (int i = 0; i < 200; ++i) {
      const Duration length{static_cast<std::int64_t>(random() % 50)};
      tickets.push_back(pool.acquire([&shared, i, length] {
        shared.ordered = shared.ordered && i > shared.last;
        shared.last = i;
        ++shared.served;
        CHECK(++shared.running <= shared.pool.slots());
        shared.engine.in(length, "done", [&shared] {
          --shared.running;
          shared.pool.release();
        });
      }));
      if (random() % 4 == 0) cancelled += pool.cancel(tickets[random() % tickets.size()]) ? 1 : 0;
      engine.run(engine.now() + Duration{static_cast<std::int64_t>(random() % 5)});
    }
    engine.run(kEnd);
    CHECK(shared.ordered);
    CHECK(shared.served == 200 - cancelled);
    CHECK(pool.in_use() == 0);
  }
}

TEST_CASE("a grant tells who freed its slot, and nothing if one was free") {
  Engine engine;
  SlotPool pool(engine, 1, "slot");
  std::vector<std::optional<std::uint64_t>> freed_by;
  const auto ask = [&] { pool.acquire([&] { freed_by.push_back(pool.freed_by()); }); };
  SlotPool::Ticket given_up = 0;
  engine.at(SimTime{1ns}, "ask", ask);
  engine.at(SimTime{2ns}, "ask", [&] { given_up = pool.acquire([] {}); });
  engine.at(SimTime{2ns}, "ask", ask);
  engine.at(SimTime{3ns}, "free", [&] {
    pool.release(7);  // promised to the second request, which gives it up: the third has it
    CHECK(pool.cancel(given_up));
  });
  engine.at(SimTime{4ns}, "free", [&] { pool.release(8); });
  engine.at(SimTime{5ns}, "ask", ask);
  engine.run(kEnd);
  REQUIRE(freed_by.size() == 3);
  CHECK_FALSE(freed_by[0]);
  CHECK(freed_by[1] == std::optional<std::uint64_t>(7));
  CHECK_FALSE(freed_by[2]);
}
