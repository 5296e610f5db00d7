// The life of a Karpenter NodeClaim: launched when the cloud has an instance, registered when its
// node object appears, initialized when the node is Ready, its startup taints and the taints of a
// fresh node are gone and the extended resources asked for are there. A claim that does not get
// that far in time is deleted and planned anew. Leaves out expiry and drift.
//
// Facts: kubernetes-sigs/karpenter v1.14, pkg/controllers/nodeclaim/lifecycle.
#pragma once

#include <pullsim/units.hpp>

#include <cstdint>
#include <optional>

namespace pullsim {

inline constexpr Duration kLaunchTimeout = std::chrono::minutes(5);
inline constexpr Duration kRegistrationTimeout = std::chrono::minutes(15);

struct NodeClaimFacts {
  SimTime created{};
  bool launched = false;
  bool registered = false;
  bool node_ready = false;
  bool startup_taints_gone = true;
  bool fresh_node_taints_gone = true;  ///< not-ready, unreachable, uninitialized by the cloud
  bool extended_resources_there = true;
};

enum class NodeClaimPhase : std::uint8_t {
  requested,
  launched,
  registered,
  initialized,
  launch_timed_out,
  registration_timed_out
};

NodeClaimPhase node_claim_phase(const NodeClaimFacts& facts, SimTime now);

/// Pods may bind as soon as taints allow, which can be before the claim is initialized.
bool takes_pods(const NodeClaimFacts& facts);

}  // namespace pullsim
