// See the header.
#include "models/decisions/karpenter_provisioning.hpp"

#include <algorithm>
#include <numeric>

namespace pullsim {
namespace {

NodeRoom sum(const NodeRoom& a, const NodeRoom& b) {
  return {MilliCpu{a.cpu.count + b.cpu.count}, a.memory + b.memory, a.pods + b.pods};
}

bool holds(const NodeRoom& room, const NodeRoom& wanted) {
  return wanted.cpu <= room.cpu && wanted.memory <= room.memory && wanted.pods <= room.pods;
}

/// By CPU, then memory, largest first; equal ones in the order given.
std::vector<std::size_t> pod_order(const std::vector<NodeRoom>& pods) {
  std::vector<std::size_t> order(pods.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (pods[a].cpu != pods[b].cpu) return pods[a].cpu > pods[b].cpu;
    return pods[a].memory > pods[b].memory;
  });
  return order;
}

class Planning {
 public:
  explicit Planning(const ProvisioningInput& input) : input_(input), room_(input.existing) {
    plan_.on_existing.resize(input.pods.size());
    pools_.resize(input.pools.size());
    std::iota(pools_.begin(), pools_.end(), std::size_t{0});
    std::stable_sort(pools_.begin(), pools_.end(), [&](std::size_t a, std::size_t b) {
      return input.pools[a].weight > input.pools[b].weight;
    });
  }

  void place(std::size_t pod) {
    if (on_existing(pod) || on_planned(pod) || on_new(pod)) return;
    plan_.unplaced.push_back(pod);
  }

  ProvisioningPlan finished() {
    for (PlannedClaim& claim : plan_.claims) {
      std::stable_sort(claim.types.begin(), claim.types.end(), [&](std::size_t a, std::size_t b) {
        return input_.types[a].price < input_.types[b].price;
      });
      if (claim.types.size() > kMaxInstanceTypes) claim.types.resize(kMaxInstanceTypes);
    }
    return std::move(plan_);
  }

 private:
  bool on_existing(std::size_t pod) {
    const NodeRoom& wanted = input_.pods[pod];
    for (std::size_t i = 0; i < room_.size(); ++i) {
      if (!holds(room_[i], wanted)) continue;
      room_[i] = {MilliCpu{room_[i].cpu.count - wanted.cpu.count}, room_[i].memory - wanted.memory,
                  room_[i].pods - wanted.pods};
      plan_.on_existing[pod] = i;
      return true;
    }
    return false;
  }

  std::vector<std::size_t> types_for(const std::vector<std::size_t>& types,
                                     const NodeRoom& wanted) const {
    std::vector<std::size_t> left;
    for (const std::size_t type : types) {
      const InstanceType& instance = input_.types[type];
      if (instance.available && holds(instance.allocatable, wanted)) left.push_back(type);
    }
    return left;
  }

  /// The claims with fewest pods first, so that planned nodes fill evenly.
  bool on_planned(std::size_t pod) {
    std::vector<std::size_t> order(plan_.claims.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return plan_.claims[a].pods.size() < plan_.claims[b].pods.size();
    });
    return std::any_of(order.begin(), order.end(), [&](std::size_t claim) {
      return join(pod, claim, sum(wanted_[claim], input_.pods[pod]));
    });
  }

  bool on_new(std::size_t pod) {
    for (const std::size_t pool : pools_) {
      plan_.claims.push_back({pool, {}, input_.pools[pool].types});
      wanted_.push_back(input_.pools[pool].daemons);
      const std::size_t claim = plan_.claims.size() - 1;
      if (join(pod, claim, sum(wanted_[claim], input_.pods[pod]))) return true;
      plan_.claims.pop_back();
      wanted_.pop_back();
    }
    return false;
  }

  bool join(std::size_t pod, std::size_t claim, const NodeRoom& wanted) {
    std::vector<std::size_t> types = types_for(plan_.claims[claim].types, wanted);
    if (types.empty()) return false;
    plan_.claims[claim].types = std::move(types);
    plan_.claims[claim].pods.push_back(pod);
    wanted_[claim] = wanted;
    return true;
  }

  const ProvisioningInput& input_;
  std::vector<NodeRoom> room_;
  std::vector<NodeRoom> wanted_;  // by claim, its DaemonSet pods included
  std::vector<std::size_t> pools_;
  ProvisioningPlan plan_;
};

}  // namespace

std::vector<PodBatch> pod_batches(std::span<const SimTime> pending, Duration idle, Duration max) {
  std::vector<PodBatch> batches;
  for (const SimTime at : pending) {
    if (batches.empty() || at >= batches.back().closed) {
      batches.push_back({at, at + std::min(idle, max), 1});
      continue;
    }
    PodBatch& batch = batches.back();
    batch.closed = std::min(at + idle, batch.opened + max);
    ++batch.pods;
  }
  return batches;
}

ProvisioningPlan plan_claims(const ProvisioningInput& input) {
  Planning planning(input);
  for (const std::size_t pod : pod_order(input.pods)) planning.place(pod);
  return planning.finished();
}

}  // namespace pullsim
