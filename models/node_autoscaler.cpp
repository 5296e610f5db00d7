// The view of the cluster that node autoscalers share; see the header.
#include "models/node_autoscaler.hpp"

#include "models/decisions/scheduling_objects.hpp"
#include "models/decisions/scheduling_view.hpp"
#include "models/recorder.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace pullsim {

namespace {

constexpr NodeRoom kNothing{MilliCpu{0}, Bytes{0}, 0};

NodeRoom request_of_workload(const WorkloadSpec& workload, std::size_t kind) {
  const Resources request = requests_of(workload);
  return {request.cpu, request.memory, 1, kind};
}

/// Empty where every pool takes every pod.
KindTable kinds_of(const Scenario& scenario) {
  KindTable table;
  bool all = true;
  for (std::size_t workload = 0; workload < scenario.workloads.size(); ++workload) {
    std::vector<bool> takes;
    for (std::size_t pool = 0; pool < scenario.node_pools.size(); ++pool) {
      takes.push_back(fits_pool(scenario, workload, pool));
      all = all && takes.back();
    }
    table.takes.push_back(std::move(takes));
  }
  return all ? KindTable{} : table;
}

NodeRoom daemons_of(const Scenario& scenario, std::size_t pool) {
  NodeRoom sum = kNothing;
  for (std::size_t workload = 0; workload < scenario.workloads.size(); ++workload) {
    const WorkloadSpec& spec = scenario.workloads[workload];
    if (spec.kind != WorkloadKind::daemon_set) continue;
    // A network plug-in tolerates every taint.
    const bool runs = spec.network_plugin || admitted_by_pool(scenario, workload, pool);
    if (runs) sum = sum + request_of_workload(spec, 0);
  }
  return sum;
}

/// Whether required terms keep pods of the workload off nodes that have one.
bool excludes_itself(const WorkloadSpec& workload) {
  const auto& terms = workload.scheduling.required_anti_affinity;
  return std::any_of(terms.begin(), terms.end(), [&](const PodAffinityTerm& term) {
    return term.topology_key == kHostnameKey && matches(term.selector, labels_of(workload));
  });
}

/// The most pods of the workload that a node of the pool takes, for what packing does not see:
/// devices, host ports, anti-affinity among themselves.
std::int64_t most_on_a_node(const WorkloadSpec& workload, const NodePoolSpec& pool) {
  std::int64_t most = pool.max_pods;
  const bool alone = excludes_itself(workload) || !workload.host_ports.empty() ||
                     std::any_of(workload.more_containers.begin(), workload.more_containers.end(),
                                 [](const ContainerSpec& one) { return !one.host_ports.empty(); });
  if (alone) most = 1;
  ExtendedResources devices = workload.extended_requests;
  for (const ContainerSpec& container : workload.more_containers) {
    for (const auto& [name, count] : container.extended_requests) devices[name] += count;
  }
  for (const auto& [name, count] : devices) {
    const auto there = pool.extended_resources.find(name);
    if (count <= 0 || there == pool.extended_resources.end()) continue;
    most = std::min(most, there->second / count);
  }
  return std::max<std::int64_t>(most, 1);
}

/// Whether more than CPU, memory and the node's own labels decide where its pods may go.
bool is_particular(const WorkloadSpec& workload, const std::vector<NodePoolSpec>& pools) {
  const PodSchedulingSpec& where = workload.scheduling;
  const bool hard_spread = std::any_of(where.spread.begin(), where.spread.end(),
                                       [](const SpreadConstraint& one) { return one.hard; });
  return hard_spread || !where.required_affinity.empty() || !where.required_anti_affinity.empty() ||
         std::any_of(pools.begin(), pools.end(), [&](const NodePoolSpec& pool) {
           return most_on_a_node(workload, pool) < pool.max_pods;
         });
}

}  // namespace

NodeAutoscaler::NodeAutoscaler(Context& context, const std::vector<std::unique_ptr<Node>>& nodes,
                               const std::deque<Pod>& pods, NodeAutoscalerHooks hooks)
    : context_(context),
      nodes_(nodes),
      pods_(pods),
      hooks_(std::move(hooks)),
      kinds_(kinds_of(context.scenario)) {
  for (std::size_t pool = 0; pool < context.scenario.node_pools.size(); ++pool) {
    daemons_.push_back(daemons_of(context.scenario, pool));
  }
  const auto& pools = context.scenario.node_pools;
  for (std::size_t w = 0; w < context.scenario.workloads.size(); ++w) {
    const WorkloadSpec& workload = context.scenario.workloads[w];
    requests_.push_back(request_of_workload(workload, w));
    particular_.push_back(is_particular(workload, pools));
    std::int64_t slots = 1;  // as many of a node's that no more of them fit than may
    for (std::size_t pool = 0; pool < pools.size() && particular_.back(); ++pool) {
      const std::int64_t most = most_on_a_node(workload, pools[pool]);
      if (most == pools[pool].max_pods || !admitted_by_pool(context.scenario, w, pool)) continue;
      slots = std::max(slots, (pools[pool].max_pods - daemons_[pool].pods) / most);
    }
    slots_.push_back(slots);
  }
}

bool NodeAutoscaler::is_present(NodeId node) const {
  return !context_.recorder.result().nodes[node].removed.has_value();
}

std::int64_t NodeAutoscaler::nodes_of_all_pools() const {
  std::int64_t count = 0;
  for (std::size_t pool = 0; pool < scenario().node_pools.size(); ++pool) count += nodes_of(pool);
  return count;
}

std::vector<std::int64_t> NodeAutoscaler::nodes_above_minimum() const {
  const auto& pools = scenario().node_pools;
  std::vector<std::int64_t> counts;
  for (std::size_t pool = 0; pool < pools.size(); ++pool) {
    counts.push_back(nodes_of(pool) - pools[pool].nodes_min);
  }
  return counts;
}

// A node on which a pod ends does not go before that; it takes a moment.
std::vector<NodeAutoscaler::NodePods> NodeAutoscaler::pods_by_node() const {
  std::vector<NodePods> nodes(nodes_.size());
  std::vector<NodeRoom> known(nodes_.size(), kNothing);
  const bool budgets = !scenario().disruption_budgets.empty();
  std::map<std::pair<std::size_t, PodPhase>, bool> may_go;  // pods of a workload are judged alike
  for (PodId id = 0; id < pods_.size(); ++id) {
    const Pod& pod = pods_[id];
    if (!pod.node || pod.phase == PodPhase::gone) continue;
    NodePods& there = nodes[*pod.node];
    known[*pod.node] = known[*pod.node] + request_of(pod);
    if (is_daemon(pod)) {
      there.staying = there.staying + request_of(pod);
      continue;
    }
    there.moving.push_back(id);
    there.movable = there.movable && !particular_[pod.workload];
    if (!budgets || !there.movable) continue;
    const auto [known_answer, asked] = may_go.try_emplace({pod.workload, pod.phase});
    if (asked) known_answer->second = hooks_.may_be_evicted(pod);
    there.movable = known_answer->second;
  }
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    const NodeUse& use = nodes_[id]->use();
    const NodeRoom ending = NodeRoom{use.requested.cpu, use.requested.memory, use.pods} - known[id];
    if (ending.pods > 0) nodes[id].movable = false;
    nodes[id].staying = nodes[id].staying + ending;
  }
  return nodes;
}

bool NodeAutoscaler::takes_pods(NodeId node) const {
  return is_present(node) && nodes_[node]->usable();
}

NodeRoom NodeAutoscaler::request_of(const Pod& pod) const { return requests_[pod.workload]; }

std::vector<NodeRoom> NodeAutoscaler::unschedulable_requests() const {
  std::vector<NodeRoom> requests;
  for (const PodId pod : hooks_.unschedulable()) {
    requests.push_back(request_of(pods_[pod]));
    requests.back().pods = slots_[pods_[pod].workload];
  }
  return requests;
}

NodeRoom NodeAutoscaler::capacity_of(std::size_t pool) const {
  const NodePoolSpec& spec = scenario().node_pools[pool];
  return {spec.cpu, spec.memory, spec.max_pods, pool};
}

NodeRoom NodeAutoscaler::allocatable_of(std::size_t pool) const {
  const NodePoolSpec& spec = scenario().node_pools[pool];
  return {spec.allocatable_cpu, spec.allocatable_memory, spec.max_pods, pool};
}

NodeRoom NodeAutoscaler::free_on_new(std::size_t pool) const {
  return allocatable_of(pool) - daemons_[pool];
}

// Pods of DaemonSets that are still to come have their room.
NodeRoom NodeAutoscaler::free_on(NodeId id) const {
  const Node& node = *nodes_[id];
  const NodeUse& there = node.daemon_use();
  const NodeRoom missing =
      daemons_[node.pool()] - NodeRoom{there.requested.cpu, there.requested.memory, there.pods};
  const NodeUse& use = node.use();
  return allocatable_of(node.pool()) - missing -
         NodeRoom{use.requested.cpu, use.requested.memory, use.pods};
}

bool NodeAutoscaler::is_daemon(const Pod& pod) const {
  return scenario().workloads[pod.workload].kind == WorkloadKind::daemon_set;
}

}  // namespace pullsim
