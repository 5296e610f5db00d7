// Building and running one cluster; see the header. Its nodes are in cluster_nodes.cpp, its pods in
// cluster_pods.cpp, DaemonSets in cluster_daemons.cpp, how nodes go in cluster_removal.cpp, what
// the scenario makes happen in cluster_events.cpp, load in cluster_load.cpp, and what is checked at
// the end of each run in cluster_checks.cpp.
#include "models/cluster.hpp"

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
  if (scenario.control_plane.kube_proxy) kube_proxy_.emplace(*scenario.control_plane.kube_proxy);
  connect_kubelets();
  build_network();
  build_workloads();
  build_drains();
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
    pool_ordinals_.push_back(0);
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
