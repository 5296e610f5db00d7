// The host's formulas with numbers worked out by hand.
#include "sim/host_share.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace pullsim;

namespace {

std::vector<WorkSpeed> speeds_of(const HostKind& kind, double flow_rate,
                                 const std::vector<WorkGroup>& works) {
  std::vector<WorkSpeed> speeds(works.size());
  LevelRange range(kUnlimited);
  work_speeds(kind, flow_rate, kUnlimited, works, speeds, range);
  return speeds;
}

}  // namespace

TEST_CASE("flows are limited by the least of interface, cores and disk") {
  const HostKind kind{
      .bandwidth = 100, .cores = 2, .disk = 90, .receive_cpu_seconds_per_byte = 0.01};
  // No works: cores 2 / 0.01 = 200, disk 90.
  HostFlowLimit limit = host_flow_limit(kind, 3, {});
  CHECK(limit.total == 90);
  CHECK(limit.total_by == Limit::disk);
  CHECK(limit.each == 100);
  // One work writing 30 per CPU second: disk max(60, 90 * 3 / 4 = 67.5), cores max(1, 1.5) / 0.01.
  limit = host_flow_limit(kind, 3, std::vector<WorkGroup>{{30, 1}});
  CHECK(limit.total == 67.5);
  CHECK(limit.total_by == Limit::disk);
  // Ten works that do not write leave the disk alone: cores 2 * 1 / 11 / 0.01.
  limit = host_flow_limit(kind, 1, std::vector<WorkGroup>{{0, 10}});
  CHECK(limit.total == Approx(200.0 / 11));
  CHECK(limit.total_by == Limit::cpu);
  limit = host_flow_limit({.bandwidth = 100, .cores = 1, .receive_cpu_seconds_per_byte = 0.01}, 1,
                          std::vector<WorkGroup>{{0, 1}});
  CHECK(limit.total == 50);
  CHECK(limit.total_by == Limit::cpu);
}

TEST_CASE("a host without limits limits nothing") {
  const HostFlowLimit limit = host_flow_limit({}, 5, std::vector<WorkGroup>{{kUnlimited, 2}});
  CHECK(limit.total == kUnlimited);
  CHECK(limit.each == kUnlimited);
  const auto speeds = speeds_of({}, kUnlimited, {{50, 3}, {kUnlimited, 1}});
  CHECK(speeds[0].speed.constant == 1);
  CHECK(speeds[1].speed.constant == kUnlimited);
}

TEST_CASE("works share the cores that flows leave, each at most one") {
  const HostKind kind{.cores = 2, .receive_cpu_seconds_per_byte = 0.01};
  CHECK(speeds_of(kind, 0, {{0, 1}})[0].speed.constant == 1);
  CHECK(speeds_of(kind, 0, {{0, 4}})[0].speed.constant == 0.5);
  CHECK(speeds_of(kind, 100, {{0, 2}})[0].speed.constant == 0.5);
  CHECK(speeds_of(kind, 100, {{0, 2}})[0].limit == Limit::cpu);
}

TEST_CASE("works share the disk that flows leave, max-min by what they could write") {
  const HostKind kind{.disk = 100};
  // 40 left: one wants 10, two want 50: 10, and 15 each.
  const auto speeds = speeds_of(kind, 60, {{50, 2}, {10, 1}});
  CHECK(speeds[0].speed.constant == 15.0 / 50);
  CHECK(speeds[0].limit == Limit::disk);
  CHECK(speeds[1].speed.constant == 1);
  CHECK(speeds[1].limit == Limit::cpu);
}

TEST_CASE("a job that only writes takes what the disk has left and no core") {
  const HostKind kind{.cores = 1, .disk = 100};
  const auto speeds = speeds_of(kind, 0, {{30, 1}, {kUnlimited, 2}});
  CHECK(speeds[0].speed.constant == 1);
  CHECK(speeds[1].speed.constant == 35);
  CHECK(speeds[1].limit == Limit::disk);
}

TEST_CASE("flows that leave works exactly their demand do not count as holding them up") {
  const HostKind kind{.disk = 0.3};
  const auto speeds = speeds_of(kind, 0.3 - 0.1, {{0.1, 1}});
  CHECK(speeds[0].speed.constant == 1);
  CHECK(speeds[0].limit == Limit::cpu);
}
