// Karpenter: pods that fit nowhere open a window; when it closes they are packed onto existing,
// in-flight and planned nodes, and each planned node becomes a NodeClaim of the cheapest machine
// type that holds its pods (control-plane facts 5). Each node pool of the scenario is an instance
// type, `nodes.max` what the cloud has of it. Planning takes no time. Leaves out topology, spot
// capacity, expiry, drift, and the client's limit (200 requests a second).
#pragma once

#include "models/decisions/karpenter_provisioning.hpp"
#include "models/decisions/node_claim.hpp"
#include "models/node_autoscaler.hpp"

#include <map>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace pullsim {

class Karpenter final : public NodeAutoscaler {
 public:
  Karpenter(Context& context, const std::vector<std::unique_ptr<Node>>& nodes,
            const std::deque<Pod>& pods, NodeAutoscalerHooks hooks);

  void found_unschedulable() override;
  void node_ready(NodeId node) override;
  void request_failed(NodeId node) override;

 private:
  struct Claim {
    std::size_t pool = 0;  ///< Karpenter's
    EventHandle deadline;
  };

  void pod_arrived();
  void window_closed();
  void look_again();
  ProvisioningInput provisioning(const std::vector<NodeRoom>& pods) const;
  std::vector<InstanceType> instance_types() const;
  ClaimPool claim_pool(std::size_t pool) const;
  void launch(const PlannedClaim& planned);
  void deadline_passed(NodeId node);
  std::size_t pool_of(NodeId node) const;

  std::vector<KarpenterPoolSpec> pools_;
  std::unordered_set<PodId> known_;  // pods that have opened or prolonged a window
  std::optional<SimTime> opened_;
  EventHandle closing_;
  EventHandle next_look_;
  std::map<NodeId, Claim> claims_;     // not registered yet
  std::map<NodeId, std::size_t> made_by_;  // Karpenter's pool of the nodes that it asked for
};

}  // namespace pullsim
