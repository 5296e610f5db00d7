// One run: owns every model and connects them. The one file that knows everybody.
#pragma once

#include <pullsim/result.hpp>

#include "models/cluster_autoscaler.hpp"
#include "models/context.hpp"
#include "models/horizontal_pod_autoscaler.hpp"
#include "models/image_table.hpp"
#include "models/metrics_server.hpp"
#include "models/node.hpp"
#include "models/pod.hpp"
#include "models/recorder.hpp"
#include "models/registry.hpp"
#include "models/scheduler.hpp"
#include "models/service.hpp"
#include "models/traffic.hpp"
#include "models/workload_controller.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace pullsim {

class Cluster {
 public:
  Cluster(const Scenario& scenario, std::uint32_t run);
  /// Runs to the end and gives the result; once.
  RunResult run();

 private:
  struct Workload {
    std::unique_ptr<WorkloadController> controller;
    std::unique_ptr<Service> service;
    std::unique_ptr<Traffic> traffic;                     // where demand is given
    std::unique_ptr<HorizontalPodAutoscaler> autoscaler;  // where the workload has one
    std::int64_t next_ordinal = 0;
  };

  void build_network();
  void build_workloads();
  void build_load();
  void start_load();
  std::vector<PodId> measured_pods() const;
  void start_initial_state();
  void schedule_events();
  void schedule_outage(const ScenarioEvent& event);

  Node& add_node(std::size_t pool, bool initial);
  void request_nodes(std::size_t pool, std::int64_t count);
  void node_ready(NodeId node);

  PodId make_pod(std::size_t workload, std::size_t image, std::size_t replica_set);
  void pod_bound(PodId pod);
  void pod_ready(PodId pod);
  void pod_served(PodId pod);
  void remove_pod(PodId pod);
  void pod_evicted(PodId pod, Duration gone);
  void pressure_changed(NodeId node);
  void free_room(PodId pod);

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
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::int64_t> pool_nodes_;  // per pool: existing and upcoming
  std::vector<std::int64_t> pool_ready_;
  bool check_nodes_ = true;
  std::vector<std::uint16_t> pool_series_;
  std::deque<Pod> pods_;
  TokenBucket controller_client_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<ClusterAutoscaler> autoscaler_;
  std::vector<Workload> workloads_;
  std::unique_ptr<MetricsServer> metrics_server_;
};

}  // namespace pullsim
