// Which pods give way to a pod of higher priority that fits nowhere: the victims on one node, and
// the node whose victims hurt least. Pure. Leaves out extenders, volumes and pods that wait for a
// permit.
//
// Facts: Kubernetes pkg/scheduler/framework/preemption/preemption.go and
// pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, v1.28. [k]: from
// knowledge of these files; the project's reference does not hold them.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace pullsim {

/// A pod of lower priority than the one that needs room.
struct PreemptionPod {
  std::int32_t priority = 0;
  SimTime started{};                 ///< of the pod; the kubelet's acknowledgement, here its bind
  std::vector<std::size_t> budgets;  ///< PodDisruptionBudgets that select it
};

struct PreemptionVictims {
  std::vector<std::size_t> pods;  ///< indices, the most important first
  std::int64_t violations = 0;    ///< victims that their budgets do not allow to disrupt
};

/// The fewest important pods of the node that must go. `fits(kept)` says whether the pod fits when
/// of these pods only those with `kept[i]` stay. Pods that budgets protect are spared first, then
/// the others, in order of importance: by priority, then the one that started earlier.
/// `allowed[b]`: disruptions that budget b allows now. None: it does not fit even
/// without all of them, or there are none.
std::optional<PreemptionVictims> select_victims(
    std::span<const PreemptionPod> pods, std::vector<std::int64_t> allowed,
    const std::function<bool(const std::vector<bool>& kept)>& fits);

/// What choosing a node looks at.
struct PreemptionCandidate {
  std::int64_t violations = 0;
  std::vector<PreemptionPod> victims;  ///< the most important first
};

/// Index of the candidate with the fewest violated budgets; of equal ones that whose most important
/// victim is the least important, whose sum of priorities is least, which has the fewest victims,
/// whose earliest started victim of the highest priority started last, which comes first.
std::size_t choose_preemption(std::span<const PreemptionCandidate> candidates);

/// Candidates after which the search stops, if one of them violates no budget: a tenth of the
/// nodes, but at least 100.
std::int64_t preemption_candidates_to_find(std::int64_t nodes);

}  // namespace pullsim
