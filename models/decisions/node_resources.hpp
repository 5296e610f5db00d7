// What a node's interface, disk, memory and cores give, from what the scenario says of them. Pure
// arithmetic; how it is shared is the flow network's.
#pragma once

#include <pullsim/scenario.hpp>

namespace pullsim {

/// Bytes that a full credit pays for above the baseline: (rate - baseline) * duration, of the rate
/// that the burst gives or else `rate`; 0 where `rate` is not above the baseline.
double burst_credit(Bandwidth rate, const BurstSpec& burst);

/// Unwritten ("dirty") bytes from which on the disk writes in the background, and at which writers
/// are held to the disk's rate. Linux lets writers go freely up to the middle of its two thresholds
/// (mm/page-writeback.c, dirty_freerun_ceiling), and takes half of the limit for the background
/// where that is not below it.
double dirty_background_bytes(const PageCacheSpec& cache);
double dirty_limit_bytes(const PageCacheSpec& cache);

/// The largest write of an EBS volume on SSD; larger ones count as several.
inline constexpr std::int64_t kWriteBytesMax = std::int64_t{256} << 10;

/// What the disk writes in a second: `write`, or as many of the largest writes as `iops` allows.
double disk_bytes_per_second(const NodePoolSpec& pool);
/// Bytes that unpacking a layer takes from the disk: what is unpacked, or as much as its number of
/// writes comes to - one for each file and one for each 256 KiB; assumed - if that is more.
double unpack_write_bytes(const LayerSpec& layer, const NodePoolSpec& pool);

/// Cores for the runtime and for what starts beside pods that use `used`: what is left, but no less
/// than what system.slice gets when it and the pods want everything: cpu.weight 100 against that of
/// kubepods, 1 + (1024 * allocatable cores - 2) * 9999 / 262142.
double cores_beside_pods(const NodePoolSpec& pool, MilliCpu used);

}  // namespace pullsim
