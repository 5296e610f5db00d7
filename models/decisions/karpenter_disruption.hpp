// Which nodes Karpenter takes away or replaces: empty ones, several by at most one cheaper node, or
// one by a cheaper one, within the budgets of their pool. Leaves out drift, expiry, the Balanced
// policy, spot-to-spot replacement (off by default), the rule about the same instance type among
// several, pod disruption budgets (say so in `movable`) and schedules of budgets.
//
// Facts: kubernetes-sigs/karpenter v1.14, pkg/controllers/disruption and pkg/apis/v1/nodepool.go:
// polled each 10 s, a decision is looked at again after 15 s; consolidateAfter 0 s and a budget of
// 10 % by default, per cent rounded up.
#pragma once

#include <pullsim/scenario.hpp>

#include "models/decisions/karpenter_provisioning.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace pullsim {

inline constexpr Duration kDisruptionPoll = std::chrono::seconds(10);
inline constexpr Duration kConsolidationValidation = std::chrono::seconds(15);
inline constexpr std::size_t kMultiNodeMax = 100;

/// Nodes of a pool of `nodes` that may be disrupted now, when `disrupting` already are: the least
/// of the budgets.
std::int64_t allowed_disruptions(const std::vector<IntOrPercent>& budgets, std::int64_t nodes,
                                 std::int64_t disrupting);

/// Quiet for long enough: counted from the last pod that came or went, or from initialization.
bool is_consolidatable(const DisruptionSettings& settings, std::optional<SimTime> initialized,
                       std::optional<SimTime> last_pod_event, SimTime now);

struct DisruptionNode {
  NodeRoom allocatable;
  std::vector<NodeRoom> pods;  ///< those that would have to move
  double price = 0;
  bool movable = true;
  bool consolidatable = true;
  bool leaving = false;  ///< already on its way: takes no pods
};

struct DisruptionInput {
  std::vector<DisruptionNode> nodes;  ///< of one pool
  std::vector<InstanceType> types;
  ClaimPool pool;
  DisruptionSettings settings;
  std::int64_t disrupting = 0;
  std::vector<NodeRoom> elsewhere;  ///< free on nodes of other pools
  KindTable kinds;
};

struct Disruption {
  enum class Kind : std::uint8_t { none, remove, replace };
  Kind kind = Kind::none;
  std::vector<std::size_t> nodes;         ///< to be taken away
  std::vector<std::size_t> replacements;  ///< types of the one new node, cheapest first
};

/// May be looked at for removal.
bool is_candidate(const DisruptionNode& node);

/// What taking these nodes away would need: nothing, one cheaper node, or it cannot be.
Disruption disruption_without(const DisruptionInput& input,
                              const std::vector<std::size_t>& leaving);

/// The first of: all empty nodes, the most nodes at once, a single node; fewest pods first.
Disruption next_disruption(const DisruptionInput& input);

}  // namespace pullsim
