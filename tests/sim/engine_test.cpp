// The written contract of the engine: order, cancellation, handles, budget, digest.
#include <pullsim/engine.hpp>

#include "sim/check.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

using namespace pullsim;
using namespace std::chrono_literals;

namespace {

constexpr SimTime kEnd = SimTime::max();

SimTime at_ns(std::int64_t n) { return SimTime{Duration{n}}; }

std::uint64_t digest_of(const std::vector<std::pair<std::int64_t, const char*>>& events) {
  Engine engine;
  for (const auto& [time, label] : events) engine.at(at_ns(time), label, [] {});
  engine.run(kEnd);
  return engine.digest();
}

}  // namespace

TEST_CASE("events run by time, then phase, then in the order they were scheduled") {
  Engine engine;
  std::string order;
  const auto note = [&](char c) { return [&order, c] { order += c; }; };
  engine.at(at_ns(20), "e", note('f'));
  engine.at(at_ns(10), "e", note('d'), Phase::settle);
  engine.at(at_ns(10), "e", note('a'));
  engine.at(at_ns(10), "e", note('e'), Phase::settle);
  engine.at(at_ns(10), "e", note('b'));
  engine.at(at_ns(10), "e", note('c'));
  engine.run(kEnd);
  CHECK(order == "abcdef");
  CHECK(engine.now() == at_ns(20));
  CHECK(engine.events_run() == 6);
}

TEST_CASE("an act event added while an instant settles runs before the rest of the settling") {
  Engine engine;
  std::string order;
  engine.at(
      at_ns(5), "first settle",
      [&] {
        order += 's';
        engine.in(0ns, "late act", [&] { order += 'a'; });
        engine.in(
            0ns, "late settle", [&] { order += 'u'; }, Phase::settle);
      },
      Phase::settle);
  engine.at(
      at_ns(5), "second settle", [&] { order += 't'; }, Phase::settle);
  engine.run(kEnd);
  CHECK(order == "satu");
}

TEST_CASE("a run ends after the deadline's own events, and goes on from there") {
  Engine engine;
  int ran = 0;
  for (std::int64_t t : {1, 2, 2, 3}) engine.at(at_ns(t), "e", [&ran] { ++ran; });
  engine.run(at_ns(2));
  CHECK(ran == 3);
  CHECK(engine.now() == at_ns(2));
  CHECK(engine.pending_count() == 1);
  engine.run(at_ns(2));
  CHECK(ran == 3);
  engine.run(kEnd);
  CHECK(ran == 4);
  CHECK(engine.empty());
}

TEST_CASE("stop lets no further event run, not even of the same instant") {
  Engine engine;
  int ran = 0;
  engine.at(at_ns(1), "e", [&] {
    ++ran;
    engine.stop();
  });
  engine.at(at_ns(1), "e", [&] { ++ran; });
  engine.run(kEnd);
  CHECK(ran == 1);
  CHECK(engine.pending_count() == 1);
}

TEST_CASE("a cancelled event never runs and leaves nothing behind") {
  Engine engine;
  bool ran = false;
  const EventHandle handle = engine.at(at_ns(1), "e", [&] { ran = true; });
  CHECK(engine.pending(handle));
  CHECK(engine.cancel(handle));
  CHECK(engine.empty());
  CHECK_FALSE(engine.pending(handle));
  CHECK_FALSE(engine.cancel(handle));
  engine.run(kEnd);
  CHECK_FALSE(ran);
  CHECK(engine.events_run() == 0);
}

TEST_CASE("an old handle does not name the event that took its slot") {
  Engine engine;
  int ran = 0;
  const EventHandle gone = engine.at(at_ns(1), "e", [&] { ++ran; });
  engine.run(kEnd);
  const EventHandle fresh = engine.at(at_ns(2), "e", [&] { ++ran; });
  CHECK(fresh.slot == gone.slot);
  CHECK_FALSE(engine.cancel(gone));
  CHECK_FALSE(engine.cancel(EventHandle{}));
  CHECK_FALSE(engine.cancel(EventHandle{1000, 0}));
  CHECK(engine.pending(fresh));
  engine.run(kEnd);
  CHECK(ran == 2);
}

TEST_CASE("an event is no longer pending while it runs") {
  Engine engine;
  struct {
    Engine* engine;
    EventHandle self;
    bool cancelled = true;
  } seen{&engine, {}, true};
  seen.self =
      engine.at(at_ns(1), "e", [&seen] { seen.cancelled = seen.engine->cancel(seen.self); });
  engine.run(kEnd);
  CHECK_FALSE(seen.cancelled);
}

TEST_CASE("random scheduling and cancelling agrees with an ordered map") {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    Engine engine;
    std::map<std::tuple<std::int64_t, int, int>, EventHandle> twin;
    std::vector<int> ran;
    std::vector<EventHandle> handles;
    std::vector<int> expected;
    int sequence = 0;
    for (int round = 0; round < 20; ++round) {
      for (auto i = random() % 60; i > 0; --i) {
        const std::int64_t time =
            engine.now().time_since_epoch().count() + static_cast<std::int64_t>(random() % 30);
        const Phase phase = random() % 4 == 0 ? Phase::settle : Phase::act;
        const int id = sequence++;
        handles.push_back(engine.at(
            at_ns(time), "e", [&ran, id] { ran.push_back(id); }, phase));
        twin.emplace(std::tuple{time, phase == Phase::settle ? 1 : 0, id}, handles.back());
      }
      for (auto i = random() % 30; i > 0; --i) {
        const EventHandle victim = handles[random() % handles.size()];
        const auto found = std::find_if(twin.begin(), twin.end(),
                                        [&](const auto& e) { return e.second == victim; });
        CHECK(engine.cancel(victim) == (found != twin.end()));
        if (found != twin.end()) twin.erase(found);
      }
      const std::int64_t deadline =
          engine.now().time_since_epoch().count() + static_cast<std::int64_t>(random() % 20);
      while (!twin.empty() && std::get<0>(twin.begin()->first) <= deadline) {
        expected.push_back(std::get<2>(twin.begin()->first));
        twin.erase(twin.begin());
      }
      engine.run(at_ns(deadline));
      REQUIRE(engine.pending_count() == twin.size());
    }
    CHECK(ran == expected);
  }
}

TEST_CASE("the budget names the three busiest labels, busiest first") {
  Engine engine({.events_max = 10, .seed = 7, .run = 3});
  const auto add = [&](const char* label, int times) {
    for (int i = 0; i < times; ++i) engine.at(at_ns(i), label, [] {});
  };
  add("rare", 1);
  add("common", 4);
  add("frequent", 3);
  add("second", 2);
  engine.at(at_ns(1'500'000'000), "too many", [] {});
  REQUIRE_THROWS_AS(engine.run(kEnd), BudgetExceeded);
  try {
    engine.run(kEnd);
  } catch (const BudgetExceeded& e) {
    CHECK(std::string(e.what()) ==
          "the run needs more than 10 events (seed 7, run 3, simulated time 0.000000 s); "
          "busiest: common (4), frequent (3), second (2)");
  }
  CHECK(engine.events_run() == 10);
}

TEST_CASE("a run that needs exactly its budget ends well") {
  Engine engine({.events_max = 2});
  engine.at(at_ns(1), "e", [] {});
  engine.at(at_ns(1), "e", [] {});
  engine.run(kEnd);
  CHECK(engine.events_run() == 2);
}

TEST_CASE("an event in the past is a fault") {
  Engine engine;
  engine.at(at_ns(10), "e", [&] {
    CHECK_THROWS_AS(engine.at(at_ns(9), "past", [] {}), Fault);
    CHECK_THROWS_AS(engine.in(Duration{-1}, "past", [] {}), Fault);
  });
  engine.run(kEnd);
  CHECK(engine.now() == at_ns(10));
  CHECK(engine.empty());
}

TEST_CASE("the digest depends on times, labels and order, not on addresses") {
  const std::vector<std::pair<std::int64_t, const char*>> base = {{1, "a"}, {2, "b"}, {2, "c"}};
  const std::uint64_t digest = digest_of(base);
  CHECK(digest_of(base) == digest);
  CHECK(digest_of({{1, "a"}, {2, "c"}, {2, "b"}}) != digest);
  CHECK(digest_of({{1, "a"}, {3, "b"}, {3, "c"}}) != digest);
  CHECK(digest_of({{1, "a"}, {2, "b"}, {2, "d"}}) != digest);
  CHECK(digest_of({{1, "a"}, {2, "b"}}) != digest);
  const auto copy = std::make_unique<std::string>("a");
  CHECK(digest_of({{1, copy->c_str()}, {2, "b"}, {2, "c"}}) == digest);
}

TEST_CASE("equal runs have equal digests whatever was cancelled in between") {
  Engine plain;
  Engine busy;
  for (std::int64_t t = 0; t < 100; ++t) {
    plain.at(at_ns(t / 3), "tick", [] {});
    const EventHandle gone = busy.at(at_ns(t / 3), "gone", [] {});
    busy.at(at_ns(t / 3), "tick", [] {});
    busy.cancel(gone);
  }
  plain.run(kEnd);
  busy.run(kEnd);
  CHECK(plain.digest() == busy.digest());
}
