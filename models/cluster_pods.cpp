// Workloads of a cluster and their pods from creation to the end of their containers. The rest of
// the wiring is in cluster.cpp.
#include "models/cluster.hpp"

#include "models/deployment.hpp"
#include "models/initial_placement.hpp"
#include "models/job.hpp"
#include "models/stateful_set.hpp"
#include "sim/check.hpp"

#include <utility>

namespace pullsim {

void Cluster::build_workloads() {
  const auto pod = [this](PodId id) -> Pod& { return pods_[id]; };
  SchedulerHooks hooks;
  hooks.pod = pod;
  hooks.bound = [this](PodId id) { pod_bound(id); };
  hooks.preempt = [this](PodId id) { pod_preempted(id); };
  if (!scenario_.disruption_budgets.empty()) {
    hooks.budgets_of = [this](PodId id) { return budgets_of(pods_[id]); };
    hooks.disruptions_allowed = [this] { return disruptions_allowed(); };
  }
  hooks.found_unschedulable = [this] {
    if (autoscaler_) autoscaler_->found_unschedulable();
  };
  scheduler_ = std::make_unique<Scheduler>(context_, images_, nodes_, std::move(hooks));

  build_node_autoscaler();
  for (std::size_t i = 0; i < scenario_.workloads.size(); ++i) {
    Workload workload;
    workload.service = std::make_unique<Service>(context_, i);
    ControllerHooks controller;
    controller.pod = pod;
    controller.create = [this, i](std::size_t image, std::size_t replica_set) {
      return create_pod(i, image, replica_set, std::nullopt);
    };
    controller.remove = [this](PodId id) { remove_pod(id); };
    controller.wanted = [this, i](std::int64_t count) { workloads_[i].service->set_wanted(count); };
    workload.controller = make_controller(i, std::move(controller));
    workloads_.push_back(std::move(workload));
  }
}

std::unique_ptr<WorkloadController> Cluster::make_controller(std::size_t workload,
                                                             ControllerHooks hooks) {
  switch (scenario_.workloads[workload].kind) {
    case WorkloadKind::stateful_set:
      return std::make_unique<StatefulSet>(context_, workload, controller_client_,
                                           std::move(hooks));
    case WorkloadKind::job:
    case WorkloadKind::cron_job:
      return std::make_unique<Job>(context_, workload, controller_client_, std::move(hooks));
    case WorkloadKind::daemon_set:
      return make_daemon_set(workload, std::move(hooks));
    case WorkloadKind::deployment:
      break;
  }
  return std::make_unique<Deployment>(context_, workload, controller_client_, std::move(hooks));
}

PodId Cluster::create_pod(std::size_t workload, std::size_t image, std::size_t replica_set,
                          std::optional<NodeId> only_node) {
  const PodId id = make_pod(workload, image, replica_set);
  pods_[id].only_node = only_node;
  workloads_[workload].service->created();
  scheduler_->add(id);
  return id;
}

// At t = 0 the initial nodes are Ready, the initial replicas are ready and served, and the images
// that they run are cached on their nodes (contract, section 4).
void Cluster::start_initial_state() {
  for (std::size_t p = 0; p < scenario_.node_pools.size(); ++p) {
    const NodePoolSpec& pool = scenario_.node_pools[p];
    for (std::int64_t i = 0; i < pool.nodes_initial; ++i) {
      Node& node = add_node(p, true);
      for (const std::size_t image : pool.cached_initially) {
        node.layers().add_whole_image(images_, image);
      }
    }
  }
  const auto places = place_initial_replicas(scenario_);
  for (std::size_t w = 0; w < workloads_.size(); ++w) {
    const WorkloadSpec& spec = scenario_.workloads[w];
    const auto replicas = static_cast<std::int64_t>(places[w].size());
    PULLSIM_CHECK(replicas == initial_replicas(scenario_, w),
                  "initial replicas fit the initial nodes");
    std::vector<PodId> pods;
    for (std::int64_t i = 0; i < replicas; ++i) {
      const bool ordered = spec.kind == WorkloadKind::stateful_set;
      const PodId id = make_pod(w, spec.image, ordered ? static_cast<std::size_t>(i) : 0);
      Pod& pod = pods_[id];
      pod.initial = true;
      pod.node = static_cast<NodeId>(places[w].at(static_cast<std::size_t>(i)));
      nodes_[*pod.node]->take_room(requests_of(spec), of_daemon_set(pod));
      nodes_[*pod.node]->pod_runs(spec.cpu_usage);
      pod.uses_cores = true;
      scheduler_->placed(id);
      pod.served = true;
      pod.phase = PodPhase::ready;
      for (const PodContainer& container : containers(id)) {
        nodes_[*pod.node]->layers().add_whole_image(images_, container.image);
      }
      nodes_[*pod.node]->kubelet().adopt(id);
      pods.push_back(id);
    }
    workloads_[w].service->start_with(replicas);
    workloads_[w].controller->start_with(pods);
  }
  for (const auto& node : nodes_) node_registered(node->id());
}

PodId Cluster::make_pod(std::size_t workload, std::size_t image, std::size_t replica_set) {
  const auto id = static_cast<PodId>(pods_.size());
  Workload& owner = workloads_[workload];
  // Pods of a StatefulSet keep their names, and with them their draws.
  const bool ordered = scenario_.workloads[workload].kind == WorkloadKind::stateful_set;
  const std::int64_t ordinal =
      ordered ? static_cast<std::int64_t>(replica_set) : owner.next_ordinal++;
  Pod pod;
  pod.workload = static_cast<RowIndex>(workload);
  pod.ordinal = static_cast<RowIndex>(ordinal);
  pod.image = static_cast<RowIndex>(image);
  pod.replica_set = static_cast<RowIndex>(replica_set);
  if (owner.controller->started()) {
    pod.row = static_cast<RowIndex>(result_.pods.size());
    PodRow row;
    row.workload = static_cast<RowIndex>(workload);
    row.ordinal = pod.ordinal;
    row.image = static_cast<RowIndex>(image);
    row.created = engine_.now();
    result_.pods.push_back(row);
  }
  pods_.push_back(pod);
  return id;
}

const std::vector<PodContainer>& Cluster::containers(PodId id) {
  const Pod& pod = pods_[id];
  const auto [known, added] = containers_.try_emplace({pod.workload, pod.image});
  if (added) known->second = containers_of(scenario_.workloads[pod.workload], pod.image);
  return known->second;
}

// A node that is gone is not known to be so at once, or its pod was on its way already.
void Cluster::pod_bound(PodId id) {
  const NodeId node = *pods_[id].node;
  tell_pods_changed(node);
  if (nodes_[node]->exists()) {
    nodes_[node]->kubelet().admit(id);
    drains_->pod_arrived(node);
    return;
  }
  pods_[id].lost = true;
  if (!deleted_nodes_.contains(node)) return;
  engine_.at(orphan_deleted(engine_.now(), loss_clocks(node)), "orphaned pod deleted",
             [this, id] { collect_pod(id); });
}

void Cluster::pod_ready(PodId id) {
  Pod& pod = pods_[id];
  Workload& workload = workloads_[pod.workload];
  nodes_[*pod.node]->pod_runs(scenario_.workloads[pod.workload].cpu_usage);
  pod.uses_cores = true;
  workload.service->ready();
  workload.controller->pod_ready(id);
  if (runs_to_end(scenario_.workloads[pod.workload])) return;  // nobody sends it traffic
  engine_.at(served_at(pod), "pod served", [this, id] { pod_served(id); });
  if (of_daemon_set(pod)) daemon_ready(pod);
}

bool Cluster::is_gated(const Pod& pod) const {
  if (!scenario_.load_balancer || of_daemon_set(pod)) return false;
  return scenario_.load_balancer->readiness_gate ||
         scenario_.workloads[pod.workload].readiness_gate;
}

// Of a pod whose containers are ready: how long its target takes to be healthy.
std::optional<Duration> Cluster::gate(PodId id) const {
  const Pod& pod = pods_[id];
  if (!is_gated(pod)) return std::nullopt;
  return routing_delay(scenario_.load_balancer,
                       context_.stream(name_of(scenario_, pod), "health-check").at(0));
}

// Of a pod that has just become Ready. No load balancer sends traffic to a DaemonSet.
SimTime Cluster::served_at(const Pod& pod) {
  const SimTime now = engine_.now();
  if (is_gated(pod)) return now;
  const bool balanced = scenario_.load_balancer && !of_daemon_set(pod);
  if (!balanced && kube_proxy_) return kube_proxy_->changed(now);
  const double u = context_.stream(name_of(scenario_, pod), "health-check").at(0);
  return now + routing_delay(balanced ? scenario_.load_balancer : std::nullopt, u);
}

void Cluster::pod_served(PodId id) {
  Pod& pod = pods_[id];
  if (pod.phase == PodPhase::gone || pod.lost) return;
  pod.served = true;
  result_.pods[pod.row].served = engine_.now();
  Workload& workload = workloads_[pod.workload];
  workload.service->served();
  if (workload.traffic) workload.traffic->join(id, pod.row);
}

// All containers of a Job's pod have exited.
void Cluster::pod_finished(PodId id) {
  Pod& pod = pods_[id];
  Workload& workload = workloads_[pod.workload];
  PodRow& row = result_.pods[pod.row];
  row.finished = engine_.now();
  if (!row.ready) row.ready = row.finished;
  row.outcome = Outcome::ok;
  workload.service->removed(pod.phase, false);
  advance_phase(pod, PodPhase::gone);
  nodes_[*pod.node]->kubelet().forget(id);
  free_room(id);
  workload.controller->pod_finished(id);
}

// Out of the endpoints at once; its room is free when its containers have ended.
void Cluster::leave(PodId id, Duration gone) {
  Pod& pod = pods_[id];
  Workload& workload = workloads_[pod.workload];
  if (kube_proxy_ && pod.phase == PodPhase::ready) kube_proxy_->changed(engine_.now());
  workload.service->removed(pod.phase, pod.served);
  if (workload.traffic) workload.traffic->leave(id);
  const bool was_bound = pod.phase > PodPhase::pending;
  advance_phase(pod, PodPhase::gone);
  pod.served = false;
  if (!was_bound) {
    scheduler_->forget(id);
    workload.controller->pod_terminated(id);
    if (pod.node) drains_->pod_left(*pod.node);
    return;
  }
  nodes_[*pod.node]->kubelet().forget(id);
  scheduler_->pod_terminating(id);
  tell_pods_changed(*pod.node);
  engine_.in(gone, "pod terminated", [this, id] { free_room(id); });
}

// Its controller deletes it.
void Cluster::remove_pod(PodId id) {
  const Pod& pod = pods_[id];
  if (pod.row != Pod::kNoRow) {
    PodRow& row = result_.pods[pod.row];
    row.wanted = false;
    if (!row.ready) row.outcome = Outcome::deleted;
  }
  leave(id, scenario_.workloads[pod.workload].termination);
}

void Cluster::end_pod(PodId id, Duration gone, WorkloadController::End end) {
  workloads_[pods_[id].workload].controller->pod_failed(id, end);
  leave(id, gone);
}

// The kubelet ended the pod, or did not take it.
void Cluster::pod_evicted(PodId id, Duration gone) {
  end_pod(id, gone, WorkloadController::End::failed);
  if (pods_[id].row != Pod::kNoRow) result_.pods[pods_[id].row].outcome = Outcome::evicted;
}

// It was deleted through the API, for no fault of its own; nobody waits for it any more.
void Cluster::displaced(PodId id) {
  if (pods_[id].row == Pod::kNoRow) return;
  PodRow& row = result_.pods[pods_[id].row];
  row.wanted = false;
  if (!row.ready) row.outcome = Outcome::evicted;
}

// The scheduler deletes it, gracefully, for a pod of higher priority.
void Cluster::pod_preempted(PodId id) {
  const Duration gone = scenario_.workloads[pods_[id].workload].termination;
  end_pod(id, gone, WorkloadController::End::deleted);
  if (pods_[id].row != Pod::kNoRow) result_.pods[pods_[id].row].outcome = Outcome::evicted;
}

void Cluster::free_room(PodId id) {
  const Pod& pod = pods_[id];
  const WorkloadSpec& workload = scenario_.workloads[pod.workload];
  if (pod.uses_cores) nodes_[*pod.node]->pod_ends(workload.cpu_usage);
  nodes_[*pod.node]->kubelet().terminated(id);
  nodes_[*pod.node]->give_room_back(requests_of(workload), of_daemon_set(pod));
  scheduler_->pod_ended(id);
  workloads_[pod.workload].controller->pod_terminated(id);
  drains_->pod_left(*pod.node);
  tell_pods_changed(*pod.node);
}

}  // namespace pullsim
