// Credits and unwritten data: timelines worked out by hand, what is used against what levels lose,
// and a stepwise integration of the definition.
#include <pullsim/flow_network.hpp>

#include "sim/check.hpp"
#include "sim/host_levels.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace pullsim;

namespace {

/// One host alone; time passes from completion to completion.
struct Alone {
  explicit Alone(const HostKind& kind, double cap = kUnlimited) {
    source = network.add_source(network.add_egress(kUnlimited), cap);
    host = network.add_host(network.add_zone(kUnlimited), network.add_host_kind(kind));
    network.settle();
  }
  void flow(double bytes) { network.start_flow(host, source, bytes, 0), network.settle(); }
  void work(double seconds, double bytes) {
    network.start_work(host, seconds, bytes, 0), network.settle();
  }
  void flush(double bytes) { network.start_flush(host, bytes, 0), network.settle(); }
  /// Runs until something has ended.
  Completion next() {
    for (;;) {
      const auto ended = network.advance(network.next_completion());
      const bool any = !ended.empty();
      const Completion first = any ? ended.front() : Completion{};
      network.settle();
      if (any) return first;
    }
  }
  void until(double seconds) {
    while (network.next_completion() <= seconds) {
      network.advance(network.next_completion());
      network.settle();
    }
    network.advance(seconds);
    network.settle();
  }

  FlowNetwork network{{.track_limits = true}};
  SourceId source = 0;
  HostId host = 0;
};

HostKind burst_network() {
  HostKind kind;
  kind.bandwidth = 100;
  kind.network_credit = {20, 400, 400};
  return kind;
}

HostKind cached_disk() {
  HostKind kind;
  kind.disk = 10;
  kind.write_back = {30, 50, 1000};
  return kind;
}

}  // namespace

TEST_CASE("a burst lasts as long as its credit, then the baseline holds") {
  Alone alone(burst_network());
  alone.flow(1000);
  // 80 above the baseline: 5 s, 500 bytes; the other 500 at 20.
  const Completion done = alone.next();
  CHECK(done.finished_seconds == Approx(30).epsilon(1e-12));
  CHECK(done.limited[static_cast<std::size_t>(Limit::bandwidth)] == Approx(30).epsilon(1e-12));
  CHECK(alone.network.host_levels(alone.host).network_credit == 0);
}

TEST_CASE("credit comes back while use is below the baseline, up to its size") {
  Alone alone(burst_network());
  alone.flow(1000);
  alone.next();
  alone.until(40);
  CHECK(alone.network.host_levels(alone.host).network_credit == Approx(200).epsilon(1e-12));
  alone.flow(1000);  // 2.5 s at 100, 750 bytes at 20
  CHECK(alone.next().finished_seconds == Approx(80).epsilon(1e-12));
  alone.until(1000);
  CHECK(alone.network.host_levels(alone.host).network_credit == 400);
}

TEST_CASE("a slow connection costs no credit, and gives some back") {
  HostKind kind = burst_network();
  kind.network_credit.initial = 0;
  Alone alone(kind, 12);
  alone.flow(120);
  alone.next();
  CHECK(alone.network.host_levels(alone.host).network_credit == Approx(80).epsilon(1e-12));
}

TEST_CASE("the credit of a disk pays for what flows and works write together") {
  HostKind kind;
  kind.disk = 100;
  kind.disk_credit = {40, 300, 300};
  Alone alone(kind);
  alone.work(0, 500);
  alone.work(0, 500);  // 100 a second, 60 above the baseline: 5 s, 500 bytes; then 500 at 40
  CHECK(alone.next().finished_seconds == Approx(17.5).epsilon(1e-12));
  CHECK(alone.network.host_levels(alone.host).disk_credit == 0);
}

TEST_CASE("writes go to memory until it is full of unwritten data, then at the disk's rate") {
  Alone alone(cached_disk());
  alone.work(1, 100);
  // 0.3 s to 30; 20 more at 90 a second; 100 - 50 bytes written from 0.3 s on at 10.
  alone.until(0.3);
  CHECK(alone.network.host_levels(alone.host).unwritten == Approx(30).epsilon(1e-12));
  CHECK(alone.network.host_disk_rate(alone.host) == 10);
  const Completion done = alone.next();
  CHECK(done.finished_seconds == Approx(5.3).epsilon(1e-12));
  CHECK(done.limited[static_cast<std::size_t>(Limit::cpu)] == Approx(0.3 + 20.0 / 90));
  CHECK(done.limited[static_cast<std::size_t>(Limit::disk)] == Approx(5 - 20.0 / 90));
  CHECK(alone.network.host_levels(alone.host).unwritten == Approx(50).epsilon(1e-12));
  alone.until(7.3);  // the disk goes on down to where it begins by itself, and rests
  CHECK(alone.network.host_levels(alone.host).unwritten == Approx(30).epsilon(1e-12));
  alone.until(100);
  CHECK(alone.network.host_levels(alone.host).unwritten == Approx(30).epsilon(1e-12));
  CHECK(alone.network.host_disk_rate(alone.host) == 0);
}

TEST_CASE("a flush waits for the disk to write, and others wait with it") {
  Alone alone(cached_disk());
  alone.work(1, 20);
  alone.next();
  alone.flush(20);
  alone.flush(10);
  CHECK(alone.next().finished_seconds == Approx(3).epsilon(1e-12));  // 1 + 10 / (10 / 2)
  CHECK(alone.next().finished_seconds == Approx(4).epsilon(1e-12));
  CHECK(alone.network.host_levels(alone.host).unwritten == 0);
  HostKind direct;
  direct.disk = 10;
  Alone other(direct);
  other.flush(20);  // every byte is written at once: nothing to wait for
  CHECK(other.next().finished_seconds == 0);
}

TEST_CASE("a full memory takes what the disk takes, and empties when less comes") {
  HostKind kind = cached_disk();
  kind.write_back.background = 0;
  Alone alone(kind, 60);
  alone.flow(110);  // 50 a second more than is written: full after 1 s, then 10 a second
  alone.until(1);
  CHECK(alone.network.host_levels(alone.host).unwritten == Approx(50).epsilon(1e-12));
  CHECK(alone.network.host_rate(alone.host) == Approx(10));
  CHECK(alone.next().finished_seconds == Approx(6).epsilon(1e-12));
  alone.until(8);
  CHECK(alone.network.host_levels(alone.host).unwritten == Approx(30).epsilon(1e-12));
  alone.until(11);
  CHECK(alone.network.host_levels(alone.host).unwritten == 0);
}

TEST_CASE("the disk's credit pays for what the disk writes, not for what memory takes") {
  HostKind kind = cached_disk();
  kind.write_back.background = 0;
  kind.write_back.limit = 1000;
  kind.disk_credit = {4, 30, 30};
  Alone alone(kind);
  alone.work(1, 100);  // 1 s; the disk writes 10 a second for 5 s, then 4
  alone.next();
  alone.until(5);
  CHECK(alone.network.host_levels(alone.host).disk_credit == Approx(0).margin(1e-9));
  CHECK(alone.network.host_levels(alone.host).unwritten == Approx(50).epsilon(1e-12));
  alone.until(17.5);
  CHECK(alone.network.host_levels(alone.host).unwritten == Approx(0).margin(1e-9));
  alone.until(20);
  CHECK(alone.network.host_levels(alone.host).disk_credit == Approx(10).epsilon(1e-9));
}

TEST_CASE("another kind keeps the credit where it has one, within its size") {
  Alone alone(burst_network());
  HostKind other = burst_network();
  other.cores = 3;
  const HostKindId same_credit = alone.network.add_host_kind(other);
  other.network_credit.size = other.network_credit.initial = 100;
  const HostKindId smaller = alone.network.add_host_kind(other);
  alone.flow(1000);
  alone.until(2);
  alone.network.set_host_kind(alone.host, same_credit);
  alone.network.settle();
  CHECK(alone.network.host_levels(alone.host).network_credit == Approx(240).epsilon(1e-12));
  alone.network.set_host_kind(alone.host, smaller);
  alone.network.settle();
  CHECK(alone.network.host_levels(alone.host).network_credit == 100);
  CHECK(alone.next().finished_seconds == Approx(2 + 1.25 + (800 - 125) / 20.0).epsilon(1e-12));
}

TEST_CASE("hosts of one class run out of credit one by one") {
  FlowNetwork network;
  const SourceId source = network.add_source(network.add_egress(kUnlimited), kUnlimited);
  const ZoneId zone = network.add_zone(kUnlimited);
  std::vector<HostKindId> kinds;
  for (int i = 0; i < 5; ++i) {
    HostKind kind = burst_network();
    kinds.push_back(network.add_host_kind(kind));
  }
  for (int i = 0; i < 5; ++i) {
    const HostId host = network.add_host(zone, kinds[0]);
    network.settle();
    network.start_flow(host, source, 1000, static_cast<std::uint64_t>(i));
    network.settle();
    network.advance(network.now() + 1);
    network.settle();
  }
  std::vector<double> ends;
  while (network.next_completion() < kUnlimited) {
    for (const Completion& c : network.advance(network.next_completion())) {
      ends.push_back(c.finished_seconds - static_cast<double>(c.tag));
    }
    network.settle();
  }
  REQUIRE(ends.size() == 5);
  for (const double end : ends) CHECK(end == Approx(30).epsilon(1e-12));
}

TEST_CASE("credit and unwritten data that make no sense are faults") {
  FlowNetwork network;
  HostKind kind = burst_network();
  kind.network_credit.baseline = 100;
  CHECK_THROWS_AS(network.add_host_kind(kind), Fault);
  kind = burst_network();
  kind.network_credit.initial = 401;
  CHECK_THROWS_AS(network.add_host_kind(kind), Fault);
  kind = cached_disk();
  kind.write_back.rate = 9;
  CHECK_THROWS_AS(network.add_host_kind(kind), Fault);
  kind = cached_disk();
  kind.write_back.background = 50;
  CHECK_THROWS_AS(network.add_host_kind(kind), Fault);
}

TEST_CASE("what levels gain and lose is what was not used and what was") {
  std::mt19937 dice(7);
  const auto uniform = [&dice](double low, double high) {
    return low + (high - low) * static_cast<double>(dice()) / 4294967296.0;
  };
  std::size_t moved = 0;
  std::size_t rested = 0;
  for (int world = 0; world < 300; ++world) {
    FlowNetwork network;
    const SourceId source = network.add_source(network.add_egress(uniform(50, 400)), kUnlimited);
    const ZoneId zone = network.add_zone(kUnlimited);
    HostKind kind = burst_network();
    kind.cores = uniform(1, 4);
    kind.receive_cpu_seconds_per_byte = 0.005;
    kind.disk = uniform(20, 120);
    kind.disk_credit = {kind.disk / 3, uniform(20, 300), 0};
    if (dice() % 2 == 0) kind.write_back = {uniform(1, 50), uniform(60, 300), 500};
    const HostKindId id = network.add_host_kind(kind);
    for (int h = 0; h < 4; ++h) network.add_host(zone, id);
    network.settle();
    for (std::uint32_t i = 0; i < 20; ++i) {
      const HostId host = dice() % 4;
      if (dice() % 3 > 0) network.start_flow(host, source, uniform(1, 400), i);
      if (dice() % 3 == 0) network.start_work(host, uniform(0.1, 3), uniform(0, 300), i);
      if (dice() % 8 == 0) network.start_flush(host, uniform(1, 50), i);
      network.settle();
      const double until = network.now() + uniform(0, 2);
      while (network.now() < until) {
        std::vector<HostLevels> before;
        for (HostId h = 0; h < 4; ++h) before.push_back(network.host_levels(h));
        std::vector<double> rate, disk, in;
        for (HostId h = 0; h < 4; ++h) {
          rate.push_back(network.host_rate(h));
          disk.push_back(network.host_disk_rate(h));
          in.push_back(rate.back() + network.host_write_rate(h));
        }
        const double start = network.now();
        network.advance(std::min(until, network.next_completion()));
        const double dt = network.now() - start;
        network.settle();
        for (HostId h = 0; h < 4; ++h) {
          const HostLevels after = network.host_levels(h);
          const auto check = [&](double had, double has, double gain, double most) {
            INFO("world " << world << ", host " << h);
            const bool rests = had == has && (has == 0 || has == most);
            rests ? ++rested : ++moved;
            if (!rests) CHECK(has - had == Approx(gain * dt).margin(1e-7));
            CHECK(has >= 0);
            CHECK(has <= most);
          };
          check(before[h].network_credit, after.network_credit, 20 - rate[h], 400);
          check(before[h].disk_credit, after.disk_credit, kind.disk_credit.baseline - disk[h],
                kind.disk_credit.size);
          if (kind.write_back.limit > 0) {
            check(before[h].unwritten, after.unwritten, in[h] - disk[h], kind.write_back.limit);
          }
        }
      }
    }
  }
  CHECK(moved > 10'000);
  CHECK(rested > 1'000);
}

TEST_CASE("steps of a millisecond through the definition of credit come to the same end") {
  std::mt19937 dice(11);
  const auto uniform = [&dice](double low, double high) {
    return low + (high - low) * static_cast<double>(dice()) / 4294967296.0;
  };
  for (int world = 0; world < 200; ++world) {
    const double burst = uniform(50, 200);
    const double baseline = burst * uniform(0.1, 0.9);
    const double size = uniform(10, 500);
    HostKind kind;
    kind.bandwidth = burst;
    kind.network_credit = {baseline, size, uniform(0, size)};
    const double cap = uniform(burst / 8, burst);
    Alone alone(kind, cap);
    const double bytes = uniform(100, 2000);
    const int flows = 1 + static_cast<int>(dice() % 4);
    const double pause = uniform(0, 3);  // the second half starts after it
    double credit = kind.network_credit.initial;
    double t = 0;
    double second_ends = 0;
    constexpr double kStep = 1e-3;
    for (int half = 0; half < 2; ++half) {
      double left = bytes;
      while (left > 0) {
        const double most = credit > 0 ? burst : baseline;
        const double use = std::min(most, flows * cap);
        credit = std::clamp(credit + (baseline - use) * kStep, 0.0, size);
        left -= use / flows * kStep;
        t += kStep;
      }
      second_ends = t;
      for (double waited = 0; waited < pause; waited += kStep, t += kStep) {
        credit = std::min(size, credit + baseline * kStep);
      }
    }
    for (int i = 0; i < flows; ++i) alone.flow(bytes);
    alone.next();
    alone.until(alone.network.now() + pause);
    for (int i = 0; i < flows; ++i) alone.flow(bytes);
    INFO("world " << world);
    CHECK(alone.next().finished_seconds == Approx(second_ends).margin(0.02));
  }
}
