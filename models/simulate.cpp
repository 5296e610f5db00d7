// A scenario and a run number in, a result out; see the header.
#include <pullsim/simulate.hpp>

#include "models/cluster.hpp"
#include "models/decisions/scheduling_objects.hpp"
#include "sim/check.hpp"

#include <utility>

namespace pullsim {

RunResult simulate(const Scenario& scenario, std::uint32_t run) {
  Cluster cluster(scenario, run);
  return cluster.run();
}

namespace {

Distribution at_mean(const Distribution& distribution) {
  return Distribution::constant(mean(distribution));
}

/// One node of `pool` to which a single workload without pods comes; nothing else happens, and
/// every random request has its mean.
Scenario lone_node(const Scenario& scenario, std::size_t pool, WorkloadSpec workload) {
  Scenario alone = scenario;
  NodePoolSpec node = scenario.node_pools[pool];
  node.nodes_initial = node.nodes_min = node.nodes_max = 1;
  node.cached_initially.clear();
  alone.node_pools = {node};
  alone.node_autoscaler = {};
  alone.load_balancer.reset();
  alone.traffic.clear();
  alone.disruption_budgets.clear();
  for (RegistrySpec& registry : alone.registries) {
    registry.request_latency = at_mean(registry.request_latency);
    for (std::optional<RequestHop>* hop : {&registry.token, &registry.object_store}) {
      if (*hop) (*hop)->latency = at_mean((*hop)->latency);
    }
    registry.requests.reset();
    registry.pull_limit.reset();
    registry.request_failure_probability = 0;
  }
  workload.replicas = 0;
  workload.kind = WorkloadKind::deployment;  // whatever owns the pod, it starts in the same way
  workload.autoscaler.reset();
  workload.scaled_object.reset();
  alone.workloads = {std::move(workload)};
  ScenarioEvent event;
  event.replicas = 1;
  alone.events = {event};
  return alone;
}

}  // namespace

SinglePull pull_alone(const Scenario& scenario, std::size_t pool, std::size_t image) {
  WorkloadSpec workload;
  workload.name = "pull";
  workload.image = image;
  Scenario alone = lone_node(scenario, pool, std::move(workload));
  NodePoolSpec& node = alone.node_pools[0];
  node.cached.clear();
  node.kubelet.sandbox = Distribution::constant(0);
  node.disk_size.reset();
  alone.duration = std::chrono::hours(24 * 36525);

  const RunResult result = Cluster(alone, 0).run();
  PULLSIM_CHECK(result.pulls.size() == 1, "a pull alone is one pull");
  const PullRow& pull = result.pulls[0];
  if (!pull.finished) return {alone.duration, Duration{0}, alone.duration, Duration{0}};
  return {*pull.finished - *pull.started, pull.work->resolve, pull.work->download,
          pull.work->unpack};
}

std::optional<SinglePod> pod_alone(const Scenario& scenario, std::size_t pool,
                                   std::size_t workload) {
  const WorkloadSpec& spec = scenario.workloads[workload];
  if (!fits_pool(scenario, workload, pool)) return std::nullopt;
  Scenario alone = lone_node(scenario, pool, spec);
  NodePoolSpec& node = alone.node_pools[0];
  node.kubelet.sandbox = at_mean(node.kubelet.sandbox);
  node.kubelet.container_start = at_mean(node.kubelet.container_start);
  for (ImageSpec& image : alone.images) image.startup = at_mean(image.startup);
  for (ContainerSpec& container : alone.workloads[0].init_containers) {
    container.run_time = at_mean(container.run_time);
  }
  alone.duration = std::chrono::hours(24);

  const RunResult result = Cluster(alone, 0).run();
  if (result.pods.empty() || !result.pods[0].ready) return std::nullopt;
  const PodRow& pod = result.pods[0];
  SinglePod times;
  times.sandbox = *pod.sandbox - *pod.scheduled;
  for (const PullRow& pull : result.pulls) {
    if (pull.finished) times.pull += *pull.finished - pull.requested;
  }
  times.start = *pod.started - *pod.scheduled - times.sandbox - times.pull;
  times.ready = *pod.ready - *pod.scheduled;
  return times;
}

}  // namespace pullsim
