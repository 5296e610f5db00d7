// When a kubelet counts its disk as under pressure, and which pod it evicts first. Pure. It leaves
// out soft thresholds, minimum reclaims, inodes, memory and process numbers, and pod priorities:
// all pods have the same.
//
// Facts: Kubernetes pkg/kubelet/eviction, helpers.go (thresholdsMet, rankDiskPressureFunc,
// nodeConditionsObservedSince); node-and-registry section 2.4.
#pragma once

#include <pullsim/scenario.hpp>

#include <optional>
#include <span>
#include <vector>

namespace pullsim {

/// What must be available: shares are taken in single precision and rounded down, as the kubelet
/// does it.
Bytes threshold_bytes(const EvictionThreshold& threshold, Bytes capacity);

/// Less is available than one of the two hard thresholds asks for. Images and everything else are
/// on one file system, so both look at the same disk.
bool disk_threshold_met(const DiskPolicySpec& policy, Bytes capacity, Bytes available);

/// The condition DiskPressure stays until this long after a threshold was last met.
bool under_disk_pressure(std::optional<SimTime> last_met, Duration transition, SimTime now);

/// A pod's use of the disk - writable layers, logs, local volumes - and what it requested.
struct PodDiskUse {
  Bytes use;
  Bytes request;
};

/// Indices in the order of eviction: pods above their request first, then by what they use beyond
/// it, most first; then as they are given.
std::vector<std::size_t> disk_eviction_order(std::span<const PodDiskUse> pods);

}  // namespace pullsim
