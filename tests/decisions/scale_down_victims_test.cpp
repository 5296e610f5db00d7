// The order of victims: each rule decides between two pods that differ in it, against every later
// rule, and yields to every earlier one.
#include "models/decisions/scale_down_victims.hpp"

#include <pullsim/random.hpp>

#include "tests/support/catch.hpp"

#include <algorithm>
#include <numeric>

using namespace pullsim;
using namespace std::chrono_literals;
using Phase = VictimView::Phase;

namespace {

constexpr SimTime at(Duration since_start) { return SimTime{since_start}; }
constexpr SimTime kNow = at(1000s);

/// Running and ready for 900 s.
VictimView settled() { return {true, Phase::running, true, 0, 1, at(100s), 0, at(90s), 5}; }
template <typename Change>
VictimView settled(Change change) {
  VictimView view = settled();
  change(view);
  return view;
}
VictimView unready(std::int64_t restarts, SimTime created) {
  return {true, Phase::running, false, 0, 1, {}, restarts, created, 5};
}

}  // namespace

TEST_CASE("the first of two victims") {
  struct Case {
    const char* name;
    VictimView first, second;
  };
  const Case cases[] = {
      {"unassigned, though its deletion is dear",
       settled([](VictimView& p) { p.assigned = false, p.deletion_cost = 9; }), settled()},
      {"Pending before Running, though its deletion is dear",
       settled([](VictimView& p) { p.phase = Phase::pending, p.deletion_cost = 9; }), settled()},
      {"Pending before Unknown", settled([](VictimView& p) { p.phase = Phase::pending; }),
       settled([](VictimView& p) { p.phase = Phase::unknown; })},
      {"Unknown before Running", settled([](VictimView& p) { p.phase = Phase::unknown; }),
       settled()},
      {"not ready, though its deletion is dear",
       settled([](VictimView& p) { p.ready = false, p.deletion_cost = 9; }), settled()},
      {"cheaper deletion, though alone on its node",
       settled([](VictimView& p) { p.deletion_cost = -1; }),
       settled([](VictimView& p) { p.siblings_on_node = 3; })},
      {"more siblings on the node, though ready for long",
       settled([](VictimView& p) { p.siblings_on_node = 2; }),
       settled([](VictimView& p) { p.ready_since = at(999s); })},
      {"ready for less time by far, though its uid is later",
       settled([](VictimView& p) { p.ready_since = at(900s), p.uid = 6; }), settled()},
      {"ready for about as long: the uid", settled([](VictimView& p) { p.uid = 4; }),
       settled([](VictimView& p) { p.ready_since = at(101s); })},
      {"ready for as long: neither restarts nor age, but the uid",
       settled([](VictimView& p) { p.uid = 4; }),
       settled([](VictimView& p) { p.restarts = 3, p.created = at(99s); })},
      {"ready for as long and much newer: still the uid", settled([](VictimView& p) { p.uid = 4; }),
       settled([](VictimView& p) { p.created = at(999s); })},
      {"ready just now, or by a skewed clock later than now: shortest",
       settled([](VictimView& p) { p.ready_since = at(1001s), p.uid = 9; }),
       settled([](VictimView& p) { p.ready_since = at(1000s - 1ns); })},
      {"of unready pods, more restarts, though older", unready(3, at(0s)), unready(2, at(999s))},
      {"of unready pods, newer by far", unready(0, at(990s)), unready(0, at(0s))},
      {"of unready pods, about as new: the uid",
       settled([](VictimView& p) { p.ready = false, p.uid = 1; }),
       settled([](VictimView& p) { p.ready = false, p.created = at(91s); })},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      CHECK(scale_down_order(std::vector{c.first, c.second}, kNow) ==
            std::vector<std::size_t>{0, 1});
      CHECK(scale_down_order(std::vector{c.second, c.first}, kNow) ==
            std::vector<std::size_t>{1, 0});
    }
  }
}

TEST_CASE("pods that still pull their image go before those that serve") {
  const VictimView pulling{true, Phase::pending, false, 0, 1, {}, 0, at(990s), 1};
  const VictimView queued{false, Phase::pending, false, 0, 0, {}, 0, at(995s), 2};
  CHECK(scale_down_order(std::vector{settled(), pulling, settled(), queued}, kNow) ==
        std::vector<std::size_t>{3, 1, 0, 2});
}

TEST_CASE("equal pods keep their order, and no pods have none") {
  CHECK(scale_down_order(std::vector(4, settled()), kNow) == std::vector<std::size_t>{0, 1, 2, 3});
  CHECK(scale_down_order({}, kNow).empty());
}

TEST_CASE("the order of victims does not depend on the order in which pods are listed") {
  RandomStream chance(1, 0, "victims", "property");
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(chance.next() * static_cast<double>(n + 1));
  };
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<VictimView> pods;
    for (std::uint64_t i = 0; i < 12; ++i) {
      pods.push_back({up_to(1) == 1, static_cast<Phase>(up_to(2)), up_to(1) == 1, up_to(1),
                      up_to(2), at(up_to(1100) * 1s), up_to(2), at(up_to(1100) * 1s), i});
    }
    const auto uids = [](const std::vector<VictimView>& list) {
      std::vector<std::uint64_t> all;
      for (const std::size_t i : scale_down_order(list, kNow)) all.push_back(list[i].uid);
      return all;
    };
    const std::vector<std::uint64_t> expected = uids(pods);
    for (std::size_t i = pods.size() - 1; i > 0; --i) {
      std::swap(pods[i], pods[static_cast<std::size_t>(up_to(static_cast<std::int64_t>(i)))]);
    }
    REQUIRE(uids(pods) == expected);
  }
}
