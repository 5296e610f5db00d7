// Disk pressure and the ranking of pods, from tables.
#include "models/decisions/disk_eviction.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {
SimTime at(std::int64_t seconds) { return kSimStart + std::chrono::seconds(seconds); }
}  // namespace

TEST_CASE("a share of the disk is taken in single precision, as the kubelet does it") {
  // float(0.15) is 0.1500000059604645.
  CHECK(threshold_bytes({15, {}}, Bytes{100'000'000'000}) == Bytes{15'000'000'596});
  CHECK(threshold_bytes({10, {}}, Bytes{1000}) == Bytes{100});
  CHECK(threshold_bytes({0, Bytes{77}}, Bytes{1000}) == Bytes{77});
}

TEST_CASE("a hard threshold is met when less is available than it asks for") {
  struct Case {
    const char* name;
    std::optional<EvictionThreshold> imagefs, nodefs;
    std::int64_t available;
    bool met;
  };
  const EvictionThreshold share{15, {}};
  const EvictionThreshold size{0, Bytes{120}};
  for (const Case& c :
       {Case{"below the share", share, {}, 149, true}, Case{"above it", share, {}, 151, false},
        Case{"the other signal", {}, size, 119, true},
        Case{"exactly what is asked for", {}, size, 120, false},
        Case{"the larger of two acts", share, size, 130, true},
        Case{"both off", {}, {}, 0, false}}) {
    INFO(c.name);
    DiskPolicySpec policy;
    policy.imagefs_available = c.imagefs;
    policy.nodefs_available = c.nodefs;
    CHECK(disk_threshold_met(policy, Bytes{1000}, Bytes{c.available}) == c.met);
  }
}

TEST_CASE("the condition stays for the transition period after the last observation") {
  const Duration period = std::chrono::minutes(5);
  CHECK_FALSE(under_disk_pressure(std::nullopt, period, at(100)));
  CHECK(under_disk_pressure(at(100), period, at(100)));
  CHECK(under_disk_pressure(at(100), period, at(399)));
  CHECK_FALSE(under_disk_pressure(at(100), period, at(400)));
  CHECK(under_disk_pressure(at(100), Duration{0}, at(100)));
  CHECK_FALSE(under_disk_pressure(at(100), Duration{0}, at(101)));
}

TEST_CASE("pods above their request go first, then by what they use beyond it") {
  struct Case {
    const char* name;
    std::vector<PodDiskUse> pods;
    std::vector<std::size_t> order;
  };
  const auto pod = [](std::int64_t use, std::int64_t request) {
    return PodDiskUse{Bytes{use}, Bytes{request}};
  };
  for (const Case& c :
       {Case{"no requests: most use first", {pod(10, 0), pod(30, 0), pod(20, 0)}, {1, 2, 0}},
        Case{"a large use within its request stays", {pod(500, 600), pod(20, 10)}, {1, 0}},
        Case{"beyond the request counts, not the use", {pod(300, 290), pod(50, 20)}, {1, 0}},
        Case{"within requests: least left first", {pod(10, 100), pod(50, 100)}, {1, 0}},
        Case{"equals keep their order", {pod(0, 0), pod(0, 0), pod(0, 0)}, {0, 1, 2}}}) {
    INFO(c.name);
    CHECK(disk_eviction_order(c.pods) == c.order);
  }
}
