// Scans and requests; see the header.
#include "models/cluster_autoscaler.hpp"

#include "models/decisions/node_scale.hpp"
#include "models/decisions/readiness.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {
// Pods younger than this are left for the next loop if all are (control-plane facts 4).
constexpr Duration kPodAgeMin = std::chrono::seconds(2);
}  // namespace

ClusterAutoscaler::ClusterAutoscaler(Context& context,
                                     const std::vector<std::unique_ptr<Node>>& nodes,
                                     AutoscalerHooks hooks)
    : context_(context),
      nodes_(nodes),
      hooks_(std::move(hooks)),
      phase_(duration_up(context.stream("cluster-autoscaler", "scan").at(0) *
                         to_seconds(context.scenario.node_autoscaler.scan_interval))) {}

void ClusterAutoscaler::look() {
  if (scan_pending_) return;
  scan_pending_ = true;
  const Duration interval = context_.scenario.node_autoscaler.scan_interval;
  // A scan at this very instant has already looked.
  const SimTime next = next_tick(context_.engine.now() + Duration{1}, phase_, interval);
  context_.engine.at(next, "autoscaler scan", [this] { scan(); });
}

void ClusterAutoscaler::scan() {
  scan_pending_ = false;
  const std::vector<PodId> pods = hooks_.unschedulable();
  if (pods.empty()) return;
  const SimTime now = context_.engine.now();
  const bool all_young = std::all_of(pods.begin(), pods.end(), [&](PodId pod) {
    return now - hooks_.pod(pod).created < kPodAgeMin;
  });
  if (!all_young) scale_up(pods);
  look();
}

// One group for each loop: the first that has room and takes a pod.
void ClusterAutoscaler::scale_up(const std::vector<PodId>& pods) {
  ScaleUpInput input;
  for (const PodId id : pods) {
    const WorkloadSpec& workload = context_.scenario.workloads[hooks_.pod(id).workload];
    input.unschedulable.push_back({workload.cpu_request, workload.memory_request, 1});
  }
  for (const auto& node : nodes_) {
    const NodePoolSpec& pool = node->pool_spec();
    const NodeUse& use = node->use();
    input.room.push_back({MilliCpu{pool.allocatable_cpu.count - use.requested.cpu.count},
                          pool.allocatable_memory - use.requested.memory,
                          pool.max_pods - use.pods});
  }
  for (std::size_t p = 0; p < context_.scenario.node_pools.size(); ++p) {
    const NodePoolSpec& pool = context_.scenario.node_pools[p];
    input.node_template = {pool.allocatable_cpu, pool.allocatable_memory, pool.max_pods};
    input.nodes = hooks_.nodes_of(p);
    input.nodes_max = pool.nodes_max;
    const std::int64_t count = nodes_to_add(input);
    if (count == 0) continue;
    hooks_.request_nodes(p, count);
    return;
  }
}

}  // namespace pullsim
