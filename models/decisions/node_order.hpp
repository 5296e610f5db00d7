// The order in which the scheduler looks at nodes: one of each zone in turn, so that a search that
// stops early has seen all zones. Leaves out nodes that change their zone.
//
// Facts: Kubernetes pkg/scheduler/internal/cache/node_tree.go, v1.28.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pullsim {

class NodeOrder {
 public:
  void add(std::uint32_t node, const std::string& zone);
  void remove(std::uint32_t node);
  /// The first nodes of all zones, then the second ones, and so on; zones and nodes as they came.
  const std::vector<std::uint32_t>& list();
  std::size_t size() const { return size_; }

 private:
  std::vector<std::pair<std::string, std::vector<std::uint32_t>>> zones_;
  std::vector<std::uint32_t> list_;
  std::size_t size_ = 0;
  bool stale_ = false;
};

}  // namespace pullsim
