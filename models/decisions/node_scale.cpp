// See the header. First fit in the order of the queue on the room that is there; what is left is
// packed.
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

/// Equal pods together, in the order in which they first appear.
std::vector<PodGroup> groups_of(std::span<const NodeRoom> pods) {
  std::map<Shape, std::size_t> known;
  std::vector<PodGroup> groups;
  for (const NodeRoom& pod : pods) {
    const auto [entry, is_new] = known.try_emplace(shape_of(pod), groups.size());
    if (is_new) groups.push_back({pod, 0, {}, std::nullopt});
    ++groups[entry->second].count;
  }
  return groups;
}

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
  PackingInput packing;
  packing.node_template = {input.node_template, {}};
  packing.groups = groups_of(homeless);
  packing.nodes_max = std::min(input.nodes_max - input.nodes, input.nodes_per_scale_up_max);
  return estimate_nodes(packing).nodes;
}

}  // namespace pullsim
