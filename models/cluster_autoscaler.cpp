// Scans and requests; see the header.
#include "models/cluster_autoscaler.hpp"

#include "models/decisions/readiness.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

namespace {
// Pods younger than this are left for the next loop if all are (control-plane facts 4).
constexpr Duration kPodAgeMin = std::chrono::seconds(2);

NodeRoom without(const NodeRoom& room, const DaemonLoad& load) {
  return {MilliCpu{room.cpu.count - load.request.cpu.count}, room.memory - load.request.memory,
          room.pods - load.pods};
}
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
  if (hooks_.unschedulable().empty()) return;
  scale_up();
  look();
}

std::vector<NodeRoom> ClusterAutoscaler::room() const {
  std::vector<NodeRoom> room;
  for (const auto& node : nodes_) {
    if (!node->usable()) continue;
    const NodePoolSpec& pool = node->pool_spec();
    const NodeUse& use = node->use();
    const DaemonLoad coming = hooks_.missing_daemons(node->id());
    const NodeRoom empty = {pool.allocatable_cpu, pool.allocatable_memory, pool.max_pods};
    room.push_back(without(without(empty, {use.requested, use.pods}), coming));
  }
  return room;
}

// Pods that fit existing or upcoming nodes are left out first. One group for each loop: the first
// that has room and takes a pod.
void ClusterAutoscaler::scale_up() {
  ScaleUpInput input;
  std::vector<SimTime> created;
  for (const PodId id : hooks_.unschedulable()) {
    const WorkloadSpec& workload = context_.scenario.workloads[hooks_.pod(id).workload];
    const Resources request = requests_of(workload);
    input.unschedulable.push_back({request.cpu, request.memory, 1});
    created.push_back(hooks_.pod(id).created);
  }
  input.room = room();
  const std::vector<std::size_t> homeless = pods_without_room(input);
  const SimTime now = context_.engine.now();
  const bool all_young = std::all_of(homeless.begin(), homeless.end(), [&](std::size_t pod) {
    return now - created[pod] < kPodAgeMin;
  });
  if (all_young) return;

  ScaleUpInput rest;
  for (const std::size_t pod : homeless) rest.unschedulable.push_back(input.unschedulable[pod]);
  for (std::size_t p = 0; p < context_.scenario.node_pools.size(); ++p) {
    const NodePoolSpec& pool = context_.scenario.node_pools[p];
    rest.node_template =
        without({pool.allocatable_cpu, pool.allocatable_memory, pool.max_pods}, hooks_.daemons());
    rest.nodes = hooks_.nodes_of(p);
    rest.nodes_max = pool.nodes_max;
    const std::int64_t count = nodes_to_add(rest);
    if (count == 0) continue;
    hooks_.request_nodes(p, count);
    return;
  }
}

}  // namespace pullsim
