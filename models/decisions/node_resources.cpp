// Rates and sizes of a node's resources; see the header.
#include "models/decisions/node_resources.hpp"

#include <algorithm>
#include <limits>

namespace pullsim {

namespace {

double percent_of(Bytes bytes, double percent) {
  return static_cast<double>(bytes.count) * percent / 100;
}

double background_percent(const PageCacheSpec& cache) {
  const auto limit = static_cast<double>(cache.dirty_ratio);
  const auto background = static_cast<double>(cache.dirty_background_ratio);
  return background < limit ? background : limit / 2;
}

}  // namespace

double burst_credit(Bandwidth rate, const BurstSpec& burst) {
  const Bandwidth above = burst.rate.value_or(rate);
  if (rate <= burst.baseline || above <= burst.baseline) return 0;
  return (above.bytes_per_second - burst.baseline.bytes_per_second) * to_seconds(burst.duration);
}

double dirty_background_bytes(const PageCacheSpec& cache) {
  return percent_of(cache.available, background_percent(cache));
}

double dirty_limit_bytes(const PageCacheSpec& cache) {
  const auto limit = static_cast<double>(cache.dirty_ratio);
  return percent_of(cache.available, (background_percent(cache) + limit) / 2);
}

double disk_bytes_per_second(const NodePoolSpec& pool) {
  double rate = std::numeric_limits<double>::infinity();
  if (pool.disk_write) rate = pool.disk_write->bytes_per_second;
  if (pool.disk_iops) {
    rate = std::min(rate, static_cast<double>(*pool.disk_iops) * double{kWriteBytesMax});
  }
  return rate;
}

double unpack_write_bytes(const LayerSpec& layer, const NodePoolSpec& pool) {
  const auto bytes = static_cast<double>(layer.unpacked.count);
  if (!pool.disk_iops) return bytes;
  const double writes = static_cast<double>(layer.files) + bytes / double{kWriteBytesMax};
  return std::max(bytes,
                  writes * disk_bytes_per_second(pool) / static_cast<double>(*pool.disk_iops));
}

double cores_beside_pods(const NodePoolSpec& pool, MilliCpu used) {
  constexpr double kSystemWeight = 100;
  const double cores = static_cast<double>(pool.cpu.count) / 1000;
  const double allocatable = static_cast<double>(pool.allocatable_cpu.count) / 1000;
  const double pods_weight = std::max(1.0, 1 + (1024 * allocatable - 2) * 9999 / 262142);
  const double least = cores * kSystemWeight / (kSystemWeight + pods_weight);
  return std::max(cores - static_cast<double>(used.count) / 1000, least);
}

}  // namespace pullsim
