// What the scheduler knows of nodes and of the pods on them, and its choice; see the header.
#include "models/decisions/scheduling_objects.hpp"
#include "models/recorder.hpp"
#include "models/scheduler.hpp"

#include <algorithm>
#include <utility>

namespace pullsim {

Scheduler::Class Scheduler::class_of(const Pod& pod) {
  // Only a Deployment's sets are told apart by a label.
  const bool sets = context_.scenario.workloads[pod.workload].kind == WorkloadKind::deployment;
  const std::size_t set = sets ? pod.replica_set : 0;
  const auto [known, added] = classes_.try_emplace({pod.workload, set, pod.image});
  if (added) {
    SchedulingPod view = scheduling_pod(context_.scenario, pod.workload, pod.image, set);
    affinity_between_pods_ = affinity_between_pods_ || !view.required_affinity.empty();
    known->second = cache_.add_class(std::move(view));
    failed_.emplace_back();
    unhelped_.emplace_back();
  }
  return known->second;
}

std::int32_t Scheduler::priority_of(PodId pod) const {
  return context_.scenario.workloads[hooks_.pod(pod).workload].scheduling.priority;
}

std::vector<Taint> Scheduler::taints_of(const Node& node) const {
  std::vector<Taint> taints = node.pool_spec().taints;
  taints.insert(taints.end(), node.taints().begin(), node.taints().end());
  return taints;
}

void Scheduler::node_added(NodeId id) {
  const Node& node = *nodes_[id];
  SchedulingNode view = scheduling_node(context_.scenario, node.pool(),
                                        context_.recorder.result().nodes[id].zone, node.name());
  view.taints = taints_of(node);
  cache_.add_node(id, std::move(view));
  take_in_images(id);
  if (on_node_.size() <= id) on_node_.resize(id + 1);
  for (const PodId pod : on_node_[id]) cache_.add_pod(id, placed_[pod].of);
  try_again();
}

void Scheduler::node_deleted(NodeId id) {
  if (!cache_.has_node(id)) return;
  while (!on_node_[id].empty()) take_off(on_node_[id].back());
  cache_.remove_node(id);
  try_again();
}

void Scheduler::node_changed(NodeId id) {
  if (!cache_.has_node(id)) return;
  cache_.set_taints(id, taints_of(*nodes_[id]), false);
  take_in_images(id);  // all that is there, if it became Ready
  try_again();
}

void Scheduler::placed(PodId pod) { assume(pod, *hooks_.pod(pod).node); }

void Scheduler::assume(PodId pod, NodeId node) {
  const Class of = class_of(hooks_.pod(pod));
  if (placed_.size() <= pod) placed_.resize(pod + std::size_t{1});
  placed_[pod] = {of, node, false};
  if (on_node_.size() <= node) on_node_.resize(node + 1);
  on_node_[node].push_back(pod);
  ++priorities_[priority_of(pod)];
  if (cache_.has_node(node)) cache_.add_pod(node, of);
}

void Scheduler::take_off(PodId pod) {
  const Placed placed = std::exchange(placed_[pod], {});
  std::erase(on_node_[placed.node], pod);
  const auto priority = priorities_.find(priority_of(pod));
  if (--priority->second == 0) priorities_.erase(priority);
  cache_.remove_pod(placed.node, placed.of, placed.terminating);
}

void Scheduler::pod_terminating(PodId pod) {
  if (!is_placed(pod) || placed_[pod].terminating) return;
  placed_[pod].terminating = true;
  cache_.begin_termination(placed_[pod].node, placed_[pod].of);
}

void Scheduler::pod_ended(PodId pod) {
  if (!is_placed(pod)) return;  // gone with its node
  take_off(pod);
  try_again();
}

// A node that is not registered yet is looked at when it is.
void Scheduler::take_in_image_changes() {
  const SimTime now = context_.engine.now();
  while (!image_changes_.empty() && image_changes_.begin()->first <= now) {
    const NodeId id = image_changes_.begin()->second;
    image_changes_.erase(image_changes_.begin());
    if (cache_.has_node(id)) take_in_images(id);
  }
}

void Scheduler::take_in_images(NodeId id) {
  if (has_image_.size() <= id) has_image_.resize(id + 1);
  std::vector<bool>& known = has_image_[id];
  known.resize(images_.size());
  const std::vector<bool>& reported = nodes_[id]->status().images(context_.engine.now());
  for (std::size_t image = 0; image < known.size(); ++image) {
    if (known[image] == reported[image]) continue;
    known[image] = reported[image];
    std::optional<std::int64_t> size;
    if (reported[image]) {
      size = images_.reported_size(image, nodes_[id]->reports_unpacked_size()).count;
    }
    cache_.set_image(id, images_[image].spec->name, size);
  }
}

std::optional<NodeId> Scheduler::choose(PodId pod, const Entry& entry) {
  if (const std::optional<NodeId> only = hooks_.pod(pod).only_node) {
    const bool fits = cache_.has_node(*only) && cache_.fits(entry.of, *only, pod);
    return fits ? only : std::nullopt;
  }
  const std::optional<NodeId> nominated = cache_.nomination_of(pod);
  if (nominated && cache_.fits(entry.of, *nominated, pod)) return nominated;
  const std::uint64_t openings = cache_.openings(entry.of);
  if (!nominated && failed_[entry.of] == openings) return std::nullopt;
  take_in_image_changes();
  const std::vector<NodeId>& best = cache_.best_nodes(entry.of, pod);
  if (best.empty()) {
    if (!nominated) failed_[entry.of] = openings;
    return std::nullopt;
  }
  const double u = context_.stream(name_of(context_.scenario, hooks_.pod(pod)), "tie")
                       .at(static_cast<std::uint64_t>(entry.attempts));
  const auto pick = static_cast<std::size_t>(u * static_cast<double>(best.size()));
  return best[std::min(pick, best.size() - 1)];
}

}  // namespace pullsim
