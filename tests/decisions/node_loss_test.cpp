// When a lost machine is noticed: the clocks of four controllers, worked out by hand.
#include "models/decisions/node_loss.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;               // NOLINT: tests read better without the prefix
using namespace std::chrono_literals;  // NOLINT

namespace {

SimTime at(Duration since_start) { return kSimStart + since_start; }

}  // namespace

TEST_CASE("a lost node: last lease, grace, both controllers, quarantine") {
  // Leases at 3, 13, ..., 93 s; monitor at 1, 6, ... s; cloud at 4, 9, ...; pods at 15, 35, ... s.
  const NodeLossClocks clocks{3s, 1s, 4s, 15s};
  const NodeLossTimes times = node_loss_times(at(100s), clocks);
  CHECK(times.unreachable == at(146s));   // 93 + 50 = 143, next tick
  CHECK(times.node_deleted == at(149s));  // next tick of the cloud's
  CHECK(times.pods_deleted == at(195s));  // seen at 155, 40 s of quarantine
}

TEST_CASE("ticks at the very moment count") {
  const NodeLossClocks clocks{0s, 0s, 0s, 10s};
  const NodeLossTimes times = node_loss_times(at(100s), clocks);  // renewed at 100 s, then gone
  CHECK(times.unreachable == at(150s));
  CHECK(times.node_deleted == at(150s));
  CHECK(times.pods_deleted == at(190s));
}

TEST_CASE("a node is noticed after 40 to 55 s, its pods are gone 40 to 60 s after the node") {
  for (int i = 0; i < 500; ++i) {
    const auto of = [i](Duration period, int step) { return period * (i * step % 97) / 97; };
    const NodeLossClocks clocks{of(kLeasePeriod, 7), of(kNodeMonitorPeriod, 11),
                                of(kNodeMonitorPeriod, 13), of(kPodGcPeriod, 17)};
    const SimTime lost = at(200s + i * 123ms);
    const NodeLossTimes times = node_loss_times(lost, clocks);
    CHECK(times.unreachable - lost > 40s);
    CHECK(times.unreachable - lost < 55s);
    CHECK(times.node_deleted >= times.unreachable);
    CHECK(times.node_deleted - times.unreachable < kNodeMonitorPeriod);
    CHECK(times.pods_deleted - times.node_deleted >= kPodGcQuarantine);
    CHECK(times.pods_deleted - times.node_deleted < kPodGcQuarantine + kPodGcPeriod);
  }
}

TEST_CASE("a pod bound to a node that is not there is deleted like the others") {
  const NodeLossClocks clocks{0s, 0s, 0s, 5s};
  CHECK(orphan_deleted(at(100s), clocks) == at(145s));  // seen at 105
  CHECK(orphan_deleted(at(105s), clocks) == at(145s));
}
