// See the header. Nodes without pods to move come first, because they take no place elsewhere.
#include "models/decisions/node_scale_down.hpp"

#include <algorithm>
#include <map>

namespace pullsim {
namespace {

NodeRoom requested_on(const NodeToKeep& node) {
  NodeRoom sum = node.staying;
  for (const NodeRoom& pod : node.pods) sum = sum + pod;
  return sum;
}

/// The cluster in thought: what is free, and the pods that would have to move, those that were
/// moved there included.
class Thought {
 public:
  explicit Thought(const KindTable& kinds) : kinds_(kinds) {}

  void add(const NodeRoom& room, const std::vector<NodeRoom>& pods) {
    nodes_.push_back({room, &pods, {}, false});
  }

  /// Moves all pods of a node to nodes that stay; false, and nothing moved, if one has no place.
  bool vacate(std::size_t node) {
    nodes_[node].leaves = true;
    std::vector<std::size_t> places;
    const std::vector<NodeRoom>* moved = &nodes_[node].moved;
    for (const std::vector<NodeRoom>* pods : {nodes_[node].pods, moved}) {
      for (const NodeRoom& pod : *pods) {
        const std::size_t place = place_for(pod);
        if (place == nodes_.size()) {
          take_back(places, node);
          return false;
        }
        nodes_[place].room = nodes_[place].room - pod;
        nodes_[place].moved.push_back(pod);
        places.push_back(place);
      }
    }
    return true;
  }

 private:
  struct Node {
    NodeRoom room;
    const std::vector<NodeRoom>* pods = nullptr;
    std::vector<NodeRoom> moved;  // there, after its own
    bool leaves = false;
  };

  // Rooms only shrink, but for what is taken back: an equal pod need not look again at nodes that
  // had none.
  std::size_t place_for(const NodeRoom& pod) {
    std::size_t& place = searched_[shape_of(pod)];
    while (place < nodes_.size() && (nodes_[place].leaves || !holds(nodes_[place].room, pod) ||
                                     !kinds_.admits(pod, nodes_[place].room))) {
      ++place;
    }
    return place;
  }

  void take_back(const std::vector<std::size_t>& places, std::size_t node) {
    std::size_t first = node;
    for (const std::size_t place : places) {  // pods of one node are taken back as they came last
      nodes_[place].room = nodes_[place].room + nodes_[place].moved.back();
      nodes_[place].moved.pop_back();
      first = std::min(first, place);
    }
    nodes_[node].leaves = false;
    for (auto& [shape, place] : searched_) place = std::min(place, first);
  }

  const KindTable& kinds_;
  std::vector<Node> nodes_;
  std::map<PodShape, std::size_t> searched_;  // nodes before it have no room for such a pod
};

}  // namespace

SimTime cooldown_ends(const ScaleDownHistory& history, const ScaleDownSettings& settings) {
  SimTime end = kSimStart;
  const auto wait = [&end](std::optional<SimTime> event, Duration delay) {
    if (event) end = std::max(end, *event + delay);
  };
  wait(history.added, settings.delay_after_add);
  wait(history.deleted, settings.delay_after_delete);
  wait(history.failed, settings.delay_after_failure);
  return end;
}

bool in_cooldown(const ScaleDownHistory& history, const ScaleDownSettings& settings, SimTime now) {
  return cooldown_ends(history, settings) > now;
}

double node_utilization(const NodeRoom& requested, const NodeRoom& allocatable) {
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  return std::max(share(requested.cpu.count, allocatable.cpu.count),
                  share(requested.memory.count, allocatable.memory.count));
}

SimTime removable_from(const NodeToKeep& node, const ScaleDownSettings& settings) {
  return node.unneeded_since.value_or(kSimStart) +
         (node.ready ? settings.unneeded_time : settings.unready_time);
}

ScaleDownPlan plan_scale_down(const std::vector<NodeToKeep>& nodes,
                              std::vector<std::int64_t> group_spare, bool cooldown,
                              const ScaleDownSettings& settings, SimTime now,
                              const KindTable& kinds) {
  Thought thought(kinds);
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeRoom requested = requested_on(nodes[i]);
    thought.add(nodes[i].allocatable - requested, nodes[i].pods);
    const double used = node_utilization(requested, nodes[i].allocatable);
    if (nodes[i].movable && used < settings.utilization_threshold) candidates.push_back(i);
  }
  std::stable_sort(candidates.begin(), candidates.end(), [&](std::size_t a, std::size_t b) {
    return nodes[a].pods.empty() && !nodes[b].pods.empty();
  });
  ScaleDownPlan plan;
  for (const std::size_t node : candidates) {
    if (thought.vacate(node)) plan.unneeded.push_back(node);
  }
  if (cooldown) return plan;
  std::int64_t drains = 0;
  for (const std::size_t node : plan.unneeded) {
    const NodeToKeep& candidate = nodes[node];
    if (!candidate.unneeded_since || removable_from(candidate, settings) > now) continue;
    if (group_spare[candidate.group] <= 0) continue;
    const bool drain = !candidate.pods.empty();
    if (drain && drains >= settings.drains_max) continue;
    if (static_cast<std::int64_t>(plan.removed.size()) >= settings.parallelism_max) break;
    drains += drain ? 1 : 0;
    --group_spare[candidate.group];
    plan.removed.push_back(node);
  }
  return plan;
}

}  // namespace pullsim
