// See the header. First fit in order, twice: on the room that is there, then on simulated nodes
// with the largest pods first. It is a heuristic and can ask for more nodes than a perfect packing.
#include "models/decisions/node_scale.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <tuple>

namespace pullsim {
namespace {

bool place(const NodeRoom& pod, NodeRoom* room) {
  if (pod.cpu > room->cpu || pod.memory > room->memory || pod.pods > room->pods) return false;
  room->cpu.count -= pod.cpu.count;
  room->memory.count -= pod.memory.count;
  room->pods -= pod.pods;
  return true;
}

using Shape = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

Shape shape_of(const NodeRoom& pod) { return {pod.cpu.count, pod.memory.count, pod.pods}; }

struct PodGroup {
  NodeRoom pod;
  std::int64_t count = 0;
  double size = 0;
};

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

/// Equal pods together, by their CPU and memory shares of a node, largest first; equal sizes in the
/// order in which they first appear.
std::vector<PodGroup> groups_by_size(std::span<const NodeRoom> pods, const NodeRoom& node) {
  std::map<Shape, std::size_t> known;
  std::vector<PodGroup> groups;
  for (const NodeRoom& pod : pods) {
    const auto [entry, is_new] = known.try_emplace(shape_of(pod), groups.size());
    if (is_new) {
      const double size =
          share(pod.cpu.count, node.cpu.count) + share(pod.memory.count, node.memory.count);
      groups.push_back({pod, 0, size});
    }
    ++groups[entry->second].count;
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const PodGroup& a, const PodGroup& b) { return a.size > b.size; });
  return groups;
}

/// The simulated nodes, and how many of them hold a pod. At most one, the newest, is empty.
struct Packing {
  NodeRoom node_template;
  std::int64_t limit = 0;
  std::vector<NodeRoom> nodes;
  bool newest_is_empty = false;

  std::int64_t used() const {
    return static_cast<std::int64_t>(nodes.size()) - (newest_is_empty ? 1 : 0);
  }

  void add(const PodGroup& group) {
    std::int64_t left = group.count;
    std::size_t from = 0;
    while (left > 0 && place_somewhere(group.pod, &from)) --left;
    while (left > 0 && place_on_newest(group.pod)) --left;
  }

 private:
  /// `from`: nodes before it had no room for an equal pod, and room only shrinks.
  bool place_somewhere(const NodeRoom& pod, std::size_t* from) {
    for (; *from < nodes.size(); ++*from) {
      if (!place(pod, &nodes[*from])) continue;
      if (*from + 1 == nodes.size()) newest_is_empty = false;
      return true;
    }
    return false;
  }

  /// A pod that an empty node cannot take leaves that node empty; no further one is tried.
  bool place_on_newest(const NodeRoom& pod) {
    if (!nodes.empty() && place(pod, &nodes.back())) {
      newest_is_empty = false;
      return true;
    }
    if (newest_is_empty || static_cast<std::int64_t>(nodes.size()) >= limit) return false;
    nodes.push_back(node_template);
    newest_is_empty = !place(pod, &nodes.back());
    return !newest_is_empty;
  }
};

}  // namespace

std::vector<std::size_t> pods_without_room(const ScaleUpInput& input) {
  std::vector<NodeRoom> room = input.room;
  std::map<Shape, std::size_t> searched;  // rooms that had none for an equal pod; they only shrink
  std::vector<std::size_t> homeless;
  for (std::size_t i = 0; i < input.unschedulable.size(); ++i) {
    const NodeRoom& pod = input.unschedulable[i];
    std::size_t& from = searched[shape_of(pod)];
    while (from < room.size() && !place(pod, &room[from])) ++from;
    if (from == room.size()) homeless.push_back(i);
  }
  return homeless;
}

std::int64_t nodes_to_add(const ScaleUpInput& input) {
  std::vector<NodeRoom> homeless;
  for (const std::size_t pod : pods_without_room(input)) {
    homeless.push_back(input.unschedulable[pod]);
  }
  const std::int64_t limit = std::min(input.nodes_max - input.nodes, input.nodes_per_scale_up_max);
  Packing packing{input.node_template, limit, {}, false};
  for (const PodGroup& group : groups_by_size(homeless, input.node_template)) packing.add(group);
  return packing.used();
}

}  // namespace pullsim
