// How Karpenter turns pods that fit nowhere into nodes: the window in which it collects them, the
// packing onto planned nodes that keep every instance type that still fits, and the cheapest type
// at launch. Leaves out topology, volumes and how a cloud ranks spot capacity. Startup taints do
// not keep a pod off a planned node.
//
// Facts: kubernetes-sigs/karpenter v1.14, pkg/controllers/provisioning/batcher.go,
// scheduling/{scheduler,queue,nodeclaim}.go, pkg/operator/options; the order of pools by weight is
// general knowledge that was not re-read.
#pragma once

#include "models/decisions/binpacking.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pullsim {

/// End of a window of pods.
constexpr SimTime batch_end(SimTime opened, SimTime last_new_pod, Duration idle, Duration max) {
  return last_new_pod + idle < opened + max ? last_new_pod + idle : opened + max;
}

inline constexpr Duration kBatchIdle = std::chrono::seconds(1);
inline constexpr Duration kBatchMax = std::chrono::seconds(10);
inline constexpr std::size_t kMaxInstanceTypes = 600;

struct PodBatch {
  SimTime opened{};
  SimTime closed{};
  std::size_t pods = 0;
  friend bool operator==(const PodBatch&, const PodBatch&) = default;
};

/// Windows over the times at which new pods became pending, rising: each closes `idle` after its
/// last pod and at the latest `max` after its first.
std::vector<PodBatch> pod_batches(std::span<const SimTime> pending, Duration idle = kBatchIdle,
                                  Duration max = kBatchMax);

struct InstanceType {
  std::string name;
  NodeRoom allocatable;
  double price = 0;  ///< of the cheapest offering that is available
  bool available = true;
  NodeRoom capacity{MilliCpu{0}, Bytes{0}, 0};  ///< what the limits of a pool count
};

struct ClaimPool {
  std::int32_t weight = 0;  ///< higher first
  std::vector<std::size_t> types;
  NodeRoom daemons{MilliCpu{0}, Bytes{0}, 0};  ///< DaemonSet pods of a new node
  /// What its limits leave, of capacity; none: no limit. A planned node takes its largest type.
  std::optional<MilliCpu> cpu_left = std::nullopt;
  std::optional<Bytes> memory_left = std::nullopt;
};

struct ProvisioningInput {
  std::vector<NodeRoom> pods;
  std::vector<NodeRoom> existing;  ///< free on nodes and in-flight claims, in the order to try
  std::vector<InstanceType> types;
  std::vector<ClaimPool> pools;
  KindTable kinds;
};

struct PlannedClaim {
  std::size_t pool = 0;
  std::vector<std::size_t> pods;
  std::vector<std::size_t> types;  ///< that hold the pods, cheapest first
};

struct ProvisioningPlan {
  std::vector<std::optional<std::size_t>> on_existing;  ///< by pod
  std::vector<PlannedClaim> claims;                     ///< in the order of planning
  std::vector<std::size_t> unplaced;
};

ProvisioningPlan plan_claims(const ProvisioningInput& input);

}  // namespace pullsim
