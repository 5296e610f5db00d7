// What a node's resources give, from tables worked out by hand.
#include "models/decisions/node_resources.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

TEST_CASE("a full credit pays for what lies above the baseline") {
  CHECK(burst_credit(Bandwidth{1.25e9}, {Bandwidth{93.75e6}, std::chrono::minutes(5), 100}) ==
        Approx(300 * 1156.25e6));
  // Of a machine's own rate where its volume is slower; none where the rate is not above it.
  const BurstSpec disk{Bandwidth{80e6}, std::chrono::minutes(30), 100, Bandwidth{580e6}};
  CHECK(burst_credit(Bandwidth{130e6}, disk) == Approx(1800 * 500e6));
  CHECK(burst_credit(Bandwidth{80e6}, disk) == 0);
}

TEST_CASE("unwritten bytes go freely up to the middle of Linux's two thresholds") {
  struct Case {
    const char* name;
    std::int64_t ratio, background;
    double begins, limit;
  };
  const Case cases[] = {
      {"the defaults", 20, 10, 100, 150},
      {"no background of its own", 20, 0, 0, 100},
      {"a background that is not below the limit is half of it", 20, 20, 100, 150},
      {"nothing unwritten", 0, 10, 0, 0},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      const PageCacheSpec cache{c.ratio, c.background, Bytes{1000}};
      CHECK(dirty_background_bytes(cache) == c.begins);
      CHECK(dirty_limit_bytes(cache) == c.limit);
    }
  }
}

TEST_CASE("writes in a second bound the bytes, and each file costs one") {
  struct Case {
    const char* name;
    std::int64_t write, iops;  // 0: none
    std::int64_t unpacked, files;
    double rate, bytes;
  };
  const std::int64_t most = std::int64_t{256} << 10;
  const Case cases[] = {
      {"no count of writes: bytes alone", 100'000'000, 0, 1'000'000, 5'000, 100e6, 1e6},
      {"large files: bytes alone", 100'000'000, 3'000, 1'000'000'000, 10, 100e6, 1e9},
      // 3000 files and 4 writes of 256 KiB at 3000 a second: 1.00133 s of a disk of 100 MB/s.
      {"small files: their number", 100'000'000, 3'000, 4 * most, 3'000, 100e6,
       3004 * 100e6 / 3000},
      {"few writes: fewer bytes than the rate", 100'000'000, 100, 0, 0, 100.0 * most, 0},
      {"only a count of writes", 0, 100, most, 1, 100.0 * most, 2.0 * most},
  };
  for (const Case& c : cases) {
    DYNAMIC_SECTION(c.name) {
      NodePoolSpec pool;
      if (c.write > 0) pool.disk_write = Bandwidth{static_cast<double>(c.write)};
      if (c.iops > 0) pool.disk_iops = c.iops;
      LayerSpec layer;
      layer.unpacked = Bytes{c.unpacked};
      layer.files = c.files;
      CHECK(disk_bytes_per_second(pool) == c.rate);
      CHECK(unpack_write_bytes(layer, pool) == Approx(c.bytes));
    }
  }
}

TEST_CASE("pods leave the runtime what they do not use, and its share by weight") {
  NodePoolSpec pool;
  pool.cpu = MilliCpu{4000};
  pool.allocatable_cpu = MilliCpu{4000};  // weight 1 + 4094 * 9999 / 262142 = 157.16
  CHECK(cores_beside_pods(pool, MilliCpu{0}) == 4);
  CHECK(cores_beside_pods(pool, MilliCpu{1500}) == 2.5);
  CHECK(cores_beside_pods(pool, MilliCpu{4000}) == Approx(4 * 100 / 257.1576).epsilon(1e-5));
}
