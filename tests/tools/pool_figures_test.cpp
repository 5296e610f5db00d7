// Rates, credits and page cache of node pools: from the catalogue, from what is written, and where
// both say something.
#include "models/node.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/input/study.hpp"

#include <cmath>

using namespace pullsim;  // NOLINT: tests read better without the prefix
using namespace std::chrono_literals;

namespace {

/// A pool of 2 cores and 8 GiB, or of a machine type, with more keys.
NodePoolSpec pool_with(const std::string& keys) {
  const bool machine = keys.find("machineType") != std::string::npos;
  const std::string text =
      "apiVersion: pullsim/v1\nkind: Scenario\nname: least\n"
      "images: {web: {layers: [{size: 30MB}]}}\n"
      "nodePools: [{name: general, nodes: {initial: 2}, " +
      std::string(machine ? "" : "cpu: 2, memory: 8Gi, ") + keys +
      "}]\nworkloads: [{name: web, image: web}]\n";
  const test::TemporaryFolder folder;
  Diagnostics diagnostics;
  const auto study = read_study(folder.write("scenario.yaml", text), {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(study.has_value());
  CHECK(study->variants[0].warnings.empty());
  return study->variants[0].scenario.node_pools[0];
}

}  // namespace

TEST_CASE("a machine type brings its bursts, the disk's held down by its volume") {
  const NodePoolSpec pool = pool_with("machineType: m5.large");
  CHECK(pool.network == Bandwidth{1.25e9});
  CHECK(pool.network_burst->baseline == Bandwidth{93.75e6});
  CHECK(pool.network_burst->duration == 5min);
  CHECK(pool.network_burst->initial_percent == 100);
  CHECK(pool.disk_write == Bandwidth{131'072'000});  // gp3
  CHECK(pool.disk_burst->baseline == Bandwidth{81.25e6});
  CHECK(pool.disk_burst->duration == 30min);  // at the machine's own rate; longer at the volume's
  CHECK(pool.disk_burst->rate == Bandwidth{593.75e6});
  REQUIRE(pool.page_cache.has_value());
  CHECK(pool.page_cache->dirty_ratio == 20);
  CHECK(pool.page_cache->dirty_background_ratio == 10);
  CHECK(pool.page_cache->available == pool.allocatable_memory);
}

TEST_CASE("a machine that holds its rates has no credit") {
  const NodePoolSpec pool = pool_with("machineType: m5.4xlarge");
  CHECK(pool.network_burst->baseline == Bandwidth{625e6});
  CHECK(pool.disk_write == Bandwidth{131'072'000});
  CHECK(pool.disk_burst->baseline == Bandwidth{593.75e6});
  CHECK(host_kind(pool, 0).disk_credit == BurstCredit{});
}

TEST_CASE("keys of a pool override those of its machine, one by one") {
  const NodePoolSpec pool = pool_with(
      "machineType: m5.large, network: {bandwidth: 2Gbit/s, burstDuration: 1m, "
      "initialCreditPercent: 25}, disk: {write: 600MiB/s, iops: 4000, "
      "pageCache: {dirtyRatio: 40, dirtyBackgroundRatio: 5, available: 4Gi}}");
  CHECK(pool.network == Bandwidth{250e6});
  CHECK(pool.network_burst->baseline == Bandwidth{93.75e6});
  CHECK(pool.network_burst->duration == 1min);
  CHECK(pool.network_burst->initial_percent == 25);
  CHECK(pool.disk_write == Bandwidth{600.0 * (1 << 20)});
  CHECK(pool.disk_burst->baseline == Bandwidth{81.25e6});
  CHECK(pool.disk_iops == 4000);
  CHECK(pool.page_cache->dirty_ratio == 40);
  CHECK(pool.page_cache->dirty_background_ratio == 5);
  CHECK(pool.page_cache->available == Bytes{std::int64_t{4} << 30});
  const NodePoolSpec slow = pool_with("machineType: m5.large, network: {bandwidth: 500Mbit/s}");
  CHECK(host_kind(slow, 0).network_credit == BurstCredit{});  // below its baseline
}

TEST_CASE("a pool without a machine has the bursts that it writes, and no others") {
  const NodePoolSpec plain = pool_with("network: {bandwidth: 1Gbit/s}, disk: {write: 125MB/s}");
  CHECK_FALSE(plain.network_burst.has_value());
  CHECK_FALSE(plain.disk_burst.has_value());
  CHECK(plain.page_cache.has_value());
  const NodePoolSpec burst = pool_with("disk: {write: 260MB/s, baseline: 40MB/s}");
  CHECK(burst.disk_burst->baseline == Bandwidth{40e6});
  CHECK(burst.disk_burst->duration == 30min);
  CHECK_FALSE(pool_with("network: {bandwidth: 1Gbit/s}").page_cache.has_value());
  const NodePoolSpec direct = pool_with("disk: {write: 125MB/s, pageCache: {dirtyRatio: 0}}");
  CHECK_FALSE(direct.page_cache.has_value());
}

TEST_CASE("gp2 has credit of writes that goes with its size") {
  struct Case {
    const char* size;
    double write, baseline;  // 0: none
    double seconds;
  };
  const double mebi = 1 << 20;
  const Case cases[] = {
      // 512 writes of 256 KiB a second, 100 of them its own: 5.4 million last 13,107 s.
      {"20GiB", 128 * mebi, 25 * mebi, 5.4e6 / 412},
      {"100GiB", 128 * mebi, 75 * mebi, 5.4e6 / 212},
      {"200GiB", 250 * mebi, 150 * mebi, 5.4e6 / 400},
      {"400GiB", 250 * mebi, 0, 0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.size) {
      const NodePoolSpec pool = pool_with("disk: {type: gp2, size: " + std::string(c.size) + "}");
      CHECK(pool.disk_write->bytes_per_second == c.write);
      CHECK(pool.disk_burst.has_value() == (c.baseline > 0));
      if (!pool.disk_burst) continue;
      CHECK(pool.disk_burst->baseline.bytes_per_second == c.baseline);
      CHECK(to_seconds(pool.disk_burst->duration) == Approx(c.seconds));
    }
  }
}

TEST_CASE("of a machine and its volume the lower baseline counts, and the credit that ends first") {
  const NodePoolSpec pool = pool_with("machineType: m5.large, disk: {type: gp2, size: 20GiB}");
  CHECK(pool.disk_write->bytes_per_second == 128.0 * (1 << 20));
  CHECK(pool.disk_burst->baseline.bytes_per_second == 25.0 * (1 << 20));
  CHECK(to_seconds(pool.disk_burst->duration) == Approx(5.4e6 / 412));
}

TEST_CASE("files in memory know no disk") {
  const NodePoolSpec pool = pool_with("machineType: m5.large, disk: {type: tmpfs}");
  CHECK_FALSE(pool.disk_write.has_value());
  CHECK_FALSE(pool.disk_burst.has_value());
  CHECK_FALSE(pool.page_cache.has_value());
  CHECK(pool.network_burst.has_value());
}
