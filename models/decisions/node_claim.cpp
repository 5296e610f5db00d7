// See the header.
#include "models/decisions/node_claim.hpp"

namespace pullsim {

NodeClaimPhase node_claim_phase(const NodeClaimFacts& facts, SimTime now) {
  using Phase = NodeClaimPhase;
  if (!facts.launched) {
    return facts.created + kLaunchTimeout < now ? Phase::launch_timed_out : Phase::requested;
  }
  if (!facts.registered) {
    return facts.created + kRegistrationTimeout < now ? Phase::registration_timed_out
                                                      : Phase::launched;
  }
  const bool initialized = facts.node_ready && facts.startup_taints_gone &&
                           facts.fresh_node_taints_gone && facts.extended_resources_there;
  return initialized ? Phase::initialized : Phase::registered;
}

bool takes_pods(const NodeClaimFacts& facts) {
  return facts.registered && facts.node_ready && facts.startup_taints_gone &&
         facts.fresh_node_taints_gone;
}

}  // namespace pullsim
