// How nodes of a cluster go: drained and removed, or lost with all that runs there. The rest of the
// wiring is in cluster.cpp.
#include "models/cluster.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

bool Cluster::of_daemon_set(const Pod& pod) const {
  return scenario_.workloads[pod.workload].kind == WorkloadKind::daemon_set;
}

void Cluster::build_drains() {
  ProvisioningHooks requests;
  requests.registered = [this](NodeId id) { node_registered(id); };
  requests.failed = [this](NodeId id, ProvisioningFailure why) { request_failed(id, why); };
  provisioning_ = std::make_unique<NodeProvisioning>(context_, std::move(requests));
  NodeDrainHooks hooks;
  hooks.pods = [this](NodeId node) {
    std::vector<PodId> pods = nodes_[node]->kubelet().pods();
    std::erase_if(pods, [this](PodId id) {
      return pods_[id].phase == PodPhase::gone || of_daemon_set(pods_[id]);
    });
    return pods;
  };
  hooks.try_evict = [this](PodId id) { return try_evict(id); };
  hooks.empty = [this](NodeId node) {
    const std::vector<PodId> there = nodes_[node]->kubelet().pods();
    const auto daemons = std::count_if(there.begin(), there.end(),
                                       [this](PodId id) { return of_daemon_set(pods_[id]); });
    return nodes_[node]->use().pods == daemons;
  };
  hooks.cordon = [this](NodeId node, bool closed) { cordon(node, closed); };
  hooks.ended = [this](NodeId node, DrainReason reason, bool drained) {
    drain_ended(node, reason, drained);
  };
  drains_ = std::make_unique<NodeDrain>(context_, std::move(hooks));
}

// Each node has its own draw for each event; those with the least go. So more nodes of a pool
// change nothing about the others.
std::vector<NodeId> Cluster::nodes_to_lose(const ScenarioEvent& event, std::size_t index) const {
  std::vector<std::pair<double, NodeId>> drawn;
  for (const auto& node : nodes_) {
    if (node->pool() != event.pool || !node->exists() || !result_.nodes[node->id()].registered) {
      continue;
    }
    drawn.emplace_back(context_.stream(node->name(), "removal").at(index), node->id());
  }
  std::sort(drawn.begin(), drawn.end());
  const auto count = std::min(drawn.size(), static_cast<std::size_t>(event.count));
  std::vector<NodeId> lost;
  for (std::size_t i = 0; i < count; ++i) lost.push_back(drawn[i].second);
  return lost;
}

void Cluster::remove_nodes(const ScenarioEvent& event, std::size_t index) {
  for (const NodeId id : nodes_to_lose(event, index)) {
    if (event.notice == Duration{0}) {
      lose_node(id);
      continue;
    }
    drains_->start(id, DrainReason::spot_interruption);
    engine_.in(event.notice, "machine is taken away", [this, id] { lose_node(id); });
  }
}

void Cluster::cordon(NodeId id, bool closed) {
  Node& node = *nodes_[id];
  if (closed) {
    node.add_taint({kUnschedulableTaint, "", TaintEffect::no_schedule});
  } else {
    node.remove_taint(kUnschedulableTaint);
  }
  node_changed(id);
}

// Its taints did, or whether there is such a node.
void Cluster::node_changed(NodeId id) {
  scheduler_->node_changed(id);
  for (const Workload& workload : workloads_) workload.controller->node_changed(id);
  if (autoscaler_) autoscaler_->node_changed(id);
}

BudgetView Cluster::budget_view(const DisruptionBudgetSpec& budget) const {
  BudgetView view;
  for (const std::size_t w : budget.workloads) {
    view.replicas += workloads_[w].controller->replicas();
    for (const PodId id : workloads_[w].controller->pods()) {
      const Pod& pod = pods_[id];
      const bool known_lost = pod.node && nodes_[*pod.node]->has_taint(kUnreachableTaint);
      ++view.pods;
      if (pod.phase == PodPhase::ready && !known_lost) ++view.healthy;
    }
  }
  return view;
}

// Of several budgets over one pod the API takes none: it refuses.
bool Cluster::may_be_evicted(const Pod& pod) const {
  EvictionView eviction = EvictionView::pending;
  if (pod.phase == PodPhase::running) eviction = EvictionView::unready;
  if (pod.phase == PodPhase::ready) eviction = EvictionView::ready;
  const std::vector<std::size_t> budgets = budgets_of(pod);
  if (budgets.empty() || eviction == EvictionView::pending) return true;
  const DisruptionBudgetSpec& budget = scenario_.disruption_budgets[budgets.front()];
  return budgets.size() == 1 && may_evict(budget, budget_view(budget), eviction);
}

bool Cluster::try_evict(PodId id) {
  if (!may_be_evicted(pods_[id])) return false;
  const Duration gone = scenario_.workloads[pods_[id].workload].termination;
  end_pod(id, gone, WorkloadController::End::deleted);
  displaced(id);
  return true;
}

std::vector<std::size_t> Cluster::budgets_of(const Pod& pod) const {
  std::vector<std::size_t> budgets;
  for (std::size_t i = 0; i < scenario_.disruption_budgets.size(); ++i) {
    const auto& selected = scenario_.disruption_budgets[i].workloads;
    const auto end = selected.end();
    if (std::find(selected.begin(), end, pod.workload) != end) budgets.push_back(i);
  }
  return budgets;
}

std::vector<std::int64_t> Cluster::disruptions_allowed() const {
  std::vector<std::int64_t> allowed;
  for (const DisruptionBudgetSpec& budget : scenario_.disruption_budgets) {
    allowed.push_back(budget_status(budget, budget_view(budget)).disruptions_allowed);
  }
  return allowed;
}

void Cluster::drain_ended(NodeId node, DrainReason, bool drained) {
  if (drained) {
    remove_node(node);
  } else if (autoscaler_) {
    autoscaler_->drain_failed(node);
  }
}

// An empty node: its object goes, the DaemonSet pods with it, and the machine.
void Cluster::remove_node(NodeId id) {
  const std::vector<PodId> left = nodes_[id]->kubelet().pods();
  forget_node(id);
  for (const PodId pod : left) {
    if (pods_[pod].phase != PodPhase::gone) collect_pod(pod);
  }
  machine_gone(id);
}

void Cluster::machine_gone(NodeId id) {
  Node& node = *nodes_[id];
  result_.nodes[id].removed = engine_.now();
  --pool_nodes_[node.pool()];
  if (node.ready()) {
    recorder_.record(pool_series_[node.pool()], engine_.now(),
                     static_cast<double>(--pool_ready_[node.pool()]));
  }
  node.machine_gone();
  drains_->node_gone(id);
  if (autoscaler_) autoscaler_->node_removed(id);
}

// Users notice at once, the control plane does not.
void Cluster::lose_node(NodeId id) {
  if (!nodes_[id]->exists()) return;
  for (const PodId pod_id : nodes_[id]->kubelet().pods()) {
    Pod& pod = pods_[pod_id];
    if (pod.phase == PodPhase::gone) continue;
    pod.lost = true;
    Workload& workload = workloads_[pod.workload];
    if (workload.traffic) workload.traffic->leave(pod_id);
    if (pod.served) workload.service->lost();
    pod.served = false;
  }
  machine_gone(id);
  const NodeLossTimes times = node_loss_times(engine_.now(), loss_clocks(id));
  engine_.at(times.unreachable, "node unreachable", [this, id] { node_unreachable(id); });
  engine_.at(times.node_deleted, "node deleted", [this, id] { node_deleted(id); });
}

NodeLossClocks Cluster::loss_clocks(NodeId id) const {
  const auto phase = [this](const std::string& entity, const char* purpose, Duration period) {
    return duration_up(context_.stream(entity, purpose).at(0) * to_seconds(period));
  };
  NodeLossClocks clocks;
  clocks.lease = phase(nodes_[id]->name(), "lease", kLeasePeriod);
  clocks.monitor = phase("node-controller", "monitor", kNodeMonitorPeriod);
  clocks.cloud = phase("cloud-node-controller", "monitor", kNodeMonitorPeriod);
  clocks.pod_gc = phase("pod-gc", "pass", kPodGcPeriod);
  return clocks;
}

void Cluster::node_unreachable(NodeId id) {
  nodes_[id]->add_taint({kUnreachableTaint, "", TaintEffect::no_schedule});
  node_changed(id);
}

void Cluster::forget_node(NodeId id) {
  deleted_nodes_.insert(id);
  scheduler_->node_deleted(id);
  for (const Workload& workload : workloads_) workload.controller->node_changed(id);
}

void Cluster::node_deleted(NodeId id) {
  forget_node(id);
  const SimTime when = orphan_deleted(engine_.now(), loss_clocks(id));
  engine_.at(when, "orphaned pods deleted", [this, id] {
    for (PodId pod = 0; pod < pods_.size(); ++pod) {
      if (pods_[pod].node == id && pods_[pod].phase > PodPhase::pending) collect_pod(pod);
    }
  });
}

// A pod of a node that is no more is deleted without grace.
void Cluster::collect_pod(PodId id) {
  if (pods_[id].phase == PodPhase::gone) return;
  end_pod(id, Duration{0}, WorkloadController::End::deleted);
  if (pods_[id].row == Pod::kNoRow) return;
  PodRow& row = result_.pods[pods_[id].row];
  row.wanted = false;
  if (!row.ready) row.outcome = of_daemon_set(pods_[id]) ? Outcome::deleted : Outcome::failed;
}

}  // namespace pullsim
