// See the header.
#include "models/decisions/node_order.hpp"

#include <algorithm>

namespace pullsim {

void NodeOrder::add(std::uint32_t node, const std::string& zone) {
  auto place = std::find_if(zones_.begin(), zones_.end(),
                            [&](const auto& known) { return known.first == zone; });
  if (place == zones_.end()) {
    place = zones_.insert(place, {zone, std::vector<std::uint32_t>{}});
  }
  place->second.push_back(node);
  ++size_;
  stale_ = true;
}

void NodeOrder::remove(std::uint32_t node) {
  for (auto zone = zones_.begin(); zone != zones_.end(); ++zone) {
    const auto place = std::find(zone->second.begin(), zone->second.end(), node);
    if (place == zone->second.end()) continue;
    zone->second.erase(place);
    if (zone->second.empty()) zones_.erase(zone);
    --size_;
    stale_ = true;
    return;
  }
}

const std::vector<std::uint32_t>& NodeOrder::list() {
  if (!stale_) return list_;
  stale_ = false;
  list_.clear();
  for (std::size_t row = 0; list_.size() < size_; ++row) {
    for (const auto& [zone, nodes] : zones_) {
      if (row < nodes.size()) list_.push_back(nodes[row]);
    }
  }
  return list_;
}

}  // namespace pullsim
