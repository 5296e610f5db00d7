// Windows, packing and NodeClaims; see the header.
#include "models/karpenter.hpp"

#include "models/recorder.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace pullsim {

namespace {

// A pod that stays pending asks again after so long (general knowledge that was not re-read).
constexpr Duration kPendingPodPeriod = std::chrono::seconds(10);
// A type that the cloud did not give is left alone for so long: the AWS provider's cache of
// offerings without capacity (general knowledge that was not re-read).
constexpr Duration kUnavailableTime = std::chrono::minutes(3);

std::vector<KarpenterPoolSpec> pools_of(const Scenario& scenario) {
  if (!scenario.node_autoscaler.node_pools.empty()) return scenario.node_autoscaler.node_pools;
  KarpenterPoolSpec all;
  all.pools.resize(scenario.node_pools.size());
  std::iota(all.pools.begin(), all.pools.end(), std::size_t{0});
  return {all};
}

}  // namespace

Karpenter::Karpenter(Context& context, const std::vector<std::unique_ptr<Node>>& nodes,
                     const std::deque<Pod>& pods, NodeAutoscalerHooks hooks)
    : NodeAutoscaler(context, nodes, pods, std::move(hooks)),
      pools_(pools_of(context.scenario)),
      unavailable_until_(context.scenario.node_pools.size()),
      poll_phase_(
          duration_up(context.stream("karpenter", "poll").at(0) * to_seconds(kDisruptionPoll))) {}

void Karpenter::found_unschedulable() {
  bool arrived = false;
  const std::vector<PodId>& waiting = hooks_.unschedulable();
  // New ones stand at the end; one that is tried again opens no window.
  for (auto pod = waiting.rbegin(); pod != waiting.rend() && known_.insert(*pod).second; ++pod) {
    arrived = true;
  }
  if (arrived) pod_arrived();
}

void Karpenter::pod_arrived() {
  if (!opened_) opened_ = now();
  context_.engine.cancel(closing_);
  const SimTime end =
      batch_end(*opened_, now(), spec().batch_idle_duration, spec().batch_max_duration);
  closing_ = context_.engine.at(end, "karpenter batch", [this] { window_closed(); });
}

void Karpenter::window_closed() {
  opened_.reset();
  if (hooks_.unschedulable().empty()) return;
  const ProvisioningPlan plan = plan_claims(provisioning(unschedulable_requests()));
  for (const PlannedClaim& planned : plan.claims) launch(planned);
  look_again();
}

// Pods that wait on open a window again.
void Karpenter::look_again() {
  if (context_.engine.pending(next_look_)) return;
  next_look_ = context_.engine.in(kPendingPodPeriod, "karpenter looks again", [this] {
    if (!hooks_.unschedulable().empty() && !opened_) pod_arrived();
  });
}

std::vector<InstanceType> Karpenter::instance_types() const {
  std::vector<InstanceType> types;
  for (std::size_t pool = 0; pool < scenario().node_pools.size(); ++pool) {
    const NodePoolSpec& spec = scenario().node_pools[pool];
    // Without prices nothing is compared but numbers of equal nodes (checked by the reader).
    // Net of the pods of DaemonSets, which may differ from type to type.
    types.push_back({spec.name, free_on_new(pool), spec.price.value_or(1), has_machines(pool),
                     capacity_of(pool)});
  }
  return types;
}

bool Karpenter::has_machines(std::size_t type) const {
  return nodes_of(type) < scenario().node_pools[type].nodes_max &&
         unavailable_until_[type] <= now();
}

std::size_t Karpenter::pool_of(NodeId node) const {
  const auto made = made_by_.find(node);
  if (made != made_by_.end()) return made->second;
  for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
    const std::vector<std::size_t>& types = pools_[pool].pools;
    if (std::find(types.begin(), types.end(), nodes_[node]->pool()) != types.end()) return pool;
  }
  return pools_.size();
}

ClaimPool Karpenter::claim_pool(std::size_t pool) const {
  const KarpenterPoolSpec& spec = pools_[pool];
  ClaimPool result;
  result.weight = static_cast<std::int32_t>(spec.weight);
  result.types = spec.pools;
  result.cpu_left = spec.cpu_limit;
  result.memory_left = spec.memory_limit;
  for (const auto& node : nodes_) {
    if (!is_present(node->id()) || pool_of(node->id()) != pool) continue;
    const NodeRoom capacity = capacity_of(node->pool());
    if (result.cpu_left) result.cpu_left->count -= capacity.cpu.count;
    if (result.memory_left) result.memory_left->count -= capacity.memory.count;
  }
  return result;
}

ProvisioningInput Karpenter::provisioning(const std::vector<NodeRoom>& pods) const {
  ProvisioningInput input;
  input.pods = pods;
  for (const auto& node : nodes_) {
    if (takes_pods(node->id())) input.existing.push_back(free_on(node->id()));
  }
  input.types = instance_types();
  for (std::size_t pool = 0; pool < pools_.size(); ++pool) input.pools.push_back(claim_pool(pool));
  input.kinds = kinds_;
  return input;
}

// The cheapest type of which the cloud has any left; with none the claim fails, and its pods ask
// again.
std::optional<NodeId> Karpenter::launch(const PlannedClaim& planned) {
  for (const std::size_t type : planned.types) {
    if (!has_machines(type)) continue;
    const NodeId node = hooks_.request_nodes(type, 1).front();
    made_by_[node] = planned.pool;
    const SimTime late = now() + kRegistrationTimeout + Duration{1};
    claims_[node] =
        context_.engine.at(late, "claim is late", [this, node] { deadline_passed(node); });
    return node;
  }
  return std::nullopt;
}

void Karpenter::node_registered(NodeId node) {
  const auto claim = claims_.find(node);
  if (claim == claims_.end()) return;
  context_.engine.cancel(claim->second);
  claims_.erase(claim);
}

void Karpenter::node_ready(NodeId node) { note_initialized(node); }

void Karpenter::node_changed(NodeId node) { note_initialized(node); }

// Ready, and no startup taint left.
void Karpenter::note_initialized(NodeId id) {
  const Node& node = *nodes_[id];
  if (!node.ready() || initialized_.contains(id)) return;
  const auto& taints = node.pool_spec().startup_taints;
  const bool started = std::none_of(taints.begin(), taints.end(), [&](const StartupTaint& each) {
    return node.has_taint(each.taint.key);
  });
  if (!started) return;
  initialized_[id] = now();
  replacement_initialized(id);
  poll_soon();
}

// The claim is deleted, and its pods ask again.
void Karpenter::deadline_passed(NodeId node) {
  NodeClaimFacts facts;
  facts.created = context_.recorder.result().nodes[node].requested;
  facts.launched = true;
  if (node_claim_phase(facts, now()) != NodeClaimPhase::registration_timed_out) return;
  hooks_.give_up(node);
}

void Karpenter::request_failed(NodeId node) {
  unavailable_until_[nodes_[node]->pool()] = now() + kUnavailableTime;
  look_again();
}

void Karpenter::node_removed(NodeId node) {
  if (claims_.contains(node)) look_again();
  node_registered(node);  // its claim waits no longer
  replacement_failed(node);
  disrupting_.erase(node);
  poll_soon();
}

void Karpenter::drain_failed(NodeId node) {
  disrupting_.erase(node);
  poll_soon();
}

}  // namespace pullsim
