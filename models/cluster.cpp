// Building, wiring and running one cluster; see the header. What is checked at the end of each run
// is in cluster_checks.cpp.
#include "models/cluster.hpp"

#include "models/initial_placement.hpp"
#include "sim/check.hpp"

#include <utility>

namespace pullsim {

namespace {

// Above this many nodes the series of single nodes are left out: every change of a shared link
// changes the rates of all nodes, so rows grow with the square of the nodes (13.7 million with
// 500).
constexpr std::int64_t kWatchedNodesMax = 100;
// Above this many the use of single nodes is not checked either, for time; shared links always are.
constexpr std::int64_t kCheckedNodesMax = 500;

EngineOptions engine_options(const Scenario& scenario, std::uint32_t run) {
  EngineOptions options;
  options.events_max = scenario.events_max;
  options.seed = scenario.seed;
  options.run = run;
  return options;
}

FlowNetworkOptions network_options() {
  FlowNetworkOptions options;
  options.track_limits = true;
  return options;
}

}  // namespace

Cluster::Cluster(const Scenario& scenario, std::uint32_t run)
    : scenario_(scenario),
      engine_(engine_options(scenario, run)),
      network_(engine_, network_options()),
      recorder_(result_, network_.network()),
      context_{scenario, run, engine_, network_, recorder_, true},
      images_(scenario),
      controller_client_(scenario.control_plane.controller_manager.qps,
                         scenario.control_plane.controller_manager.burst) {
  result_.run = run;
  build_network();
  build_workloads();
  build_load();
  start_initial_state();
  start_load();
  schedule_events();
}

void Cluster::build_network() {
  FlowNetwork& network = network_.network();
  for (std::size_t i = 0; i < scenario_.registries.size(); ++i) {
    const RegistrySpec& spec = scenario_.registries[i];
    registries_.emplace_back(context_, i, images_);
    const double egress = spec.egress ? payload_of(*spec.egress).bytes_per_second : kUnlimited;
    recorder_.watch_egress(registries_.back().egress(), egress, spec.name);
  }
  for (const ZoneSpec& spec : scenario_.zones) {
    const double uplink = spec.uplink ? payload_of(*spec.uplink).bytes_per_second : kUnlimited;
    zones_.push_back(network.add_zone(uplink));
    recorder_.watch_zone(zones_.back(), uplink, spec.name);
  }
  std::int64_t nodes_max = 0;
  for (const NodePoolSpec& pool : scenario_.node_pools) {
    pool_nodes_.push_back(0);
    pool_ready_.push_back(0);
    pool_series_.push_back(recorder_.add_series("nodes_ready", pool.name, "nodes"));
    nodes_max += pool.nodes_max;
  }
  context_.watch_nodes = nodes_max <= kWatchedNodesMax;
  check_nodes_ = nodes_max <= kCheckedNodesMax;
  if (!context_.watch_nodes) {
    recorder_.warn("more than " + std::to_string(kWatchedNodesMax) +
                   " nodes: timeline.csv leaves out the series of single nodes");
  }
  network_.on_settled([this] { recorder_.sample(engine_.now()); });
}

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
    DeploymentHooks deployment;
    deployment.pod = pod;
    deployment.create = [this, i](std::size_t image, std::size_t replica_set) {
      const PodId id = make_pod(i, image, replica_set);
      workloads_[i].service->created();
      scheduler_->add(id);
      return id;
    };
    deployment.remove = [this](PodId id) { remove_pod(id); };
    deployment.wanted = [this, i](std::int64_t count) { workloads_[i].service->set_wanted(count); };
    workload.deployment =
        std::make_unique<Deployment>(context_, i, controller_client_, std::move(deployment));
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
    workloads_[w].deployment->start_with(pods);
  }
  for (const auto& node : nodes_) node_ready(node->id());
}

void Cluster::schedule_events() {
  for (const ScenarioEvent& event : scenario_.events) {
    const ScenarioEvent* e = &event;
    engine_.at(kSimStart + event.at, "scenario event", [this, e] {
      Deployment& deployment = *workloads_[e->workload].deployment;
      if (e->kind == ScenarioEvent::Kind::scale) {
        deployment.scale(e->replicas);
      } else {
        deployment.set_image(e->image);
      }
    });
  }
}

Node& Cluster::add_node(std::size_t pool, bool initial) {
  const NodePoolSpec& spec = scenario_.node_pools[pool];
  NodeIdentity identity;
  identity.id = static_cast<NodeId>(nodes_.size());
  identity.pool = pool;
  identity.ordinal = pool_nodes_[pool]++;
  const std::size_t zone =
      spec.zones[static_cast<std::size_t>(identity.ordinal) % spec.zones.size()];

  KubeletHooks hooks;
  hooks.pod = [this](PodId id) -> Pod& { return pods_[id]; };
  hooks.ready = [this](PodId id) { pod_ready(id); };
  hooks.evicted = [this](PodId id, Duration gone) { pod_evicted(id, gone); };
  hooks.pressure_changed = [this, id = identity.id] { pressure_changed(id); };
  nodes_.push_back(std::make_unique<Node>(context_, identity, images_, registries_, zones_[zone],
                                          host_kinds_, std::move(hooks)));
  Node& node = *nodes_.back();
  for (const std::size_t image : spec.cached) node.layers().add_whole_image(images_, image);

  NodeRow row;
  row.name = node.name();
  row.pool = pool;
  row.zone = zone;
  row.initial = initial;
  row.requested = engine_.now();
  result_.nodes.push_back(row);
  node.on_image_report(
      [this, id = identity.id](SimTime when) { scheduler_->images_change(id, when); });
  if (check_nodes_) {
    recorder_.watch_host(node.host(), host_kind(spec, node.pool()), node.name(),
                         context_.watch_nodes);
  }
  return node;
}

void Cluster::request_nodes(std::size_t pool, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const Node& node = add_node(pool, false);
    const NodeId id = node.id();
    const Duration time = draw(scenario_.node_pools[pool].provisioning,
                               context_.stream(node.name(), "provisioning").at(0));
    engine_.in(time, "node registered", [this, id] { node_ready(id); });
  }
}

void Cluster::node_ready(NodeId id) {
  Node& node = *nodes_[id];
  NodeRow& row = result_.nodes[id];
  row.registered = engine_.now();
  row.ready = engine_.now();
  node.set_ready(!row.initial);
  const std::size_t pool = node.pool();
  recorder_.record(pool_series_[pool], engine_.now(), static_cast<double>(++pool_ready_[pool]));
  scheduler_->node_ready(id);
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
  if (owner.deployment->started()) {
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
  workload.deployment->pod_ready(id);
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
  workloads_[pod.workload].deployment->pod_failed(id);
  advance_phase(pod, PodPhase::gone);
  pod.served = false;
  if (pod.row != Pod::kNoRow) result_.pods[pod.row].outcome = Outcome::evicted;
  nodes_[*pod.node]->kubelet().forget(id);
  engine_.in(gone, "pod terminated", [this, id] { free_room(id); });
}

// The condition is in the node's next status; the taint follows at once.
void Cluster::pressure_changed(NodeId id) {
  const SimTime when = nodes_[id]->status().next_report(engine_.now());
  engine_.at(when, "node status", [this, id] {
    Node& node = *nodes_[id];
    const bool tainted = node.kubelet().disk_pressure();
    if (tainted == !node.schedulable()) return;
    node.set_tainted(tainted);
    scheduler_->room_appeared(id);
  });
}

void Cluster::free_room(PodId id) {
  const Pod& pod = pods_[id];
  const WorkloadSpec& workload = scenario_.workloads[pod.workload];
  if (pod.uses_cores) nodes_[*pod.node]->pod_ends(workload.cpu_usage);
  nodes_[*pod.node]->kubelet().terminated(id);
  nodes_[*pod.node]->use().give_back(requests_of(workload));
  scheduler_->room_appeared(pod.node.value());
}

RunResult Cluster::run() {
  const SimTime end = kSimStart + scenario_.duration;
  engine_.run(end);
  if (!engine_.empty()) {  // cut off: what is under way counts up to the end, not the last event
    engine_.at(end, "end of the duration", [] {});
    engine_.run(end);
  }
  finish();
  return std::move(result_);
}

}  // namespace pullsim
