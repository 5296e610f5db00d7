// The view of the cluster that node autoscalers share; see the header.
#include "models/node_autoscaler.hpp"

#include "models/recorder.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

NodeAutoscaler::NodeAutoscaler(Context& context, const std::vector<std::unique_ptr<Node>>& nodes,
                               const std::deque<Pod>& pods, NodeAutoscalerHooks hooks)
    : context_(context), nodes_(nodes), pods_(pods), hooks_(std::move(hooks)) {}

bool NodeAutoscaler::is_present(NodeId node) const {
  return !context_.recorder.result().nodes[node].removed.has_value();
}

std::int64_t NodeAutoscaler::nodes_of(std::size_t pool) const {
  return std::count_if(nodes_.begin(), nodes_.end(), [&](const auto& node) {
    return node->pool() == pool && is_present(node->id());
  });
}

std::int64_t NodeAutoscaler::nodes_of_all_pools() const {
  return std::count_if(nodes_.begin(), nodes_.end(),
                       [&](const auto& node) { return is_present(node->id()); });
}

bool NodeAutoscaler::takes_pods(NodeId node) const {
  return is_present(node) && nodes_[node]->schedulable();
}

NodeRoom NodeAutoscaler::request_of(const Pod& pod) const {
  const Resources request = requests_of(scenario().workloads[pod.workload]);
  return {request.cpu, request.memory, 1, pod.workload};
}

std::vector<NodeRoom> NodeAutoscaler::unschedulable_requests() const {
  std::vector<NodeRoom> requests;
  for (const PodId pod : hooks_.unschedulable()) requests.push_back(request_of(pods_[pod]));
  return requests;
}

NodeRoom NodeAutoscaler::capacity_of(std::size_t pool) const {
  const NodePoolSpec& spec = scenario().node_pools[pool];
  return {spec.cpu, spec.memory, spec.max_pods, pool};
}

NodeRoom NodeAutoscaler::free_on_new(std::size_t pool) const {
  const NodePoolSpec& spec = scenario().node_pools[pool];
  return {spec.allocatable_cpu, spec.allocatable_memory, spec.max_pods, pool};
}

NodeRoom NodeAutoscaler::free_on(NodeId id) const {
  const Node& node = *nodes_[id];
  const NodeUse& use = node.use();
  return free_on_new(node.pool()) -
         NodeRoom{use.requested.cpu, use.requested.memory, use.pods, node.pool()};
}

}  // namespace pullsim
