// Karpenter: pods that fit nowhere open a window; when it closes they are packed onto existing,
// in-flight and planned nodes, and each planned node becomes a NodeClaim of the cheapest machine
// type that holds its pods (control-plane facts 5). Each node pool of the scenario is an instance
// type, `nodes.max` what the cloud has of it. Nodes that are empty, or do for less elsewhere, are
// drained, if need be after one cheaper node has taken their place. Planning takes no time. Leaves
// out topology, spot capacity, expiry, drift, and the client's limit (200 requests a second).
#pragma once

#include "models/decisions/karpenter_disruption.hpp"
#include "models/decisions/node_claim.hpp"
#include "models/node_autoscaler.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_set>
#include <vector>

namespace pullsim {

class Karpenter final : public NodeAutoscaler {
 public:
  Karpenter(Context& context, const std::vector<std::unique_ptr<Node>>& nodes,
            const std::deque<Pod>& pods, NodeAutoscalerHooks hooks);

  void found_unschedulable() override;
  void node_registered(NodeId node) override;
  void node_ready(NodeId node) override;
  void node_changed(NodeId node) override;
  void pods_changed(NodeId node) override;
  void node_removed(NodeId node) override;
  void drain_failed(NodeId node) override;
  void request_failed(NodeId node) override;

 private:
  void pod_arrived();
  void window_closed();
  void look_again();
  ProvisioningInput provisioning(const std::vector<NodeRoom>& pods) const;
  std::vector<InstanceType> instance_types() const;
  bool has_machines(std::size_t type) const;
  ClaimPool claim_pool(std::size_t pool) const;
  std::optional<NodeId> launch(const PlannedClaim& planned);
  void deadline_passed(NodeId node);
  std::size_t pool_of(NodeId node) const;
  void note_initialized(NodeId node);

  // karpenter_consolidation.cpp
  /// Nodes that are to go, until they are looked at again.
  struct Command {
    std::size_t pool = 0;
    Disruption::Kind kind = Disruption::Kind::none;
    std::vector<NodeId> nodes;
    bool empty = false;
  };
  void poll_at(SimTime time);
  void poll_soon();
  void poll();
  void poll_when_quiet(std::size_t pool, const std::vector<NodeId>& ids);
  bool is_quiet(NodeId node, std::size_t pool) const;
  std::optional<SimTime> initialized_at(NodeId node) const;
  DisruptionInput disruption_input(std::size_t pool, std::vector<NodeId>* ids) const;
  std::vector<std::int64_t> spare_nodes() const;
  void validate();
  void drain(const std::vector<NodeId>& nodes);
  void replace(std::size_t pool, const std::vector<NodeId>& nodes,
               const std::vector<std::size_t>& types);
  void replacement_initialized(NodeId node);
  void replacement_failed(NodeId node);

  std::vector<KarpenterPoolSpec> pools_;
  std::vector<SimTime> unavailable_until_;  // by type, after a request that failed
  std::unordered_set<PodId> known_;         // pods that have opened or prolonged a window
  std::optional<SimTime> opened_;
  EventHandle closing_;
  EventHandle next_look_;
  std::map<NodeId, EventHandle> claims_;   // deadlines of those that are not registered yet
  std::map<NodeId, std::size_t> made_by_;  // Karpenter's pool of the nodes that it asked for
  std::map<NodeId, SimTime> initialized_;
  std::map<NodeId, SimTime> last_pod_event_;
  Duration poll_phase_;
  EventHandle next_poll_;
  SimTime next_poll_time_{};
  std::optional<Command> validating_;
  std::set<NodeId> disrupting_;
  std::map<NodeId, std::vector<NodeId>> replacements_;  // new node: those that go for it
};

}  // namespace pullsim
