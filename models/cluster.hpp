// One run: owns every model and connects them. The one file that knows everybody.
#pragma once

#include <pullsim/result.hpp>

#include "models/context.hpp"
#include "models/custom_metrics.hpp"
#include "models/decisions/disruption_budget.hpp"
#include "models/decisions/node_loss.hpp"
#include "models/horizontal_pod_autoscaler.hpp"
#include "models/image_table.hpp"
#include "models/keda_scaler.hpp"
#include "models/kube_proxy.hpp"
#include "models/metrics_server.hpp"
#include "models/node.hpp"
#include "models/node_autoscaler.hpp"
#include "models/node_drain.hpp"
#include "models/node_provisioning.hpp"
#include "models/pod.hpp"
#include "models/recorder.hpp"
#include "models/registry.hpp"
#include "models/scheduler.hpp"
#include "models/service.hpp"
#include "models/traffic.hpp"
#include "models/workload_controller.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace pullsim {

class Cluster {
 public:
  Cluster(const Scenario& scenario, std::uint32_t run);
  /// Runs to the end and gives the result; once.
  RunResult run();
  /// Cordons the node, evicts its pods, and removes it when it is empty (node_drain.hpp). For
  /// whoever takes nodes away.
  void drain_node(NodeId node, DrainReason reason) { drains_->start(node, reason); }

 private:
  struct Workload {
    std::unique_ptr<WorkloadController> controller;
    std::unique_ptr<Service> service;
    std::unique_ptr<Traffic> traffic;        // where demand is given
    std::unique_ptr<CustomMetrics> metrics;  // of what scales it
    std::unique_ptr<HorizontalPodAutoscaler> autoscaler;
    std::unique_ptr<KedaScaler> keda;
    std::int64_t next_ordinal = 0;
  };

  void build_network();
  void build_workloads();
  void build_node_autoscaler();
  void tell_pods_changed(NodeId node);
  void build_load();
  void build_autoscaler(std::size_t workload);
  void start_load();
  std::vector<PodId> measured_pods() const;
  void start_initial_state();
  void schedule_events();
  void schedule_outage(const ScenarioEvent& event);

  void connect_kubelets();
  Node& add_node(std::size_t pool, bool initial);
  std::vector<NodeId> request_nodes(std::size_t pool, std::int64_t count);
  void request_failed(NodeId node, ProvisioningFailure why);
  void node_registered(NodeId node);
  void node_ready(NodeId node);
  void make_ready(NodeId node);

  // DaemonSets, and nodes that wait for them: cluster_daemons.cpp
  std::unique_ptr<WorkloadController> make_daemon_set(std::size_t workload, ControllerHooks hooks);
  bool runs_on(std::size_t workload, NodeId node) const;
  bool needs_network_plugin() const;
  void daemon_ready(const Pod& pod);

  PodId make_pod(std::size_t workload, std::size_t image, std::size_t replica_set);
  PodId create_pod(std::size_t workload, std::size_t image, std::size_t replica_set,
                   std::optional<NodeId> only_node);
  const std::vector<PodContainer>& containers(PodId pod);
  std::unique_ptr<WorkloadController> make_controller(std::size_t workload, ControllerHooks hooks);
  bool is_gated(const Pod& pod) const;
  std::optional<Duration> gate(PodId pod) const;
  SimTime served_at(const Pod& pod);
  void pod_bound(PodId pod);
  void pod_ready(PodId pod);
  void pod_served(PodId pod);
  void pod_finished(PodId pod);
  void remove_pod(PodId pod);
  void leave(PodId pod, Duration gone);
  /// It has failed, or was deleted against its controller's will, which makes another.
  void end_pod(PodId pod, Duration gone, WorkloadController::End end);
  void displaced(PodId pod);
  void pod_evicted(PodId pod, Duration gone);
  void pod_preempted(PodId pod);
  void pressure_changed(NodeId node);
  void free_room(PodId pod);

  // What takes nodes away: cluster_removal.cpp
  void build_drains();
  void remove_nodes(const ScenarioEvent& event, std::size_t index);
  std::vector<NodeId> nodes_to_lose(const ScenarioEvent& event, std::size_t index) const;
  void cordon(NodeId node, bool closed);
  bool try_evict(PodId pod);
  std::vector<std::size_t> budgets_of(const Pod& pod) const;
  std::vector<std::int64_t> disruptions_allowed() const;
  bool may_be_evicted(const Pod& pod) const;
  BudgetView budget_view(const DisruptionBudgetSpec& budget) const;
  void drain_ended(NodeId node, DrainReason reason, bool drained);
  void remove_node(NodeId node);
  void machine_gone(NodeId node);
  void lose_node(NodeId node);
  void node_unreachable(NodeId node);
  void node_deleted(NodeId node);
  void node_changed(NodeId node);
  void forget_node(NodeId node);
  void collect_pod(PodId pod);
  NodeLossClocks loss_clocks(NodeId node) const;
  bool of_daemon_set(const Pod& pod) const;

  void finish();
  void check_conservation();
  void check_phases();

  const Scenario& scenario_;
  RunResult result_;
  Engine engine_;
  NetworkDriver network_;
  Recorder recorder_;
  Context context_;
  ImageTable images_;
  std::deque<Registry> registries_;
  std::vector<ZoneId> zones_;
  HostKinds host_kinds_;
  KubeletHooks kubelet_hooks_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::int64_t> pool_ordinals_;  // per pool: of the next node
  std::vector<std::int64_t> pool_nodes_;     // per pool: existing and upcoming
  std::vector<std::int64_t> pool_ready_;
  bool check_nodes_ = true;
  std::vector<std::uint16_t> pool_series_;
  std::deque<Pod> pods_;
  // By workload and image of the first one: all pods that are alike share them.
  std::map<std::pair<std::size_t, std::size_t>, std::vector<PodContainer>> containers_;
  TokenBucket controller_client_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<NodeAutoscaler> autoscaler_;
  std::unique_ptr<NodeProvisioning> provisioning_;
  std::unique_ptr<NodeDrain> drains_;
  std::optional<KubeProxy> kube_proxy_;
  std::set<NodeId> deleted_nodes_;  // those whose objects are gone
  std::vector<Workload> workloads_;
  std::unique_ptr<MetricsServer> metrics_server_;
};

}  // namespace pullsim
