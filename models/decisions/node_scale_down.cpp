// See the header. Nodes without pods to move come first, because they take no place elsewhere.
#include "models/decisions/node_scale_down.hpp"

#include <algorithm>

namespace pullsim {
namespace {

NodeRoom requested_on(const NodeToKeep& node) {
  NodeRoom sum{MilliCpu{0}, Bytes{0}, 0};
  for (const NodeRoom& pod : node.pods) {
    sum.cpu.count += pod.cpu.count;
    sum.memory += pod.memory;
    sum.pods += pod.pods;
  }
  return sum;
}

NodeRoom less(const NodeRoom& room, const NodeRoom& pod) {
  return {MilliCpu{room.cpu.count - pod.cpu.count}, room.memory - pod.memory, room.pods - pod.pods};
}

bool holds(const NodeRoom& room, const NodeRoom& pod) {
  return pod.cpu <= room.cpu && pod.memory <= room.memory && pod.pods <= room.pods;
}

/// The cluster in thought: what is free, and the pods that would have to move, those that were
/// moved there included.
struct Thought {
  std::vector<NodeRoom> room;
  std::vector<std::vector<NodeRoom>> pods;
  std::vector<bool> leaves;

  /// Moves all pods of a node to nodes that stay; false, and nothing moved, if one has no place.
  bool vacate(std::size_t node) {
    Thought attempt = *this;
    attempt.leaves[node] = true;
    for (const NodeRoom& pod : pods[node]) {
      std::size_t place = 0;
      while (place < room.size() && (attempt.leaves[place] || !holds(attempt.room[place], pod))) {
        ++place;
      }
      if (place == room.size()) return false;
      attempt.room[place] = less(attempt.room[place], pod);
      attempt.pods[place].push_back(pod);
    }
    *this = std::move(attempt);
    return true;
  }
};

bool is_past(std::optional<SimTime> event, Duration delay, SimTime now) {
  return !event || *event + delay <= now;
}

}  // namespace

bool in_cooldown(const ScaleDownHistory& history, const ScaleDownSettings& settings, SimTime now) {
  return !(is_past(history.added, settings.delay_after_add, now) &&
           is_past(history.deleted, settings.delay_after_delete, now) &&
           is_past(history.failed, settings.delay_after_failure, now));
}

double node_utilization(const NodeRoom& requested, const NodeRoom& allocatable) {
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  return std::max(share(requested.cpu.count, allocatable.cpu.count),
                  share(requested.memory.count, allocatable.memory.count));
}

ScaleDownPlan plan_scale_down(const std::vector<NodeToKeep>& nodes,
                              std::vector<std::int64_t> group_spare, bool cooldown,
                              const ScaleDownSettings& settings, SimTime now) {
  Thought thought;
  thought.leaves.resize(nodes.size());
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeRoom requested = requested_on(nodes[i]);
    thought.room.push_back(less(nodes[i].allocatable, requested));
    thought.pods.push_back(nodes[i].pods);
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
    const Duration wait = candidate.ready ? settings.unneeded_time : settings.unready_time;
    if (!candidate.unneeded_since || *candidate.unneeded_since + wait > now) continue;
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
