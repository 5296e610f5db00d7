// FlowNetwork: closed forms, exact ties, contract checks, conservation and extreme values.
#include <pullsim/flow_network.hpp>

#include "sim/check.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

using namespace pullsim;

namespace {

/// One egress, one source, one zone and equal hosts.
struct Star {
  FlowNetwork network;
  EgressId egress;
  SourceId source;
  ZoneId zone;
  HostKindId kind;
  std::vector<HostId> hosts;

  Star(std::size_t count, double egress_rate, const HostKind& host = {}, double cap = kUnlimited,
       FlowNetworkOptions options = {})
      : network(options),
        egress(network.add_egress(egress_rate)),
        source(network.add_source(egress, cap)),
        zone(network.add_zone(kUnlimited)),
        kind(network.add_host_kind(host)) {
    for (std::size_t i = 0; i < count; ++i) hosts.push_back(network.add_host(zone, kind));
  }
  /// Everything that still ends, in order.
  std::vector<Completion> finish() {
    std::vector<Completion> all;
    network.settle();
    while (network.next_completion() < kUnlimited) {
      const auto ended = network.advance(network.next_completion());
      all.insert(all.end(), ended.begin(), ended.end());
      network.settle();
    }
    return all;
  }
};

}  // namespace

TEST_CASE("n equal flows on one link end together at n times the size over the capacity") {
  for (std::size_t n : {1u, 2u, 3u, 7u, 100u, 1000u}) {
    Star star(n, 1000);
    for (HostId host : star.hosts) star.network.start_flow(host, star.source, 700, host);
    const auto ended = star.finish();
    REQUIRE(ended.size() == n);
    for (const Completion& done : ended) {
      CHECK(done.finished_seconds == Approx(0.7 * static_cast<double>(n)).epsilon(1e-14));
      CHECK(done.finished_seconds == ended.front().finished_seconds);
    }
    for (std::size_t i = 0; i < n; ++i) CHECK(ended[i].host == i);
    CHECK(star.network.counters().solves == 2);  // when they start and when they are gone
  }
}

TEST_CASE("n flows of different sizes on one link end where processor sharing says") {
  // Sizes s1 < s2 < ...: the i-th ends at sum_{j<=i} (s_j - s_{j-1}) (n - j + 1) / C.
  const std::vector<double> sizes = {10, 25, 27, 80, 300};
  Star star(sizes.size(), 50);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    star.network.start_flow(star.hosts[i], star.source, sizes[i], i);
  }
  const auto ended = star.finish();
  double time = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double step = sizes[i] - (i == 0 ? 0 : sizes[i - 1]);
    time += step * static_cast<double>(sizes.size() - i) / 50;
    CHECK(ended[i].tag == i);
    CHECK(ended[i].finished_seconds == Approx(time).epsilon(1e-13));
  }
}

TEST_CASE("K slots with a cap on each connection are list scheduling") {
  std::mt19937 random(1);
  for (std::size_t slots = 1; slots <= 8; ++slots) {
    std::vector<double> sizes(60);
    for (double& s : sizes) s = 1 + static_cast<double>(random()) / 1e8;
    Star star(1, kUnlimited, {}, 2.0);
    std::vector<double> free_at(slots, 0.0);
    std::vector<double> expected;
    for (const double size : sizes) {
      const auto slot = std::min_element(free_at.begin(), free_at.end());
      expected.push_back(*slot += size / 2.0);
    }
    std::vector<double> finished(sizes.size());
    std::size_t next = 0;
    while (next < slots) {
      star.network.start_flow(0, star.source, sizes[next], next);
      ++next;
    }
    star.network.settle();
    while (star.network.next_completion() < kUnlimited) {
      for (const Completion& done : star.network.advance(star.network.next_completion())) {
        finished[done.tag] = done.finished_seconds;
        if (next == sizes.size()) continue;
        star.network.start_flow(0, star.source, sizes[next], next);
        ++next;
      }
      star.network.settle();
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      CHECK(finished[i] == Approx(expected[i]).epsilon(1e-12));
    }
  }
}

TEST_CASE("a flow that is followed by its like changes no rates: nothing is solved again") {
  Star star(10, 1000);
  for (HostId host : star.hosts) star.network.start_flow(host, star.source, 100 + 0.37 * host, 0);
  star.network.settle();
  CHECK(star.network.counters().solves == 1);
  for (int i = 0; i < 1000; ++i) {
    const auto ended = star.network.advance(star.network.next_completion());
    REQUIRE(ended.size() == 1);
    star.network.start_flow(ended[0].host, star.source, 50 + std::sqrt(i), 0);
    star.network.settle();
  }
  CHECK(star.network.counters().solves == 1);
  CHECK(star.network.counters().activities_peak == 10);
}

TEST_CASE("the order in which hosts and flows are made does not matter") {
  const auto finish_times = [](const std::vector<std::size_t>& order) {
    Star star(order.size(), 500, {.bandwidth = 90}, 80);
    std::vector<double> finished(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      const double size = 100.0 + 37.0 * static_cast<double>(order[i]);
      star.network.start_flow(star.hosts[i], star.source, size, order[i]);
      star.network.start_flow(star.hosts[i], star.source, size / 3, 1000);
    }
    for (const Completion& done : star.finish()) {
      if (done.tag < 1000) finished[done.tag] = done.finished_seconds;
    }
    return finished;
  };
  std::vector<std::size_t> order(40);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto base = finish_times(order);
  std::mt19937 random(3);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(order.begin(), order.end(), random);
    const auto other = finish_times(order);
    for (std::size_t j = 0; j < base.size(); ++j) {
      REQUIRE(other[j] == Approx(base[j]).epsilon(1e-13));
    }
  }
}

TEST_CASE("what left the egress, what arrived, and the integral of the rates are the same bytes") {
  std::mt19937 random(5);
  Star star(20, 800, {.bandwidth = 70}, 60);
  double started = 0;
  double cancelled_left = 0;
  double integral = 0;
  std::vector<ActivityId> live;
  for (int step = 0; step < 2000; ++step) {
    if (step < 1500) {
      const double bytes = 1.0 + static_cast<double>(random() % 1000);
      started += bytes;
      live.push_back(
          star.network.start_flow(static_cast<HostId>(random() % 20), star.source, bytes, 0));
    }
    if (step % 10 == 9 && !live.empty()) {
      cancelled_left += star.network.cancel(live.back());
      live.pop_back();
    }
    star.network.settle();
    const double before = star.network.now();
    const double rate = star.network.egress_rate(star.egress);
    CHECK(rate <= 800 * (1 + 1e-12));
    double hosts_rate = 0;
    for (HostId host : star.hosts) {
      CHECK(star.network.host_rate(host) <= 70 * (1 + 1e-12));
      hosts_rate += star.network.host_rate(host);
    }
    CHECK(hosts_rate == Approx(rate).epsilon(1e-12));
    CHECK(star.network.zone_rate(star.zone) == Approx(rate).epsilon(1e-12));
    const double to = std::min(before + 0.5, star.network.next_completion());
    for (const Completion& done : star.network.advance(to)) {
      live.erase(std::find(live.begin(), live.end(), done.activity));
    }
    integral += rate * (to - before);
    if (step % 100 == 0) {
      CHECK(star.network.egress_bytes(star.egress) == Approx(integral).epsilon(1e-10));
    }
  }
  star.finish();
  double arrived = 0;
  for (HostId host : star.hosts) arrived += star.network.host_bytes(host);
  CHECK(arrived == Approx(started - cancelled_left).epsilon(1e-13));
  CHECK(star.network.egress_bytes(star.egress) == Approx(arrived).epsilon(1e-13));
}

TEST_CASE("flows that end deliver exactly their bytes") {
  Star star(3, 7);
  double total = 0;
  for (int i = 1; i <= 300; ++i) {
    star.network.start_flow(static_cast<HostId>(i % 3), star.source, i, 0);
    total += i;
  }
  CHECK(star.finish().size() == 300);
  CHECK(star.network.egress_bytes(star.egress) == total);
  CHECK(star.network.host_bytes(0) + star.network.host_bytes(1) + star.network.host_bytes(2) ==
        total);
}

TEST_CASE("extreme sizes and links") {
  SECTION("nothing to do ends at the present instant, after settle") {
    Star star(1, 10);
    star.network.advance(3);
    star.network.start_flow(0, star.source, 0, 1);
    star.network.start_work(0, 0, 0, 2);
    star.network.settle();
    CHECK(star.network.next_completion() == 3);
    const auto ended = star.network.advance(3);
    REQUIRE(ended.size() == 2);
    CHECK(ended[0].tag == 1);
    CHECK(ended[1].tag == 2);
    CHECK(ended[0].finished_seconds == 3);
    CHECK(star.network.next_completion() == kUnlimited);
  }
  SECTION("one byte beside 10^15 bytes") {
    Star star(2, 2e9);
    star.network.start_flow(0, star.source, 1e15, 1);
    star.network.start_flow(1, star.source, 1, 2);
    const auto ended = star.finish();
    CHECK(ended[0].finished_seconds == Approx(1e-9).epsilon(1e-12));
    CHECK(ended[1].finished_seconds == Approx((1e15 + 1) / 2e9).epsilon(1e-15));
  }
  SECTION("nothing is limited: everything ends at once") {
    Star star(2, kUnlimited);
    star.network.advance(5);
    for (HostId i = 0; i < 4; ++i) star.network.start_flow(i % 2, star.source, 1e12 * (i + 1), 0);
    star.network.start_work(0, 0, 1e9, 9);
    const auto ended = star.finish();
    REQUIRE(ended.size() == 5);
    for (const Completion& done : ended) CHECK(done.finished_seconds == 5);
    CHECK(star.network.egress_bytes(star.egress) == 1e13);
  }
  SECTION("a closed egress holds flows until it opens") {
    Star star(1, 0);
    star.network.start_flow(0, star.source, 100, 0);
    star.network.settle();
    CHECK(star.network.next_completion() == kUnlimited);
    star.network.advance(1e6);
    star.network.set_egress(star.egress, 50);
    const auto ended = star.finish();
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].finished_seconds == 1e6 + 2);
  }
  SECTION("a clock past its rebasing point loses nothing") {
    Star star(3, 3e9);
    star.network.start_flow(0, star.source, 5e13, 0);
    star.network.settle();
    for (HostId i = 0; i < 40; ++i) {
      star.network.start_flow(1 + i % 2, star.source, 1e12, 1);
      star.network.settle();
      star.network.advance(star.network.next_completion());
      star.network.settle();
    }
    const auto ended = star.finish();
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].finished_seconds == Approx(9e13 / 3e9).epsilon(1e-12));
  }
}

TEST_CASE("cancelling gives back what was still wanted, in every state of an activity") {
  Star star(1, 10, {.cores = 1});
  const ActivityId pending = star.network.start_flow(0, star.source, 100, 0);
  CHECK(star.network.cancel(pending) == 100);
  const ActivityId empty = star.network.start_flow(0, star.source, 0, 0);
  CHECK(star.network.cancel(empty) == 0);
  const ActivityId flow = star.network.start_flow(0, star.source, 100, 0);
  const ActivityId work = star.network.start_work(0, 9, 0, 0);
  star.network.settle();
  star.network.advance(4);
  CHECK(star.network.cancel(flow) == 60);
  CHECK(star.network.cancel(work) == 5);
  star.network.settle();
  CHECK(star.network.next_completion() == kUnlimited);
  CHECK(star.network.egress_bytes(star.egress) == 40);
  CHECK(star.network.host_bytes(0) == 40);
  CHECK_THROWS_AS(star.network.cancel(flow), Fault);
}

TEST_CASE("limits add up to the life of an activity") {
  // Alone at its cap of 10 for 1 s, then with a second host at 16/2 = 8 for 1 s, then alone again.
  Star star(2, 16, {.bandwidth = 100}, 10, {.track_limits = true});
  const ActivityId first = star.network.start_flow(0, star.source, 38, 1);
  star.network.settle();
  CHECK(star.network.limit(first) == Limit::connection);
  CHECK(star.network.rate(first) == 10);
  star.network.advance(1);
  star.network.start_flow(1, star.source, 8, 2);
  star.network.settle();
  CHECK(star.network.limit(first) == Limit::egress);
  const auto ended = star.finish();
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].tag == 2);
  CHECK(ended[0].limited[static_cast<std::size_t>(Limit::egress)] == 1);
  CHECK(ended[1].finished_seconds == 4);
  CHECK(ended[1].limited[static_cast<std::size_t>(Limit::egress)] == 1);
  CHECK(ended[1].limited[static_cast<std::size_t>(Limit::connection)] == 3);
}

TEST_CASE("moving past several ends reports them by time, then host, then start") {
  Star star(3, kUnlimited, {}, 1.0);
  star.network.start_flow(2, star.source, 1, 1);
  star.network.start_flow(1, star.source, 3, 4);
  star.network.start_flow(1, star.source, 3, 5);
  star.network.start_flow(0, star.source, 3, 3);
  star.network.start_flow(0, star.source, 2, 2);
  star.network.settle();
  const auto ended = star.network.advance(10);
  REQUIRE(ended.size() == 5);
  for (std::size_t i = 0; i < ended.size(); ++i) CHECK(ended[i].tag == i + 1);
  CHECK(ended[0].finished_seconds == 1);
  CHECK(ended[4].finished_seconds == 3);
  CHECK(star.network.now() == 10);
}

TEST_CASE("host figures: flow rate, write rate, busy cores") {
  Star star(1, 30, {.cores = 2, .disk = 100, .receive_cpu_seconds_per_byte = 0.01});
  star.network.start_flow(0, star.source, 300, 0);
  star.network.start_work(0, 10, 200, 0);  // 20 per CPU second at full speed
  star.network.start_work(0, 0, 1e6, 0);   // takes what the disk has left: 100 - 30 - 20
  star.network.settle();
  CHECK(star.network.host_rate(0) == 30);
  CHECK(star.network.host_write_rate(0) == 70);
  CHECK(star.network.host_busy_cores(0) == Approx(1.3));
}

TEST_CASE("asking or moving on between a change and settle is a fault") {
  Star star(1, 10);
  star.network.start_flow(0, star.source, 5, 0);
  CHECK_THROWS_AS(star.network.next_completion(), Fault);
  CHECK_THROWS_AS(star.network.advance(1), Fault);
  star.network.settle();
  CHECK_THROWS_AS(star.network.advance(-1), Fault);
  CHECK_THROWS_AS(star.network.advance(kUnlimited), Fault);
  CHECK_THROWS_AS(star.network.start_flow(0, 7, 5, 0), Fault);
  CHECK_THROWS_AS(star.network.start_flow(9, star.source, 5, 0), Fault);
  CHECK_THROWS_AS(star.network.start_flow(0, star.source, -1, 0), Fault);
  CHECK_THROWS_AS(star.network.start_flow(0, star.source, std::nan(""), 0), Fault);
  CHECK_THROWS_AS(star.network.start_work(0, kUnlimited, 0, 0), Fault);
  CHECK_THROWS_AS(star.network.add_egress(-1), Fault);
  CHECK_THROWS_AS(star.network.add_host_kind({.cores = 0}), Fault);
}

TEST_CASE("flows share a full link in proportion to their weights, up to their caps") {
  FlowNetwork network;
  const EgressId egress = network.add_egress(90);
  const SourceId light = network.add_source(egress, kUnlimited);
  const SourceId heavy = network.add_source(egress, kUnlimited, 2);
  const SourceId capped = network.add_source(egress, 30, 6);
  const ZoneId zone = network.add_zone(kUnlimited);
  const HostId host = network.add_host(zone, network.add_host_kind({}));
  const ActivityId a = network.start_flow(host, light, 1e6, 0);
  const ActivityId b = network.start_flow(host, heavy, 1e6, 0);
  const ActivityId c = network.start_flow(host, capped, 1e6, 0);
  network.settle();
  CHECK(network.rate(a) == Approx(20));
  CHECK(network.rate(b) == Approx(40));
  CHECK(network.rate(c) == Approx(30));
  CHECK(network.limit(c) == Limit::connection);
  CHECK_THROWS_AS(network.add_source(egress, 30, 0), Fault);
}
