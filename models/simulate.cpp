// A scenario and a run number in, a result out; see the header.
#include <pullsim/simulate.hpp>

#include "models/cluster.hpp"
#include "sim/check.hpp"

namespace pullsim {

RunResult simulate(const Scenario& scenario, std::uint32_t run) {
  Cluster cluster(scenario, run);
  return cluster.run();
}

SinglePull pull_alone(const Scenario& scenario, std::size_t pool, std::size_t image) {
  Scenario alone = scenario;
  NodePoolSpec node = scenario.node_pools[pool];
  node.nodes_initial = node.nodes_min = node.nodes_max = 1;
  node.cached.clear();
  node.cached_initially.clear();
  node.kubelet.sandbox = Distribution::constant(0);
  node.disk_size.reset();
  alone.node_pools = {node};
  alone.node_autoscaler.kind = NodeAutoscalerKind::none;
  for (RegistrySpec& registry : alone.registries) {
    registry.request_latency = Distribution::constant(mean(registry.request_latency));
    for (std::optional<RequestHop>* hop : {&registry.token, &registry.object_store}) {
      if (*hop) (*hop)->latency = Distribution::constant(mean((*hop)->latency));
    }
    registry.requests.reset();
    registry.pull_limit.reset();
    registry.request_failure_probability = 0;
  }
  WorkloadSpec workload;
  workload.name = "pull";
  workload.replicas = 0;
  workload.image = image;
  alone.workloads = {workload};
  ScenarioEvent event;
  event.replicas = 1;
  alone.events = {event};
  alone.duration = std::chrono::hours(24 * 36525);

  const RunResult result = Cluster(alone, 0).run();
  PULLSIM_CHECK(result.pulls.size() == 1, "a pull alone is one pull");
  const PullRow& pull = result.pulls[0];
  if (!pull.finished) return {alone.duration, Duration{0}, alone.duration, Duration{0}};
  return {*pull.finished - *pull.started, pull.resolve, pull.download, pull.unpack};
}

}  // namespace pullsim
