// A scale-out onto nodes that are not there yet, where nothing but the control plane takes time.
#pragma once

#include "tests/support/scenario_builder.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pullsim::test {

struct PoolShape {
  std::string name;
  std::int64_t milli_cpu = 0;
  std::int64_t nodes_max = 0;
};

/// `pods` of one workload at t = 0, which find no node; the Cluster Autoscaler may add some.
inline Scenario pods_without_nodes(std::int64_t pods, MilliCpu request,
                                   const std::vector<PoolShape>& pools) {
  Scenario scenario = small_scenario({image("web", {layer("a", 10)})}, 0, pods);
  const NodePoolSpec model = scenario.node_pools[0];
  scenario.node_pools.clear();
  for (const PoolShape& shape : pools) {
    NodePoolSpec pool = model;
    pool.name = shape.name;
    pool.cpu = pool.allocatable_cpu = MilliCpu{shape.milli_cpu};
    pool.nodes_max = shape.nodes_max;
    pool.provisioning = Distribution::constant(30);
    pool.cached = {0};
    scenario.node_pools.push_back(pool);
  }
  scenario.workloads[0].cpu_request = request;
  scenario.node_autoscaler.kind = NodeAutoscalerKind::cluster_autoscaler;
  return scenario;
}

}  // namespace pullsim::test
