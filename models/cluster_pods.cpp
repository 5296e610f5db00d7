// Workloads of a cluster and their pods from creation to the end of their containers. The rest of
// the wiring is in cluster.cpp.
#include "models/cluster.hpp"

#include "models/deployment.hpp"
#include "models/initial_placement.hpp"
#include "sim/check.hpp"

#include <utility>

namespace pullsim {

void Cluster::build_workloads() {
  const auto pod = [this](PodId id) -> Pod& { return pods_[id]; };
  SchedulerHooks hooks;
  hooks.pod = pod;
  hooks.bound = [this](PodId id) { pod_bound(id); };
  hooks.found_unschedulable = [this] {
    if (autoscaler_) autoscaler_->look();
  };
  scheduler_ = std::make_unique<Scheduler>(context_, images_, nodes_, std::move(hooks));

  if (scenario_.node_autoscaler.enabled) {
    AutoscalerHooks autoscaler;
    autoscaler.pod = pod;
    autoscaler.unschedulable = [this]() -> const std::vector<PodId>& {
      return scheduler_->unschedulable();
    };
    autoscaler.nodes_of = [this](std::size_t pool) { return pool_nodes_[pool]; };
    autoscaler.request_nodes = [this](std::size_t pool, std::int64_t count) {
      request_nodes(pool, count);
    };
    autoscaler_ = std::make_unique<ClusterAutoscaler>(context_, nodes_, std::move(autoscaler));
  }

  for (std::size_t i = 0; i < scenario_.workloads.size(); ++i) {
    Workload workload;
    workload.service = std::make_unique<Service>(context_, i);
    ControllerHooks controller;
    controller.pod = pod;
    controller.create = [this, i](std::size_t image, std::size_t replica_set) {
      const PodId id = make_pod(i, image, replica_set);
      workloads_[i].service->created();
      scheduler_->add(id);
      return id;
    };
    controller.remove = [this](PodId id) { remove_pod(id); };
    controller.wanted = [this, i](std::int64_t count) { workloads_[i].service->set_wanted(count); };
    workload.controller =
        std::make_unique<Deployment>(context_, i, controller_client_, std::move(controller));
    workloads_.push_back(std::move(workload));
  }
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
    PULLSIM_CHECK(static_cast<std::int64_t>(places[w].size()) == scenario_.workloads[w].replicas,
                  "initial replicas fit the initial nodes");
    const WorkloadSpec& spec = scenario_.workloads[w];
    std::vector<PodId> pods;
    for (std::int64_t i = 0; i < spec.replicas; ++i) {
      const PodId id = make_pod(w, spec.image, 0);
      Pod& pod = pods_[id];
      pod.initial = true;
      pod.node = static_cast<NodeId>(places[w].at(static_cast<std::size_t>(i)));
      nodes_[*pod.node]->use().take(requests_of(spec));
      nodes_[*pod.node]->pod_runs(spec.cpu_usage);
      pod.uses_cores = true;
      scheduler_->room_taken(*pod.node);
      pod.served = true;
      pod.phase = PodPhase::ready;
      for (const PodContainer& container : containers_of(spec, pod)) {
        nodes_[*pod.node]->layers().add_whole_image(images_, container.image);
      }
      nodes_[*pod.node]->kubelet().adopt(id);
      pods.push_back(id);
    }
    workloads_[w].service->start_with(spec.replicas);
    workloads_[w].controller->start_with(pods);
  }
  for (const auto& node : nodes_) node_ready(node->id());
}

PodId Cluster::make_pod(std::size_t workload, std::size_t image, std::size_t replica_set) {
  const auto id = static_cast<PodId>(pods_.size());
  Workload& owner = workloads_[workload];
  const std::int64_t ordinal = owner.next_ordinal++;
  Pod pod;
  pod.name = scenario_.workloads[workload].name + "-" + std::to_string(ordinal);
  pod.workload = workload;
  pod.image = image;
  pod.replica_set = replica_set;
  pod.created = engine_.now();
  if (owner.controller->started()) {
    pod.row = result_.pods.size();
    PodRow row;
    row.workload = workload;
    row.ordinal = ordinal;
    row.image = image;
    row.created = engine_.now();
    result_.pods.push_back(row);
  }
  pods_.push_back(std::move(pod));
  return id;
}

void Cluster::pod_bound(PodId id) { nodes_[*pods_[id].node]->kubelet().admit(id); }

void Cluster::pod_ready(PodId id) {
  Pod& pod = pods_[id];
  Workload& workload = workloads_[pod.workload];
  nodes_[*pod.node]->pod_runs(scenario_.workloads[pod.workload].cpu_usage);
  pod.uses_cores = true;
  workload.service->ready();
  workload.controller->pod_ready(id);
  const double u = context_.stream(pod.name, "health-check").at(0);
  engine_.in(routing_delay(scenario_.load_balancer, u), "pod served",
             [this, id] { pod_served(id); });
}

void Cluster::pod_served(PodId id) {
  Pod& pod = pods_[id];
  if (pod.phase == PodPhase::gone) return;
  pod.served = true;
  result_.pods[pod.row].served = engine_.now();
  Workload& workload = workloads_[pod.workload];
  workload.service->served();
  if (workload.traffic) workload.traffic->join(id);
}

// Deletion: out of the endpoints at once, its room free when the process has ended.
void Cluster::remove_pod(PodId id) {
  Pod& pod = pods_[id];
  Workload& workload = workloads_[pod.workload];
  workload.service->removed(pod.phase, pod.served);
  if (workload.traffic) workload.traffic->leave(id);
  const bool was_bound = pod.phase > PodPhase::pending;
  advance_phase(pod, PodPhase::gone);
  pod.served = false;
  if (pod.row != Pod::kNoRow) {
    PodRow& row = result_.pods[pod.row];
    row.wanted = false;
    if (!row.ready) row.outcome = Outcome::deleted;
  }
  if (!was_bound) {
    scheduler_->forget(id);
    return;
  }
  nodes_[*pod.node]->kubelet().forget(id);
  engine_.in(scenario_.workloads[pod.workload].termination, "pod terminated",
             [this, id] { free_room(id); });
}

// The kubelet ended the pod, or did not take it: it has failed, and its Deployment replaces it.
void Cluster::pod_evicted(PodId id, Duration gone) {
  Pod& pod = pods_[id];
  if (workloads_[pod.workload].traffic) workloads_[pod.workload].traffic->leave(id);
  workloads_[pod.workload].service->removed(pod.phase, pod.served);
  workloads_[pod.workload].controller->pod_failed(id);
  advance_phase(pod, PodPhase::gone);
  pod.served = false;
  if (pod.row != Pod::kNoRow) result_.pods[pod.row].outcome = Outcome::evicted;
  nodes_[*pod.node]->kubelet().forget(id);
  engine_.in(gone, "pod terminated", [this, id] { free_room(id); });
}

void Cluster::free_room(PodId id) {
  const Pod& pod = pods_[id];
  const WorkloadSpec& workload = scenario_.workloads[pod.workload];
  if (pod.uses_cores) nodes_[*pod.node]->pod_ends(workload.cpu_usage);
  nodes_[*pod.node]->kubelet().terminated(id);
  nodes_[*pod.node]->use().give_back(requests_of(workload));
  scheduler_->room_appeared(pod.node.value());
}

}  // namespace pullsim
