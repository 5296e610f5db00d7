// See the header. First fit in the order of the queue on the room that is there; what is left is
// packed.
#include "models/decisions/node_scale.hpp"

#include <algorithm>
#include <map>

namespace pullsim {

std::vector<std::optional<std::size_t>> places_of_pods(const ScaleUpInput& input) {
  std::vector<NodeRoom> room = input.room;
  std::map<PodShape, std::size_t>
      searched;  // rooms that had none for an equal pod; they only shrink
  std::vector<std::optional<std::size_t>> places;
  for (const NodeRoom& pod : input.unschedulable) {
    std::size_t& at = searched[shape_of(pod)];
    while (at < room.size() && !(holds(room[at], pod) && input.kinds.admits(pod, room[at]))) ++at;
    if (at == room.size()) {
      places.emplace_back();
      continue;
    }
    room[at] = room[at] - pod;
    places.emplace_back(at);
  }
  return places;
}

std::vector<std::size_t> pods_without_room(const ScaleUpInput& input) {
  const auto places = places_of_pods(input);
  std::vector<std::size_t> homeless;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) homeless.push_back(i);
  }
  return homeless;
}

std::int64_t nodes_to_add(const ScaleUpInput& input) {
  std::vector<NodeRoom> homeless;
  for (const std::size_t pod : pods_without_room(input)) {
    const NodeRoom& wanted = input.unschedulable[pod];
    if (input.kinds.admits(wanted, input.node_template)) homeless.push_back(wanted);
  }
  PackingInput packing;
  packing.node_template = {input.node_template, {}};
  packing.groups = groups_of(homeless);
  packing.nodes_max = std::min(input.nodes_max - input.nodes, input.nodes_per_scale_up_max);
  return estimate_nodes(packing).nodes;
}

}  // namespace pullsim
