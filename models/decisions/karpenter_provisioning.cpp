// See the header.
#include "models/decisions/karpenter_provisioning.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace pullsim {
namespace {

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
  explicit Planning(const ProvisioningInput& input)
      : input_(input), room_(input.existing), pools_(input.pools) {
    plan_.on_existing.resize(input.pods.size());
    by_weight_.resize(input.pools.size());
    std::iota(by_weight_.begin(), by_weight_.end(), std::size_t{0});
    std::stable_sort(by_weight_.begin(), by_weight_.end(), [&](std::size_t a, std::size_t b) {
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
  /// What equal pods found full before; rooms and planned nodes only shrink.
  struct Searched {
    std::size_t rooms = 0;
    std::set<std::size_t> full_claims;
  };

  bool on_existing(std::size_t pod) {
    const NodeRoom& wanted = input_.pods[pod];
    std::size_t& at = searched_[shape_of(wanted)].rooms;
    while (at < room_.size() &&
           !(holds(room_[at], wanted) && input_.kinds.admits(wanted, room_[at]))) {
      ++at;
    }
    if (at == room_.size()) return false;
    room_[at] = room_[at] - wanted;
    plan_.on_existing[pod] = at;
    return true;
  }

  std::vector<std::size_t> types_for(const std::vector<std::size_t>& types, const NodeRoom& pod,
                                     const NodeRoom& wanted) const {
    std::vector<std::size_t> left;
    for (const std::size_t type : types) {
      const InstanceType& instance = input_.types[type];
      if (instance.available && holds(instance.allocatable, wanted) &&
          input_.kinds.admits(pod, instance.allocatable)) {
        left.push_back(type);
      }
    }
    return left;
  }

  /// The claims with fewest pods first, so that planned nodes fill evenly.
  bool on_planned(std::size_t pod) {
    std::set<std::size_t>& full = searched_[shape_of(input_.pods[pod])].full_claims;
    for (const auto& [pods, claim] : by_pods_) {
      if (full.contains(claim)) continue;
      if (join(pod, claim)) return true;
      full.insert(claim);
    }
    return false;
  }

  bool on_new(std::size_t pod) {
    for (const std::size_t pool : by_weight_) {
      plan_.claims.push_back({pool, {}, types_within_limits(pools_[pool])});
      wanted_.push_back(pools_[pool].daemons);
      if (join(pod, plan_.claims.size() - 1)) {
        take_from_limits(plan_.claims.back(), &pools_[pool]);
        return true;
      }
      plan_.claims.pop_back();
      wanted_.pop_back();
    }
    return false;
  }

  bool join(std::size_t pod, std::size_t claim) {
    PlannedClaim& planned = plan_.claims[claim];
    const NodeRoom wanted = wanted_[claim] + input_.pods[pod];
    std::vector<std::size_t> types = types_for(planned.types, input_.pods[pod], wanted);
    if (types.empty()) return false;
    by_pods_.erase({planned.pods.size(), claim});
    planned.types = std::move(types);
    planned.pods.push_back(pod);
    by_pods_.emplace(planned.pods.size(), claim);
    wanted_[claim] = wanted;
    return true;
  }

  std::vector<std::size_t> types_within_limits(const ClaimPool& pool) const {
    std::vector<std::size_t> left;
    for (const std::size_t type : pool.types) {
      const NodeRoom& capacity = input_.types[type].capacity;
      const bool within = (!pool.cpu_left || capacity.cpu <= *pool.cpu_left) &&
                          (!pool.memory_left || capacity.memory <= *pool.memory_left);
      if (within) left.push_back(type);
    }
    return left;
  }

  void take_from_limits(const PlannedClaim& claim, ClaimPool* pool) const {
    NodeRoom largest{MilliCpu{0}, Bytes{0}, 0};
    for (const std::size_t type : claim.types) {
      largest.cpu = std::max(largest.cpu, input_.types[type].capacity.cpu);
      largest.memory = std::max(largest.memory, input_.types[type].capacity.memory);
    }
    if (pool->cpu_left) pool->cpu_left->count -= largest.cpu.count;
    if (pool->memory_left) pool->memory_left->count -= largest.memory.count;
  }

  const ProvisioningInput& input_;
  std::vector<NodeRoom> room_;
  std::vector<ClaimPool> pools_;  // with what their limits leave
  std::vector<NodeRoom> wanted_;  // by claim, its DaemonSet pods included
  std::vector<std::size_t> by_weight_;
  std::set<std::pair<std::size_t, std::size_t>> by_pods_;  // claims by the number of their pods
  std::map<PodShape, Searched> searched_;
  ProvisioningPlan plan_;
};

}  // namespace

std::vector<PodBatch> pod_batches(std::span<const SimTime> pending, Duration idle, Duration max) {
  std::vector<PodBatch> batches;
  for (const SimTime at : pending) {
    if (batches.empty() || at >= batches.back().closed) {
      batches.push_back({at, batch_end(at, at, idle, max), 1});
      continue;
    }
    PodBatch& batch = batches.back();
    batch.closed = batch_end(batch.opened, at, idle, max);
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
